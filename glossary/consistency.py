"""Whether a term is rendered in one way throughout: its renderings counted over many sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from egiz.glossary.check import CHECKS, OUTCOMES, Outcome, TermUse
from egiz.glossary.records import Finding, Term, Wording

PLACES_KEPT = 20
"""Rows that are named for each rendering. All are counted; naming all would let memory grow with the rows."""

INCONSISTENT = "term-inconsistent"
"""The code of the finding that a term is rendered in several ways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a row stands: its file, its line there, from 1, and its own id."""

    file: str
    line: int
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """One wording that a term was rendered by: how often, and in which rows, the first `PLACES_KEPT`."""

    wording: Wording
    count: int
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermUsage:
    """What became of one term in all rows: its renderings, the most frequent first, and its outcomes.

    `source` is the wording of the source language that was met first.
    """

    term: Term
    source: Wording
    target_language: str
    renderings: tuple[Rendering, ...]
    outcomes: tuple[tuple[Outcome, int], ...]

    @property
    def accepted(self) -> tuple[Rendering, ...]:
        """The renderings that are not forbidden, the most frequent first."""
        return tuple(item for item in self.renderings if item.wording.status != "forbidden")


@dataclass(slots=True)
class _Count:
    uses: int = 0
    places: list[Place] = field(default_factory=list)


class Consistency:
    """Counts the uses of terms, row by row; memory grows with the terms in use, not with the rows."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], TermUse] = {}
        self._outcomes: Counter[tuple[tuple[str, str], Outcome]] = Counter()
        self._renderings: dict[tuple[str, str], dict[Wording, _Count]] = {}

    def add(self, uses: Iterable[TermUse], place: Place) -> None:
        """Count the uses of one row."""
        for use in uses:
            key = (use.term.id, use.target_language)
            self._first.setdefault(key, use)
            self._outcomes[key, use.outcome] += 1
            if use.target is None:
                continue
            count = self._renderings.setdefault(key, {}).setdefault(use.target.wording, _Count())
            count.uses += 1
            if len(count.places) < PLACES_KEPT and place not in count.places:
                count.places.append(place)

    def usages(self) -> tuple[TermUsage, ...]:
        """One record for each term that occurred, in the order of their ids."""
        return tuple(self._usage(key) for key in sorted(self._first))

    def _usage(self, key: tuple[str, str]) -> TermUsage:
        first = self._first[key]
        renderings = [
            Rendering(wording=wording, count=count.uses, places=tuple(count.places))
            for wording, count in self._renderings.get(key, {}).items()
        ]
        order = {wording: place for place, wording in enumerate(first.term.wordings)}
        renderings.sort(key=lambda item: (-item.count, order[item.wording]))
        return TermUsage(
            term=first.term,
            source=first.source.wording,
            target_language=key[1],
            renderings=tuple(renderings),
            outcomes=tuple((name, self._outcomes[key, name]) for name in OUTCOMES),
        )


def inconsistency(usage: TermUsage) -> tuple[Finding, Place] | None:
    """The finding that a term has several accepted renderings, and the first row of the second of them.

    None where all uses have one. Forbidden renderings are findings of their own and do not count here.
    """
    if len(usage.accepted) < 2:
        return None
    shown = ", ".join(f"‘{item.wording.text}’ ({item.count} ×)" for item in usage.accepted)
    message = f"‘{usage.source.text}’ is rendered in {len(usage.accepted)} ways: {shown}"
    return Finding(severity=CHECKS[INCONSISTENT][0], code=INCONSISTENT, message=message), usage.accepted[
        1
    ].places[0]
