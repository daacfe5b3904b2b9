"""Approved translations: kept by a review, and used by the builds after it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.parallel.publish import read_tsv
from egiz.parallel.reader import load
from egiz.parallel.review import Decision, HumanEdit, review
from egiz.parallel.review.decide import remember
from egiz.parallel.review.files import read_history
from egiz.translate.memory import HUMAN, Memory, human_key, human_translation
from egiz.translate.records import Sentence
from egiz.translate.text import source_text
from egiz.translate.translator import Translator
from tests.parallel.reviewing import ANSWERS, cell, contents, edit, edits, engine, made

FIRST = ANSWERS["Хандық құрылды."]


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with Memory.open(tmp_path / "memory.sqlite") as opened:
        yield opened


def held(memory: Memory, text: str, target: str = "ru") -> list[str]:
    return [found.hypotheses[0].text for found in memory.get([human_key(text, "kk", target)]).values()]


def test_the_next_build_says_what_was_approved(tmp_path: Path, memory: Memory) -> None:
    out = made(tmp_path, memory=memory)
    items = [
        edit("text:1.1", FIRST, 'Создано "Ханство" - 1.', approved=True),
        edit("text:2.2", "Город был большим.", "Он велик."),
    ]
    reviewed = review([edits(tmp_path / "edits.json", *items)], out, memory=memory)
    assert (reviewed.remembered, reviewed.at_odds) == (1, 0)
    made(tmp_path, memory=memory)
    found = cell(out, "text:1.1")
    assert (found.text, found.quality, found.status) == ("Создано «Ханство» — 1.", 1.0, "approved")
    assert cell(out, "text:2.2").text == "Он велик."
    package = json.loads((out / "datapackage.json").read_bytes())
    counts = package["egiz"]["counts"]["targets"]
    assert (counts["ru"]["statuses"]["approved"], "approved" in counts["ru"]) == (1, False)
    first = contents(out)
    made(tmp_path, memory=memory)
    assert contents(out) == first


def test_another_project_says_who_approved_what(tmp_path: Path, memory: Memory) -> None:
    first = edit("text:1.1", FIRST, "Создано ханство.", approved=True)
    review([edits(tmp_path / "edits.json", first)], made(tmp_path), memory=memory)
    (tmp_path / "other").mkdir()
    out = made(tmp_path / "other", memory=memory)
    found = cell(out, "text:1.1")
    assert (found.text, found.quality, found.status, found.machine) == (
        "Создано ханство.",
        1.0,
        "approved",
        "",
    )
    [entry] = read_history(out / "review.tsv")
    assert (entry.author, entry.time, entry.origin) == ("A reader", "2026-01-01T12:00:00Z", "memory")
    package = json.loads((out / "datapackage.json").read_bytes())["egiz"]
    assert package["counts"]["targets"]["ru"]["approved"] == 1
    assert package["review"]["targets"]["ru"]["fromMemory"] == 1
    card = (out / "README.md").read_text("utf-8")
    assert "taken from what people approved before: `Russian 1`" in card
    assert "Russian: 1 approved, 1 of these from the translation memory" in card
    [shown] = load(out).reviews
    assert (shown.kind, shown.author, shown.row) == ("remembered", "A reader", 0)
    before = contents(out)
    made(tmp_path / "other", memory=memory)
    assert contents(out) == before
    own = edit("text:1.1", "Создано ханство.", "Ханство создано.")
    review([edits(tmp_path / "own.json", own, author="B")], out)
    made(tmp_path / "other", memory=memory)
    assert cell(out, "text:1.1").text == "Ханство создано."


def test_nothing_is_taken_from_people_where_it_is_not_asked_for(memory: Memory) -> None:
    memory.put([(human_key("Жақсы сөз.", "kk", "ru"), human_translation("Доброе слово.", "A", ""))])
    for asked, text in ((False, ANSWERS["Жақсы сөз."]), (True, "Доброе слово.")):
        translator = Translator(engine(), "kk", ("ru",), memory=memory, approved=asked)
        [[found]] = translator.translate([Sentence.alone("Жақсы сөз.")])
        assert (found.text, found.approval is not None) == (text, asked)


def test_a_file_brought_in_again_is_remembered_by_a_new_memory(tmp_path: Path, memory: Memory) -> None:
    out = made(tmp_path)
    path = edits(tmp_path / "edits.json", edit("text:1.1", FIRST, "Раз.", approved=True))
    review([path], out)
    assert review([path], out, memory=memory).remembered == 1
    assert held(memory, "Хандық құрылды.") == ["Раз."]


def test_what_conflicts_is_not_remembered(tmp_path: Path, memory: Memory) -> None:
    path = edits(tmp_path / "edits.json", edit("text:1.1", "Было.", "Раз.", approved=True))
    assert review([path], made(tmp_path), memory=memory).remembered == 0
    assert held(memory, "Хандық құрылды.") == []


def decision(row: str, source: str, after: str, language: str = "ru") -> Decision:
    made = HumanEdit(
        place="",
        row=row,
        language=language,
        before="",
        after=after,
        approved=True,
        author="",
        time="",
        comment="",
    )
    return Decision(edit=made, outcome="applied", source=source)


def test_a_sentence_approved_in_two_ways_is_not_remembered(memory: Memory) -> None:
    decisions = [
        decision("a", "Иә.", "Да."),
        decision("b", "Иә.", "Так."),
        decision("a", "Иә.", "Yes.", "en"),
        decision("c", "Жоқ.", "Нет."),
        replace(decision("d", "Мүмкін.", "Может."), outcome="conflict"),
    ]
    assert remember(decisions, "kk", memory) == (2, 1)
    assert (held(memory, "Иә."), held(memory, "Иә.", "en"), held(memory, "Жоқ.")) == ([], ["Yes."], ["Нет."])


def test_a_known_edit_that_was_replaced_does_not_come_back(tmp_path: Path, memory: Memory) -> None:
    out = made(tmp_path)
    first = edits(tmp_path / "1.json", edit("text:1.1", FIRST, "Раз.", approved=True))
    second = edits(tmp_path / "2.json", edit("text:1.1", "Раз.", "Два.", approved=True))
    review([first], out, memory=memory)
    review([second], out, memory=memory)
    review([first], out, memory=memory)
    assert held(memory, "Хандық құрылды.") == ["Два."]


@given(st.text(alphabet="әбқ АБ.!?,:«»“”\"'’‘„—–-…1985%()\u00a0", min_size=1, max_size=60))
def test_a_published_sentence_has_the_key_of_the_sentence_it_was_made_from(text: str) -> None:
    sentence = " ".join(text.split())
    assert human_key(source_text(sentence, "kk"), "kk", "ru") == human_key(sentence, "kk", "ru")


def test_clearing_by_identity_forgets_people_or_engines(memory: Memory, tmp_path: Path) -> None:
    made(tmp_path, memory=memory)
    engines = memory.stats().entries
    memory.put([(human_key("Иә.", "kk", "ru"), human_translation("Да."))])
    assert memory.clear(engine=HUMAN) == 1
    assert memory.stats().entries == engines


def test_the_published_table_can_be_read(tmp_path: Path, memory: Memory) -> None:
    memory.put([(human_key("Жақсы сөз.", "kk", "en"), human_translation("A good word."))])
    out = made(tmp_path, memory=memory)
    assert [row.targets[1].text for row in read_tsv(out / "parallel.tsv")][-1] == "A good word."


def test_terms_leave_alone_what_was_approved(tmp_path: Path, memory: Memory) -> None:
    memory.put([(human_key("Қала үлкен болды.", "kk", "ru"), human_translation("Была большая столица."))])
    out = made(tmp_path, memory=memory, terms=True)
    found = cell(out, "text:2.2")
    assert (found.text, found.terms) == ("Была большая столица.", "town:missing")
    again = review([edits(tmp_path / "edits.json", edit("text:1.1", FIRST, "Раз."))], out)
    assert again.revised == 1
    assert "what people approved before: `Russian 1`" in (out / "README.md").read_text("utf-8")
