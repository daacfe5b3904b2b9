"""Hints are dictionary forms of words that surely stand for each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from egiz.parallel.train_hints import annotate
from egiz.translate.errors import OptionError
from egiz.translate.train.corpus import Row
from tests.translate.toy import toy_recipe

ROWS = [
    ("біз үлкен кітапты оқыдық", "мы читали большую книгу", "we read big books"),
    ("олар кітапты сатты", "они продали книгу", "they sold the books"),
    ("біз қаланы көрдік", "мы видели город", "we saw the towns"),
    ("олар үлкен қаланы көрді", "они видели большой город", "they saw the big towns"),
    ("біз кітап саттық", "мы продали книги", "we sold a book"),
    ("біз үйді көрдік", "мы видели дом", "we saw the house"),
    ("олар Алматыда үйді көрді", "они видели дом в Алматы", "they saw the house in Almaty"),
    ("қала үлкен", "город большой", "the town is big"),
]


@pytest.fixture(autouse=True)
def few_common_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("egiz.parallel.train_hints._COMMON", 2)


def test_dictionary_forms_are_told() -> None:
    rows = [Row(cells=row, source=0) for row in ROWS * 4]
    hints = dict(annotate(toy_recipe(), rows, ["kk-ru", "kk-en"]))
    assert (len("олар кітапты"), "книга") in hints[1, 0, 1]
    assert (len("олар үлкен қаланы"), "город") in hints[3, 0, 1]
    assert (len("олар кітапты"), "book") in hints[1, 0, 2]
    assert (len("олар Алматыда"), "Almaty") in hints[6, 0, 2]
    assert all(told == tuple(sorted(told)) for told in hints.values())


def test_what_a_machine_wrote_has_none() -> None:
    recipe = toy_recipe()
    recipe = replace(recipe, sources=(replace(recipe.sources[0], synthetic="kk"),))
    assert not list(annotate(recipe, [Row(cells=row, source=0) for row in ROWS * 4], ["kk-ru"]))


def test_languages_without_dictionary_forms() -> None:
    rows = [Row(cells=row, source=0) for row in ROWS]
    with pytest.raises(OptionError, match="hints into 'kk'"):
        list(annotate(toy_recipe(), rows, ["ru-kk"]))
