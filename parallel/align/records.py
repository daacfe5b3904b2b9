"""The records of alignment: the units of documents, and the links between the units of two documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

Span = tuple[int, int]
"""The units ``start:stop`` of a document: indices from 0, half-open."""

MAX_UNITS = 4
"""The largest number of units on one side of a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextUnit:
    """One unit of a document to align: a sentence or a line.

    `id` is the id of the sentence. `paragraph` is the same number for all units of a paragraph and never
    decreases from unit to unit.
    """

    id: str
    paragraph: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An alignment link: source units and the target units that translate them; one side may be empty.

    `score` is the probability that exactly these units are each other's translation, calibrated on documents
    with known links; `flags` are codes of `FLAGS`.
    """

    source: Span
    target: Span
    score: float
    flags: tuple[str, ...] = ()

    @property
    def sizes(self) -> tuple[int, int]:
        """The number of source units and of target units."""
        return self.source[1] - self.source[0], self.target[1] - self.target[0]

    @property
    def is_null(self) -> bool:
        """Whether one side is empty."""
        return 0 in self.sizes


FLAGS: dict[str, str] = {
    "unaligned": "has no counterpart in the source or translation",
    "unsure": "may be linked to the wrong sentences",
    "merged": "answers several sentences of the source, or is several sentences",
}
"""The flags of links, each with a text that completes "This translation …"."""


def units_of_lines(lines: Sequence[str], name: str = "line") -> tuple[TextUnit, ...]:
    """Return a unit for each line, without paragraphs; ids are ``name:1.1``, ``name:1.2`` and so on."""
    return tuple(
        TextUnit(id=f"{name}:1.{number}", paragraph=0, text=line)
        for number, line in enumerate(lines, start=1)
    )


def has_paragraphs(units: Sequence[TextUnit]) -> bool:
    """Whether the paragraph numbers of units can be used: there must be at least two paragraphs, and one of
    them must have several units.
    """
    sizes = [len(list(group)) for _, group in groupby(units, key=lambda unit: unit.paragraph)]
    return len(sizes) > 1 and max(sizes) > 1
