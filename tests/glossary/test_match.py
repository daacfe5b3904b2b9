"""The matcher: longest occurrences, ties, forms, the history terms in the seed, cost."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.glossary.kazakh.forms import Kazakh
from egiz.glossary.languages import morphology
from egiz.glossary.match import Matcher
from egiz.glossary.records import Match, Term, Wording
from egiz.glossary.termbase import load
from egiz.translate.records import Document
from egiz.translate.split import split

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"
RECALL_FLOOR = 0.97
"""Share of the hand-marked occurrences in the seed that must be found; 1.0 when this was written."""
LOOKALIKE_CEILING = 0.02
"""Share of the look-alikes that may be taken for terms; none was when this was written."""


def term(name: str, *wordings: Wording | str, language: str = "kk") -> Term:
    made = (Wording(language=language, text=text) if isinstance(text, str) else text for text in wordings)
    return Term(id=name, wordings=tuple(made))


def terms(*texts: str, language: str = "kk") -> list[Term]:
    return [term(text, text, language=language) for text in texts]


def shown(matches: list[Match], text: str) -> list[tuple[str, str]]:
    return [(match.term.id, text[match.start : match.stop]) for match in matches]


def read_rows(name: str) -> list[dict[str, str]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def history() -> Matcher:
    return Matcher(load("soviet-history").terms, "kk")


def test_history_terms_in_the_seed(history: Matcher) -> None:
    text = (ROOT / "seeds" / "kk" / "qaita-quru.txt").read_text(encoding="utf-8").rstrip("\n")
    found: Counter[tuple[str, str, str]] = Counter()
    for sentence in split(Document(id="qaita-quru", language="kk", text=text)):
        for name, form in shown(history.matches(sentence.text), sentence.text):
            found[sentence.id, name, re.sub(r"\s+", " ", form)] += 1
    gold = Counter((row["sentence"], row["term"], row["form"]) for row in read_rows("terms_seed_gold.tsv"))
    assert (found & gold).total() >= RECALL_FLOOR * gold.total()
    assert sorted(found - gold) == []


def test_lookalikes_are_left_alone(history: Matcher) -> None:
    rows = read_rows("terms_lookalikes.tsv")
    assert len(rows) >= 100
    taken = [
        row["text"]
        for row in rows
        if row["term"] in {name for name, _ in shown(history.matches(row["text"]), row["text"])}
    ]
    assert len(taken) <= LOOKALIKE_CEILING * len(rows), taken


def test_inflected_terms_are_found(history: Matcher) -> None:
    rows = read_rows("terms_forms.tsv")
    missed = [
        row
        for row in rows
        if (row["term"], row["form"]) not in shown(history.matches(row["text"]), row["text"])
    ]
    assert len(missed) <= (1 - RECALL_FLOOR) * len(rows), missed


def test_longest_wins_and_nothing_overlaps() -> None:
    text = "партия съезінің халық шаруашылығы туралы шешімі"
    base = terms("партия", "съезд", "партия съезі", "халық", "халық шаруашылығы", "шаруашылық туралы")
    assert shown(Matcher(base, "kk").matches(text), text) == [
        ("партия съезі", "партия съезінің"),
        ("халық шаруашылығы", "халық шаруашылығы"),
    ]


def test_longest_wins_against_an_earlier_start() -> None:
    text = "жаңа саяси ойлау тәсілі"
    base = terms("жаңа саяси", "саяси ойлау тәсілі")
    assert shown(Matcher(base, "kk").matches(text), text) == [("саяси ойлау тәсілі", "саяси ойлау тәсілі")]


def test_occurrences_tell_the_shorter_ones_too() -> None:
    text = "партия съезінің"
    found = Matcher(terms("партия", "съезд", "партия съезі"), "kk").occurrences(text)
    assert shown(found, text) == [
        ("партия", "партия"),
        ("партия съезі", "партия съезінің"),
        ("съезд", "съезінің"),
    ]


def test_all_terms_of_one_span_are_told_in_the_order_of_the_base() -> None:
    base = [term("council", "кеңес"), term("advice", "кеңес"), term("other", "одақ")]
    text = "кеңестің одағы"
    assert shown(Matcher(base, "kk").matches(text), text) == [
        ("council", "кеңестің"),
        ("advice", "кеңестің"),
        ("other", "одағы"),
    ]


def test_the_nearer_wording_goes_first() -> None:
    text = "ойынның"
    assert shown(Matcher(terms("ой", "ойын"), "kk").matches(text), text) == [("ойын", "ойынның")]
    cased = Wording(language="kk", text="Кеңес", case_sensitive=True)
    base = [term("advice", "кеңес"), term("soviet", cased)]
    assert shown(Matcher(base, "kk").matches("Кеңеске"), "Кеңеске") == [("soviet", "Кеңеске")]
    assert shown(Matcher(base, "kk").matches("кеңеске"), "кеңеске") == [("advice", "кеңеске")]


def test_a_term_is_told_once_with_its_first_fitting_wording() -> None:
    base = [term("market", "нарық", "рынок", "Нарық")]
    found = Matcher(base, "kk").matches("нарық пен рынокта")
    assert [(match.term.id, match.wording.text) for match in found] == [
        ("market", "нарық"),
        ("market", "рынок"),
    ]


def test_statuses_choose_what_is_looked_for() -> None:
    forbidden = Wording(language="ru", text="перестрой", status="forbidden")
    base = [term("x", Wording(language="ru", text="перестройка"), forbidden)]
    text = "перестройка и перестрой"
    assert len(Matcher(base, "ru").matches(text)) == 2
    found = Matcher(base, "ru", statuses=("preferred", "accepted")).matches(text)
    assert shown(found, text) == [("x", "перестройка")]


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("ru", "о перестройке", "перестройке"),
        ("en", "two five-year plans", "five-year plans"),
        ("de", "DER FÜNFJAHRPLAN war", "FÜNFJAHRPLAN"),
        ("zh", "中国的经济改革很好", "经济改革"),
        ("hi", "यह हिन्दी है", "हिन्दी"),
    ],
)
def test_other_languages_go_through_the_same_door(language: str, text: str, found: str) -> None:
    wording = {"ru": "перестройка", "en": "five-year plan", "de": "Fünfjahrplan"}.get(language, found)
    matches = Matcher([term("x", wording, language=language)], language).matches(text)
    assert shown(matches, text) == [("x", found)]


@pytest.mark.parametrize(("wording", "text"), [("हिन्", "हिन्दी"), ("plan", "plane"), ("改革", "改，革")])
def test_plain_words_are_whole(wording: str, text: str) -> None:
    assert Matcher([term("x", wording, language="de")], "de").matches(text) == []


def test_explicit_forms_of_plain_words_count() -> None:
    wording = Wording(language="de", text="Plan", forms=("Pläne", "Plänen"))
    text = "Die Pläne und der Plan, mit PLÄNEN"
    assert [form for _, form in shown(Matcher([term("x", wording)], "de").matches(text), text)] == [
        "Pläne",
        "Plan",
        "PLÄNEN",
    ]
    cased = Wording(language="de", text="Plan", case_sensitive=True)
    assert Matcher([term("x", cased)], "de").matches("plan") == []


def test_empty_base_and_empty_text() -> None:
    assert Matcher([], "kk").matches("партия") == []
    assert Matcher(terms("партия", "—"), "kk").matches("") == []


@given(st.lists(st.sampled_from(["партия", "съезі", "халық", "шаруашылығы,", "туралы", "КОКП-ның", "»"])))
def test_matches_are_in_order_and_apart(words: list[str]) -> None:
    text = " ".join(words)
    matcher = Matcher(
        terms("партия", "съезд", "партия съезі", "халық шаруашылығы", "халық", "КОКП", "съезд партия"), "kk"
    )
    found = matcher.matches(text)
    stops = [0, *(match.stop for match in found)]
    assert all(match.start >= stop for match, stop in zip(found, stops, strict=False))
    assert set(found) <= set(matcher.occurrences(text))
    assert found == matcher.matches(text)


def test_cost_does_not_grow_with_the_base(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    accepts = Kazakh.accepts

    def counted(self: Kazakh, wording: Wording, *place: object) -> object:
        asked.append(wording.text)
        return accepts(self, wording, *place)  # type: ignore[arg-type]

    monkeypatch.setattr(Kazakh, "accepts", counted)
    text = "партия съезінің халық шаруашылығы туралы шешімі"
    few = terms("партия", "халық шаруашылығы")
    many = [*few, *terms(*(f"{a}{b}{c}ұм" for a in "бгджз" for b in "аоұ" for c in "лмнрст"))]
    for base in (few, many):
        asked.clear()
        Matcher(base, "kk").matches(text)
        assert sorted(asked) == ["партия", "халық шаруашылығы"]


def test_one_object_a_language() -> None:
    assert morphology("kk") is morphology("kk-KZ") is morphology("kk_Cyrl")
    assert morphology("de").keys(Wording(language="de", text="Fünf Pläne")) == [("fünf", "pläne")]
