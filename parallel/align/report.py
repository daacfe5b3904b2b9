"""The report of judged links: as text for people, JSON for programs, a table for spreadsheets.

The JSON is one object: ``format`` ("egiz-evaluate-links"), ``version`` (it grows when a key changes its
meaning or goes) and ``evaluations``, each with ``system``, ``language``, ``found`` and ``gold`` (links with
text on both sides), and a key for each of `METRICS`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Literal, TextIO

from egiz.parallel.align.evaluate import LinkEvaluation, LinkScores

FORMAT, VERSION = "egiz-evaluate-links", 1
COLUMNS = ("system", "language", "metric", "value")
METRICS = (
    *("strict_precision", "strict_recall", "strict_f1"),
    *("lax_precision", "lax_recall", "lax_f1"),
    "null_recall",
)
"""Names of `LinkScores`, between 0 and 1; the last is null where every unit of the gold has a counterpart."""

Writer = Callable[[Sequence[LinkEvaluation], TextIO], None]


def _values(scores: LinkScores) -> dict[str, float | None]:
    return {metric: getattr(scores, metric) for metric in METRICS}


def write_text(found: Sequence[LinkEvaluation], stream: TextIO) -> None:
    """A block for each system and language."""
    for item in found:
        scores = item.scores
        name = f"{item.system} → {item.language}" if item.language else item.system
        stream.write(f"{name}: {scores.found:,} links against {scores.gold:,}\n")
        stream.write(f"  {'':8}{'precision':>10}{'recall':>10}{'F1':>10}\n")
        for kind in ("strict", "lax"):
            values = [getattr(scores, f"{kind}_{metric}") for metric in ("precision", "recall", "f1")]
            stream.write(f"  {kind:8}" + "".join(f"{value:>10.3f}" for value in values) + "\n")
        if scores.null_recall is not None:
            stream.write(f"  {'null':8}{'':10}{scores.null_recall:>10.3f}\n")


def write_json(found: Sequence[LinkEvaluation], stream: TextIO) -> None:
    """One object; see the head of this file."""
    evaluations = [
        {
            "system": item.system,
            "language": item.language,
            "found": item.scores.found,
            "gold": item.scores.gold,
            **_values(item.scores),
        }
        for item in found
    ]
    content = {"format": FORMAT, "version": VERSION, "evaluations": evaluations}
    stream.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def write_table(found: Sequence[LinkEvaluation], stream: TextIO) -> None:
    """A line for each figure, under the names of `COLUMNS`; no line for a figure that there is not."""
    stream.write("\t".join(COLUMNS) + "\n")
    for item in found:
        for metric, value in _values(item.scores).items():
            if value is not None:
                stream.write(f"{item.system}\t{item.language}\t{metric}\t{value:.4f}\n")


LINK_FORMATS: dict[Literal["text", "json", "tsv"], Writer] = {
    "text": write_text,
    "json": write_json,
    "tsv": write_table,
}
"""What writes each format, each the same bytes for the same evaluations."""
