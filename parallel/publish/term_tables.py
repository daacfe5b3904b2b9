"""The tables beside the published one that account for terms: each use of a term, and each edit.

They are written as the published table is: UTF-8, NFC, a tab between cells, no quoting.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple
from typing import TextIO

from egiz.parallel.publish.columns import Column
from egiz.parallel.publish.tsv import write_cells
from egiz.parallel.rows import TERM_OUTCOMES, Row, TermRecord

USES = "term-uses.tsv"
EDITS = "edits.tsv"


def _column(
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
    _column("row", "Sentence", "the id of the row in the table"),
    _column("language", "Language", "of the translation"),
    _column("term", "Term", "the id of the entry in the term base"),
    _column("source_term", "Source term", "the dictionary form in the term base"),
    _column("source_start", "From", "first code point of the occurrence in the source cell", number=True),
    _column("source_stop", "To", "code point after the occurrence", number=True),
    _column("source_form", "As it stands", "the occurrence with its endings"),
    _column("target_term", "Target term", "the wording that is preferred", required=False),
    _column(
        "target_start",
        "From",
        "first code point of the rendering in the translation; empty where there is none",
        required=False,
        number=True,
    ),
    _column("target_stop", "To", "code point after the rendering", required=False, number=True),
    _column("target_form", "As it stands", "the rendering with its endings", required=False),
    _column("outcome", "Outcome", "; ".join(f"{name}: {words}" for name, words in TERM_OUTCOMES.items())),
    _column("note", "Note", "what corrected it, or why it was left alone", required=False),
)
EDIT_COLUMNS = (
    _column("row", "Sentence", "the id of the row in the table"),
    _column("language", "Language", "of the translation"),
    _column("start", "From", "first code point in the machine output, column .mt of the table", number=True),
    _column("stop", "To", "code point after the last", number=True),
    _column("before", "Before", "what stood there", required=False),
    _column("after", "After", "what stands there now", required=False),
    _column("term", "Term", "the id of the entry that asked for it"),
    _column("rule", "Rule", "what made the edit"),
)


class TermTables:
    """Writes the uses and edits of rows one by one."""

    def __init__(self, uses: TextIO, edits: TextIO) -> None:
        self._uses, self._edits = uses, edits
        for stream, columns in ((uses, USE_COLUMNS), (edits, EDIT_COLUMNS)):
            stream.write("\t".join(column.name for column in columns) + "\n")

    def write(self, row: Row) -> None:
        """Write what one row has of both. Raises OutputError as the table's own writer does."""
        for target in row.targets:
            head = (row.id, target.language)
            write_uses(self._uses, row.id, target.language, target.terms)
            for edit in target.edits:
                write_cells(self._edits, row.id, EDIT_COLUMNS, (*head, *map(_cell, astuple(edit))))


def write_uses(stream: TextIO, row: str, language: str, uses: Iterable[TermRecord]) -> None:
    """Write the uses of terms of one cell; raises OutputError as the table's own writer does."""
    for use in uses:
        write_cells(stream, row, USE_COLUMNS, (row, language, *map(_cell, astuple(use))))


def _cell(value: str | int | None) -> str:
    return "" if value is None else str(value)
