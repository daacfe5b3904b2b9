"""Pair the terms of a source with their renderings in a target; each rendering is used at most once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from egiz.glossary.match import TermSpan
from egiz.glossary.records import Match

RANKS = {"preferred": 0, "accepted": 1, "forbidden": 2}
"""Order of preference among the statuses of renderings; lower comes first."""


def without_overlap(matches: Sequence[Match], length: int) -> list[Match]:
    """Drop overlapping renderings of one term: the longest stays, among equally long ones the best status.

    `length` is that of the target text, in code points. The result is in this order, not in text order.
    """
    if len(matches) < 2:
        return list(matches)
    ordered = sorted(
        matches, key=lambda match: (match.start - match.stop, RANKS[match.wording.status], match.start)
    )
    taken = Taken(length)
    return [match for match in ordered if taken.take(match)]


def pair(
    found: Sequence[TermSpan], renderings: Mapping[str, Sequence[Match]], length: int
) -> list[Match | None]:
    """Assign each span of the source one rendering of its terms, or None where none is left.

    `renderings` maps term ids to matches in the target, and lacks terms without any; `length` is that of the
    target in code points. Greedy: spans with the fewest candidate renderings choose first, then those that
    have a preferred one, then the longest; each takes a preferred rendering before an accepted one.
    Forbidden renderings go last, to spans that are still without one, since the same word may correctly
    render another term. Finally, the renderings of spans with the same terms are reassigned in the order of
    the text.
    """
    chosen: list[Match | None] = [None] * len(found)
    keys = [item.key for item in found]
    candidates = {
        key: matches
        for key in dict.fromkeys(keys)
        if (matches := [match for name in key for match in renderings.get(name, ())])
    }
    taken = Taken(length)
    for statuses in (("preferred", "accepted"), ("forbidden",)):
        queues = {key: queue for key, matches in candidates.items() if (queue := _queue(matches, statuses))}
        order = sorted(
            (len(queues[key]), RANKS[queues[key][0].wording.status], item.start - item.stop, place)
            for place, (key, item) in enumerate(zip(keys, found, strict=True))
            if key in queues and chosen[place] is None
        )
        left = {key: iter(queue) for key, queue in queues.items()}
        for *_, place in order:
            chosen[place] = next((match for match in left[keys[place]] if taken.take(match)), None)
    return _in_order(keys, chosen)


def _queue(matches: Sequence[Match], statuses: Collection[str]) -> list[Match]:
    """The renderings with one of the statuses, best status first."""
    found = [match for match in matches if match.wording.status in statuses]
    return sorted(found, key=lambda match: (RANKS[match.wording.status], match.start))


def _in_order(keys: Sequence[tuple[str, ...]], chosen: Sequence[Match | None]) -> list[Match | None]:
    """The chosen renderings, with those of spans that have equal keys put in the order of the target."""
    if len(set(keys)) == len(keys):
        return list(chosen)
    places = defaultdict(list)
    for place, key in enumerate(keys):
        places[key].append(place)
    ordered: list[Match | None] = [None] * len(keys)
    for same in places.values():
        got = sorted(
            (match for match in (chosen[place] for place in same) if match is not None),
            key=lambda match: match.start,
        )
        for place, match in zip(same, got, strict=False):
            ordered[place] = match
    return ordered


class Taken:
    """Which code points of a text are already used by a match."""

    def __init__(self, length: int) -> None:
        self._used = bytearray(length)

    def take(self, match: Match) -> bool:
        """Mark the span of a match as used; False, and nothing marked, where it overlaps a used one."""
        if any(self._used[match.start : match.stop]):
            return False
        self._used[match.start : match.stop] = b"\1" * (match.stop - match.start)
        return True
