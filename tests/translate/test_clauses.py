"""Cutting long sentences and joining their translations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.translate.parts import cut, join

CUTS = [
    ('Ол: "Мен келдім. Мен көрдім" деді, кетті', 4, "kk", ('Ол: "Мен келдім. ', 'Мен көрдім" деді, кетті')),
    ("Бірі келді; екіншісі кетті.", 3, "kk", ("Бірі келді; ", "екіншісі кетті.")),
    ("Ол келді, бірақ мен үйде болмадым.", 4, "kk", ("Ол келді, ", "бірақ мен үйде болмадым.")),
    ("Ә. М. Бөкейханов 1866 ж. туған; ол ақын.", 6, "kk", ("Ә. М. Бөкейханов 1866 ж. туған; ", "ол ақын.")),
    ("бір екі үш төрт", 2, "kk", ("бір екі ", "үш төрт")),
    (
        "Біріншісі осы, екіншісі анау, үшіншісі мынау.",
        4,
        "kk",
        ("Біріншісі осы, ", "екіншісі анау, үшіншісі мынау."),
    ),
    ("қысқа", 3, "kk", ("қысқа",)),
]


def words(text: str) -> int:
    return len(text.split())


@pytest.mark.parametrize(("text", "longest", "language", "parts"), CUTS)
def test_cut(text: str, longest: int, language: str, parts: tuple[str, ...]) -> None:
    assert cut(text, longest, words, language) == parts


@given(
    st.lists(st.text(alphabet="аб,;:-", min_size=1, max_size=6), min_size=1, max_size=60), st.integers(1, 20)
)
def test_cut_loses_nothing_and_keeps_to_the_limit(items: list[str], longest: int) -> None:
    text = " ".join(items)
    parts = cut(text, longest, words, "kk")
    assert "".join(parts) == text
    assert all(words(part) <= longest for part in parts)


@given(st.text(alphabet="这是一个很长的句子，。әб ", min_size=1, max_size=200), st.integers(1, 30))
def test_texts_without_spaces_are_cut_too(text: str, longest: int) -> None:
    parts = cut(text, longest, len, "zh-Hans")
    assert "".join(parts) == text
    assert all(len(part) <= longest for part in parts)


JOINS = [
    (
        ["Бірі келді; ", "екіншісі кетті."],
        ["One came.", "The other left."],
        "en",
        "One came; the other left.",
    ),
    (["Ол келді, ", "ал мен"], ["He came,", "I did not"], "en", "He came, I did not"),
    (["Ол келді, ", "КСРО"], ["He came.", "USSR did"], "en", "He came, USSR did"),
    (
        ["Ол келді, ", "бірақ Қазақстанда"],
        ["He came,", "Kazakhstan did not"],
        "en",
        "He came, Kazakhstan did not",
    ),
    (["Ол келді. ", "Мен кеттім."], ["He came.", "I left."], "en", "He came. I left."),
    (["нан, су т.б. ", "алды"], ["хлеб, вода и т.д.", "Он взял"], "ru", "хлеб, вода и т.д. он взял"),
    (["бір ", "екі"], ["", "Also two"], "en", "also two"),
    (["бір ", "екі"], ["一，", "二"], "zh-Hans", "一，二"),
]


@pytest.mark.parametrize(("sources", "targets", "language", "joined"), JOINS)
def test_join(sources: list[str], targets: list[str], language: str, joined: str) -> None:
    assert join(sources, targets, language) == joined


def test_join_wants_as_many_targets_as_sources() -> None:
    with pytest.raises(ValueError, match="zip"):
        join(["a", "b"], ["a"], "en")
