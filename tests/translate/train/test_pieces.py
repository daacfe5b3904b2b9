"""Text as identifiers: sentencepiece's pieces, and merges that are dropped by a seed."""

from __future__ import annotations

from dataclasses import replace
from itertools import repeat
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.translate.train.pieces import UNKNOWN, Pieces, merge

STARTER = Path(__file__).resolve().parents[3] / "translate/data/starter/sentencepiece.bpe.model"
KAZAKH = "Қазақстан Республикасының Үкіметі 1985 жылы отырыс өткізді."
PIECES = Pieces.load(STARTER, 3, dropout=0.1)

words = st.text(st.sampled_from("аәбвгғқңіөұүһстмыерлoktn019.,«»—№% "), max_size=80)


@given(words)
def test_merging_all_is_what_sentencepiece_does(text: str) -> None:
    pieces = PIECES.model.encode(text, out_type=str)
    letters = "".join(pieces)
    if UNKNOWN not in PIECES.encode(text):
        assert merge(letters, PIECES._ranks, repeat(False)) == pieces


@given(words, st.integers(0, 100))
def test_dropped_merges_lose_no_letter(text: str, seed: int) -> None:
    found = PIECES.encode(text, Random(seed))
    assert PIECES.model.decode([number - 1 for number in found if number != UNKNOWN]) == PIECES.model.decode(
        [number - 1 for number in PIECES.encode(text) if number != UNKNOWN]
    )


def test_the_same_merges_are_dropped_in_every_process() -> None:
    found = PIECES.model.id_to_piece([number - 1 for number in PIECES.encode(KAZAKH, Random(3))])
    assert " ".join(found) == (
        "▁Қазақстан ▁Республик асын ы ң ▁Үкімет і ▁ 1 9 8 5 ▁ ж ыл ы ▁оты ры с ▁өткізді ."
    )


@pytest.mark.parametrize("dropout", [0.0, 0.1, 0.5, 1.0])
def test_merges_are_dropped_as_often_as_asked(dropout: float) -> None:
    pieces = replace(PIECES, dropout=dropout)
    plain = len(PIECES.encode(KAZAKH))
    letters = len("".join(PIECES.model.encode(KAZAKH, out_type=str)))
    chance = Random(1)
    mean = sum(len(pieces.encode(KAZAKH, chance)) for _ in range(200)) / 200
    assert mean >= plain
    assert (mean == plain) == (dropout == 0)
    assert (mean == letters) == (dropout == 1)


def test_a_merge_is_dropped_as_it_is_offered() -> None:
    ranks = {"ab": 0.0, "abc": 1.0, "bc": 2.0}
    assert merge("abc", ranks, repeat(False)) == ["abc"]
    assert merge("abc", ranks, iter([True, False, True])) == ["a", "bc"]
    assert merge("abab", ranks, iter([True, False])) == ["a", "b", "ab"]
    assert merge("abc", ranks, iter([False, True])) == ["ab", "c"]
    assert merge("abc", ranks, repeat(True)) == ["a", "b", "c"]
