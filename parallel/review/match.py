"""Which sentence of a new table is which of an old one, by what they say and by their neighbours.

Equal sentences are paired first: those that stand once on either side wherever they stand, so that moves do
no harm; then, outwards from these and from both ends, those that stand several times; what is left of these
by the longest common subsequence. A sentence without an equal is looked for where its neighbours are now:
the one in that gap that is most like it has come in its place. So insertions, deletions, moves, splits and
joins are told apart.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from egiz.parallel.publish import PublishedRow
from egiz.parallel.review.records import Spot

LIKE = 0.5
"""The least share of three-letter pieces that a changed sentence has in common with what it was; a sentence
that shares less is another one, beside which nobody's words are to be shown."""
PART = 0.8
"""The least share of its pieces that a sentence has in one it was joined to, or that came of splitting it."""
_LOOKED_AT = 12
"""Sentences of a gap that are compared, at most: those that share the most words."""
_NEAR = 50
"""Sentences before and after the place in a long gap where a changed one is looked for."""
_REPEATED = 4_000_000
"""Pairs of equal sentences up to which the longest common subsequence is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """The sentences of a table in their order: ids of rows, and what each says.

    What a row without a source says is its translations: rows of human translations may have none.
    """

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    sources: tuple[str, ...]

    @classmethod
    def of(cls, rows: Iterable[PublishedRow]) -> Sentences:
        """The sentences of a table."""
        found = [(row.id, row.source or _said(row), row.source) for row in rows]
        ids, texts, sources = zip(*found, strict=True) if found else ((), (), ())
        return cls(ids=ids, texts=texts, sources=sources)

    def spot(self, place: int) -> Spot:
        """A sentence of the table apart from it."""
        return Spot(
            source=self.sources[place],
            previous=self.sources[place - 1] if place else "",
            following=self.sources[place + 1] if place + 1 < len(self.sources) else "",
        )


def _said(row: PublishedRow) -> str:
    return "\0".join(("", *(target.machine or target.text for target in row.targets)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Where sentences of an old table are in a new one: the `same`, and what replaces others."""

    same: Mapping[int, int]
    changed: Mapping[int, int]


def match(old: Sequence[str], new: Sequence[str], wanted: Collection[int]) -> Matched:
    """Pair the sentences of two tables. Changed ones are looked for where their old place is `wanted`.

    Each sentence of either side is in one pair of equals at most; several old ones may have come to stand in
    one new one, which they were joined to.
    """
    same = _equal(old, new)
    gaps = _Gaps(same, len(old), len(new))
    changed = {}
    for place in sorted(wanted):
        if place not in same:
            found = _likest(old[place], new, gaps.around(place))
            if found is not None:
                changed[place] = found
    return Matched(same=same, changed=changed)


