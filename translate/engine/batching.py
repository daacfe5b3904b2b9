"""Batches of sentences to decode, formed so that no translation depends on the other sentences of its batch.

The batches of a build depend on how many of its sentences are in the translation memory, and on its shards.
Three properties of a batch can change an output, so each of them must follow from the sentence alone:

- The length that sources are padded to. Attention multiplies matrices of that length, and sums over another
  length are rounded differently; on some processors that changed one translation in a hundred. So the padded
  length is a function of the sentence's own length (`padded_length`), and only sentences with the same padded
  length share a batch. If no sentence of a batch has exactly this length, the engine adds a row that has it.
- The number of rows. With int8 weights all other sums are of integers, exact in any order, and each row has
  its own scale. Floating-point sums are rounded differently for other numbers of rows; to get bit-identical
  outputs with such weights, decode each sentence alone (``batch_tokens=1``).
- The cap on target tokens, which is the same for all sentences of a batch: see `batches`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from egiz.translate.engine.protocol import Decoding

ROOM = 1.5
"""The smallest allowed cap of a batch, as a multiple of the source tokens of its longest sentence. A lower
value gives larger batches, but more outputs reach the cap and are decoded again."""

_SHORTEST = 16
_LONGEST = 512
"""The most source tokens for which every model of NLLB's architecture has positions. Longer sources are not
padded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Sentences that are decoded together.

    `places` are their indices, longest sentence first; `length` is the length that their sources are padded
    to; `cap` is the most target tokens that each may have.
    """

    places: tuple[int, ...]
    length: int
    cap: int


def padded_length(tokens: int) -> int:
    """The length to which a source of `tokens` tokens is padded: 16, 24, 32, 48, 64, 96 and so on.

    Few different lengths make large batches. Above 16, padding adds less than half of the sentence's length,
    and only to attention: the other layers skip it.

    >>> [padded_length(tokens) for tokens in (3, 16, 17, 25, 33, 49, 65, 600)]
    [16, 16, 24, 32, 48, 64, 96, 600]
    """
    if tokens > _LONGEST:
        return tokens
    length = _SHORTEST
    while length < tokens:
        length += length // 2 if length & (length - 1) == 0 else length // 3
    return length


def batches(lengths: Mapping[int, int], decoding: Decoding, *, own_caps: bool = False) -> list[Batch]:
    """Group sentences of the same padded length into batches, longest first.

    `lengths` maps the index of a sentence to its number of source tokens; `decoding` limits the size of a
    batch. Every sentence has a cap on its target tokens (`Decoding.longest`). The cap of a batch is the cap
    of its shortest sentence, so it may be lower than the caps of the other sentences. An output that ends
    below the batch's cap would be the same with the sentence's own cap. A sentence whose output reaches the
    batch's cap must be decoded again with `own_caps`: then only sentences with the same cap share a batch.
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
    """Whether a sentence of `tokens` tokens may join a batch that has `held` sentences already.

    No sentence of the batch is shorter than the new one; the longest has `longest` tokens.
    """
    length, highest = padded_length(longest), decoding.longest(longest)
    least = highest if own_caps else min(ROOM * longest, highest)
    return (
        padded_length(tokens) == length
        and length * (held + 1) <= decoding.batch_tokens
        and decoding.longest(tokens) >= least
    )


def _batch(group: Sequence[int], lengths: Mapping[int, int], decoding: Decoding) -> Batch:
    """The batch of these sentences, longest first."""
    return Batch(
        places=tuple(group), length=padded_length(lengths[group[0]]), cap=decoding.longest(lengths[group[-1]])
    )
