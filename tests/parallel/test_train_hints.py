"""Hints are dictionary forms of words that surely stand for each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from egiz.parallel.bilingual.hints import annotate, dictionary_forms
from egiz.translate.errors import OptionError
from egiz.translate.train.corpus import TrainingRow
from tests.translate.toy import toy_recipe

ROWS = [
    ("біз үлкен кітапты оқыдық", "мы читали большую книгу", "we read big books"),
    ("олар кітапты сатты", "они продали книгу", "they sold the books"),
    ("біз қаланы көрдік", "мы видели город", "we saw the towns"),
    ("олар үлкен қаланы көрді", "они видели большой город", "they saw the big towns"),
    ("біз кітап саттық", "мы продали книги", "we sold a book"),
    ("біз үйді көрдік", "мы видели дом", "we saw the house"),
    ("қала үлкен", "город большой", "the town is big"),
]


def test_dictionary_forms_are_told() -> None:
    rows = [TrainingRow(cells=row, source=0) for row in ROWS * 4]
    hints = dict(annotate(toy_recipe(), rows, ["kk-ru", "kk-en"], common=2))
    assert (len("олар кітапты"), "книга") in hints[1, 0, 1]
    assert (len("олар үлкен қаланы"), "город") in hints[3, 0, 1]
    assert (len("олар кітапты"), "book") in hints[1, 0, 2]
    assert all(told == tuple(sorted(told)) for told in hints.values())


TEXTS = {
    "en": ["He lives in Almaty, with LDAP.", "Towns: a town, the towns, a city, the cities, a man, the men."],
    "ru": [
        "Жил в Алматы и в Астане.",
        "Города и города в степи, а Земля круглая.",
        "На Земле живут люди и звери.",
    ],
}
FORMS = [
    ("en", "Almaty", "Almaty"),
    ("en", "LDAP", "LDAP"),
    ("en", "Towns", "town"),
    ("en", "cities", "city"),
    ("en", "men", "man"),
    ("en", "topics", "topics"),  # whose dictionary form no text has
    ("en", "2024", None),
    ("ru", "Города", "город"),
    ("ru", "Земле", "Земля"),
    ("ru", "круглая", "круглый"),
    ("ru", "и", None),
]


@pytest.mark.parametrize(("language", "word", "form"), FORMS)
def test_dictionary_forms(language: str, word: str, form: str | None) -> None:
    assert dictionary_forms(language, TEXTS[language], common=2)(word) == form


def test_what_a_machine_wrote_has_none() -> None:
    recipe = toy_recipe()
    recipe = replace(recipe, sources=(replace(recipe.sources[0], synthetic="kk"),))
    assert not list(annotate(recipe, [TrainingRow(cells=row, source=0) for row in ROWS * 4], ["kk-ru"]))


def test_languages_without_dictionary_forms() -> None:
    rows = [TrainingRow(cells=row, source=0) for row in ROWS]
    with pytest.raises(OptionError, match="hints into 'kk'"):
        list(annotate(toy_recipe(), rows, ["ru-kk"]))
