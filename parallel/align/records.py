"""The records of alignment: the units of two documents, and the links between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

Span = tuple[int, int]
"""Units ``start:stop`` of one document, counted from 0, half-open."""

MOST = 4
"""Units of one side that a link joins at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One sentence, or whatever is aligned, of a document.

    `paragraph` is the same number for units of one paragraph, and grows; `id` is the sentence's.
    """

    id: str
    paragraph: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The units of the source that one or more units of the target translate; one of the two may be empty.

    `score` is the probability that exactly these units belong together, as measured on documents whose links
    are known; `flags` are codes of `FLAGS`.
    """

    source: Span
    target: Span
    score: float
    flags: tuple[str, ...] = ()

    @property
    def sizes(self) -> tuple[int, int]:
        """How many units it has on each side."""
        return self.source[1] - self.source[0], self.target[1] - self.target[0]

    @property
    def is_null(self) -> bool:
        """Whether one side has nothing."""
        return 0 in self.sizes


FLAGS: dict[str, str] = {
    "unaligned": "has no counterpart in the source or translation",
    "unsure": "may be linked to the wrong sentences",
    "merged": "answers several sentences of the source, or is several sentences",
}
"""The flags of links, each with words that complete "This translation …"."""


def units_of_lines(lines: Sequence[str], name: str = "line") -> tuple[Unit, ...]:
    """Every line a unit of its own, and no paragraphs: ``name:1.1``, ``name:1.2`` and so on."""
    return tuple(
        Unit(id=f"{name}:1.{number}", paragraph=0, text=line) for number, line in enumerate(lines, start=1)
    )


def has_paragraphs(units: Sequence[Unit]) -> bool:
    """Whether paragraphs say more than the units themselves: there are two, and one has several units."""
    sizes = [len(list(group)) for _, group in groupby(units, key=lambda unit: unit.paragraph)]
    return len(sizes) > 1 and max(sizes) > 1
