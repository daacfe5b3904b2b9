"""Which sentences are decoded together, and how many target tokens they may have.

A batch has one cap for all its sentences, but the cap of a sentence must not depend on which others it is
decoded with. `alike` keeps that promise by itself. `mixed` makes fewer and larger batches, for models whose
weights are so many that reading them is what a step of decoding costs, however many sentences share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from egiz.translate.engine import Decoding, rounded

ROOM = 1.5
"""Target tokens that a mixed batch leaves for each source token of its longest sentence: a choice
between larger batches and fewer translations that need more and so are decoded again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The `places` of some sentences, and the target tokens that each may have at most."""

    places: tuple[int, ...]
    cap: int


def alike(lengths: Mapping[int, int], decoding: Decoding) -> list[Batch]:
    """Sentences of one rounded length together, longest first: they have the same cap.

    `lengths` are source tokens by place.
    """
    groups: dict[int, list[int]] = {}
    for place, length in lengths.items():
        groups.setdefault(rounded(length), []).append(place)
    return [
        Batch(places=tuple(places), cap=decoding.longest(length))
        for length, places in sorted(groups.items(), reverse=True)
    ]


def mixed(lengths: Mapping[int, int], decoding: Decoding) -> list[Batch]:
    """Sentences of various lengths together, as many as `decoding` lets a batch have; longest first.

    The cap is that of the shortest sentence. A search that ends before it would have ended so under the
    sentence's own cap as well; one that does not must be done again under that.
    """
    batches: list[Batch] = []
    group: list[int] = []
    for place in sorted(lengths, key=lambda place: -lengths[place]):
        longest, cap = lengths[group[0] if group else place], decoding.longest(lengths[place])
        full = longest * (len(group) + 1) > decoding.batch_tokens
        if group and (full or cap < min(ROOM * longest, decoding.longest(longest))):
            batches.append(_of(group, lengths, decoding))
            group = []
        group.append(place)
    return [*batches, _of(group, lengths, decoding)] if group else batches


def _of(group: Sequence[int], lengths: Mapping[int, int], decoding: Decoding) -> Batch:
    return Batch(places=tuple(group), cap=decoding.longest(lengths[group[-1]]))
