"""The records of a review: a person's edit of a translation, the decision on it, and the history entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["applied", "noted", "known", "replaced", "conflict", "outdated", "orphaned"]
"""The outcome of an edit. ``applied``: the text or status of the cell changed. ``noted``: the edit has only a
comment, or nothing. ``known``: the same edit was applied before. ``replaced``: a later edit of the same text
by the same author counts. ``conflict``: the edit could not be applied. ``outdated``: the source sentence has
changed. ``orphaned``: the source sentence is gone."""

Conflict = Literal["row gone", "no such language", "changed since", "edited differently", "left empty"]

CellKey = tuple[str, str]
"""Row id and target language: identifies a cell of the published table."""

State = Literal["kept", "outdated", "orphaned"]
"""The state of the sentence of an entry. ``kept``: it is in the table. ``outdated``: another sentence has
replaced it. ``orphaned``: it is gone, or the table has no column in the language of the entry."""
SETTLED, SEEN = "settled", "seen"
"""Values of `HistoryEntry.conflict` that are no conflict. `SETTLED`: a person has seen the text beside the
others and decided. `SEEN`: a person has seen an outdated text beside the new sentence; the text applies again
if its own sentence comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceKey:
    """A sentence, identified by its source text and the sentences before and after it (empty at an end)."""

    source: str
    previous: str
    following: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanEdit:
    """A person's edit, approval or comment of one cell of a published table.

    `place` is its place in the file (``edits.json: edits[3]``). `before` is the text that the person saw;
    `after` is the wanted text in published form, equal to `before` if it was not changed. `time` is UTC in
    ISO 8601. `sentence` is None in files of version 1, which only name the row. `seen` are the other texts
    that the page showed for the cell, so that the edit decides between them.
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
    """The decision on one edit. `conflict` says why the edit could not be applied, else it is None.

    `stands` is the text of the cell before the edit, empty if there is no such cell; `source` is the source
    sentence.
    """

    edit: HumanEdit
    outcome: Outcome
    stands: str = ""
    source: str = ""
    conflict: Conflict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One line of `review.tsv`: an edit, approval or comment by one person of one sentence in one language.

    `machine` is the machine's output for the cell, empty if there was none or it is unknown; it is kept here
    too because a later edit may start from a human text. `source`, `previous` and `following` are the
    sentence and its neighbours as last in the table. `row` is the row that the entry is shown with: its own,
    or if it is ``outdated`` the row that has replaced it, whose source is `now`; empty if there is none.
    `conflict` says why the text is not in the cell, or is `SETTLED` or `SEEN`. `origin` is ``memory`` for an
    approval from another project that the translation memory supplied.
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
        """Whether the text of the entry belongs in its cell, unless a later entry overrides it."""
        return self.state == "kept" and not self.conflict and not self.is_remark
