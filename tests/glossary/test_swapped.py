"""Another wording in the place of a forbidden one: in its form, with what agrees, or left with a reason.

A row of the data has a term, a source with it, a text with its forbidden wording, and the text that a speaker
would write instead; ``=`` where only a reader could say what is right, so that the text must stay.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from egiz.glossary.correct import REASONS, Corrector, Draft, replay
from egiz.glossary.records import Term, Wording

CASES = Path(__file__).resolve().parents[1] / "cases" / "terms_swapped.tsv"
Row = dict[str, str]


def rows() -> list[Row]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def corrector(row: Row) -> Corrector:
    term = Term(
        id="term",
        wordings=(
            Wording(language=row["source_language"], text=row["source_term"]),
            Wording(language=row["language"], text=row["accepted"]),
            Wording(language=row["language"], text=row["forbidden"], status="forbidden"),
        ),
    )
    return Corrector([term], row["source_language"], row["language"])


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['accepted']}: {row['text']}")
def test_a_forbidden_wording_gives_way_in_the_right_form_or_stays(row: Row) -> None:
    wanted = row["text"] if row["wanted"] == "=" else row["wanted"]
    (found,) = corrector(row).correct([Draft(source=row["source"], hypotheses=(row["text"],))])
    assert found.text == wanted
    assert replay(row["text"], found.edits) == wanted
    assert {left.reason for left in found.left} <= REASONS.keys()
    (again,) = corrector(row).correct([Draft(source=row["source"], hypotheses=(wanted,))])
    assert again.text == wanted
