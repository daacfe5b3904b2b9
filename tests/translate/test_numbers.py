"""Numbers as values: equal ones match in every format, changed ones in none."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.translate.numbers import missing_numbers, numbers

CASES = Path(__file__).resolve().parents[1] / "cases" / "numbers.tsv"
LANGUAGES = ("kk", "ru", "en")
TEXTS = {"kk": "Барлығы {} болды.", "ru": "Всего было {}.", "en": "In all there were {}."}
MONTHS = {"kk": ("қаңтар", "мамырда", "желтоқсан"), "ru": ("января", "мая", "декабря")}
ENGLISH = ("January", "May", "December")
MONTH_NUMBERS = (1, 5, 12)


def cases() -> list[list[str]]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]


def lost(source: str, target: str, home: str, away: str) -> list[str]:
    return [item.text for item in missing_numbers(source, target, home, away)]


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case[0]}: {case[2]} | {case[4]}")
def test_missing_and_added_numbers_are_those_of_the_row(case: list[str]) -> None:
    _, home, source, away, target, missing, added = case
    assert ", ".join(lost(source, target, home, away)) == missing
    assert ", ".join(lost(target, source, away, home)) == added


def grouped(mark: str) -> Callable[[int], str]:
    return lambda value: f"{value:,}".replace(",", mark)


WHOLE = {
    "kk": (str, grouped(" "), grouped("\u00a0"), grouped("."), grouped("'")),
    "ru": (str, grouped(" "), grouped("\u202f"), grouped("."), grouped("\u00a0")),
    "en": (str, grouped(","), grouped(" "), grouped("’")),
}
"""How whole numbers are written; a single group behind a mark may also be a decimal number."""


def written(language: str, value: int, way: int) -> str:
    forms = WHOLE[language]
    return TEXTS[language].format(forms[way % len(forms)](value))


PAIRS = st.tuples(st.sampled_from(LANGUAGES), st.sampled_from(LANGUAGES))
WAYS = st.tuples(st.integers(0, 4), st.integers(0, 4))


@given(st.integers(10, 10**12), PAIRS, WAYS)
def test_a_whole_number_matches_itself_in_every_format(
    value: int, pair: tuple[str, str], ways: tuple[int, int]
) -> None:
    one, two = (written(language, value, way) for language, way in zip(pair, ways, strict=True))
    assert lost(one, two, *pair) == []


@given(st.integers(10, 10**12), PAIRS, WAYS, st.data())
def test_a_changed_digit_never_matches(
    value: int, pair: tuple[str, str], ways: tuple[int, int], data: st.DataObject
) -> None:
    digits = str(value)
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([digit for digit in "123456789" if digit != digits[place]]))
    changed = int(digits[:place] + other + digits[place + 1 :])
    one, two = written(pair[0], value, ways[0]), written(pair[1], changed, ways[1])
    assert lost(one, two, *pair) != []
    assert lost(two, one, *reversed(pair)) != []


@given(st.integers(0, 10**6), st.integers(1, 99), PAIRS)
def test_decimals_match_with_either_mark(whole: int, part: int, pair: tuple[str, str]) -> None:
    texts = [
        TEXTS[language].format(f"{whole}{'.' if language == 'en' else ','}{part:02}") for language in pair
    ]
    assert lost(texts[0], texts[1], *pair) == []
    off = TEXTS[pair[1]].format(f"{whole}{'.' if pair[1] == 'en' else ','}{part + 1:02}")
    assert lost(texts[0], off, *pair) != []


@given(st.integers(1, 28), st.sampled_from((0, 1, 2)), st.integers(1900, 2099), st.sampled_from(("kk", "ru")))
def test_a_date_matches_in_digits_and_with_its_month(day: int, moon: int, year: int, language: str) -> None:
    digits = f"Мерзімі {day:02}.{MONTH_NUMBERS[moon]:02}.{year}."
    month = MONTHS[language][moon]
    named = {"kk": f"{year} жылғы {day} {month}", "ru": f"{day} {month} {year} года"}[language]
    assert lost(digits, named, "kk", language) == []
    assert lost(named, digits, language, "kk") == []
    english = f"on {ENGLISH[moon]} {day}, {year}"
    assert lost(digits, english, "kk", "en") == []
    assert lost(named, english, language, "en") == []
    assert lost(digits, f"on {ENGLISH[moon - 1]} {day}, {year}", "kk", "en") != []


@given(st.integers(0, 23), st.integers(0, 59), PAIRS)
def test_a_time_matches_with_a_colon_and_a_dot(hour: int, minute: int, pair: tuple[str, str]) -> None:
    one, two = TEXTS[pair[0]].format(f"{hour}.{minute:02}"), TEXTS[pair[1]].format(f"{hour:02}:{minute:02}")
    assert lost(one, two, *pair) == []
    assert lost(one, TEXTS[pair[1]].format(f"{hour:02}:{(minute + 7) % 60:02}"), *pair) != []


ONES = {
    "kk": ["", "бір", "екі", "үш", "төрт", "бес", "алты", "жеті", "сегіз", "тоғыз"],
    "ru": ["", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"],
    "en": ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
}
TEENS = {
    "kk": ["он", *(f"он {one}" for one in ONES["kk"][1:])],
    "ru": [
        "десять",
        "одиннадцать",
        "двенадцать",
        "тринадцать",
        "четырнадцать",
        "пятнадцать",
        "шестнадцать",
        "семнадцать",
        "восемнадцать",
        "девятнадцать",
    ],
    "en": [
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ],
}
TENS = {
    "kk": ["жиырма", "отыз", "қырық", "елу", "алпыс", "жетпіс", "сексен", "тоқсан"],
    "ru": [
        "двадцать",
        "тридцать",
        "сорок",
        "пятьдесят",
        "шестьдесят",
        "семьдесят",
        "восемьдесят",
        "девяносто",
    ],
    "en": ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
}
HUNDREDS = {
    "kk": ["", "жүз", *(f"{one} жүз" for one in ONES["kk"][2:])],
    "ru": [
        "",
        "сто",
        "двести",
        "триста",
        "четыреста",
        "пятьсот",
        "шестьсот",
        "семьсот",
        "восемьсот",
        "девятьсот",
    ],
    "en": ["", *(f"{one} hundred" for one in ONES["en"][1:])],
}


def in_words(value: int, language: str) -> str:
    hundreds, rest = divmod(value, 100)
    words = [HUNDREDS[language][hundreds]]
    if 10 <= rest < 20:
        words.append(TEENS[language][rest - 10])
    else:
        words += [([""] * 2 + TENS[language])[rest // 10], ONES[language][rest % 10]]
    return " ".join(filter(None, words))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_below_a_thousand_is_known_in_words(language: str) -> None:
    wrong = [
        value
        for value in range(2, 1000)
        if lost(f"Саны {value}.", f"— {in_words(value, language)}.", "kk", language) != []
    ]
    assert wrong == []


@given(st.integers(21, 999), st.integers(21, 999), PAIRS)
def test_words_of_different_numbers_do_not_match(one: int, two: int, pair: tuple[str, str]) -> None:
    source, target = in_words(one, pair[0]), in_words(two, pair[1])
    expected = one == two
    same = lost(source, target, *pair) == [] and lost(target, source, *reversed(pair)) == []
    assert same == expected


@given(
    st.text(alphabet="0123456789.,:/-–−+()№%°²⁶½'’ XVIХІжмыңабвеtoсто", max_size=60),
    st.sampled_from(LANGUAGES),
)
def test_a_text_lacks_no_number_of_its_own(text: str, language: str) -> None:
    assert lost(text, text, language, language) == []


@given(st.text(max_size=80), st.sampled_from((*LANGUAGES, "de")))
def test_numbers_stand_where_they_say(text: str, language: str) -> None:
    assert all(text[item.start : item.stop] == item.text for item in numbers(text, language))


def test_a_language_without_a_table_may_say_small_numbers_in_words() -> None:
    assert lost("5 адам, 2020 жыл", "fünf Menschen", "kk", "de") == ["2020"]


def test_few_human_translations_lack_a_number(shared: Path) -> None:
    text = (shared / "testsets" / "flores200_dev_part.tsv").read_text(encoding="utf-8")
    rows = [dict(zip(LANGUAGES, line.split("\t")[:3], strict=True)) for line in text.splitlines()]
    for home in LANGUAGES:
        for away in LANGUAGES:
            wrong = [row for row in rows if lost(row[home], row[away], home, away)]
            assert len(wrong) <= 0.01 * len(rows)


def test_values_are_exact() -> None:
    [item] = numbers("0,1", "kk")
    assert item.readings == {Decimal("0.1")}
