"""Regions and scripts of wordings are kept in files, and do not matter for finding the wordings."""

from __future__ import annotations

from pathlib import Path

import pytest

from egiz.glossary.check import Checker
from egiz.glossary.kazakh.forms import Kazakh
from egiz.glossary.languages import swap
from egiz.glossary.lint import lint
from egiz.glossary.match import Matcher
from egiz.glossary.records import Form, Term, TermBase, wording_in
from egiz.glossary.termbase import load


def term(name: str, **wordings: str) -> Term:
    found = ((tag.replace("_", "-"), text) for tag, text in wordings.items())
    return Term(id=name, wordings=tuple(wording_in(tag, text) for tag, text in found))


TERMS = (
    term("labour", en_GB="labour code", en_US="labor law", ru_KZ="трудовой кодекс", kk="еңбек кодексі"),
    term("language", kk="мемлекеттік тіл", ru="государственный язык"),
    term("republic", kk="Қазақстан Республикасы", ru="Республика Казахстан"),
    term("economy", kk_Latn="ekonomika", ru="экономика"),
    term("contract", kk_Latn="kelısımşart", ru="договор"),
    term("book", kk_Arab="كىتاپ", ru="книга"),
)
CASES = [
    ("en", "ru", "The labor law and labour code", "Трудовой кодекс и трудового кодекса", 2),
    ("ru", "en", "Трудовым кодексом", "the labor law", 1),
    ("kk-Latn", "ru", "Memlekettik tilimiz qazaq tili", "Наш государственный язык казахский", 1),
    ("ru", "kk-Latn", "Республика Казахстан", "Qazaqstan Respublikasy", 1),
    ("ru", "kk-Latn", "Республике Казахстан", "Qazaqstan Respublikasyna", 1),
    ("kk-Latn", "ru", "Memleket bar", "Государство", 0),
    ("kk-Latn", "ru", "Ekonomikanyñ kelisimşarttary", "Договоры экономики", 2),
    ("kk", "ru", "Экономиканың келісімшарттары", "Договоры экономики", 2),
    ("ru", "kk", "Договоры", "Келісімшарттарымыз", 1),
    ("kk-Latn", "ru", "Экономикалық емес", "Экономика", 0),
    ("kk", "ru", "Бұл кітаптар", "Эти книги", 1),
    ("kk-Arab", "ru", "مەملەكەتتىك ءتىل", "Государственный язык", 1),
    ("kk", "ru", "Bul ókilder jáne memlekettik tildiń damýy", "Развитие государственного языка", 1),
    ("kk", "ru", "Memlekettik", "Государственный язык", 0),
]


@pytest.mark.parametrize(("source", "target", "text", "translation", "count"), CASES)
def test_terms_are_found_in_every_region_and_script(
    source: str, target: str, text: str, translation: str, count: int
) -> None:
    uses = Checker(TERMS, source, target).check(text, translation)
    assert [use.outcome for use in uses] == ["applied"] * count
    assert all(text[use.source.start : use.source.stop] == use.form for use in uses)
    assert all(use.target is not None and use.rendering in translation for use in uses)


def test_a_missing_term_is_missing_in_another_script() -> None:
    (use,) = Checker(TERMS, "ru", "kk-Latn").check("Государственный язык", "Qazaq halqy")
    assert (use.code, use.target) == ("term-missing", None)


def test_a_correction_prefers_the_usual_script_and_inserts_no_other() -> None:
    both = term("economy", kk_Latn="ekonomika", kk="экономика")
    assert [wording.text for wording in both.accepted_in("kk")] == ["экономика", "ekonomika"]
    assert Kazakh().inflect(both.wordings[0], Form()) is None
    text = "Bul memlekettik tildiń ókilderi jáne qazaq tili"
    (found,) = Matcher(TERMS, "kk").matches(text)
    assert swap("kk")(text, found, both.wordings[1], ()) == "no form"


def test_lint_takes_each_region_by_itself() -> None:
    entry = term("labour", en_GB="labour", en_US="labor", ru="труд", kk_Latn="Ota", kk="еңбек")
    assert lint(TermBase(terms=(entry,)), source="en-GB") == []
    twice = Term(id="a", wordings=(*entry.wordings, wording_in("en-GB", "Labour")))
    codes = {finding.code for finding in lint(TermBase(terms=(twice,)), source="en")}
    assert codes == {"repeated", "preference"}


def test_columns_about_a_language_belong_to_its_regions(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "en-GB,en-US,en.pos,ru-KZ,ru.forbidden\nlabour,labor,noun,труд,работа\n", encoding="utf-8"
    )
    (entry,) = load(path).terms
    assert [(word.tag, word.part_of_speech, word.status) for word in entry.wordings] == [
        ("en-GB", "", "preferred"),
        ("en-US", "noun", "preferred"),
        ("ru-KZ", "", "preferred"),
        ("ru", "", "forbidden"),
    ]
