"""The records of the reader: a table with all data that belong to it, and the thresholds for colouring its
qualities.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from egiz.parallel.publish import PublishedRow
from egiz.parallel.scores import Reason
from egiz.parallel.scores.records import GOOD, POOR
from egiz.translate.errors import OptionError


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """The thresholds of the quality bands. A quality from `good` up is good; one below `poor` is poor;
    between the two, the translation is to be checked.

    Both are qualities between 0 and 1. Raises OptionError if 0 ≤ poor ≤ good ≤ 1 does not hold.
    """

    good: float
    poor: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.poor <= self.good <= 1.0:
            raise OptionError(
                f"good from {self.good}, poor below {self.poor}",
                where="quality bands",
                expected="0 ≤ poor ≤ good ≤ 1",
            )


BANDS = Bands(good=GOOD, poor=POOR)
"""The default bands, which are those of the labels; see `egiz.parallel.scores.records`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPlace:
    """One occurrence of a term in a source cell, and its rendering in a target cell.

    `row` and `target` are the indices of the row and of the target language, from 0. The spans are half-open,
    in code points of the two cells. A span of (0, 0) means that the cell has nothing to show.
    """

    row: int
    target: int
    term: str
    source_term: str
    target_term: str
    source: tuple[int, int]
    rendered: tuple[int, int]
    outcome: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineEdit:
    """An edit of the machine output. `row` and `target` are as in `TermPlace`; the span is in code points of
    the machine output.
    """

    row: int
    target: int
    start: int
    stop: int
    after: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellReasons:
    """The reasons for the low quality of a translation; `row` and `target` are as in `TermPlace`."""

    row: int
    target: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordLinks:
    """The word links of a translation with its source; `row` and `target` are as in `TermPlace`.

    A link in `pairs` has two numbers: the index of a source word and the index of a target word, from 0.
    Words are maximal sequences of letters and digits.
    """

    row: int
    target: int
    pairs: tuple[tuple[int, int], ...]


ReviewKind = Literal["stands", "remembered", "remark", "outdated", "conflict", "orphan"]
"""What a review shows. ``stands``: the text of the cell. ``remembered``: the text of the cell, supplied by
the translation memory. ``remark``: only a comment. ``outdated``: a text for an earlier version of the source.
``conflict``: a text that differs from the text of the cell. ``orphan``: a text whose sentence or language is
not in the table.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A person's text, approval or comment on one translation.

    `row` and `target` are as in `TermPlace`; for an orphan both are -1. `text` is the translation, `language`
    its language, `source` its source sentence.
    """

    row: int
    target: int
    kind: ReviewKind
    language: str
    author: str
    time: str
    approved: bool
    comment: str
    source: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A table with all data that the page shows.

    `sha256` is the hash of the table's bytes. `scored` is False for a table that Egiz did not publish; such a
    table has neither quality nor status. `package` is the data package; it is empty if the table has none.
    `altered` is true if the hash of the table is not the one in the data package, for example after an edit
    by hand. `unread` are files beside the table that were not read because the table was altered.
    """

    name: str
    sha256: str
    rows: tuple[PublishedRow, ...]
    scored: bool
    package: dict[str, Any] = field(default_factory=dict)
    altered: bool = False
    places: tuple[TermPlace, ...] = ()
    edits: tuple[MachineEdit, ...] = ()
    reviews: tuple[Review, ...] = ()
    reasons: tuple[CellReasons, ...] = ()
    words: tuple[WordLinks, ...] = ()
    unread: tuple[Path, ...] = ()
