"""Prepositions and articles follow the word that comes after them."""

from __future__ import annotations

import pytest

from egiz.glossary.correct.candidates import junction

CASES = [
    ("о", "ускорении", "ru", "об"),
    ("О", "ускорении", "ru", "Об"),
    ("об", "реформе", "ru", "о"),
    ("о", "реформе", "ru", None),
    ("в", "Всесоюзной конференции", "ru", "во"),
    ("во", "власти", "ru", None),
    ("во", "реформе", "ru", "в"),
    ("с", "съездом", "ru", "со"),
    ("с", "Союзом", "ru", None),
    ("о", "ОКП", "ru", None),
    ("a", "economic reform", "en", "an"),
    ("an", "union", "en", "a"),
    ("a", "unemployment rate", "en", "an"),
    ("an", "European law", "en", "a"),
    ("A", "industry", "en", "An"),
    ("a", "hour", "en", "an"),
    ("a", "user", "en", None),
    ("an", "urban area", "en", None),
    ("a", "one-party state", "en", None),
    ("a", "USSR", "en", None),
    ("the", "industry", "en", None),
    ("в", "Қазақстан", "kk", None),
]


@pytest.mark.parametrize(("word", "following", "language", "wanted"), CASES)
def test_the_little_word_fits(word: str, following: str, language: str, wanted: str | None) -> None:
    text = f"x {word} y"
    found = junction(text, len(text) - 1, following, language)
    assert (found[3] if found else None) == wanted
    assert found is None or text[found[0] : found[1]] == word == found[2]
