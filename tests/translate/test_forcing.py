"""The starter made to say given texts."""

from __future__ import annotations

import pytest

from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.forcing import CTranslate2Forcing
from egiz.translate.engine.hardware import Hardware
from egiz.translate.models import resolve

PAIRS = [("Бұл бір сөйлем.", "This is a sentence."), ("Бұл бір сөйлем.", "Elephants bake seven lemons.")]


@pytest.fixture(scope="module")
def forcing() -> CTranslate2Forcing:
    return CTranslate2Forcing(CTranslate2Engine(resolve("starter"), Hardware(threads=1)))


def test_every_piece_has_its_place_and_the_end_is_counted(forcing: CTranslate2Forcing) -> None:
    for (_, target), said in zip(PAIRS, forcing.token_scores(PAIRS, source="kk", target="en"), strict=True):
        assert said is not None
        assert len(said.logprobs) == len(said.spans) + 1
        assert "".join(target[start:stop] for start, stop in said.spans) == target.replace(" ", "")
        assert max(said.logprobs) <= 0


def test_right_words_are_likelier(forcing: CTranslate2Forcing) -> None:
    said = forcing.token_scores(PAIRS, source="kk", target="en")
    scores = [item and item.mean for item in said]
    assert scores[0] is not None
    assert scores[1] is not None
    assert scores[0] > scores[1] + 1


def test_of_a_text_that_is_too_long_nothing_is_said(forcing: CTranslate2Forcing) -> None:
    long = "сөз " * 600
    assert forcing.token_scores([(long, "a"), PAIRS[0]], source="kk", target="en")[0] is None
