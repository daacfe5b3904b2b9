"""The model card of a trained model: its properties, scores, training data and history, in Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from egiz.translate.models.layout import SENTENCEPIECE
from egiz.translate.models.manifest import ModelInfo, file_sha256
from egiz.translate.train.corpus import REPORT, ROWS
from egiz.translate.train.learn import CURVE
from egiz.translate.train.recipe import Recipe, Source, Text
from egiz.translate.train.resume import CHECKPOINT, read_checkpoint

NAME = "CARD.md"

_PUBLISHED = {"kk-ru": 43.3, "kk-en": 54.2}
"""chrF++ of NLLB-200-distilled-600M on FLORES-200 devtest, from Helsinki-NLP/External-MT-leaderboard."""

_WARNING = """\
A translation model of NLLB's architecture (M2M100), small enough to run anywhere, for {languages}. **It is
small**, and was trained on little text compared with well-known models: the scores below show how far it can
be trusted. Use a full NLLB model for text that matters."""

_ORIGIN = """\
The tables below, under the licences named there; {licence}"""
_OWN = "the model itself is under {}, with thanks to their authors."
_JOINED = "which conditions hold for redistributing the model is not settled here: follow the strictest."
_TEXTS = "Text in one language, for the pieces and to be translated back:"


def model_card(recipe: Recipe, info: ModelInfo, folders: Sequence[Path] = ()) -> str:
    """The card of a model trained with `recipe`, in Markdown; scores are those recorded in its manifest.

    With the training `folders` of its runs, in order, the card includes their learning curves and the hashes
    of their training data.
    """
    history = [("## How it was trained",)] if folders else []
    for number, folder in enumerate(folders, start=1):
        heads = (f"### Run {number}",) if len(folders) > 1 else ()
        history.append((*heads, *_history(recipe, folder)))
    parts = (
        f"# {info.name}",
        _WARNING.format(languages=", ".join(recipe.languages)),
        "## What it is",
        _facts(info),
        "## How good it is",
        _scores(info),
        *(part for parts in history for part in parts),
        "## What it was trained on",
        _ORIGIN.format(licence=_OWN.format(recipe.licence) if recipe.licence else _JOINED),
        _sources(recipe.sources),
        *((_TEXTS, _texts(recipe.texts)) if recipe.texts else ()),
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
    lines = ["| direction | metric | value | NLLB-200 600M, published | measured |", "|---|---|---|---|---|"]
    for figure in info.figures:
        published = _PUBLISHED.get(figure.direction) if figure.metric == "chrF++" else None
        cells = (
            figure.direction,
            figure.metric,
            f"{figure.value:.1f}",
            published or "",
            f"`{figure.signature}`",
        )
        lines.append(_line(cells))
    return "\n".join(lines)


def _history(recipe: Recipe, folder: Path) -> tuple[str, ...]:
    """The segments of the run, the learning curve, and SHA-256 of the tables, the rows and the pieces."""
    points = [json.loads(line) for line in (folder / CURVE).read_text(encoding="utf-8").splitlines()]
    directions = list(recipe.directions)
    heads = ["step", "tokens", "training loss", *directions]
    lines = [heads, ["---"] * len(heads)]
    for point in points:
        losses = (f"{point['dev'].get(direction, 0):.3f}" for direction in directions)
        lines.append([str(point["step"]), f"{point['tokens']:,}", f"{point['loss']:.3f}", *losses])
    hashes = json.loads((folder / REPORT).read_text(encoding="utf-8"))["sha256"]
    hashes[SENTENCEPIECE] = file_sha256(folder / SENTENCEPIECE)
    curve = "Loss on the dev set in nats per token, of the averaged weights:"
    made = "SHA-256 of the tables, of the clean rows made of them, and of the pieces:"
    table = "\n".join(map(_line, lines))
    legs = _legs(folder)
    return *legs, curve, table, made, "\n".join(f"- `{name}` {digest}" for name, digest in hashes.items())


def _legs(folder: Path) -> tuple[str, ...]:
    """A table of the run segments recorded in the checkpoint: machine, duration and inputs of each."""
    path = folder / CHECKPOINT
    history = read_checkpoint(path)["state"].get("history", ()) if path.is_file() else ()
    if not history:
        return ()
    lines = [_LEG, ["---"] * len(_LEG)]
    for leg in history:
        rows = leg["origin"].get(ROWS, "")[:12]
        lines.append(
            [
                f"{leg['first']}–{leg['step']}",
                leg["machine"],
                leg["precision"],
                f"{leg['batch']:,}",
                f"{leg['tokens']:,}",
                f"{leg['seconds'] / 3600:.2f}",
                f"`{rows}`",
                f"`{leg['origin'].get('start', '')[:12]}`",
            ]
        )
    return (
        "Segments of the run, with the first digits of the hashes of the rows and of the model started from:",
        "\n".join(map(_line, lines)),
    )


_LEG = ["steps", "machine", "type", "batch", "tokens", "hours", "rows", "from"]


def _texts(texts: tuple[Text, ...]) -> str:
    lines = ["| file | repository | domain | licence | share |", "|---|---|---|---|---|"]
    for text in texts:
        lines.append(_line((text.title, text.repository, text.domain, text.licence, text.weight)))
    return "\n".join(lines)


def _sources(sources: tuple[Source, ...]) -> str:
    lines = ["| file | repository | domain | licence | weight |", "|---|---|---|---|---|"]
    for source in sources:
        cells = (source.file, source.repository, source.domain, source.licence, source.weight)
        lines.append(_line(cells))
    return "\n".join(lines)


def _line(cells: Iterable[object]) -> str:
    """One row of a Markdown table; bars in cells are escaped."""
    shown = (str(cell).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(shown)} |"
