"""Terms put into the seed's Russian translations by the starter, each judged by a person who read it.

A row is one insertion: the `source` sentence, the `text` it was put into (the raw output in the first row of
a sentence, then with the rows above), the `term` and where it stands in the source (`at`), by which `rule`,
``text[start:stop]`` `before` and what came there, adjectives before the noun that agree included. It is
`right` where the form has the case and number that the words around ask for, whatever the sentence means.
"""

from __future__ import annotations

import csv
from itertools import groupby
from pathlib import Path

import pytest

from egiz.glossary.check import Checker
from egiz.glossary.correct import replay
from egiz.glossary.correct.candidates import replaced, swapped
from egiz.glossary.correct.job import amend
from egiz.glossary.correct.links import word_places
from egiz.glossary.correct.words import any_words
from egiz.glossary.languages import form_fits
from egiz.glossary.termbase import load
from egiz.translate.records import Edit

CASES = Path(__file__).resolve().parents[1] / "cases" / "correction_judged.tsv"
LEAST_RIGHT = 0.95
LEAST_ROWS = 100
LEAST_MADE = 0.97
"""Of the forms judged right; a rule that refuses a place more is no error."""
MANY = 1000
"""Places to try: more than a sentence has."""

Row = dict[str, str]


def rows() -> list[Row]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def result(row: Row) -> str:
    return row["text"][: int(row["start"])] + row["after"] + row["text"][int(row["stop"]) :]


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(load("soviet-history").terms, "kk", "ru")


def is_offered(row: Row, checker: Checker) -> bool:
    """Whether Egiz, asked for every place of the term without an engine, has this very correction.

    What the engine wrote (other outputs, redecoding) is offered where the form fits its place.
    """
    uses = checker.check(row["source"], row["text"])
    use = next(use for use in uses if use.term.id == row["term"] and use.source.start == int(row["at"]))
    if row["rule"] in ("replaced", "forbidden"):
        attention = [0.0] * len(word_places(row["text"]))
        places = replaced(row["source"], row["text"], use, uses, attention, any_words, MANY)
        made = swapped(row["text"], use) if row["rule"] == "forbidden" else places
        if result(row) not in {item.text for item in made}:
            return False
    put = [
        found.target
        for found in checker.check(row["source"], result(row))
        if found.source.start == use.source.start and found.target is not None
    ]
    return bool(put) and all(form_fits("ru")(result(row), place.start, place.stop) for place in put)


def test_edits_replay_on_the_raw_text() -> None:
    for _, group in groupby(rows(), key=lambda row: row["source"]):
        sentence = list(group)
        raw, edits = sentence[0]["text"], tuple[Edit, ...]()
        for row in sentence:
            assert replay(raw, edits) == row["text"]
            start, stop = int(row["start"]), int(row["stop"])
            assert row["text"][start:stop] == row["before"]
            edit = Edit(start=start, stop=stop, before=row["before"], after=row["after"], term="", rule="")
            edits = amend(raw, edits, edit)
            assert replay(raw, edits) == result(row)


def test_right_forms_are_made_still_and_few_wrong_ones(checker: Checker) -> None:
    offered = [row for row in rows() if is_offered(row, checker)]
    right = [row for row in offered if row["right"] == "yes"]
    assert len(right) >= LEAST_ROWS
    assert len(right) >= LEAST_RIGHT * len(offered)
    assert len(right) >= LEAST_MADE * sum(row["right"] == "yes" for row in rows())
