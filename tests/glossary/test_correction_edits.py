"""Edits of mode ``safe``, drawn at random and judged by reading source, output and corrected text.

A row names the `text` of `benchmarks/correction.py` that the sentence stands in, the number of its row, the
`seed` of the dictionary entries that served as terms (empty: only the bases that ship), and the `edits`.
`judged` says whether they made the sentence `better`, left it the `same` (as good or as bad), or made it
`worse`. `python benchmarks/correction.py SHARED --text TEXT --seed SEED --judged FILE` makes them again.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from egiz.glossary.correct.options import VERSION

CASES = Path(__file__).resolve().parents[1] / "cases" / "correction_edits.tsv"
LEAST_GOOD = {"kk-ru": 0.8, "kk-en": 0.85}
"""The least share of rows that are better or the same."""
FEWEST = 50


def rows() -> list[dict[str, str]]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_edits_are_those_of_this_version() -> None:
    assert {int(row["version"]) for row in rows()} == {VERSION}, (
        "the method of correction has another version: make the edits again, and judge the new ones"
    )


@pytest.mark.parametrize("languages", sorted(LEAST_GOOD))
def test_most_edits_make_a_sentence_better_and_few_make_it_worse(languages: str) -> None:
    judged = Counter(row["judged"] for row in rows() if row["languages"] == languages)
    assert set(judged) == {"better", "same", "worse"}
    assert judged.total() >= FEWEST
    assert judged["better"] + judged["same"] >= LEAST_GOOD[languages] * judged.total()
    assert judged["better"] >= 2 * judged["worse"]


def test_every_edit_is_there_once_and_whole() -> None:
    keys = [(row["languages"], row["text"], row["row"], row["edits"]) for row in rows()]
    assert len(set(keys)) == len(keys)
    assert all(int(row["row"]) >= 1 and " → " in row["edits"] for row in rows())
