"""Whether tab-separated tables are quoted, and rows that come back as they were written."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.translate.io.tables import is_quoted, split_rows

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "cases" / "quoted_tables.json").read_text(encoding="utf-8")
)
CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from('"\t\n'), max_size=8)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_quoting_is_told_by_the_whole_table(case: dict[str, Any]) -> None:
    assert is_quoted(io.StringIO(case["text"])) is case["quoted"]


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=5))
def test_what_a_program_quotes_comes_back(rows: list[list[str]]) -> None:
    rows = [["kk", 'a "header"'], *rows]
    stream = io.StringIO()
    csv.writer(stream, delimiter="\t", lineterminator="\n").writerows(rows)
    found, separator = split_rows(stream.getvalue(), "x", is_tsv=True)
    assert ([cells for _, cells in found], separator) == (rows, "\t")


@given(st.lists(st.text(st.sampled_from('аб" ,'), max_size=6), min_size=1, max_size=5))
def test_a_table_with_a_bare_quote_stays_as_it_is(texts: list[str]) -> None:
    rows = [["kk", "ru"], ['5" құбыр', "x"], *([text, "x"] for text in texts)]
    found, _ = split_rows("\n".join("\t".join(row) for row in rows), "x", is_tsv=True)
    assert [cells for _, cells in found] == rows
