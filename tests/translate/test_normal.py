"""NFC that no text makes slow."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.translate.text import JOINER, has_long_runs, is_nfc, nfc

MARKS = "\u0301\u0323\u0306\u0327\U0001d165\U0001e8d0"


@given(st.text(alphabet=f"аиeёй\u0344{MARKS}{JOINER} ", max_size=200), st.integers(1, 30))
def test_usual_texts_are_what_unicode_says(text: str, times: int) -> None:
    long = "а ".join([text] * times)
    if not has_long_runs(long):
        assert nfc(long) == unicodedata.normalize("NFC", long)
    assert nfc(nfc(long)) == nfc(long)
    assert is_nfc(nfc(long))


@pytest.mark.parametrize("marks", ["\u0301\u0323", MARKS, "\u0344", "\U0001d165"])
def test_a_letter_with_countless_marks(marks: str) -> None:
    text = f"а{marks * 30_000}б"
    made = nfc(text)
    assert nfc(made) == made
    assert is_nfc(made)
    assert not is_nfc(text)
    assert unicodedata.normalize("NFD", made).startswith("а")
    assert made.endswith("б")
    assert sorted(unicodedata.normalize("NFD", made).replace(JOINER, "")) == sorted(
        "".join(unicodedata.normalize("NFD", mark) for mark in text)
    )


def test_thirty_marks_stay_as_they_are() -> None:
    text = "а" + "\u0323" * 15 + "\u0301" * 15 + "б" * 2000
    assert nfc(text) == unicodedata.normalize("NFC", text)
    assert not has_long_runs(text)
    assert has_long_runs(text.replace("\u0301б", "\u0301\u0301б", 1))
