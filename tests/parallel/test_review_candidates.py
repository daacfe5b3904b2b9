"""Edits that recur, as drafts of terms."""

from __future__ import annotations

from pathlib import Path

import pytest

from egiz.glossary.termbase import load
from egiz.parallel.review import review
from egiz.parallel.review.candidates import draft, recurring, write_draft
from egiz.parallel.review.records import HistoryEntry
from tests.parallel.reviewing import edit, edits, made


def entry(row: str, before: str, after: str, language: str = "ru") -> HistoryEntry:
    return HistoryEntry(
        row=row,
        language=language,
        author="",
        time="",
        before=before,
        after=after,
        approved=True,
        comment="",
        machine="",
    )


@pytest.mark.parametrize(
    ("edits", "found"),
    [
        ([("a", "в королевстве жили", "в ханстве жили"), ("b", "Королевстве.", "Ханстве!")], 1),
        ([("a", "это королевство", "это ханство"), ("a", "то королевство", "то ханство")], 0),
        ([("a", "это королевство", "это ханство")], 0),
        ([("a", "слово раз", "слово"), ("b", "другое раз", "другое")], 0),
        ([("a", "раз два три четыре пять", "один"), ("b", "раз два три четыре пять", "один")], 0),
        ([("a", "Совет народных депутатов", "мажилис"), ("b", "совет народных депутатов!", "мажилис.")], 1),
        ([("a", "королевство", "королевство"), ("b", "королевство", "королевство")], 0),
    ],
)
def test_what_recurs_is_a_replacement_of_few_words_in_several_rows(
    edits: list[tuple[str, str, str]], found: int
) -> None:
    assert len(recurring(entry(*item) for item in edits)) == found


def test_languages_are_kept_apart() -> None:
    items = [entry("a", "kingdom", "khanate", "en"), entry("b", "kingdom", "khanate", "ru")]
    assert recurring(items) == ()


def test_the_usual_way_of_writing_is_offered() -> None:
    items = [
        entry("a", "Королевство", "Ханство"),
        entry("b", "королевство", "ханство"),
        entry("c", "в королевство", "в ханство"),
    ]
    [found] = recurring(items)
    assert (found.before, found.after, found.rows) == ("королевство", "ханство", ("a", "b", "c"))


def test_the_rarest_word_that_the_rows_share_is_the_source_wording() -> None:
    found = recurring([entry("a", "королевство", "ханство"), entry("b", "Королевство", "Ханство")])
    sources = [
        ("a", "Сонда хандықтың жері кең болды"),
        ("b", "Бұл хандығы кең еді"),
        ("c", "Дала кең, өзен кең"),
    ]
    [term] = draft(found, sources, "kk").terms
    assert [(word.language, word.text) for word in term.wordings] == [("kk", "хандығы"), ("ru", "ханство")]
    assert "королевство" in term.note


def test_without_a_shared_word_there_is_no_source_wording() -> None:
    found = recurring([entry("a", "королевство", "ханство"), entry("b", "королевство", "ханство")])
    [term] = draft(found, [("a", "бір"), ("b", "екі")], "kk").terms
    assert [word.language for word in term.wordings] == ["ru"]


def test_the_draft_is_a_term_base(tmp_path: Path) -> None:
    out = made(tmp_path)
    path = edits(
        tmp_path / "edits.json",
        edit("text:1.1", "Королевство было создано.", "Ханство было создано."),
        edit("text:1.2", "У Королевство была столица.", "У Ханство была столица."),
    )
    reviewed = review([path], out)
    assert write_draft(reviewed.history, reviewed.table, tmp_path / "draft.tsv") == 1
    [term] = load(tmp_path / "draft.tsv").terms
    assert {word.language: word.text for word in term.wordings} == {"kk": "хандық", "ru": "Ханство"}


def test_nothing_is_written_where_nothing_recurs(tmp_path: Path) -> None:
    out = made(tmp_path)
    assert write_draft((), out / "parallel.tsv", tmp_path / "draft.tsv") == 0
    assert not (tmp_path / "draft.tsv").exists()
