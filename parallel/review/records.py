"""The records of a review: a person's edit of a translation, the decision on it, and the history entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["applied", "noted", "known", "replaced", "conflict", "outdated", "orphaned"]
"""The outcome of an edit. ``applied``: the edit changed the text or status of the cell. ``noted``: the edit
neither changes nor approves the text; it may have a comment. ``known``: the same edit was applied before.
``replaced``: a later edit of the same text by the same author counts instead. ``conflict``: the edit could
not be applied. ``outdated``: the source sentence has changed. ``orphaned``: the source sentence is gone.
"""

Conflict = Literal["row gone", "no such language", "changed since", "edited differently", "left empty"]

CellKey = tuple[str, str]
"""Row id and target language: identifies a cell of the published table."""

State = Literal["kept", "outdated", "orphaned"]
"""What became of the sentence of an entry. ``kept``: it is in the table. ``outdated``: another sentence has
replaced it. ``orphaned``: the sentence is gone, or the table has no column for the language of the entry.
"""
SETTLED, SEEN = "settled", "seen"
"""Values of `HistoryEntry.conflict` that need no decision. `SETTLED`: a person has seen the text beside the
other texts of the cell and decided. `SEEN`: a person has seen an outdated text beside the new sentence; the
text applies again if its own sentence comes back.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceKey:
    """Identifies a sentence by its source text and the sentences before and after it (empty at the beginning
    and end of the table).
    """

    source: str
    previous: str
    following: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanEdit:
    """A person's edit, approval or comment of one cell of a published table.

    `place` says where the edit is, for messages (``edits.json: edits[3]``). `before` is the text that the
    person saw. `after` is the text that the person wants, in published form; it is equal to `before` if the
    person did not change the text. `time` is UTC in ISO 8601. `sentence` is None for files of version 1,
    which give only the row. `seen` are the other texts that the page showed for the cell; the person who made
    the edit has decided against them.
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
    sentence: SentenceKey | None = None
    seen: tuple[str, ...] = ()

    @property
    def cell(self) -> CellKey:
        """The row and language of the edited cell."""
        return self.row, self.language

    @property
    def is_remark(self) -> bool:
        """Whether the edit neither changes nor approves the text of the cell."""
        return not self.approved and self.after == self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The decision on one edit. `conflict` says why the edit could not be applied; it is None if the edit is
    not in conflict.

    `stands` is the text of the cell before the edit; it is empty if there is no such cell. `source` is the
    source sentence.
    """

    edit: HumanEdit
    outcome: Outcome
    stands: str = ""
    source: str = ""
    conflict: Conflict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One line of `review.tsv`: an edit, approval or comment by one person of one sentence in one language.

    `machine` is the machine's output for the cell; it is empty if there was none or if it is unknown. The
    history records it as well as the table, because a later edit may start from a human text. `source`,
    `previous` and `following` are the sentence and its neighbours as the table last had them.

    `row` is the id of the row of the sentence; it is empty if the table has no such row. For an ``outdated``
    entry, `row` is the row that has replaced the sentence, and `now` is the source of that row. `conflict`
    says why the text is not in the cell, or is `SETTLED` or `SEEN`; otherwise it is empty. `origin` is
    ``memory`` for an approval from another project that the translation memory supplied.
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
    def cell(self) -> CellKey:
        """The row and language of the cell."""
        return self.row, self.language

    @property
    def sentence(self) -> SentenceKey:
        """The sentence with its neighbours."""
        return SentenceKey(source=self.source, previous=self.previous, following=self.following)

    @property
    def is_remark(self) -> bool:
        """Whether the entry neither changes nor approves the text of the cell."""
        return not self.approved and self.after == self.before

    @property
    def is_claim(self) -> bool:
        """Whether the text of the entry belongs in its cell. If several entries of a cell do, the last one
        counts.
        """
        return self.state == "kept" and not self.conflict and not self.is_remark
