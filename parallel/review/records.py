"""The records of a review: what a person said of a sentence's translation, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["applied", "noted", "known", "replaced", "conflict", "outdated", "orphaned"]
"""The cell changed, in its text or in its standing; only a comment was left, or nothing; this very edit had
been brought in before; its author later said something else of the same text; it could not be brought in; the
source sentence has changed since, or is not there any more."""

Conflict = Literal["row gone", "no such language", "changed since", "edited differently", "left empty"]

State = Literal["kept", "outdated", "orphaned"]
"""Its sentence is in the table; another sentence stands in its place; neither, or not in that language."""
SETTLED, SEEN = "settled", "seen"
"""In place of a conflict: a person has seen the text beside the others and decided; of a text that is out of
date, a person has seen it beside the new sentence, and it comes back if its own sentence does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A sentence apart from any table: its source text, and those before and after it, empty at an end."""

    source: str
    previous: str
    following: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanEdit:
    """What a person said of one cell of a published table.

    `place` is where it stands (``edits.json: edits[3]``). `before` is the cell that the person saw; `after`
    what it should be, in its published form, equal to `before` where it was left as it is. `time` is in UTC,
    as ISO 8601 writes it. `spot` says of which sentence; None in files of version 1, which name the row
    alone. `seen` are the other texts that the page showed for the cell, so that the edit decides between
    them.
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
    spot: Spot | None = None
    seen: tuple[str, ...] = ()

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
    """One line of `review.tsv`: what one person once said of one sentence in one language.

    `machine` is the machine's output for the cell, empty where it had none or it is not known: it is kept
    here too because a later edit may begin from a text that a person wrote. `source`, `previous` and
    `following` are the sentence and its neighbours, as they were when it was last in the table. `row` is the
    row that it is shown with: its own, or, where it is ``outdated``, the one in whose place it stood, whose
    source is `now`; empty where there is none. `conflict` says why its text does not stand in the cell,
    `SETTLED` once a person has decided. `origin` is ``memory`` where another project's approval came by the
    translation memory.
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
    source: str = ""
    previous: str = ""
    following: str = ""
    now: str = ""
    state: State = "kept"
    conflict: str = ""
    origin: str = ""

    @property
    def cell(self) -> tuple[str, str]:
        """Row and language."""
        return self.row, self.language

    @property
    def spot(self) -> Spot:
        """The sentence that it is of."""
        return Spot(source=self.source, previous=self.previous, following=self.following)

    @property
    def is_remark(self) -> bool:
        """Whether it left text and standing of the cell alone."""
        return not self.approved and self.after == self.before

    @property
    def is_claim(self) -> bool:
        """Whether its text is to stand in the cell of its row, unless a later one does."""
        return self.state == "kept" and not self.conflict and not self.is_remark
