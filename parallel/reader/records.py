"""The records of the reader: a table with all that is known of it, and the bands of its qualities."""

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
    """The two borders of three bands: good from `good` up, poor below `poor`, and between them to be checked.

    Both are qualities between 0 and 1. Raises OptionError where they are not, or stand the wrong way round.
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
"""The bands of the reader, which are those of the labels: see `egiz.parallel.scores.records` for why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPlace:
    """One occurrence of a term in a source cell, and what became of it in a target cell.

    `row` counts rows from 0, `target` target languages from 0. The spans are code points of the two cells,
    half-open; (0, 0) where there is none to show.
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
    """One correction; `row` and `target` as in `TermPlace`, the span in code points of the machine output."""

    row: int
    target: int
    start: int
    stop: int
    after: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellReasons:
    """Why the quality of a translation is not higher; `row` and `target` as in `TermPlace`."""

    row: int
    target: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordLinks:
    """Which words of a translation stand for which of its source; `row` and `target` as in `TermPlace`.

    `pairs` are numbers of a source word and of a target word, runs of letters and digits counted from 0.
    """

    row: int
    target: int
    pairs: tuple[tuple[int, int], ...]


ReviewKind = Literal["stands", "remembered", "remark", "outdated", "conflict", "orphan"]
"""The text that stands in a cell, or that came by the translation memory; only a comment; a text for what the
source was before; another text for the cell; one whose sentence is not in the table, or whose language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a person has said of a translation; `row` and `target` as in `TermPlace`, -1 where there is none.

    `text` is what it says, `source` the sentence that it is of, `language` that of the translation.
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
    """A table with all that is known of it.

    `sha256` is of the table's bytes. `scored` is False for a table that Egiz did not publish: it has neither
    quality nor status. `package` is the data package, empty without one; `altered` says that it describes
    other bytes than these, as after an edit by hand. `unread` are files beside the table that were not read
    because of that.
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
