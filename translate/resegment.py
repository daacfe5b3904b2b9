"""Other ways to cut a text into pieces: the same words to the model, read a little differently.

A model that is unsure translates them differently too, which gives candidates as various as samples do.
Sampling itself is no use here: CTranslate2's random numbers go by thread and by what a thread has drawn
before, so a sentence would come out differently with other neighbours, and after an interruption.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

_SYMBOL = re.compile(r"<0x[0-9A-F]{2}>|.", re.DOTALL)
"""A byte of a character without a piece, or a character."""


def resegment(text: str, ranks: Mapping[str, float], *, dropout: float, variant: int) -> list[str]:
    """Pieces of `text` by byte-pair merging, merges dropped at random (BPE-dropout, Provilkov et al. 2020).

    `text` is as sentencepiece normalises it, with ``▁`` for its spaces. `ranks` are `merge_ranks`. `dropout`
    is the probability that a possible merge is passed over in a round. The same text, `dropout` and `variant`
    give the same pieces everywhere, always.
    """
    chance = random.Random(f"{variant}\0{text}")
    pieces: list[str] = []
    for word in text.replace("▁", " ▁").split(" "):
        pieces += merged(_SYMBOL.findall(word), ranks, dropout, chance)
    return pieces


def merge_ranks(processor: SentencePieceProcessor) -> dict[str, float]:
    """Each piece's rank among the merges of a byte-pair model, higher first."""
    return {
        processor.id_to_piece(number): processor.get_score(number)
        for number in range(processor.get_piece_size())
        if not (processor.is_control(number) or processor.is_unknown(number) or processor.is_byte(number))
    }


def merged(
    symbols: list[str],
    ranks: Mapping[str, float],
    dropout: float,
    chance: random.Random,
    first: int = -1,
) -> list[str]:
    """Merge the letters of one word into pieces, by rounds; each ends with the best merge that is left.

    `first` is the round, from 0, that first passes over its best merge, where the caller has drawn it: before
    it none is passed over.
    """
    number = 0
    while True:
        possible = [
            (ranks[left + right], -place)
            for place, (left, right) in enumerate(pairwise(symbols))
            if left + right in ranks
        ]
        if number >= first:
            over = max(possible, default=None) if number == first else None
            possible = [item for item in possible if item != over and chance.random() >= dropout]
        if not possible:
            return symbols
        place = -max(possible)[1]
        symbols[place : place + 2] = [symbols[place] + symbols[place + 1]]
        number += 1
