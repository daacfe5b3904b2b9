"""Safe correction does no harm: texts that stay as they are, and edits that are right, with the starter."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from egiz.glossary.check import Checker
from egiz.glossary.correct import (
    MODES,
    CorrectOptions,
    Corrector,
    Draft,
    mode_named,
    replay,
)
from egiz.glossary.correct.harm import doubled, foreign_words, invents, repeated, says_another, unlinked
from egiz.glossary.correct.links import Standing
from egiz.glossary.correct.synonyms import is_of_one_sense
from egiz.glossary.correct.words import WordTable, attended_words, known_words, unclaimed_words, word_table
from egiz.glossary.records import Term, Wording, WordingStatus
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.forcing import CTranslate2Forcing
from egiz.translate.engine.hardware import Hardware
from egiz.translate.errors import OptionError
from egiz.translate.models import resolve

CASES = Path(__file__).resolve().parents[1] / "cases" / "terms_safe.tsv"
Row = dict[str, str]


def rows() -> list[Row]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def forcing() -> CTranslate2Forcing:
    return CTranslate2Forcing(CTranslate2Engine(resolve("starter"), Hardware(threads=2)))


def corrector(row: Row, forcing: CTranslate2Forcing | None, mode: str = "safe") -> Corrector:
    source, target = row["languages"].split("-")
    wordings: list[tuple[str, str, WordingStatus]] = [
        (source, row["term"], "preferred"),
        (target, row["rendering"], "preferred"),
        (target, row["forbidden"], "forbidden"),
    ]
    term = Term(
        id="term",
        wordings=tuple(
            Wording(language=language, text=text, status=status)
            for language, text, status in wordings
            if text
        ),
    )
    options = CorrectOptions(mode=mode_named(mode), people=row["by"] == "person")
    return Corrector([term], source, target, forcing=forcing, options=options)


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['languages']} {row['rendering']} {row['by']}")
def test_a_sentence_is_not_made_worse(row: Row, forcing: CTranslate2Forcing) -> None:
    own = corrector(row, forcing)
    assert own.checker.check(row["source"], row["text"]), "the term is found in the source"
    (found,) = own.correct([Draft(source=row["source"], hypotheses=(row["text"],))])
    assert found.text == row["expected"]
    assert replay(row["text"], found.edits) == found.text
    assert bool(found.edits) == (row["text"] != row["expected"])
    assert bool(found.left) == (row["text"] == row["expected"])


def test_a_check_edits_nothing_and_asks_nothing(forcing: CTranslate2Forcing) -> None:
    row = next(row for row in rows() if row["text"] != row["expected"])
    own, draft = corrector(row, forcing, "check"), Draft(source=row["source"], hypotheses=(row["text"],))
    (found,) = own.correct([draft])
    assert (found.text, found.edits, [left.reason for left in found.left]) == (row["text"], (), ["unasked"])
    assert not own.needs(draft)


def test_an_unknown_mode_is_an_error() -> None:
    assert [mode_named(name) for name in MODES] == list(MODES)
    with pytest.raises(OptionError, match="eagre"):
        mode_named("eagre")


TABLE = WordTable(
    "kk",
    "ru",
    {
        ("қарыз", "долг"): (0.4, 0.4),
        ("фермер", "фермер"): (0.6, 0.6),
        ("қарыз", "заем"): (0.2, 0.2),
    },
)
SOURCE, TEXT = "Фермердің қарызы", "Новый долг фермера вырос"
DEBT = (SOURCE.index("қарызы"), len(SOURCE))


def test_words_that_render_another_word_are_protected() -> None:
    verdicts = TABLE.verdicts(SOURCE, TEXT, *DEBT)
    assert verdicts == ["unknown", "term", "other", "unknown"]
    assert unclaimed_words(verdicts, is_meant=False)([1])
    assert not unclaimed_words(verdicts, is_meant=False)([0])
    assert unclaimed_words(verdicts, is_meant=True)([0])
    assert not unclaimed_words(verdicts, is_meant=True)([2])
    assert known_words(verdicts, TEXT, "заём", is_meant=False)([1])
    assert not known_words(verdicts, TEXT, "заём", is_meant=False)([1, 2])
    assert not known_words(verdicts, TEXT, "заём", is_meant=False)([0, 1])
    assert known_words(verdicts, TEXT, "заём", is_meant=True)([0, 1])
    assert not known_words(verdicts, TEXT, "долговой заём", is_meant=False)([1])


def test_the_model_must_look_at_the_words_that_give_way_and_at_no_other() -> None:
    verdicts = TABLE.verdicts(SOURCE, TEXT, *DEBT)
    looks = Standing(sure=frozenset({1}), likely=frozenset({1}), reached=(frozenset({1}),))
    assert attended_words(verdicts, looks, TEXT)([1])
    assert not attended_words(verdicts, looks, TEXT)([0])
    assert not attended_words(verdicts, None, TEXT)([1])
    elsewhere = Standing(sure=frozenset({3}), likely=frozenset({1, 3}), reached=(frozenset({3}),))
    assert not attended_words(verdicts, elsewhere, TEXT)([1])
    claimed = Standing(sure=frozenset({1}), likely=frozenset({1, 2}), reached=(frozenset({1}),))
    assert attended_words(verdicts, claimed, TEXT)([1]), "what renders another word is no remains"


@pytest.mark.parametrize(
    ("form", "accepted", "sense"),
    [
        ("қарызы", ["долг"], "usual"),
        ("қарызы", ["заём"], "open"),
        ("қарызы", ["мышь"], "other"),
        ("қарызы", ["мышь", "долг"], "usual"),
        ("бөтен", ["мышь"], "open"),
        ("қарызы мен", ["мышь"], "open"),
    ],
)
def test_ordinary_text_says_whether_a_term_means_another_sense(
    form: str, accepted: list[str], sense: str
) -> None:
    assert TABLE.sense(form, accepted) == sense


def test_tables_ship_for_each_pair_of_the_three_languages_both_ways() -> None:
    for source, target in (("kk", "ru"), ("kk", "en"), ("en", "ru")):
        there, back = word_table(source, target), word_table(target, source)
        assert there is not None
        assert back is not None
        assert there.weights("a", "b") == [[0.0]]
    table, turned = word_table("kk", "ru"), word_table("ru", "kk")
    assert table is not None
    assert turned is not None
    (given,), (taken,) = table.weights("президент", "президент"), turned.weights("президент", "президент")
    assert given == taken != [0.0]
    assert word_table("kk", "fr") is None


def test_a_word_twice_on_end_is_seen() -> None:
    assert doubled("средства средства массовой информации") == 1
    assert doubled("да, да и средства массовой информации") == 0
    assert doubled("the Olympic Olympics Games") == 1


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Стив Джобс", "ru", set()),
        ("Steve Джобс", "ru", {"steve"}),
        ("Sтив Jobs", "en", {"sтив"}),
        ("5 ½ – ok", "ru", {"ok"}),
        ("ಕನ್ನಡ", "kn", set()),
    ],
)
def test_words_in_letters_of_another_script_are_seen(text: str, language: str, found: set[str]) -> None:
    assert foreign_words(text, language) == found


@pytest.mark.parametrize(
    ("source", "before", "after", "wordings", "found"),
    [
        ("денсаулық мәселелері", "health issues", "health problems of health", "problem", {"health"}),
        ("денсаулық мәселелері", "health issues", "health problems of health", "health", set()),
        ("келісім туралы келісім", "an agreement", "an agreement on agreements, an agreement", "", set()),
        ("ол, ол және ол", "he", "he and he", "", set()),
        ("екеуі", "member and member", "member of the member", "", set()),
    ],
)
def test_a_word_with_content_that_is_said_once_more_is_seen(
    source: str, before: str, after: str, wordings: str, found: set[str]
) -> None:
    assert repeated(source, before, after, wordings) == found


@pytest.mark.parametrize(
    ("before", "after", "is_another"),
    [
        ("директор", "директор компании", True),
        ("влиятельный", "возможный", True),
        ("должна", "должны", False),
        ("and", "as well as", False),
        ("sexual", "sex of", False),
        ("a choice", "the choice", False),
        ("конституции,", "поста выборов", True),
    ],
)
def test_a_change_puts_a_term_in_only_if_words_with_content_change(
    before: str, after: str, is_another: bool
) -> None:
    assert says_another(before, after) == is_another


@pytest.mark.parametrize(
    ("language", "before", "after", "wordings", "is_found"),
    [
        ("en", "an emotional debate", "an emotionable debate on the market", "market", True),
        ("en", "an emotional debate", "an emotional debate on the market", "market", False),
        ("en", "an emotionable debate", "the emotionable debate", "", False),
        ("en", "many places", "many marketplacer", "marketplacer", False),
        ("en", "a debate", "a debate in Emotionable", "", False),
        ("ru", "Средство известно.", "Это средствость.", "", True),
        ("de", "die Reformen", "die Reformationen", "", False),
    ],
)
def test_a_new_word_that_no_table_knows_is_seen(
    language: str, before: str, after: str, wordings: str, is_found: bool
) -> None:
    assert invents(before, after, language, wordings) == is_found


def test_words_that_render_nothing_known_are_counted() -> None:
    assert unlinked(TABLE, SOURCE, "долг фермера") == 0
    assert unlinked(TABLE, SOURCE, TEXT) == 1, "without the name that may be one: Новый"
    assert unlinked(TABLE, SOURCE, "растущий долг и Новый для фермера") == 1


@pytest.mark.parametrize(
    ("words", "accepted", "is_preferred"),
    [
        (["долг"], ["заём"], False),
        (["долг"], ["мышь"], True),
        (["мышь"], ["заём"], False),
        (["старый", "долг"], ["ссуда"], True),
        ([], ["мышь"], False),
    ],
)
def test_ordinary_text_may_prefer_the_words_that_would_give_way(
    words: list[str], accepted: list[str], is_preferred: bool
) -> None:
    assert TABLE.prefers("қарызы", words, accepted) == is_preferred


SENSES = [
    # a word of two senses: the text has the one, the base the other
    ("en", "Маусым ұзақ болды.", "The season was long.", "june", False),
    ("en", "Маусым ұзақ болды.", "It was long.", "june", True),
    ("ru", "Шарт ауыр.", "Условие тяжёлое.", "договор", False),
    ("ru", "Шарт ауыр.", "Контракт тяжёлый.", "договор", True),
    ("ru", "Тұтынушы келді.", "Клиент пришёл.", "потребитель", True),
]


@pytest.mark.parametrize(("language", "source", "text", "rendering", "is_one"), SENSES)
def test_a_word_that_renders_another_sense_of_the_term_keeps_its_place(
    language: str, source: str, text: str, rendering: str, is_one: bool
) -> None:
    word = source.split()[0].lower()
    wordings = (Wording(language="kk", text=word), Wording(language=language, text=rendering))
    use = next(iter(Checker([Term(id="term", wordings=wordings)], "kk", language).check(source, text)))
    table = word_table("kk", language)
    assert table is not None
    assert is_of_one_sense(source, text, use, table) == is_one
