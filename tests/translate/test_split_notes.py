"""Marks of notes: taken out, given to the sentence before, recorded; real numbers are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.translate.records import Document
from egiz.translate.split import split
from egiz.translate.split.repairs import replay
from egiz.translate.text import nfc

CASES = Path(__file__).resolve().parent.parent / "cases" / "split_notes.tsv"
ROWS = [line.split("\t") for line in CASES.read_text(encoding="utf-8").splitlines()[1:]]
RULE = "note-mark"


@pytest.mark.parametrize("row", ROWS, ids=[row[1][:40] for row in ROWS])
def test_marks_belong_to_the_sentence_before_and_numbers_stay(row: list[str]) -> None:
    language, text, expected = row
    text = text.replace("\\n", "\n")
    found = list(split(Document(id="a", language=language, text=text)))
    marked = [repair for sentence in found for repair in sentence.repairs if repair.rule == RULE]
    if expected == "*":
        assert marked == []
    else:
        assert [sentence.text for sentence in found] == expected.split("|")
        assert marked
        assert all(repair.before.strip() and not repair.after for repair in marked)


PIECES = st.lists(
    st.sampled_from(
        ["Сөз", "деді", " ", ". ", ".", "12", "[3]", "¹²", "†", "*", "»", "\n\n", "45", "қара", "[@b]", "м²"]
    ),
    max_size=30,
)


@given(PIECES)
def test_slices_hold_everything_in_order_and_repairs_replay(pieces: list[str]) -> None:
    text = nfc("".join(pieces))
    end = 0
    for sentence in split(Document(id="a", language="kk", text=text)):
        assert not text[end : sentence.start].strip()
        raw = text[sentence.start : sentence.stop]
        assert replay(raw, sentence.repairs, sentence.start) == sentence.text
        assert raw == raw.strip()
        assert "  " not in sentence.text
        end = sentence.stop
    assert not text[end:].strip()


def test_the_place_of_a_mark_is_in_the_document() -> None:
    text = "Кіріспе.\n\nОл келді.12 Бәрі күтті."
    _, first, second = split(Document(id="a", language="kk", text=text))
    [mark] = first.repairs
    assert (mark.rule, text[mark.start : mark.stop], first.stop) == (RULE, "12", mark.stop)
    assert (second.text, second.repairs) == ("Бәрі күтті.", ())
