"""Fluent translations with a base of common terms, as people write them: what mode ``safe`` may change there.

Half of the rows of `tests/cases/people_rows.tsv` have a synonym of a term, which a terminologist would
replace (column `expected`, all right results separated by " | "); in the others a term is rendered freely,
means something else, or is a name, and nothing may be changed.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from egiz.glossary.correct import CorrectOptions, Corrector, Draft, replay
from egiz.glossary.termbase import load
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.forcing import CTranslate2Forcing
from egiz.translate.engine.hardware import Hardware
from egiz.translate.models import resolve

CASES = Path(__file__).resolve().parents[1] / "cases"
MOST_WRONG = 1
LEAST_RIGHT = 20


def test_synonyms_give_way_and_nothing_else() -> None:
    lines = (CASES / "people_rows.tsv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    terms = load(CASES / "people_terms.tsv").terms
    forcing = CTranslate2Forcing(CTranslate2Engine(resolve("starter"), Hardware(threads=1)))
    results, wrong = Counter[str](), []
    for pair in dict.fromkeys(row["languages"] for row in rows):
        own = [row for row in rows if row["languages"] == pair]
        corrector = Corrector(terms, *pair.split("-"), forcing=forcing, options=CorrectOptions(people=True))
        drafts = [Draft(source=row["source"], hypotheses=(row["text"],)) for row in own]
        for row, found in zip(own, corrector.correct(drafts), strict=True):
            assert replay(row["text"], found.edits) == found.text
            is_right = found.text in row["expected"].split(" | ")
            kind = "left" if found.text == row["text"] else "right" if is_right else "wrong"
            results[kind] += 1
            wrong += [found.text] if kind == "wrong" else []
    assert len(wrong) <= MOST_WRONG, wrong
    assert results["right"] >= LEAST_RIGHT
