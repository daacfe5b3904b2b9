"""Safe correction does no harm: texts that stay as they are, and edits that are right, with the starter."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from egiz.glossary.correct import (
    MODES,
    CorrectOptions,
    Corrector,
    Draft,
    mode_named,
    replay,
)
from egiz.glossary.correct.judge import doubled, proven_words, unclaimed_words
from egiz.glossary.correct.links import Standing
from egiz.glossary.correct.words import WordTable, word_table
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
    assert unclaimed_words(verdicts, is_told=False)([1])
    assert not unclaimed_words(verdicts, is_told=False)([0])
    assert unclaimed_words(verdicts, is_told=True)([0])
    assert not unclaimed_words(verdicts, is_told=True)([2])
    looks = Standing(sure=frozenset({1}), likely=frozenset({1}), reached=(frozenset({1}),))
    assert proven_words(verdicts, looks, TEXT, "заём", is_told=False)([1])
    assert not proven_words(verdicts, looks, TEXT, "заём", is_told=False)([1, 2])
    assert not proven_words(verdicts, looks, TEXT, "заём", is_told=False)([0, 1])
    assert not proven_words(verdicts, looks, TEXT, "долговой заём", is_told=False)([1])
    assert not proven_words(verdicts, None, TEXT, "заём", is_told=False)([1])
    elsewhere = Standing(sure=frozenset({3}), likely=frozenset({1, 3}), reached=(frozenset({3}),))
    assert not proven_words(verdicts, elsewhere, TEXT, "заём", is_told=False)([1])


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
