"""Tables for spreadsheets: no cell is a formula, and reading them gives the texts as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.parallel.bitext import read_bitext
from egiz.parallel.corpus import CorpusOptions
from egiz.parallel.corpus.data import DATA_FORMATS, DataOptions, export_data
from egiz.parallel.corpus.formats import format_of
from egiz.parallel.corpus.inputs import InputOptions
from egiz.parallel.publish.tsv import GUARD, guarded, unguarded

FORMULAS = ("=1+1", "+7 701 000", "-5°", "@ел", "=HYPERLINK(“http://a”)", f"{GUARD}=1", "\uff1d1", "- сөз")


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_compute_is_guarded(text: str) -> None:
    assert guarded(text) == GUARD + text
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "сөз", "1+1", "a=b", "«=1»", f"{GUARD}сөз", "0.500", "’tis"])
def test_other_texts_stay(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


@given(st.text(alphabet=f"=+-@\t\r\uff0d{GUARD}aә "))
def test_guarding_is_undone_whatever_the_text(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in tuple("=+-@\t\r\uff0d")


def test_a_table_for_spreadsheets_reads_back_as_it_was(tmp_path: Path) -> None:
    source = tmp_path / "a.tsv"
    texts = [text for text in FORMULAS if not text.startswith(GUARD)]
    source.write_text("kk\tru\n" + "".join(f"{text}\tслово {text}\n" for text in texts), encoding="utf-8")
    options = DataOptions(inputs=InputOptions(), corpus=CorpusOptions())
    for name in ("sheet", "tsv"):
        export_data([source], DATA_FORMATS[name], tmp_path / f"{name}.tsv", options)
        back = [segment.source for segment in read_bitext(tmp_path / f"{name}.tsv", "kk", "ru")]
        assert back == texts
    lines = (tmp_path / "sheet.tsv").read_text(encoding="utf-8").splitlines()[1:]
    plain = (tmp_path / "tsv.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert all(cell[:1] not in tuple("=+-@\uff1d") for line in lines for cell in line.split("\t"))
    assert [[unguarded(cell) for cell in line.split("\t")] for line in lines] == [
        line.split("\t") for line in plain
    ]


def test_an_ending_promises_the_plain_table() -> None:
    assert format_of(Path("a.tsv")).name == "tsv"