def _equal(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    places: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, texts in enumerate((old, new)):
        for place, text in enumerate(texts):
            places[text][side].append(place)
    pairs = {one[0]: other[0] for one, other in places.values() if len(one) == len(other) == 1}
    _spread(pairs, old, new)
    left = [[p for p in one if p not in pairs] for one, _ in places.values()]
    taken = set(pairs.values())
    right = [[p for p in other if p not in taken] for _, other in places.values()]
    sizes = [len(one) * len(other) for one, other in zip(left, right, strict=True)]
    if sum(sizes) > _REPEATED:
        for one, other in zip(left, right, strict=True):
            pairs |= dict(zip(one, other, strict=False))
    elif any(sizes):
        rest = sorted(p for one, size in zip(left, sizes, strict=True) for p in one if size)
        others = sorted(p for other, size in zip(right, sizes, strict=True) for p in other if size)
        left_over, offered = [old[p] for p in rest], [new[p] for p in others]
        for start, begin, size in SequenceMatcher(None, left_over, offered, False).get_matching_blocks():
            pairs |= dict(zip(rest[start : start + size], others[begin : begin + size], strict=True))
        _spread(pairs, old, new)
        taken = set(pairs.values())
        for one, other in zip(left, right, strict=True):
            free = [p for p in other if p not in taken]
            pairs |= dict(zip([p for p in one if p not in pairs], free, strict=False))
    return pairs


def _spread(pairs: dict[int, int], old: Sequence[str], new: Sequence[str]) -> None:
    """Pair equal sentences that stand beside pairs, or at the same end, until there are no more."""
    taken = set(pairs.values())
    waiting = deque([(-1, -1), (len(old), len(new)), *pairs.items()])
    while waiting:
        place, other = waiting.popleft()
        for step in (1, -1):
            one, two = place + step, other + step
            inside = 0 <= one < len(old) and 0 <= two < len(new)
            if inside and one not in pairs and two not in taken and old[one] == new[two]:
                pairs[one] = two
                taken.add(two)
                waiting.append((one, two))


class _Gaps:
    """Where new sentences without an equal stand between those that have one."""

    def __init__(self, same: Mapping[int, int], old: int, new: int) -> None:
        self._same = {-1: -1, old: new, **same}
        self._known = sorted(self._same)
        self._taken = sorted((-1, new, *same.values()))

    def around(self, place: int) -> list[int]:
        """Those after the new place of the sentence before an old place, and before that of the next one.

        Of a long gap, those about as far from its ends as the old place was.
        """
        at = bisect_left(self._known, place)
        found: set[int] = set()
        for known, step in ((self._known[at - 1], 1), (self._known[at], -1)):
            edge, away = self._same[known], abs(place - known)
            end = self._taken[bisect_left(self._taken, edge) + step]
            length = abs(end - edge) - 1
            steps = range(max(1, away - _NEAR), min(length, away + _NEAR) + 1)
            found.update(edge + step * by for by in steps)
        return sorted(found)


def _likest(text: str, new: Sequence[str], gap: Sequence[int]) -> int | None:
    """The sentence of a gap that is most like a text, if any is like it; the first of several."""
    if len(gap) > _LOOKED_AT:
        words = set(text.split())
        gap = sorted(gap, key=lambda place: (-len(words.intersection(new[place].split())), place))
        gap = sorted(gap[:_LOOKED_AT])
    likes = [(likeness(text, new[place]), -place) for place in gap]
    best, place = max(likes, default=(0.0, 0))
    return -place if best >= LIKE else None


def likeness(one: str, other: str) -> float:
    """How much two sentences share of their three-letter pieces, from 0 to 1; `LIKE` and more are alike.

    A part of a sentence is like it, however short, if nearly all of it is in there.

    >>> likeness("Ол келді.", "Ол келді."), likeness("Ол келді.", "Қала үлкен.")
    (1.0, 0.0)
    """
    pieces = _pieces(one), _pieces(other)
    shared = (pieces[0] & pieces[1]).total()
    sizes = sorted((pieces[0].total(), pieces[1].total()))
    share = 2 * shared / sum(sizes)
    part = shared / sizes[0]
    return max(share, LIKE + (1 - LIKE) * share) if part >= PART else min(share, part)


def _pieces(text: str) -> Counter[str]:
    padded = f" {text.casefold()} "
    return Counter(padded[start : start + 3] for start in range(max(1, len(padded) - 2)))


def find(
    lost: Collection[Spot], new: Sentences, free: Collection[int], open_to_all: Collection[int]
) -> dict[Spot, int]:
    """Find sentences that were not in the old table: each in one place, no place for two.

    The places are those of the same source that are `free`, which no sentence of the old table has, the ones
    with the same neighbours first; and those of `open_to_all` where both neighbours are the same.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place in sorted({*free, *open_to_all}):
        places[new.sources[place]].append(place)
    offers = []
    for spot in lost:
        for place in places.get(spot.source, ()):
            there = new.spot(place)
            alike = (there.previous == spot.previous) + (there.following == spot.following)
            if alike == 2 or (place in free and spot.source):
                offers.append((-alike, place, spot.previous, spot.following, spot))
    found: dict[Spot, int] = {}
    taken: set[int] = set()
    for _, place, _, _, spot in sorted(offers, key=lambda offer: offer[:-1]):
        if spot not in found and place not in taken:
            found[spot] = place
            taken.add(place)
    return found
