"""chrF++ of a set of texts against sacreBLEU's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.chrf import CHRF

from egiz.translate.chrf import chrf_matrix

TEXTS = [
    "Шаралар жүйесі енді басталды.",
    "Шаралар жүйесі, енді-енді (басталды)!",
    "",
    " ",
    "а",
    "аа",
    "The system of measures has begun.",
    "The the the the the system of measures",
    '"Quoted" words, and... marks!',
    "— 70 %",
]


def test_it_is_sacrebleus_sentence_score() -> None:
    metric = CHRF(word_order=2)
    expected = [[metric.sentence_score(text, [other]).score for other in TEXTS] for text in TEXTS]
    assert chrf_matrix(TEXTS) == pytest.approx(np.array(expected), abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="абв .,!", max_size=14), min_size=1, max_size=6))
def test_bounds_and_diagonal(texts: list[str]) -> None:
    found = chrf_matrix(texts)
    assert ((found >= 0) & (found <= 100 + 1e-9)).all()
    own = [100.0 if text.split() else 0.0 for text in texts]
    assert found.diagonal() == pytest.approx(np.array(own))
    assert ((found > 0) == (found.T > 0)).all()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(alphabet="аб .", max_size=10), min_size=2, max_size=5))
def test_any_two_texts_score_as_they_do_alone(texts: list[str]) -> None:
    assert chrf_matrix(texts)[0, 1] == pytest.approx(chrf_matrix(texts[:2])[0, 1], abs=1e-9)
