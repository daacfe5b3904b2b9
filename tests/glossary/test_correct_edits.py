"""Edits can be replayed, whatever they are and in whatever order they were made."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.glossary.correct import current_places, replay
from egiz.glossary.correct.job import amend, changes
from egiz.translate.records import Edit

LINES = st.lists(st.sampled_from(["а", "б", "вв", "г.", "д"]), min_size=1, max_size=8).map(" ".join)


def edit(start: int, stop: int, before: str, after: str, rule: str = "r") -> Edit:
    return Edit(start=start, stop=stop, before=before, after=after, term="t", rule=rule)


@given(LINES, LINES)
def test_changes_lead_from_one_line_to_the_other(before: str, after: str) -> None:
    text, last = before, -1
    for start, stop, put in changes(before, after):
        assert start > last
        assert before[start:stop] == before[start:stop].strip() != ""
        assert put == put.strip() != ""
        last = stop
    for start, stop, put in reversed(changes(before, after)):
        text = text[:start] + put + text[stop:]
    assert text == after


@given(st.text("абв ", max_size=12), st.data())
def test_amended_edits_replay_to_what_was_made_step_by_step(raw: str, data: st.DataObject) -> None:
    edits: tuple[Edit, ...] = ()
    text = raw
    for number in range(4):
        start = data.draw(st.integers(0, len(text)))
        stop = data.draw(st.integers(start, len(text)))
        after = data.draw(st.text("xyz", max_size=3))
        edits = amend(raw, edits, edit(start, stop, text[start:stop], after, str(number)))
        text = text[:start] + after + text[stop:]
        assert replay(raw, edits) == text
        assert all(item.before != item.after for item in edits)
    for start, stop, item in current_places(edits):
        assert text[start:stop] == item.after


def test_what_is_edited_again_names_both_rules() -> None:
    first = amend("a b c", (), edit(2, 3, "b", "bb", "one"))
    second = amend("a b c", first, edit(2, 4, "bb", "x", "two"))
    assert second == (edit(2, 3, "b", "x", "one+two"),)


@pytest.mark.parametrize(
    "wrong", [(edit(0, 1, "b", "x"),), (edit(0, 2, "ab", "x"), edit(1, 2, "b", "y"))], ids=["text", "overlap"]
)
def test_edits_that_do_not_fit_are_refused(wrong: tuple[Edit, ...]) -> None:
    with pytest.raises(ValueError, match="edit at"):
        replay("abc", wrong)


def test_an_edit_is_found_by_its_offsets_alone() -> None:
    made = amend("один два три", (), edit(5, 8, "два", "2"))
    assert replay("один два три", made) == "один 2 три"
    assert replay("один два три", [replace(made[0], rule="other")]) == "один 2 три"
