"""The model card: what a trained model is, what it was made from, and how good it is, for people."""

from __future__ import annotations

from egiz.translate.models.inspect import ModelInfo
from egiz.translate.train.recipe import Recipe, Source

NAME = "CARD.md"

_PUBLISHED = {"kk-ru": 43.3, "kk-en": 54.2}
"""chrF++ of NLLB-200-distilled-600M on FLORES-200 devtest, from Helsinki-NLP/External-MT-leaderboard."""

_WARNING = """\
A translation model of NLLB's architecture (M2M100), small enough to run anywhere, for {languages}. **It is
rough**: its texts are software manuals, program interfaces and government news, and there are few of them.
Use it to try things out, and a full NLLB model for text that people will read."""

_ORIGIN = """\
Parallel texts from public repositories under the licences that these state. Where a repository says nothing
of the texts apart from its code, its own licence is named. What these licences ask of those who pass the
model on is not settled here: where in doubt, hold to the strictest."""


def model_card(recipe: Recipe, info: ModelInfo) -> str:
    """The text of the card for a model that `recipe` made; scores are those recorded in the model."""
    parts = (
        f"# {info.name}",
        _WARNING.format(languages=", ".join(recipe.languages)),
        "## What it is",
        _facts(info),
        "## How good it is",
        _scores(info),
        "## What it was trained on",
        _ORIGIN,
        _sources(recipe.sources),
    )
    return "\n\n".join(parts) + "\n"


def _facts(info: ModelInfo) -> str:
    shape = f"{info.encoder_layers} encoder and {info.decoder_layers} decoder layers of width {info.width}"
    return "\n".join(
        (
            f"- {shape}, {info.vocabulary} tokens",
            f"- {info.size / 1e6:.1f} MB in {info.precision}",
            f"- fingerprint `{info.fingerprint}`",
            f"- made with {', '.join(' '.join(pair) for pair in info.created_with)}",
        )
    )


def _scores(info: ModelInfo) -> str:
    if not info.figures:
        return "Not measured yet: `egiz train evaluate MODEL --test TABLE --record`."
    lines = ["| direction | metric | score | NLLB-200 600M, published | signature |", "|---|---|---|---|---|"]
    for figure in info.figures:
        published = _PUBLISHED.get(figure.direction) if figure.metric == "chrF++" else None
        cells = (
            figure.direction,
            figure.metric,
            f"{figure.value:.1f}",
            published or "",
            f"`{figure.signature}`",
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def _sources(sources: tuple[Source, ...]) -> str:
    lines = ["| file | repository | domain | licence | weight |", "|---|---|---|---|---|"]
    for source in sources:
        cells = (source.file, source.repository, source.domain, source.licence, source.weight)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)
