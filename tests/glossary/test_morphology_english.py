"""English morphology: occurrences, lookalikes, plurals and properties."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.glossary.english.forms import English
from egiz.glossary.english.words import bases, plurals, verb_forms
from egiz.glossary.morphology.base import Morphology
from egiz.glossary.morphology.find import find
from egiz.glossary.morphology.spelling import clean
from egiz.glossary.records import Form, Number, PartOfSpeech, Wording

CASES = Path(__file__).resolve().parents[1] / "cases"
ENGLISH: Morphology = English()


def rows() -> list[dict[str, str]]:
    lines = (CASES / "en_forms.tsv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def wording(text: str, options: str = "") -> Wording:
    parts: dict[str, PartOfSpeech] = {part: part for part in get_args(PartOfSpeech) if part}
    numbers: dict[str, Number] = {number: number for number in get_args(Number) if number}
    return Wording(
        language="en",
        text=text,
        part_of_speech=parts.get(options, ""),
        number=numbers.get(options, ""),
        exact=options == "exact",
        case_sensitive=options == "case_sensitive",
        forms=(options.removeprefix("forms:"),) if options.startswith("forms:") else (),
    )


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    plain, spans, start = "", [], 0
    for letter in text:
        if letter == "[":
            start = len(plain)
        elif letter == "]":
            spans.append((start, len(plain)))
        else:
            plain += letter
    return plain, spans


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['wording']}: {row['text'][:40]}")
def test_occurrences(row: dict[str, str]) -> None:
    text, spans = marked(row["text"])
    found = find(wording(row["wording"], row["options"]), text, ENGLISH)
    assert [(item.start, item.stop) for item in found] == spans
    if row["form"]:
        number, _, possessor = row["form"].partition(" ")
        assert found[0].forms[0] == Form(number=number, possessor=possessor)


@pytest.mark.parametrize(
    ("text", "options", "number", "possessor", "expected"),
    [
        ("party", "", "plural", "", "parties"),
        ("party", "", "plural", "'s", "parties'"),
        ("party", "", "", "'s", "party's"),
        ("child", "", "plural", "'s", "children's"),
        ("Member of Parliament", "", "plural", "", "Members of Parliament"),
        ("Member of Parliament", "", "", "'s", "Member of Parliament's"),
        ("Secretary General", "", "plural", "", "Secretaries General"),
        ("five-year plan", "", "plural", "", "five-year plans"),
        ("Wife", "", "plural", "", "Wives"),
        ("gas", "", "plural", "", "gases"),
        ("NGO", "", "plural", "", "NGOs"),
        ("CPSU", "", "", "'s", "CPSU's"),
        ("US", "", "plural", "", None),
        ("human rights", "", "", "", "human rights"),
        ("human rights", "", "plural", "", "human rights"),
        ("human rights", "", "singular", "", None),
        ("reform", "plural", "", "", "reforms"),
        ("reform", "plural", "singular", "", None),
        ("reform", "singular", "plural", "", None),
        ("reform", "exact", "plural", "", None),
        ("reform", "exact", "", "", "reform"),
        ("restructure", "verb", "plural", "", None),
        ("economic", "adjective", "", "'s", None),
        ("aircraft", "", "plural", "", "aircraft"),
        ("", "", "plural", "", None),
    ],
)
def test_inflect(text: str, options: str, number: str, possessor: str, expected: str | None) -> None:
    form = Form(case="genitive", number=number, possessor=possessor)
    assert ENGLISH.inflect(wording(text, options), form) == expected


@pytest.mark.parametrize(
    ("word", "plural"),
    [
        *(("box", "boxes"), ("bus", "buses"), ("dish", "dishes"), ("city", "cities"), ("key", "keys")),
        *(("leaf", "leaves"), ("chief", "chiefs"), ("potato", "potatoes"), ("piano", "pianos")),
        *(
            ("hypothesis", "hypotheses"),
            ("woman", "women"),
            ("grandchild", "grandchildren"),
            ("roman", "romans"),
        ),
        *(("news", "news"), ("economics", "economics"), ("bench", "benches"), ("stomach", "stomachs")),
        *(
            ("soliloquy", "soliloquies"),
            ("class", "classes"),
            ("virus", "viruses"),
            ("talisman", "talismans"),
        ),
    ],
)
def test_plurals(word: str, plural: str) -> None:
    assert plurals(word)[0] == plural
    assert word in bases(plural)


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("plan", {"plan", "plans", "planning", "planned"}),
        ("reform", {"reform", "reforms", "reforming", "reformed"}),
        ("free", {"free", "frees", "freeing", "freed"}),
        ("die", {"die", "dies", "dying", "died"}),
        ("carry", {"carry", "carries", "carrying", "carried"}),
        ("write", {"write", "writes", "writing", "wrote", "written"}),
        ("go", {"go", "goes", "going", "went", "gone"}),
    ],
)
def test_verb_forms(word: str, forms: set[str]) -> None:
    assert forms <= set(verb_forms(word))
    assert all(word in bases(form) for form in forms)


TERMS = [row["wording"] for row in rows()]


@settings(max_examples=150, deadline=None)
@given(
    term=st.sampled_from(TERMS),
    number=st.sampled_from(["", "singular", "plural"]),
    possessor=st.sampled_from(["", "'s"]),
)
def test_every_generated_form_is_recognised(term: str, number: str, possessor: str) -> None:
    made = ENGLISH.inflect(wording(term), Form(number=number, possessor=possessor))
    if made is not None:
        text = f"So {made} is."
        found = find(wording(term), text, ENGLISH)
        assert [text[item.start : item.stop] for item in found] == [made]
        assert not possessor or found[0].forms[0].possessor == possessor


@settings(max_examples=150, deadline=None)
@given(
    term=st.sampled_from(TERMS),
    text=st.one_of(
        st.lists(st.sampled_from([*TERMS, "the", "'", "’", "-", "s"]), max_size=10).map(" ".join),
        st.text(alphabet="abesUS '’‘-.\n\u0301", max_size=50),
    ),
)
def test_properties(term: str, text: str) -> None:
    words = ENGLISH.words(text)
    assert [clean(text[word.start : word.stop], "ru") for word in words] == [
        clean(word.text, "ru") for word in words
    ]
    found = find(wording(term), text, ENGLISH)
    assert all(before.stop <= after.start for before, after in pairwise(found))
    assert all(item.stop <= len(text) for item in found)
