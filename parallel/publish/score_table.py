"""The table beside the published one that accounts for its qualities: label, reasons, and every feature.

It is written as the published table is: UTF-8, NFC, a tab between cells, no quoting.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from egiz.parallel.publish.columns import Column, Kind
from egiz.parallel.publish.tsv import write_cells
from egiz.parallel.rows import Row, Target
from egiz.parallel.scores.features import FEATURES
from egiz.parallel.scores.labels import GOOD, LABELS, POOR
from egiz.parallel.scores.reasons import in_words, packed
from egiz.parallel.scores.records import Score

SCORES = "scores.tsv"


def _column(
    name: str,
    kind: Kind,
    title: str,
    description: str,
    *,
    required: bool = True,
    values: tuple[str, ...] = (),
) -> Column:
    return Column(
        name=name,
        kind=kind,
        language="",
        type="number" if kind in ("quality", "feature") else "string",
        title=title,
        description=description,
        required=required,
        values=values,
    )


JUDGED_COLUMNS = (
    _column("quality", "quality", "Quality", "as in the table: between 0 and 1, higher is better"),
    _column("sound", "quality", "Sound", "the chance that the pair is a translation and not a spoilt one"),
    _column(
        "label",
        "label",
        "Label",
        f"good: quality {GOOD} and more; poor: below {POOR}; check: between, or rather spoilt than sound",
        values=LABELS,
    ),
    _column(
        "reasons", "reasons", "Reasons", "what pulls the quality down, the strongest first", required=False
    ),
    _column("causes", "reasons", "Causes", "the same for machines, as feature:detail", required=False),
)
"""What a judgement is, wherever it is written."""

FEATURE_COLUMNS = tuple(
    _column(
        item.name,
        "feature",
        item.name.replace("_", " ").capitalize(),
        f"{item.about}; {item.direction}; empty where it says nothing",
        required=False,
    )
    for item in FEATURES
)

SCORE_COLUMNS = (
    _column("row", "terms", "Sentence", "the id of the row in the table"),
    _column("language", "terms", "Language", "of the translation"),
    *JUDGED_COLUMNS,
    *FEATURE_COLUMNS,
)


def neural_columns(names: Sequence[str]) -> tuple[Column, ...]:
    """The columns of neural scores, one for each model."""
    return tuple(
        _column(
            f"neural.{name}",
            "feature",
            f"Neural: {name}",
            "what this model says; higher is better",
            required=False,
        )
        for name in names
    )


def judged_cells(score: Score) -> tuple[str, ...]:
    """The cells of `JUDGED_COLUMNS`."""
    return (
        f"{score.quality:.3f}",
        f"{score.sound:.3f}",
        score.label,
        in_words(score.reasons),
        packed(score.reasons),
    )


def feature_cells(score: Score) -> tuple[str, ...]:
    """The cells of `FEATURE_COLUMNS`."""
    return tuple(map(number, score.values))


def score_columns(neural: Sequence[str] = ()) -> tuple[Column, ...]:
    """All columns of the table, where these models give scores too."""
    return (*SCORE_COLUMNS, *neural_columns(neural))


class ScoreTable:
    """Writes the scores of rows one by one; `neural` names the models that give more of them."""

    def __init__(self, stream: TextIO, neural: Sequence[str] = ()) -> None:
        self._stream = stream
        self.columns = score_columns(neural)
        stream.write("\t".join(column.name for column in self.columns) + "\n")

    def write(self, row: Row) -> None:
        """Write one row's scores, a line for each translation that has one.

        Raises OutputError as the table's own writer does.
        """
        for target in row.targets:
            if target.score is not None:
                self._write(row, target, target.score)

    def _write(self, row: Row, target: Target, score: Score) -> None:
        cells = (
            row.id,
            target.language,
            *judged_cells(score),
            *feature_cells(score),
            *map(number, target.neural),
        )
        write_cells(self._stream, row.id, self.columns, cells)


def number(value: float | None) -> str:
    """Three decimals at most, and no negative zero."""
    if value == 0:  # most features of a sound translation
        return "0"
    return "" if value is None else f"{round(value, 3) + 0.0:g}"
