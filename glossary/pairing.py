"""Which rendering in the target belongs to which occurrence in the source, each used once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from egiz.glossary.records import Match

RANKS = {"preferred": 0, "accepted": 1, "forbidden": 2}
"""In which order the wordings of a term are taken for its rendering."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Some words of the source with all the terms that they may be, one match for each."""

    matches: tuple[Match, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The same for occurrences that are renderings of each other: the ids of the terms."""
        return tuple(match.term.id for match in self.matches)

    @property
    def start(self) -> int:
        return self.matches[0].start

    @property
    def length(self) -> int:
        return self.matches[0].stop - self.matches[0].start


def occurrences(matches: Sequence[Match]) -> list[Occurrence]:
    """Bring matches of the same words together, in the order of the text; each term stands once."""
    spans: dict[tuple[int, int], dict[str, Match]] = {}
    for match in matches:
        spans.setdefault((match.start, match.stop), {}).setdefault(match.term.id, match)
    return [Occurrence(tuple(spans[span].values())) for span in sorted(spans)]


def without_overlap(matches: Sequence[Match], length: int) -> list[Match]:
    """Of overlapping renderings of one term keep the longest, of equal ones that of the best status."""
    ordered = sorted(
        matches, key=lambda match: (match.start - match.stop, RANKS[match.wording.status], match.start)
    )
    taken = _Taken(length)
    return [match for match in ordered if taken.take(match)]


def pair(
    found: Sequence[Occurrence], renderings: Mapping[str, Sequence[Match]], length: int
) -> list[Match | None]:
    """Give each occurrence one of the renderings of its terms, or None where none is left for it.

    `renderings` has the term ids for keys; `length` is that of the target. Those with the fewest renderings
    to choose from go first, of these the ones that have a preferred one there, then the longest; and each
    takes what is preferred before what is accepted. Only then forbidden ones are given to those that got
    nothing, since the same word may be right as the rendering of something else. What occurrences of the
    same terms got is then dealt out in the order of the text.
    """
    chosen: list[Match | None] = [None] * len(found)
    taken = _Taken(length)
    for statuses in (("preferred", "accepted"), ("forbidden",)):
        queues = {key: _queue(key, renderings, statuses) for key in dict.fromkeys(item.key for item in found)}
        order = sorted(
            (len(queues[item.key]), _rank(queues[item.key]), -item.length, place)
            for place, item in enumerate(found)
            if chosen[place] is None
        )
        left = {key: iter(queue) for key, queue in queues.items()}
        for *_, place in order:
            chosen[place] = next((match for match in left[found[place].key] if taken.take(match)), None)
    return _in_order(found, chosen)


def _queue(
    key: Sequence[str], renderings: Mapping[str, Sequence[Match]], statuses: Collection[str]
) -> list[Match]:
    """The renderings of the terms in `key` that have one of the statuses, best status first."""
    found = [match for name in key for match in renderings[name] if match.wording.status in statuses]
    return sorted(found, key=lambda match: (RANKS[match.wording.status], match.start))


def _rank(queue: Sequence[Match]) -> int:
    return RANKS[queue[0].wording.status] if queue else len(RANKS)


def _in_order(found: Sequence[Occurrence], chosen: Sequence[Match | None]) -> list[Match | None]:
    places = defaultdict(list)
    for place, item in enumerate(found):
        places[item.key].append(place)
    ordered: list[Match | None] = [None] * len(found)
    for same in places.values():
        got = sorted(
            (match for match in (chosen[place] for place in same) if match is not None),
            key=lambda match: match.start,
        )
        for place, match in zip(same, got, strict=False):
            ordered[place] = match
    return ordered


class _Taken:
    """Which characters of a text are used up."""

    def __init__(self, length: int) -> None:
        self._used = bytearray(length)

    def take(self, match: Match) -> bool:
        """Use up the place of a match, unless some of it is used."""
        if any(self._used[match.start : match.stop]):
            return False
        self._used[match.start : match.stop] = b"\1" * (match.stop - match.start)
        return True
