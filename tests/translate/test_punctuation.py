"""Punctuation in and out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.translate.text import normalise, quotes, typeset

PLAIN = [
    ("«Қайта құру» — саясат", '"Қайта құру" - саясат'),
    ("„Правда“ и ‚так‘", "\"Правда\" и 'так'"),
    ("1971—1989жж", "1971 - 1989жж"),
    ("1971–1989 жж.", "1971-1989 жж."),
    ("тоқта…", "тоқта..."),
    ("89 %, 12\u00a0мың", "89%, 12 мың"),
    ("екі  бос\u200bорын ( мысалы )", "екі босорын (мысалы)"),
    ("сөз , тағы", "сөз, тағы"),
    ("№ 5 бұйрық", "№ 5 бұйрық"),
    ("алды  : соңы", "алды: соңы"),
    ("0\x1f:", "0:"),
    ("1,2млн", "1,2млн"),
    ("می\u200cروم", "می\u200cروم"),
]


@pytest.mark.parametrize(("before", "after"), PLAIN)
def test_normalise(before: str, after: str) -> None:
    assert normalise(before) == after


@given(st.text())
def test_normalise_gives_one_tidy_line_and_settles(text: str) -> None:
    once = normalise(text)
    assert "\n" not in once
    assert "  " not in once
    assert once == once.strip()
    assert normalise(once) == once


DRESSED = [
    ('"Перестройка" - это...', "ru", "«Перестройка» — это…"),
    ('He said: "No."', "en", "He said: “No.”"),
    ('a 5" pipe', "en", "a 5″ pipe"),
    ('unpaired" mark', "en", "unpaired” mark"),
    ('"lost the end', "en", "”lost the end"),
    ('("a") "b","c"', "en", "(“a”) “b”,“c”"),
    ("well-known 1971-1989", "en", "well-known 1971-1989"),
    ("- Сәлем", "kk", "— Сәлем"),
    ("a - - b", "en", "a — — b"),
    ('"Ол "Правда" газеті"', "kk", "«Ол «Правда» газеті»"),
]


@pytest.mark.parametrize(("before", "language", "after"), DRESSED)
def test_typeset(before: str, language: str, after: str) -> None:
    assert typeset(before, language) == after


@given(st.text(alphabet="ab \" '.,-()5…", max_size=40), st.sampled_from(["kk", "ru", "en", "tr"]))
def test_typeset_leaves_no_straight_quote_and_settles(text: str, language: str) -> None:
    once = typeset(text, language)
    assert '"' not in once
    assert typeset(once, language) == once


@given(st.text(alphabet='ab "', max_size=40))
def test_quotes_keep_every_other_character(text: str) -> None:
    marks = str.maketrans("", "", '"“”″')
    assert quotes(text, "en").translate(marks) == text.translate(marks)
    assert len(quotes(text, "en")) == len(text)
