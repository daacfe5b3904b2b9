"""What ``safe`` does with the shipped bases to translations of the starter, each edit judged by reading.

A row has the model's `text`, what it was `corrected` to, and whether that made the sentence `better`, left it
the `same` (as good or as bad), or made it `worse`. Sentences are corrected again here; a row whose correction
is another one now counts no more.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from egiz.glossary.correct import CorrectOptions, Corrector, Draft, replay
from egiz.glossary.termbase import load_all
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.forcing import CTranslate2Forcing
from egiz.translate.engine.hardware import Hardware
from egiz.translate.models import resolve

CASES = Path(__file__).resolve().parents[1] / "cases" / "correction_sentences.tsv"
LEAST_MADE = {"ru": 12, "en": 9}
"""Corrections that must still be made; the processor's rounding decides some."""
LEAST_GOOD, MOST_WORSE = 0.9, 0.04


def test_safe_corrections_are_good() -> None:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    terms = load_all(["soviet-history", "government"]).terms
    forcing = CTranslate2Forcing(CTranslate2Engine(resolve("starter"), Hardware(threads=1)))
    judged = Counter[str]()
    for target, least in LEAST_MADE.items():
        own = [row for row in rows if row["languages"] == f"kk-{target}"]
        corrector = Corrector(terms, "kk", target, forcing=forcing, options=CorrectOptions(others=0, hints=0))
        drafts = [Draft(source=row["source"], hypotheses=(row["text"],), logprobs=(-1.0,)) for row in own]
        found = corrector.correct(drafts)
        assert all(replay(row["text"], item.edits) == item.text for row, item in zip(own, found, strict=True))
        made = [row for row, item in zip(own, found, strict=True) if item.text == row["corrected"]]
        assert len(made) >= least
        judged.update(row["judged"] for row in made)
    assert judged["better"] + judged["same"] >= LEAST_GOOD * judged.total()
    assert judged["worse"] <= MOST_WORSE * judged.total()


@pytest.mark.parametrize("column", ["languages", "source", "text", "corrected", "judged"])
def test_every_row_is_whole(column: str) -> None:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    assert all(row[column] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
