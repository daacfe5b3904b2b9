"""Write the tables beside the published one: scores, term uses, edits and word links.

They have the form of the published table: UTF-8, NFC, a tab between cells, no quoting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import TextIO

from egiz.parallel.publish.columns import Column, ColumnKind, link_column
from egiz.parallel.publish.names import TABLE
from egiz.parallel.publish.tsv import write_cells
from egiz.parallel.rows import TERM_OUTCOMES, Row, Target, TermRecord
from egiz.parallel.scores.features import FEATURES
from egiz.parallel.scores.reasons import in_words, packed
from egiz.parallel.scores.records import GOOD, LABELS, POOR, Score


def _column(
    name: str,
    kind: ColumnKind,
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
"""The columns that describe the score of a translation that a build made."""

SOUNDNESS = _column(
    "soundness",
    "quality",
    "Soundness",
    "the chance that the pair is a translation and not a spoilt one, lowered by each proof of an error",
)
PAIR_COLUMNS = (SOUNDNESS, *JUDGED_COLUMNS[2:])
"""The columns that describe the score of a pair that no build made. Soundness takes the place of quality: the
probability that the pair is a translation and not a spoilt one."""

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
    """Return the columns of neural scores, one for each model name."""
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
    """Return the cells of `JUDGED_COLUMNS` for a score."""
    return (
        f"{score.quality:.3f}",
        f"{score.sound:.3f}",
        score.label,
        in_words(score.reasons),
        packed(score.reasons),
    )


def pair_cells(score: Score) -> tuple[str, ...]:
    """Return the cells of `PAIR_COLUMNS` for the score of a pair that no build made.

    In such a score, `Score.quality` is the soundness.
    """
    return (f"{score.quality:.3f}", *judged_cells(score)[2:])


def feature_cells(score: Score) -> tuple[str, ...]:
    """Return the cells of `FEATURE_COLUMNS` for a score."""
    return tuple(map(number, score.values))


def score_columns(neural: Sequence[str] = ()) -> tuple[Column, ...]:
    """Return all columns of the file `SCORES`; `neural` are the names of models that give further scores."""
    return (*SCORE_COLUMNS, *neural_columns(neural))


class ScoreTable:
    """Writes the scores of rows one by one; `neural` are the names of models that give further scores."""

    def __init__(self, stream: TextIO, neural: Sequence[str] = ()) -> None:
        self._stream = stream
        self.columns = score_columns(neural)
        stream.write("\t".join(column.name for column in self.columns) + "\n")

    def write(self, row: Row) -> None:
        """Write the scores of a row: one line for each translation that has a score.

        Raises OutputError as `TsvWriter.write` does.
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
    """Format a number for a cell, with at most three decimals: ``0.25`` -> ``"0.25"``, ``-0.0`` -> ``"0"``,
    None -> ``""``."""
    if value == 0:  # most features of a sound translation
        return "0"
    return "" if value is None else f"{round(value, 3) + 0.0:g}"


def _use_column(
    name: str, title: str, description: str, *, required: bool = True, number: bool = False
) -> Column:
    return Column(
        name=name,
        kind="terms",
        language="",
        type="integer" if number else "string",
        title=title,
        description=description,
        required=required,
        values=tuple(TERM_OUTCOMES) if name == "outcome" else (),
    )


USE_COLUMNS = (
    _use_column("row", "Sentence", "the id of the row in the table"),
    _use_column("language", "Language", "of the translation"),
    _use_column("term", "Term", "the id of the entry in the term base"),
    _use_column("source_term", "Source term", "the dictionary form in the term base"),
    _use_column("source_start", "From", "first code point of the occurrence in the source cell", number=True),
    _use_column("source_stop", "To", "code point after the occurrence", number=True),
    _use_column("source_form", "As it stands", "the occurrence with its endings"),
    _use_column("target_term", "Target term", "the wording that is preferred", required=False),
    _use_column(
        "target_start",
        "From",
        "first code point of the rendering in the translation; empty where there is none",
        required=False,
        number=True,
    ),
    _use_column("target_stop", "To", "code point after the rendering", required=False, number=True),
    _use_column("target_form", "As it stands", "the rendering with its endings", required=False),
    _use_column("outcome", "Outcome", "; ".join(f"{name}: {words}" for name, words in TERM_OUTCOMES.items())),
    _use_column("note", "Note", "what corrected it, or why it was left alone", required=False),
)
EDIT_COLUMNS = (
    _use_column("row", "Sentence", "the id of the row in the table"),
    _use_column("language", "Language", "of the translation"),
    _use_column(
        "start", "From", "first code point in the machine output, column .mt of the table", number=True
    ),
    _use_column("stop", "To", "code point after the last", number=True),
    _use_column("before", "Before", "what stood there", required=False),
    _use_column("after", "After", "what stands there now", required=False),
    _use_column("term", "Term", "the id of the entry that asked for it"),
    _use_column("rule", "Rule", "what made the edit"),
)


class TermTables:
    """Writes the term uses and edits of rows one by one."""

    def __init__(self, uses: TextIO, edits: TextIO) -> None:
        self._uses, self._edits = uses, edits
        for stream, columns in ((uses, USE_COLUMNS), (edits, EDIT_COLUMNS)):
            stream.write("\t".join(column.name for column in columns) + "\n")

    def write(self, row: Row) -> None:
        """Write one row's term uses and edits. Raises OutputError as `TsvWriter.write` does."""
        for target in row.targets:
            head = (row.id, target.language)
            write_uses(self._uses, row.id, target.language, target.terms)
            for edit in target.edits:
                write_cells(self._edits, row.id, EDIT_COLUMNS, (*head, *map(_cell, astuple(edit))))


def write_uses(stream: TextIO, row: str, language: str, uses: Iterable[TermRecord]) -> None:
    """Write the term uses of one translation; raises OutputError as `TsvWriter.write` does.

    `row` is the id of its row, `language` its language.
    """
    for use in uses:
        write_cells(stream, row, USE_COLUMNS, (row, language, *map(_cell, astuple(use))))


def _cell(value: str | int | None) -> str:
    return "" if value is None else str(value)


WORD_COLUMNS = (
    link_column("row", "Row", "the id of the row in the table"),
    link_column("language", "Language", "of the translation"),
    link_column(
        "words",
        "Words",
        "pairs such as 0-1: word of the source and word of the translation, runs of letters and digits "
        "counted from 0",
        required=False,
    ),
)


def side_table_path(table: Path, name: str) -> Path:
    """Return the path of the side table `name` of a table, in the same folder.

    For ``parallel.tsv`` it is ``scores.tsv``, for example; for ``law.tsv`` it is ``law.scores.tsv``.
    """
    return table.with_name(f"{side_table_prefix(table.name)}{name}")


def side_table_prefix(table: str) -> str:
    """Return the prefix of the names of the side tables of a table.

    >>> side_table_prefix("parallel.tsv"), side_table_prefix("law.tsv")
    ('', 'law.')
    """
    return "" if table == TABLE else f"{table.removesuffix('.tsv')}."
