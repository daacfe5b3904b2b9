"""Russian morphology: golden forms and occurrences, lookalikes, context, properties, measured floors."""

from __future__ import annotations

import csv
import importlib.util
import sys
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.glossary.morphology.base import Morphology
from egiz.glossary.morphology.find import find
from egiz.glossary.morphology.spelling import clean
from egiz.glossary.records import Form, Number, PartOfSpeech, Wording
from egiz.glossary.russian.agreement import agreeing
from egiz.glossary.russian.context import governed_form
from egiz.glossary.russian.forms import Russian

ROOT = Path(__file__).resolve().parents[2]
RUSSIAN: Morphology = Russian()
CASES = ("nominative", "genitive", "dative", "accusative", "instrumental", "prepositional", "locative")
RECOGNISED, BY_CHANCE = 0.98, 0.01
"""Floors on the FLORES-200 devtest; 0.992 and 0.002 were measured on the whole of it."""
PART = 250
"""Sentences of it that are tried here."""


def rows(name: str) -> list[dict[str, str]]:
    lines = (ROOT / "tests" / "cases" / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def wording(text: str, options: str = "") -> Wording:
    """Make a wording from the options of a case.

    They are a part of speech, a number, ``exact``, ``like:WORD`` and ``forms:A``.
    """
    parts: dict[str, PartOfSpeech] = {part: part for part in get_args(PartOfSpeech) if part}
    numbers: dict[str, Number] = {number: number for number in get_args(Number) if number}
    return Wording(
        language="ru",
        text=text,
        part_of_speech=parts.get(options, ""),
        number=numbers.get(options, ""),
        exact=options == "exact",
        case_sensitive=options == "case_sensitive",
        inflect_like=options.removeprefix("like:") if options.startswith("like:") else "",
        forms=(options.removeprefix("forms:"),) if options.startswith("forms:") else (),
    )


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text without its brackets, and the spans that were in them."""
    plain, spans, start = "", [], 0
    for letter in text.replace("⏎", "\n"):
        if letter == "[":
            start = len(plain)
        elif letter == "]":
            spans.append((start, len(plain)))
        else:
            plain += letter
    return plain, spans


@pytest.mark.parametrize("row", rows("ru_forms.tsv"), ids=lambda row: f"{row['wording']}: {row['text'][:40]}")
def test_occurrences(row: dict[str, str]) -> None:
    text, spans = marked(row["text"])
    found = find(wording(row["wording"], row["options"]), text, RUSSIAN)
    assert [(item.start, item.stop) for item in found] == spans
    if row["form"]:
        case, number = row["form"].split()
        assert found[0].forms[0] == Form(case=case, number=number)


def inflected_wording(row: dict[str, str]) -> Wording:
    like = f"like:{row['inflect_like']}" if row["inflect_like"] else ""
    return wording(row["wording"], like or row["part_of_speech"] or row["number_of_wording"])


@pytest.mark.parametrize(
    "row", rows("ru_inflect.tsv"), ids=lambda row: f"{row['wording']} {row['case']} {row['number']}"
)
def test_golden_forms(row: dict[str, str]) -> None:
    made = RUSSIAN.inflect(inflected_wording(row), Form(case=row["case"], number=row["number"]))
    assert made == (None if row["expected"] == "—" else row["expected"])


def test_there_are_enough_golden_forms() -> None:
    assert len(rows("ru_inflect.tsv")) >= 250
    assert len(rows("ru_forms.tsv")) >= 100


@pytest.mark.parametrize("text", sorted({row["wording"] for row in rows("ru_inflect.tsv")}))
@pytest.mark.parametrize("number", ["", "plural"])
def test_every_generated_form_is_recognised_in_its_case(text: str, number: str) -> None:
    term = wording(text)
    for case in CASES:
        made = RUSSIAN.inflect(term, Form(case=case, number=number))
        if made is None:
            continue
        around = f"Тут {made}, да."
        found = find(term, around, RUSSIAN)
        assert [around[item.start : item.stop] for item in found] == [made]
        cases = {form.case for form in found[0].forms}
        assert not cases or case.replace("locative", "prepositional") in cases


GOVERNED = [
    ("Он говорил о [перестройке].", "prepositional", "singular", True),
    ("Много нового в [программе] партии.", "locative", "singular", True),
    ("Для [партии] это важно.", "genitive", "singular", True),
    ("Программа [партии] ясна.", "genitive", "singular", True),
    ("Без новой [программы] нельзя.", "genitive", "singular", True),
    ("Новую экономическую [политику] начали.", "accusative", "singular", True),
    ("Две [программы].", "genitive", "singular", True),
    ("Принято 5 [программ].", "genitive", "plural", True),
    ("Принято 22 [закона].", "genitive", "singular", True),
    ("Вместе с [партией].", "instrumental", "singular", True),
    ("В течение [года].", "genitive", "singular", True),
    ("В 1985 [году].", "locative", "singular", True),
    ("Надо принять [план].", "accusative", "singular", True),
    ("Он принял [план].", "accusative", "singular", True),
    ("[План] изменился.", "nominative", "singular", True),
    ("С 32 [процентами].", "instrumental", "plural", True),
    ("Был план и новая [программа].", "nominative", "singular", True),
    ("Несмотря на [кризис].", "accusative", "singular", True),
    ("Из [Windows] в почту.", "genitive", "", True),
    ("К [Верховному Совету].", "dative", "singular", True),
    ("Депутаты [Верховного Совета].", "genitive", "singular", True),
    ("Новый [план].", "", "singular", False),
    ("Принял [план] президент.", "", "singular", False),
    ("Три новые [программы].", "", "", False),
]


@pytest.mark.parametrize(("marks", "case", "number", "certain"), GOVERNED)
def test_governed_form(marks: str, case: str, number: str, certain: bool) -> None:
    text, [(start, stop)] = marked(marks)
    found = governed_form(text, start, stop)
    assert found is not None
    assert found.certain == certain
    assert found.why
    assert not case or found.form == Form(case=case, number=number)


def test_governed_form_of_what_is_no_noun() -> None:
    assert governed_form("Он быстро идёт.", 3, 9) is None
    assert governed_form("Он идёт.", 7, 8) is None
    assert governed_form("", 0, 0) is None


AGREEING = [
    ("Это новая [программа].", "план", "nominative", "singular", ["новый"], True),
    (
        "Обсудили новую экономическую [программу].",
        "план",
        "accusative",
        "singular",
        ["новый", "экономический"],
        True,
    ),
    ("В новой [программе].", "план", "prepositional", "singular", ["новом"], True),
    ("Новая и смелая [программа].", "план", "nominative", "singular", ["Новый", "смелый"], True),
    ("С нашей [программой].", "курс", "instrumental", "singular", ["нашим"], True),
    ("Это его [программа].", "план", "nominative", "singular", [], True),
    ("Видел старого [друга].", "партия", "accusative", "singular", ["старую"], True),
    ("Видел старый [дом].", "президент", "accusative", "singular", ["старого"], True),
    ("Политика новой [партии].", "КПСС", "genitive", "singular", [], True),
    ("Это новый [план].", "выборы", "nominative", "plural", ["новые"], True),
    ("Принятая вчера [программа].", "план", "nominative", "singular", [], False),
    ("Это наша [идея].", "Советский Союз", "nominative", "singular", ["наш"], True),
    ("Новая [программа] началась.", "план", "nominative", "singular", ["Новый", "начался"], True),
    ("Это новая [программа], которая ждала.", "план", "nominative", "singular", [], False),
    ("Две новые [программы].", "план", "genitive", "singular", [], False),
    ("Это новая [программа].", "Тараз", "nominative", "singular", [], False),
]


@pytest.mark.parametrize(("marks", "term", "case", "number", "changed", "certain"), AGREEING)
def test_agreeing(marks: str, term: str, case: str, number: str, changed: list[str], certain: bool) -> None:
    text, [(start, stop)] = marked(marks)
    found = agreeing(text, start, stop, wording(term), Form(case=case, number=number))
    assert isinstance(found, tuple) == certain
    assert ([after for _, _, after in found] if isinstance(found, tuple) else []) == changed


TERMS = [row["wording"] for row in rows("ru_forms.tsv")]
WORDS = ("и", "в", "на", "три", "5", "новый", "программа", "партии", "стали", "КПСС", "союза", "«", ",", ".")


@settings(max_examples=150, deadline=None)
@given(
    term=st.sampled_from(TERMS),
    text=st.one_of(
        st.lists(st.sampled_from([*WORDS, *TERMS]), max_size=12).map(" ".join),
        st.text(alphabet="абвстрё ьи-КПСС«»“”.,'’\u0301\u00ad\n1aZ", max_size=60),
    ),
)
def test_properties(term: str, text: str) -> None:
    words = RUSSIAN.words(text)
    assert [clean(text[word.start : word.stop], "ru") for word in words] == [
        clean(word.text, "ru") for word in words
    ]
    assert all(before.stop <= after.start for before, after in pairwise(words))
    found = find(wording(term), text, RUSSIAN)
    assert all(before.stop <= after.start for before, after in pairwise(found))
    for item in found:
        assert text[item.start : item.stop].strip() == text[item.start : item.stop]
        governed_form(text, item.start, item.stop)


@pytest.mark.parametrize("text", ["", " ", "«»", "—", "\u0301", "a", "Ё", "1985", "Ким Ир Сен и", "и", "по"])
def test_strange_wordings_are_borne(text: str) -> None:
    term = wording(text)
    found = find(term, f"{text} {text}", RUSSIAN)
    assert len(found) in (0, 1, 2)
    assert RUSSIAN.inflect(term, Form()) in (None, text)


def test_lookup_gives_only_known_keys() -> None:
    keys = RUSSIAN.keys(wording("экономическая реформа"))
    assert ("экономический", "реформа") in keys
    assert RUSSIAN.lookup("реформами", {"реформа"}) == ("реформа",)
    assert RUSSIAN.lookup("реформами", set()) == ()


def load_benchmark() -> ModuleType:
    path = ROOT / "benchmarks" / "terms_recognition.py"
    spec = importlib.util.spec_from_file_location("egiz_terms_recognition_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_recognition_on_flores(shared: Path) -> None:
    pytest.importorskip("snowballstemmer")
    benchmark = load_benchmark()
    result = benchmark.measure(shared, "flores200_devtest.tsv", benchmark.Judge(), most=PART)
    assert result.uses > 500
    assert result.several >= 5
    egiz = result.tallies["egiz"]
    assert egiz.found / result.uses >= RECOGNISED
    assert egiz.accepted / result.draws <= BY_CHANCE
    assert result.tallies["exact"].found < egiz.found
