"""Cutting long sentences and joining their translations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.translate.clauses import cut, join

CUTS = [
    ('Ол: "Келдім. Көрдім" деді, кетті', 4, ('Ол: "Келдім.', 'Көрдім" деді, кетті')),
    ("Бірі келді; екіншісі кетті.", 3, ("Бірі келді;", "екіншісі кетті.")),
    ("Ол келді, бірақ мен үйде болмадым.", 4, ("Ол келді,", "бірақ мен үйде болмадым.")),
    ("бір екі үш төрт", 2, ("бір екі", "үш төрт")),
    (
        "Біріншісі осы, екіншісі анау, үшіншісі мынау.",
        4,
        ("Біріншісі осы, екіншісі анау,", "үшіншісі мынау."),
    ),
    ("қысқа", 3, ("қысқа",)),
]


def words(text: str) -> int:
    return len(text.split())


@pytest.mark.parametrize(("text", "longest", "parts"), CUTS)
def test_cut(text: str, longest: int, parts: tuple[str, ...]) -> None:
    assert cut(text, longest, words, "kk") == parts


@given(
    st.lists(st.text(alphabet="аб,;:-", min_size=1, max_size=6), min_size=1, max_size=60), st.integers(1, 20)
)
def test_cut_loses_nothing_and_keeps_to_the_limit(items: list[str], longest: int) -> None:
    text = " ".join(items)
    parts = cut(text, longest, words, "kk")
    assert " ".join(parts) == text
    assert all(words(part) <= longest for part in parts)


JOINS = [
    (["Бірі келді;", "екіншісі кетті."], ["One came.", "The other left."], "One came; the other left."),
    (["Ол келді,", "ал мен"], ["He came,", "I did not"], "He came, I did not"),
    (["Ол келді,", "КСРО"], ["He came.", "USSR did"], "He came, USSR did"),
    (["Ол келді.", "Мен кеттім."], ["He came.", "I left."], "He came. I left."),
    (["бір", "екі"], ["", "Two"], "two"),
]


@pytest.mark.parametrize(("sources", "targets", "joined"), JOINS)
def test_join(sources: list[str], targets: list[str], joined: str) -> None:
    assert join(sources, targets) == joined


def test_join_wants_as_many_targets_as_sources() -> None:
    with pytest.raises(ValueError, match="zip"):
        join(["a", "b"], ["a"])
