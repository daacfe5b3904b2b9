"""Every format reads back what it wrote, and reports what it cannot represent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from egiz.glossary.formats import FORMATS, summarise
from egiz.glossary.records import Term, TermBase, Wording
from egiz.glossary.termbase import load, shipped
from tests.glossary.bases import PLAIN_TEXTS, bare, base_of, bases, read_back, term

KEEPS_FILES = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ALL = sorted(FORMATS)


@pytest.mark.parametrize("name", ["tsv", "csv", "xlsx"])
@KEEPS_FILES
@given(base=bases())
def test_tables_keep_everything(base: TermBase, name: str, tmp_path: Path) -> None:
    assert bare(read_back(base, name, tmp_path)) == bare(base, by_language=True)


@KEEPS_FILES
@given(base=bases())
def test_json_keeps_everything(base: TermBase, tmp_path: Path) -> None:
    assert bare(read_back(base, "json", tmp_path)) == bare(base)


@pytest.mark.parametrize("name", ["tbx", "tbx2008"])
@KEEPS_FILES
@given(base=bases(PLAIN_TEXTS))
def test_tbx_keeps_everything(base: TermBase, name: str, tmp_path: Path) -> None:
    found = read_back(base, name, tmp_path)
    assert bare(found) == bare(base)
    assert found.unread == ()


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("shipped_name", shipped())
def test_shipped_bases_survive_every_format(shipped_name: str, name: str, tmp_path: Path) -> None:
    base = load(shipped_name)
    assert len(base.terms) > 100
    assert bare(read_back(base, name, tmp_path)) == bare(base)


@pytest.mark.parametrize("name", ALL)
def test_writing_what_was_read_changes_nothing(name: str, tmp_path: Path) -> None:
    first = FORMATS[name].write(load("government")).content
    path = tmp_path / f"base{FORMATS[name].endings[0]}"
    path.write_bytes(first)
    assert FORMATS[name].write(load(path)).content == first


KK = Wording(language="kk", text="қайта құру")
RU = Wording(language="ru", text="перестройка")
TABLES, XML = ("tsv", "csv", "xlsx"), ("tbx", "tbx2008")
LOSSES = [
    (TABLES, term("a", KK, RU, replace(RU, text="ремонт")), "several wordings of a language are preferred"),
    (TABLES, term("a", KK, replace(RU, status="accepted")), "no wording of a language is preferred"),
    (TABLES, term("a", replace(KK, text=" қайта құру")), "spaces at the ends"),
    (TABLES, term("a", replace(KK, forms=("",))), "an empty form"),
    ((*TABLES, *XML), term("a"), "an entry without wordings"),
    ((*TABLES, *XML), term("a", KK, replace(RU, text=" ")), "an empty wording"),
    (XML, term("a", KK, note="бір\nекі"), "line breaks"),
    (XML, term("a", replace(KK, text="қайта  құру")), "repeated spaces"),
    (XML, term("a", KK, note="\x01"), "control characters"),
    (XML, term("a", KK, note="x-egiz-id: b"), "a note begins with x-egiz-"),
]


@pytest.mark.parametrize(
    ("name", "entry", "says"), [(name, entry, says) for names, entry, says in LOSSES for name in names]
)
def test_losses_are_said(name: str, entry: Term, says: str, tmp_path: Path) -> None:
    written = FORMATS[name].write(base_of(entry, term("b", KK, RU)))
    assert [loss.term for loss in written.losses if says in loss.what] == ["a"]
    path = tmp_path / f"base{FORMATS[name].endings[0]}"
    path.write_bytes(written.content)
    assert "b" in {found.id for found in load(path).terms}


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_lost_of_a_plain_entry(name: str) -> None:
    assert FORMATS[name].write(base_of(term("a", KK, RU))).losses == ()


def test_losses_are_summed_up_by_kind() -> None:
    entries = [term(str(number), KK, replace(RU, status="accepted")) for number in range(5)]
    losses = FORMATS["tsv"].write(base_of(*entries)).losses
    assert summarise(losses) == [
        "that no wording of a language is preferred (the first one is now) (0, 1, 2 and 2 more)"
    ]
