"""Which sentences are decoded together, to what length they are padded, and how many target tokens they may have.

What a model says of a sentence must not depend on the sentences that share its batch: a build that finds half
of its sentences in the memory, or works in shards, makes other batches than one that does not. Three things
of a batch reach into a sentence, and here all three follow from the sentence alone:

- The length that sources are padded to. Attention multiplies matrices of that length, and sums of other
  lengths are rounded otherwise; on some processors that changed a translation in a hundred. So each sentence
  has a padded length of its own (`padded`), and shares a batch only with those that have the same. Where none
  is as long as that, the engine adds one that is (`CTranslate2Engine`).
- The number of rows. With int8 weights all other sums are of whole numbers, exact in any order, and each row
  is scaled by itself. With floating-point weights they are rounded, otherwise for other numbers of rows, and
  a sentence must be decoded by itself to come out the same bit by bit: ``batch_tokens=1`` does that.
- The cap on target tokens, which a batch has for all its sentences: see `batches`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from egiz.translate.engine import Decoding

ROOM = 1.5
"""Target tokens that a batch leaves for each source token of its longest sentence: a choice between larger
batches and fewer translations that need more and so are decoded again."""

_SHORTEST = 16
_LONGEST = 512
"""Source tokens that every model of NLLB's architecture has positions for; longer sources are not padded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The `places` of some sentences, longest first, the `length` that their sources are padded to, and the
    target tokens that each may have at most."""

    places: tuple[int, ...]
    length: int
    cap: int


def padded(tokens: int) -> int:
    """The length that a source of so many tokens is padded to: 16, 24, 32, 48, 64, 96 and so on.

    Few lengths make large batches, and padding is less than half of a sentence's length (above 16), in
    attention only: the other layers skip it.

    >>> [padded(tokens) for tokens in (3, 16, 17, 25, 33, 49, 65, 600)]
    [16, 16, 24, 32, 48, 64, 96, 600]
    """
    if tokens > _LONGEST:
        return tokens
    length = _SHORTEST
    while length < tokens:
        length += length // 2 if length & (length - 1) == 0 else length // 3
    return length


def batches(lengths: Mapping[int, int], decoding: Decoding, *, own_caps: bool = False) -> list[Batch]:
    """Sentences of one padded length together, as many as `decoding` lets a batch have; longest first.

    `lengths` are source tokens by place. The cap of a batch is that of its shortest sentence. A search that
    ends below it would have ended so under the sentence's own cap as well; one that does not must be done
    again with `own_caps`, where only sentences with the same cap share a batch.
    """
    made: list[Batch] = []
    group: list[int] = []
    for place in sorted(lengths, key=lambda place: -lengths[place]):
        if group and not _fits(lengths[place], len(group), lengths[group[0]], decoding, own_caps):
            made.append(_batch(group, lengths, decoding))
            group = []
        group.append(place)
    return [*made, _batch(group, lengths, decoding)] if group else made


def _fits(tokens: int, held: int, longest: int, decoding: Decoding, own_caps: bool) -> bool:
    """Whether a sentence may join so many others, none shorter, whose longest has so many tokens."""
    length, highest = padded(longest), decoding.longest(longest)
    least = highest if own_caps else min(ROOM * longest, highest)
    return (
        padded(tokens) == length
        and length * (held + 1) <= decoding.batch_tokens
        and decoding.longest(tokens) >= least
    )


def _batch(group: Sequence[int], lengths: Mapping[int, int], decoding: Decoding) -> Batch:
    return Batch(
        places=tuple(group), length=padded(lengths[group[0]]), cap=decoding.longest(lengths[group[-1]])
    )
