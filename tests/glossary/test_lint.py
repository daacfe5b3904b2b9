"""Each lint rule on entries that it must report and on entries that it must not report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from egiz.glossary.languages import Plain
from egiz.glossary.lint import RULES, LintFinding, lint
from egiz.glossary.morphology.base import Accepted, Morphology, Word
from egiz.glossary.records import Form, Term, TermBase, Wording
from egiz.glossary.termbase import merge
from egiz.translate.errors import LanguageError
from tests.glossary.bases import base_of, term

UNKNOWN = ("перестроука", "годы застоя")
UNSEEN = "жоқ 5 сөз"


class Known(Plain):
    """A language that inflects all wordings but some, and that does not find one wording in its own text."""

    def accepts(
        self, wording: Wording, text: str, words: Sequence[Word], first: int, last: int
    ) -> Accepted | None:
        return None if wording.text == UNSEEN else super().accepts(wording, text, words, first, last)

    def inflect(self, wording: Wording, form: Form) -> str | None:
        return None if (wording.inflect_like or wording.text) in UNKNOWN else f"{wording.text} {form.case}"


KNOWN = Known()


def known(language: str) -> Morphology:
    return KNOWN


def kk(text: str) -> Wording:
    return Wording(language="kk", text=text)


def ru(text: str) -> Wording:
    return Wording(language="ru", text=text)


def also(wording: Wording) -> Wording:
    return replace(wording, status="accepted")


def never(wording: Wording) -> Wording:
    return replace(wording, status="forbidden")


def as_pair(*wordings: Wording) -> tuple[Term, ...]:
    """Make one entry with the given wordings, and with one in each of the two languages that has none yet."""
    languages = {wording.language for wording in wordings if wording.status != "forbidden"}
    rest = [word for word in (kk("сөз"), ru("слово")) if word.language not in languages]
    return (term("a", *wordings, *rest),)


WRONG: list[tuple[str, str, tuple[Term, ...], str]] = [
    ("empty", "error", (term("a"),), "no wording"),
    ("empty", "error", as_pair(ru("…")), "'…'"),
    ("spacing", "warning", as_pair(ru("новое  мышление")), "'новое  мышление'"),
    ("spacing", "warning", as_pair(ru(" мышление")), "' мышление'"),
    ("spacing", "warning", as_pair(ru("новое\u00a0мышление")), "новое\\xa0мышление"),
    ("spacing", "warning", as_pair(replace(ru("новый"), forms=("но\u00adвого",))), "invisible"),
    ("markup", "warning", as_pair(ru("<b>слово</b>")), "<b>"),
    ("markup", "warning", as_pair(ru("слово&nbsp;дела")), "&nbsp;"),
    ("markup", "warning", as_pair(ru("слово %s")), "%s"),
    ("markup", "warning", as_pair(ru("слово {0}")), "{0}"),
    ("markup", "warning", as_pair(ru("**слово**")), "**"),
    ("several-in-one", "warning", as_pair(ru("реформа; перемена")), "several wordings"),
    ("several-in-one", "warning", as_pair(ru("реформа (перемена)")), "several wordings"),
    ("several-in-one", "warning", as_pair(ru("реформа/перемена")), "several wordings"),
    ("mixed-scripts", "error", as_pair(ru("пepестройка")), "Latin e p"),
    ("mixed-scripts", "error", as_pair(kk("кеңec")), "Latin e c"),
    ("mixed-scripts", "warning", as_pair(ru("WWWсайт")), "Latin W"),
    ("other-script", "warning", as_pair(ru("CCCP")), "LATIN"),
    ("other-script", "warning", as_pair(Wording(language="en", text="слово")), "CYRILLIC"),
    ("foreign-letters", "warning", as_pair(ru("қоғам")), "қ ғ"),
    ("one-language", "warning", (term("a", kk("сөз"), also(kk("лебіз"))),), "wordings to use are in kk"),
    ("nothing-to-use", "warning", (term("a", kk("сөз"), never(ru("речь"))),), "all wordings in ru"),
    ("preference", "warning", as_pair(ru("слово"), ru("речь")), "2 wordings in ru"),
    ("preference", "warning", as_pair(also(ru("слово"))), "no wordings in ru"),
    ("repeated", "warning", as_pair(ru("слово"), also(ru("Слово"))), "2 times"),
    ("forbidden-and-accepted", "error", as_pair(ru("слово"), never(ru("Слово"))), "both"),
    ("exact-and-inflected", "warning", as_pair(replace(ru("сом"), exact=True, inflect_like="дом")), "'дом'"),
    ("never-found", "error", as_pair(kk(UNSEEN)), UNSEEN),
    ("not-inflectable", "warning", as_pair(ru("перестроука")), "cannot be inflected"),
    (
        "not-inflectable",
        "warning",
        as_pair(replace(ru("x"), inflect_like="перестроука")),
        "like 'перестроука'",
    ),
    ("like-itself", "error", as_pair(replace(ru("новый сом"), inflect_like="сом")), "leads back"),
    (
        "like-itself",
        "error",
        as_pair(replace(ru("сом"), inflect_like="дом"), also(replace(ru("дом"), inflect_like="Сом"))),
        "leads back",
    ),
    (
        "conflict",
        "error",
        (term("a", kk("сом"), ru("рубль")), term("b", kk("Сом"), ru("сом"))),
        "translated differently in 'a' (base.tsv:a)",
    ),
    (
        "contradiction",
        "error",
        (term("a", kk("сом"), ru("рубль"), never(ru("сом"))), term("b", kk("сом"), ru("Сом"))),
        "wanted in 'b'",
    ),
    (
        "cycle",
        "warning",
        (
            term("a", kk("бір"), ru("а"), never(ru("б"))),
            term("b", kk("екі"), ru("б"), never(ru("в"))),
            term("c", kk("үш"), ru("в"), never(ru("а"))),
        ),
        "back to it",
    ),
    (
        "duplicate",
        "warning",
        (term("a", kk("сом"), ru("рубль")), term("b", kk("сом"), ru("копейка"), also(ru("Рубль")))),
        "'a' (base.tsv:a)",
    ),
    (
        "homograph",
        "note",
        (
            term("a", kk("ат"), ru("имя"), subject="language"),
            term("b", kk("ат"), ru("лошадь"), subject="animals"),
        ),
        "something else in 'a'",
    ),
    (
        "overlap",
        "note",
        (term("a", kk("партия"), ru("партия")), term("b", kk("коммунистік партия"), ru("компартия"))),
        "'коммунистік партия'",
    ),
]

RIGHT: dict[str, tuple[Term, ...]] = {
    "empty": as_pair(ru("№ 1")),
    "spacing": as_pair(ru("новое мышление")),
    "markup": as_pair(ru("5 % R&D < 10 {"), kk("а_б")),
    "several-in-one": as_pair(ru("км/с"), kk("т.с.с.")),
    "mixed-scripts": as_pair(ru("IBM-совместимый COVID-19"), kk("ХХ ғасыр")),
    "other-script": as_pair(ru("Windows"), kk("XX ғасыр")),
    "foreign-letters": as_pair(kk("цех щи ёж"), ru("ёж")),
    "one-language": as_pair(),
    "nothing-to-use": as_pair(ru("слово"), never(ru("речь"))),
    "preference": as_pair(ru("слово"), also(ru("речь")), never(ru("язык"))),
    "repeated": as_pair(ru("слово"), also(ru("слова")), kk("слово")),
    "forbidden-and-accepted": as_pair(ru("слово"), never(kk("слово")), never(ru("речь"))),
    "exact-and-inflected": as_pair(replace(ru("сом"), exact=True)),
    "never-found": as_pair(kk("жоқ")),
    "not-inflectable": (
        *as_pair(replace(ru("перестроука"), exact=True), never(ru("годы застоя"))),
        term("b", kk("перестроука"), replace(ru("перестроука"), part_of_speech="verb")),
        term("c", kk("годы застоя"), replace(ru("годы застоя"), inflect_like="дом")),
    ),
    "like-itself": as_pair(
        replace(ru("сом"), inflect_like="дом"), also(replace(ru("том"), inflect_like="сом"))
    ),
    "conflict": (
        term("a", kk("сом"), ru("рубль"), subject="money"),
        term("b", kk("сом"), ru("сом"), subject="fish"),
        term("c", kk("рубль"), ru("рубль")),
        term("d", replace(kk("ҚР"), case_sensitive=True), ru("РК")),
        term("e", replace(kk("қр"), case_sensitive=True), ru("кр")),
    ),
    "contradiction": (
        term("a", kk("сом"), ru("рубль"), never(ru("сом"))),
        term("b", kk("қырғыз сомы"), ru("сом")),
    ),
    "cycle": (
        term("a", kk("бір"), ru("а"), never(ru("б"))),
        term("b", kk("екі"), ru("б"), never(ru("в"))),
    ),
    "duplicate": (term("a", kk("сом"), ru("рубль")), term("b", kk("тиын"), ru("рубль"))),
    "homograph": (term("a", kk("ат"), ru("имя")), term("b", kk("аты"), ru("лошадь"))),
    "overlap": (term("a", kk("ат"), also(kk("ат жалы")), ru("имя")), term("b", kk("атақ"), ru("слава"))),
}


def found_in(terms: tuple[Term, ...], code: str) -> list[LintFinding]:
    return [item for item in lint(base_of(*terms), source="kk", morphology=known) if item.code == code]


@pytest.mark.parametrize(("code", "severity", "terms", "says"), WRONG)
def test_finds(code: str, severity: str, terms: tuple[Term, ...], says: str) -> None:
    found = found_in(terms, code)
    assert found
    assert any(says in item.message for item in found)
    assert {item.severity for item in found} == {severity}
    assert all(item.action for item in found)
    places = {entry.id: entry.place for entry in terms}
    assert all(item.place == places[item.term] for item in found)


@pytest.mark.parametrize("code", RIGHT)
def test_leaves_alone(code: str) -> None:
    assert found_in(RIGHT[code], code) == []


def test_every_rule_is_tried_both_ways() -> None:
    codes = [rule.__name__.replace("_", "-") for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert {code for code, *_ in WRONG} == set(codes)
    assert set(RIGHT) == set(codes)


def test_a_circle_of_models_does_not_catch_who_leads_into_it() -> None:
    words = [("а", "б"), ("б", "в"), ("в", "б")]
    entry = as_pair(*(replace(ru(text), inflect_like=like) for text, like in words))
    messages = [item.message for item in found_in(entry, "like-itself")]
    assert [message.split("'")[1] for message in messages] == ["б", "в"]


def test_which_language_is_the_source_matters() -> None:
    base = base_of(term("a", kk("рубль"), ru("рубль")), term("b", kk("сом"), ru("рубль")))
    codes = [{item.code for item in lint(base, source=tag, morphology=known)} for tag in ("kk", "ru")]
    assert "conflict" not in codes[0]
    assert "conflict" in codes[1]
    assert lint(base, morphology=known) == lint(base, source="kk", morphology=known)
    with pytest.raises(LanguageError):
        lint(base, source="kz", morphology=known)


def test_findings_come_in_the_order_of_the_base() -> None:
    base = base_of(term("b", kk("сөз")), term("a", kk(" а")), term("c"))
    assert [item.term for item in lint(base, morphology=known)] == ["b", "a", "a", "c"]


def test_capitals_tell_entries_apart_where_they_must_agree() -> None:
    strict = [replace(kk(text), case_sensitive=True) for text in ("ҚР", "қр", "ҚР")]
    terms = [term(str(number), word, ru(f"р{number}")) for number, word in enumerate([*strict, kk("қР")])]
    conflicts = [
        item for item in lint(base_of(*terms), source="kk", morphology=known) if item.code == "conflict"
    ]
    assert [(item.term, item.message.split("'")[3]) for item in conflicts] == [("2", "0"), ("3", "0")]


def test_an_empty_base_has_no_faults() -> None:
    assert lint(TermBase(terms=()), morphology=known) == []


def test_bases_are_looked_at_together() -> None:
    one, two = base_of(term("a", kk("сом"), ru("рубль"))), base_of(term("b", kk("сом"), ru("сом")))
    assert "conflict" in {item.code for item in lint(merge([one, two]), morphology=known)}


def test_many_entries_with_one_wording_take_linear_time() -> None:
    terms = [term(str(number), kk("сом бар"), ru(f"рубль {number}")) for number in range(3000)]
    found = lint(base_of(*terms), source="kk", morphology=known)
    assert sum(item.code == "conflict" for item in found) == 2999
