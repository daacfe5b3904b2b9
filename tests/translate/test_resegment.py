"""Other pieces of the same text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.translate.engine.tokenizer import NllbTokenizer, resegment
from egiz.translate.languages import language
from egiz.translate.models import resolve
from egiz.translate.models.layout import SENTENCEPIECE, load_sentencepiece, merge_ranks

RANKS = {"▁": -1.0, "а": -2.0, "б": -3.0, "аб": -4.0, "▁аб": -5.0, "абаб": -6.0, "▁абаб": -7.0}
TEXT = "▁абаб▁аб▁бв"


def test_without_dropout_they_are_sentencepieces_own() -> None:
    tokenizer = NllbTokenizer.load(resolve("starter", None))
    text = "Соғыстың басында олар негізінен теңіздің үстінде жүзетін, 1941 ж. The end."
    pieces = tokenizer.pieces(text)
    ranks = merge_ranks(load_sentencepiece(resolve("starter") / SENTENCEPIECE))
    again = resegment("".join(pieces), ranks, dropout=0.0, variant=3)
    assert again == pieces


def test_variants_differ_and_come_again() -> None:
    tokenizer = NllbTokenizer.load(resolve("starter", None))
    text, kazakh = "Соғыстың басында олар негізінен теңіздің үстінде жүзетін.", language("kk")
    made = [tuple(tokenizer.encode(text, kazakh, dropout=0.3, variant=number)) for number in range(5)]
    assert len(set(made)) > 3
    assert made == [tuple(tokenizer.encode(text, kazakh, dropout=0.3, variant=number)) for number in range(5)]
    assert {tokenizer.decode(pieces) for pieces in made} == {text}


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 0.99), st.integers(0, 9), st.text(alphabet="абв▁", max_size=20))
def test_the_pieces_spell_the_text(dropout: float, variant: int, text: str) -> None:
    pieces = resegment(text, RANKS, dropout=dropout, variant=variant)
    assert "".join(pieces) == text
    assert all(len(piece) == 1 or piece in RANKS for piece in pieces)


def test_the_likeliest_merge_goes_first() -> None:
    assert resegment(TEXT, RANKS, dropout=0.0, variant=0) == ["▁абаб", "▁аб", "▁", "б", "в"]
