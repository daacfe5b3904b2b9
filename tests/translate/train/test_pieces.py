"""Text as identifiers: merges that are passed over by a seed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.translate.engine.tokenizer import resegment
from egiz.translate.train.pieces import UNKNOWN, Pieces

STARTER = Path(__file__).resolve().parents[3] / "translate/data/starter/sentencepiece.bpe.model"
KAZAKH = "Қазақстан Республикасының Үкіметі 1985 жылы отырыс өткізді."
PIECES = Pieces.load(STARTER, 3, dropout=0.1)

words = st.text(st.sampled_from("аәбвгғқңіөұүһстмыерлoktn019.,«»—№% "), max_size=80)


@given(words, st.integers(0, 100))
def test_dropped_merges_lose_no_letter(text: str, seed: int) -> None:
    found = PIECES.encode(text, Random(seed))
    assert PIECES.model.decode([number - 1 for number in found if number != UNKNOWN]) == PIECES.model.decode(
        [number - 1 for number in PIECES.encode(text) if number != UNKNOWN]
    )


def test_the_same_merges_are_dropped_in_every_process() -> None:
    found = PIECES.model.id_to_piece([number - 1 for number in PIECES.encode(KAZAKH, Random(7))])
    assert " ".join(found) == (
        "▁Қ аза қ стан ▁Республикасының ▁Үкіметі ▁ 1 9 8 5 ▁ж ы лы ▁отыр ыс ▁өткізді ."
    )


@pytest.mark.parametrize("dropout", [0.0, 0.1, 0.5, 1.0])
def test_merges_are_dropped_as_often_as_asked(dropout: float) -> None:
    pieces = replace(PIECES, dropout=dropout)
    plain = len(PIECES.encode(KAZAKH))
    letters = len("".join(PIECES.model.encode(KAZAKH, out_type=str)))
    chance = Random(1)
    found = mean(len(pieces.encode(KAZAKH, chance)) for _ in range(200))
    assert found >= plain
    assert (found == plain) == (dropout == 0)
    assert (found == letters) == (dropout == 1)


def test_words_are_cut_as_often_as_without_the_short_way() -> None:
    pieces, chance = replace(PIECES, dropout=0.1), Random(1)
    letters = "".join(PIECES.model.encode(KAZAKH, out_type=str))
    found = [len(pieces.encode(KAZAKH, chance)) for _ in range(2000)]
    wanted = [len(resegment(letters, PIECES._ranks, dropout=0.1, variant=at)) for at in range(2000)]
    assert abs(mean(found) - mean(wanted)) < 4 * stdev(wanted) * (2 / 2000) ** 0.5
    assert abs(stdev(found) / stdev(wanted) - 1) < 0.1
