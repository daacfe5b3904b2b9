"""What the splitter mends, what it leaves alone, and how it says so."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from egiz.translate.records import Document
from egiz.translate.split import split
from egiz.translate.split.knowledge import LANGUAGES, know


@pytest.mark.parametrize(
    ("text", "mended", "rules"),
    [
        ("Жаңа  ой  келді.", "Жаңа ой келді.", {"space"}),
        ("1 000\u00a0теңге", "1 000 теңге", {"space"}),
        ("Олар 60ж\nортасында келді.", "Олар 60ж ортасында келді.", {"line"}),
        ("Қaзaқстан Pеспубликасы", "Қазақстан Республикасы", {"look-alike"}),
        ("бiр hалық, Yкімет, ҚАЗАҚСТAН", "бір һалық, Үкімет, ҚАЗАҚСТАН", {"look-alike"}),
        ("Қаз\u00adақ\u200bстан елі", "Қазақстан елі", {"invisible"}),
        ("Ал “бүкіл әлемге келсек", "Ал бүкіл әлемге келсек", {"stray-quote"}),
        ("Ал ” бүкіл әлем", "Ал бүкіл әлем", {"stray-quote", "space"}),
    ],
)
def test_repairs(text: str, mended: str, rules: set[str]) -> None:
    (sentence,) = split(Document(id="d", language="kk", text=text))
    assert sentence.text == mended
    assert {repair.rule for repair in sentence.repairs} == rules


@pytest.mark.parametrize(
    "text",
    [
        "XX ғасыр, ХХ ғасыр, ХX ғасыр, ХХV съезд",
        "Wi-Fi, iPhone-ның, COVID-19, Appleдің, HPға, Opelдің, SMSтер",
        "5 кг, 10 km, 20 °C",
        "“Қайта құру” және «Абай “жолы”» туралы",
        'Экраны 15" болатын',
        "عربی\u200cفارسی",
        '"',
        "\u200b",
    ],
)
def test_left_alone(text: str) -> None:
    (sentence,) = split(Document(id="d", language="kk", text=text))
    assert sentence.text == text
    assert sentence.repairs == ()


def test_a_quotation_over_two_sentences_is_not_stray() -> None:
    first = next(split("“Бір ой келді. Екінші ой да келді.” Сосын кетті.", "kk"))
    assert first.text.startswith("“")


def test_a_glued_boundary_is_recorded_on_the_sentence_behind_it() -> None:
    first, second = split(Document(id="d", language="kk", text="Ол келді.Осы жерде."))
    assert first.repairs == ()
    assert [(r.rule, r.start, r.stop) for r in second.repairs] == [("glued-boundary", 9, 9)]


@pytest.mark.parametrize("language", [*LANGUAGES, "generic"])
def test_data_files_are_well_formed(language: str) -> None:
    source = files("egiz.translate.split").joinpath("data", f"{language}.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)
    sections = table["abbreviations"]
    classes = ("never", "before_number", "rarely", "often")
    words = [word for name in classes for word in sections[name].split()]
    assert words == [word.lower().rstrip(".") for word in words]
    assert sorted(words) == sorted(set(words))
    assert set(sections) == {*classes, "after_number", "after_year", "capitalised", "leading"}
    assert set(table["words"]) == {
        *("starters", "sections", "initials", "predicates", "participles"),
        *("counts", "eras", "openers", "labels", "units"),
    }
    assert set(table["references"]) == {
        *("years", "volumes", "pages", "editions", "publishers", "others", "joiners"),
    }
    assert know(language).abbreviations


def script_rows() -> list[list[str]]:
    path = Path(__file__).resolve().parents[1] / "cases" / "kazakh_scripts.tsv"
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]


@pytest.mark.parametrize(("text", "cyrillic"), script_rows())
def test_kazakh_in_other_letters_is_read_in_cyrillic(text: str, cyrillic: str) -> None:
    found = list(split(Document(id="d", language="kk", text=text)))
    assert " ".join(sentence.text for sentence in found) == cyrillic
    repairs = [repair for sentence in found for repair in sentence.repairs]
    assert {repair.rule for repair in repairs} == ({"script"} if text != cyrillic else set())
    assert all(text[repair.start : repair.stop] == repair.before for repair in repairs)


def test_other_languages_keep_their_letters() -> None:
    text = "Bügin aua raiy jaqsy bolady dep kütilude, jäne kün jyly."
    assert [sentence.text for sentence in split(text, "en")] == [text]
