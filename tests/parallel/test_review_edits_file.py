"""The file of edits: what is read, and how each mistake in it is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.parallel.review import read_edits
from egiz.parallel.review.files import MAX_EDITS_BYTES
from egiz.translate.errors import InputError
from egiz.translate.text import source_text, target_text
from tests.parallel.reviewing import edit, edits

SHA = "0" * 64
HEAD = f'{{"format": "egiz-edits", "version": 1, "table": "{SHA}", "author": "A", "edits": '
CASES = json.loads(
    (Path(__file__).parent.parent / "cases" / "review_bad_files.json").read_text(encoding="utf-8")
)


def content(case: dict[str, Any]) -> str:
    """The text of a case: a file as it stands, or one edit with something changed."""
    sound = edit("d:1.1", "было", "стало")
    text = case.get("content")
    if text is None:
        text = f"{HEAD}[{json.dumps({**sound, **case['edit']})}]}}"
    for mark, long in (
        ("<HEAD>", HEAD),
        ("<SHA>", SHA),
        ("<EDIT>", json.dumps(sound)),
        ("<LONG>", "я" * 300 * case.get("times", 1)),
        ("<NEST>", "[" * 100_000),
        ("<DIGITS>", "1" * 5000),
    ):
        text = text.replace(mark, long)
    return str(text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_mistake_is_named_with_its_place(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "edits.json"
    path.write_bytes(content(case).encode(case.get("encoding", "utf-8")))
    with pytest.raises(InputError) as caught:
        read_edits(path)
    message = str(caught.value)
    assert message.startswith(f"{path}{case['place']}")
    assert case["says"] in message
    message.encode("utf-8")


def test_texts_come_in_their_published_form(tmp_path: Path) -> None:
    path = edits(
        tmp_path / "edits.json",
        edit("d:1.1", "Было", ' "Стало"\t- так... ', comment='a\n"b"', approved=True),
        edit("d:1.2", "Осталось - так", time="2026-01-01T12:00:00.123Z"),
        author='A "B"\n',
    )
    first, second = read_edits(path)
    assert (first.after, first.comment, first.author) == ("«Стало» — так…", "a “b”", "A “B”")
    assert (first.place, first.cell, first.approved) == (f"{path}: edits[0]", ("d:1.1", "ru"), True)
    assert (second.before, second.after, second.is_remark) == ("Осталось - так", "Осталось - так", True)


@given(st.text(), st.sampled_from(["ru", "en", "kk"]))
def test_a_published_cell_is_not_changed_by_reading_it_back(text: str, language: str) -> None:
    published = target_text(text, language)
    assert source_text(published, language) == published


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "edits.json"
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEAD}[]}}".encode())
    assert read_edits(path) == ()


def test_a_file_too_large_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "edits.json"
    with path.open("wb") as file:
        file.truncate(MAX_EDITS_BYTES + 1)
    with pytest.raises(InputError, match="too large"):
        read_edits(path)


def test_a_missing_file_is_an_error_of_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_edits(tmp_path / "none.json")
