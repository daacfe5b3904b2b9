"""Terms with the typing habits in `terms_typed.tsv`, and wordings that are always forbidden."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pytest

from egiz.glossary.check import Checker
from egiz.glossary.findings import finding
from egiz.glossary.records import PartOfSpeech, Term, Wording

CASES = Path(__file__).parents[1] / "cases" / "terms_typed.tsv"


def rows() -> list[dict[str, str]]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def term_of(row: dict[str, str]) -> Term:
    part: PartOfSpeech = row["options"]  # type: ignore[assignment]
    return Term(
        id="t",
        wordings=(
            Wording(language=row["source_language"], text=row["source_term"], part_of_speech=part),
            Wording(language=row["target_language"], text=row["target_term"]),
        ),
    )


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["source"])
def test_cases(row: dict[str, str]) -> None:
    checker = Checker([term_of(row)], row["source_language"], row["target_language"])
    outcomes = [use.outcome for use in checker.check(row["source"], row["target"])]
    assert outcomes[:1] == ([] if row["outcome"] == "none" else [row["outcome"]])


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["source"])
def test_decomposed_texts_are_read_alike(row: dict[str, str]) -> None:
    checker = Checker([term_of(row)], row["source_language"], row["target_language"])
    composed = [use.outcome for use in checker.check(row["source"], row["target"])]
    texts = (unicodedata.normalize("NFD", row[side]) for side in ("source", "target"))
    assert [use.outcome for use in checker.check(*texts)] == composed


def test_a_rendering_with_letters_of_another_script_is_named() -> None:
    term = Term(id="t", wordings=(Wording(language="en", text="rule"), Wording(language="ru", text="норма")))
    (use,) = Checker([term], "en", "ru").check("The rule", "Нoрмы")
    assert (use.outcome, use.code) == ("applied", "term-letters")
    found = finding(use)
    assert found is not None
    assert "write ‘Нормы’" in found.message


def test_an_entry_with_forbidden_wordings_only_binds_whatever_the_source_says() -> None:
    banned = Term(id="b", wordings=(Wording(language="ru", text="юзер", status="forbidden"),))
    checker = Checker([banned], "en", "ru")
    (use,) = checker.check("Nothing of the kind", "Все юзеры")
    assert (use.outcome, use.form, use.rendering) == ("forbidden", "", "юзеры")
    found = finding(use)
    assert found is not None
    assert (found.message, found.start, found.stop) == ("‘юзеры’ must not be used", 4, 9)
    assert checker.check("Users", "Все пользователи") == []
