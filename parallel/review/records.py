"""The records of a review: what a person said of a cell, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["applied", "noted", "known", "replaced", "conflict"]
"""The cell changed, in its text or in its standing; only a comment was left, or nothing; this very edit had
been brought in before; its author later said something else of the same text; it could not be brought in."""

Conflict = Literal["row gone", "no such language", "changed since", "edited differently", "left empty"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanEdit:
    """What a person said of one cell of a published table.

    `place` is where it stands (``edits.json: edits[3]``). `before` is the cell that the person saw; `after`
    what it should be, in its published form, equal to `before` where it was left as it is. `time` is in UTC,
    as ISO 8601 writes it.
    """

    place: str
    row: str
    language: str
    before: str
    after: str
    approved: bool
    author: str
    time: str
    comment: str

    @property
    def cell(self) -> tuple[str, str]:
        """Row and language."""
        return self.row, self.language

    @property
    def is_remark(self) -> bool:
        """Whether it lays no claim to the cell's text: neither changed nor approved."""
        return not self.approved and self.after == self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of one edit. `conflict` says why it could not be brought in, else it is None.

    `stands` is the cell's text as it was found, empty where there is no such cell; `source` the source
    sentence.
    """

    edit: HumanEdit
    outcome: Outcome
    stands: str = ""
    source: str = ""
    conflict: Conflict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One line of `review.tsv`: an edit that was brought in.

    `machine` is the machine's output for the cell, empty where it had none: it is kept here too because a
    later edit may begin from a text that a person wrote.
    """

    row: str
    language: str
    author: str
    time: str
    before: str
    after: str
    approved: bool
    comment: str
    machine: str

    @property
    def cell(self) -> tuple[str, str]:
        """Row and language."""
        return self.row, self.language

    @property
    def is_remark(self) -> bool:
        """Whether it left text and standing of the cell alone."""
        return not self.approved and self.after == self.before
