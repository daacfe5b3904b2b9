"""Measure a model on sentences with references (sacreBLEU, speed), and write its model card."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from egiz.translate.engine.hardware import cpu_name, usable_cores
from egiz.translate.engine.protocol import Engine
from egiz.translate.errors import OptionError
from egiz.translate.ladder import Options
from egiz.translate.metrics import corpus_scores
from egiz.translate.models.layout import SENTENCEPIECE
from egiz.translate.models.manifest import Figure, ModelInfo, file_sha256
from egiz.translate.records import Sentence
from egiz.translate.text import typeset
from egiz.translate.train.corpus import REPORT, ROWS
from egiz.translate.train.learn import CURVE
from egiz.translate.train.recipe import ParallelTable, Recipe, TextTable
from egiz.translate.train.resume import CHECKPOINT, read_checkpoint
from egiz.translate.translator import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEvaluation:
    """The evaluation of one direction.

    `scores` have sacreBLEU's signatures; `suspect` and `failed` are the numbers of sentences with this
    status.
    """

    direction: str
    scores: tuple[Figure, ...]
    speed: Figure
    sentences: int
    suspect: int
    failed: int
    outputs: tuple[str, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures to record in the model's manifest."""
        return *self.scores, self.speed


def evaluate(
    engine: Engine,
    sources: Sequence[str],
    references: Sequence[str],
    *,
    source: str,
    target: str,
    options: Options,
) -> ModelEvaluation:
    """Translate `sources` as a build does, with retries, and score each output against one reference.

    The scores are chrF++ (Popović 2017, word order 2) and BLEU; outputs are typeset as published. The speed
    includes everything that a build does to translate, retries too. Raises OptionError if there are more or
    fewer references than sources.
    """
    if len(sources) != len(references):
        raise OptionError(
            f"{len(sources)} sources and {len(references)} references", expected="as many of each"
        )
    translator = Translator(engine, source, [target], options=options)
    start = time.perf_counter()
    results = [found for (found,) in translator.translate(map(Sentence.alone, sources))]
    seconds = time.perf_counter() - start
    outputs = [typeset(item.text, target) for item in results]
    direction = f"{source}-{target}"
    return ModelEvaluation(
        direction=direction,
        scores=tuple(_scores(direction, outputs, references)),
        speed=_speed(direction, len(results) / seconds),
        sentences=len(results),
        suspect=sum(item.status == "suspect" for item in results),
        failed=sum(item.status == "failed" for item in results),
        outputs=tuple(outputs),
    )


def _scores(direction: str, outputs: Sequence[str], references: Sequence[str]) -> Iterator[Figure]:
    """Yield chrF++ and BLEU as figures of a manifest."""
    for score in corpus_scores(outputs, references, ("chrF++", "BLEU")):
        yield Figure(
            direction=direction,
            metric=score.metric,
            value=round(score.value, 2),
            signature=score.signature,
        )


def _speed(direction: str, value: float) -> Figure:
    """A speed in sentences per second as a figure of a manifest; its signature names processor and cores."""
    where = ", ".join(filter(None, (cpu_name(), f"{usable_cores()} cores")))
    return Figure(direction=direction, metric="sentences/s", value=round(value, 1), signature=where)


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
    """The model card of a model trained with `recipe`, in Markdown, with the scores of its manifest.

    `folders` are the training folders of its runs, in order; the card then includes their learning curves and
    the hashes of their training data.
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
        _score_table(info),
        *(part for parts in history for part in parts),
        "## What it was trained on",
        _ORIGIN.format(licence=_OWN.format(recipe.licence) if recipe.licence else _JOINED),
        _sources(recipe.sources),
        *((_TEXTS, _texts(recipe.texts)) if recipe.texts else ()),
    )
    return "\n\n".join(parts) + "\n"


def _facts(info: ModelInfo) -> str:
    """A Markdown list of the shape, size, fingerprint and packages of a model."""
    shape = f"{info.encoder_layers} encoder and {info.decoder_layers} decoder layers of width {info.width}"
    return "\n".join(
        (
            f"- {shape}, {info.vocabulary} tokens",
            f"- {info.size / 1e6:.1f} MB in {info.precision}",
            f"- fingerprint `{info.fingerprint}`",
            f"- made with {', '.join(' '.join(pair) for pair in info.created_with)}",
        )
    )


def _score_table(info: ModelInfo) -> str:
    """A Markdown table of the figures in the manifest."""
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
    """Parts of the card in Markdown: the segments of a run, its learning curve, and SHA-256 of its data."""
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
    return (
        *_segments(folder),
        curve,
        table,
        made,
        "\n".join(f"- `{name}` {digest}" for name, digest in hashes.items()),
    )


def _segments(folder: Path) -> tuple[str, ...]:
    """A heading and a Markdown table of the run segments in the checkpoint; empty if it records none."""
    path = folder / CHECKPOINT
    history = read_checkpoint(path)["state"].get("history", ()) if path.is_file() else ()
    if not history:
        return ()
    lines = [_SEGMENT, ["---"] * len(_SEGMENT)]
    for segment in history:
        rows = segment["origin"].get(ROWS, "")[:12]
        lines.append(
            [
                f"{segment['first']}–{segment['step']}",
                segment["machine"],
                segment["precision"],
                f"{segment['batch']:,}",
                f"{segment['tokens']:,}",
                f"{segment['seconds'] / 3600:.2f}",
                f"`{rows}`",
                f"`{segment['origin'].get('start', '')[:12]}`",
            ]
        )
    return (
        "Segments of the run, with the first digits of the hashes of the rows and of the model started from:",
        "\n".join(map(_line, lines)),
    )


_SEGMENT = ["steps", "machine", "type", "batch", "tokens", "hours", "rows", "from"]


def _texts(texts: tuple[TextTable, ...]) -> str:
    """A Markdown table of the texts in one language."""
    lines = ["| file | repository | domain | licence | share |", "|---|---|---|---|---|"]
    for text in texts:
        lines.append(_line((text.title, text.repository, text.domain, text.licence, text.weight)))
    return "\n".join(lines)


def _sources(sources: tuple[ParallelTable, ...]) -> str:
    """A Markdown table of the tables of parallel text."""
    lines = ["| file | repository | domain | licence | weight |", "|---|---|---|---|---|"]
    for source in sources:
        cells = (source.file, source.repository, source.domain, source.licence, source.weight)
        lines.append(_line(cells))
    return "\n".join(lines)


def _line(cells: Iterable[object]) -> str:
    """One row of a Markdown table; bars in cells are escaped."""
    shown = (str(cell).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(shown)} |"
