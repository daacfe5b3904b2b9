"""Writes reports of evaluations: text for people, JSON for programs, a table for spreadsheets.

The JSON is one object: ``format`` ("egiz-evaluate"), ``version`` (increased when a key is removed or changes
its meaning) and ``evaluations``, each with ``system``, ``language``, ``skipped``, ``empty``, ``whole``,
``documents`` and ``lengths`` (``name``, ``rows``, ``length``, ``scores``), ``terms`` and ``comparisons``; see
`egiz.parallel.evaluate.evaluate`. The table has a line for each value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Literal, TextIO

from egiz.parallel.evaluate.evaluate import Evaluation, Part
from egiz.translate.text import source_text

FORMAT, VERSION = "egiz-evaluate", 1
COLUMNS = ("system", "language", "part", "name", "rows", "metric", "value", "signature")

Format = Literal["text", "json", "tsv"]
Writer = Callable[[Sequence[Evaluation], TextIO], None]


def write_text(found: Sequence[Evaluation], stream: TextIO) -> None:
    """Write a block for each system and language, then the distinct signatures."""
    for item in found:
        stream.writelines(f"{line}\n" for line in _block(item))
        stream.write("\n")
    stream.write("signatures\n")
    stream.writelines(f"  {line}\n" for line in _signatures(found))


def _block(item: Evaluation) -> Iterator[str]:
    rows = f"{item.whole.rows} rows" + (f", {item.skipped} without a reference" if item.skipped else "")
    yield f"{item.system} → {item.language}: {rows}" + (f", {item.empty} empty" if item.empty else "")
    parts = [("", (item.whole,)), ("document", item.documents), ("source length", item.lengths)]
    width = max(len(name) for head, group in parts for name in (head, *(part.name for part in group)))
    yield _line("", "rows", width, [score.metric for score in item.whole.scores], "length")
    for head, group in parts:
        if head and group:
            yield f"  {head}"
        for part in group:
            values = [f"{score.value:.2f}" for score in part.scores]
            yield _line(part.name, str(part.rows), width, values, f"{part.length:.3f}")
    for other in item.comparisons:
        yield f"  {other.metric} {other.difference:+.2f} against the first system, p = {other.p:.4f}"
    if item.terms is not None:
        terms = item.terms
        yield (
            f"  terms of {terms.base}: {terms.right} of {terms.occurrences} right ({terms.accuracy:.1%}); "
            f"in the reference {terms.reference}"
        )


def _line(name: str, rows: str, width: int, values: Sequence[str], length: str) -> str:
    return f"  {name:<{width}}{rows:>8}" + "".join(f"{value:>9}" for value in values) + f"{length:>9}"


def _signatures(found: Sequence[Evaluation]) -> list[str]:
    scores = [f"{score.metric:7} {score.signature}" for item in found for score in item.whole.scores]
    others = [f"{other.metric:7} {other.signature}" for item in found for other in item.comparisons]
    return list(dict.fromkeys(scores + others))


def write_json(found: Sequence[Evaluation], stream: TextIO) -> None:
    """Write one JSON object; the module docstring describes it."""
    content = {"format": FORMAT, "version": VERSION, "evaluations": [asdict(item) for item in found]}
    stream.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def write_table(found: Sequence[Evaluation], stream: TextIO) -> None:
    """Write a header of `COLUMNS` and a line for each value.

    The column `part` says to which part of the rows a value belongs: ``all``, ``document``, ``length`` (a
    bucket of source lengths in characters) or ``terms``. It is ``difference`` or ``p`` for the comparison
    with the first system.
    """
    stream.write("\t".join(COLUMNS) + "\n")
    for item in found:
        for cells in _figures(item):
            line = (item.system, item.language, *cells)
            stream.write("\t".join(source_text(cell, item.language) for cell in line) + "\n")


def _figures(item: Evaluation) -> Iterator[tuple[str, str, str, str, str, str]]:
    groups: list[tuple[str, tuple[Part, ...]]] = [
        ("all", (item.whole,)),
        ("document", item.documents),
        ("length", item.lengths),
    ]
    for kind, group in groups:
        for part in group:
            name = "" if kind == "all" else part.name
            for score in part.scores:
                yield kind, name, str(part.rows), score.metric, f"{score.value:.4f}", score.signature
    rows = str(item.whole.rows)
    for other in item.comparisons:
        yield "difference", "", rows, other.metric, f"{other.difference:.4f}", other.signature
        yield "p", "", rows, other.metric, f"{other.p:.4f}", other.signature
    if item.terms is not None:
        terms = item.terms
        yield "terms", terms.base, str(terms.occurrences), "accuracy", f"{terms.accuracy:.4f}", ""


FORMATS: dict[Format, Writer] = {"text": write_text, "json": write_json, "tsv": write_table}
"""The writer of each report format. For the same evaluations, a writer always writes the same bytes."""
