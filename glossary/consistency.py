"""Count the renderings of each term over many rows, to find terms that are rendered inconsistently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from egiz.glossary.check import CHECKS, OUTCOMES, Outcome, TermUse
from egiz.glossary.records import Finding, Term, Wording

PLACES_KEPT = 20
"""Places kept per rendering. All rows are counted; keeping all places would let memory grow with the rows."""

INCONSISTENT = "term-inconsistent"
"""Code of the finding for a term with several accepted renderings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The position of a row: file, line (from 1) and the id of the row."""

    file: str
    line: int
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A wording that renders a term, how often it does, and the first `PLACES_KEPT` rows where it does."""

    wording: Wording
    count: int
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermUsage:
    """How one term was rendered over all rows: renderings, most frequent first, and counts of outcomes.

    `source` is the first source wording that occurred.
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
    """Counts term uses row by row; memory grows with the number of terms used, not with the rows."""

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
        """One record per term and target language that occurred, sorted by term id."""
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
    """The finding for a term with several accepted renderings, and the first row with the second of them.

    None if there are fewer than two. Forbidden renderings do not count; each has a finding of its own.
    """
    if len(usage.accepted) < 2:
        return None
    shown = ", ".join(f"‘{item.wording.text}’ ({item.count} ×)" for item in usage.accepted)
    message = f"‘{usage.source.text}’ is rendered in {len(usage.accepted)} ways: {shown}"
    return Finding(severity=CHECKS[INCONSISTENT][0], code=INCONSISTENT, message=message), usage.accepted[
        1
    ].places[0]
