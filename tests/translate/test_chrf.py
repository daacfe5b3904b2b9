"""chrF++ of a set of texts against sacreBLEU's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.chrf import CHRF

from egiz.translate.metrics import chrf, chrf_matrix

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


@pytest.mark.parametrize("reference", TEXTS)
@pytest.mark.parametrize("text", TEXTS)
def test_of_two_texts_it_is_sacrebleus_too(text: str, reference: str) -> None:
    assert chrf(text, reference) == pytest.approx(
        CHRF(word_order=2).sentence_score(text, [reference]).score, abs=1e-9
    )


PARTS = st.lists(st.sampled_from(["аб", "а", "аа", "аба", "б.", "(а", "аб аб", " "]), max_size=6)


@settings(max_examples=300, deadline=None)
@given(PARTS, PARTS, PARTS, PARTS)
def test_what_both_begin_and_end_with_counts_as_it_does_in_full(
    start: list[str], ours: list[str], theirs: list[str], end: list[str]
) -> None:
    text, reference = (" ".join([*start, *middle, *end]) for middle in (ours, theirs))
    expected = CHRF(word_order=2).sentence_score(text, [reference]).score
    assert chrf(text, reference) == pytest.approx(expected, abs=1e-9)


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
