"""Links of words for bilingual files: what is learned from, and how much of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.parallel.align.learned import LearnedTable, LearnedThot
from egiz.parallel.bilingual.links import AttentiveLinks, LearnedLinks, thinned
from tests.parallel.test_terms_correct import DiagonalForcing

PAIRS = [
    ("ақ үй", "белый дом"),
    ("ақ ат", "белый конь"),
    ("қара ат", "чёрный конь"),
    ("қара үй", "чёрный дом"),
]


@given(st.lists(st.tuples(st.sampled_from(["а", "а б", "а б в"]), st.sampled_from(["", "г", "г д"]))))
def test_rows_are_left_out_evenly_until_the_rest_is_small(texts: list[tuple[str, str]]) -> None:
    kept = list(thinned(texts, 8))
    step = next(step for step in (1, 2, 4, 8, 16, 32, 64, 128) if texts[::step] == kept)
    size = sum(len(left.split()) * len(right.split()) for left, right in kept)
    assert size <= 8
    assert step == 1 or sum(len(left.split()) * len(right.split()) for left, right in texts) > 8


@pytest.mark.parametrize("learned", [LearnedTable, LearnedThot])
def test_words_never_seen_stand_for_none(learned: type[LearnedTable | LearnedThot]) -> None:
    if learned is LearnedThot:
        pytest.importorskip("thot")
    found = learned(PAIRS * 3)
    table = found.weights("ақ сиыр", "белый бык мычит")
    assert table[0][0] > 0.5
    assert table[0][1] == 0
    assert table[1:] == [[0, 0], [0, 0]]
    assert found.weights("", "белый") == [[]]
    assert found.weights("ақ", "") == []


def test_each_pair_of_languages_learns_from_its_own_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    rows = [f"{kk}\t{ru}\tx {len(kk)}" for kk, ru in PAIRS * 3]
    path.write_text("kk\tru\ten\n" + "\n".join([*rows, "ақ\t\t", ""]), encoding="utf-8")
    links = LearnedLinks("table", [path], "kk")
    assert links("kk", "ru") is links("kk", "ru")
    assert links("kk", "ru")([("ақ", "белый")])[0][0][0] > 0.5
    assert links("kk", "en")([("ақ", "белый")]) == [[[0]]]


def test_attention_is_weights() -> None:
    links = AttentiveLinks(lambda source, target: DiagonalForcing())("kk", "ru")
    assert links([("ақ үй", "белый дом"), ("ақ", "белый")]) == [[[1, 0], [0, 1]], [[1]]]
