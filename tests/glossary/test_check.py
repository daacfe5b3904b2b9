"""The check of terms: each occurrence has one outcome, and no word is counted twice."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.glossary.check import Checker, TermUse, pair, without_overlap
from egiz.glossary.findings import CHECKS, PLACES_KEPT, Consistency, Place, finding, inconsistency
from egiz.glossary.match import TermSpan
from egiz.glossary.morphology.find import Found
from egiz.glossary.records import Match, Term, Wording, WordingStatus

CASES = Path(__file__).parent.parent / "cases" / "term_uses.tsv"


def rows() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def wordings(language: str, texts: str, status: WordingStatus = "preferred") -> list[Wording]:
    """Make wordings from texts separated by bars; the first has the status, others are accepted at best."""
    found: list[Wording] = []
    for text in filter(None, texts.split("|")):
        later: WordingStatus = "accepted" if found and status == "preferred" else status
        found.append(Wording(language=language, text=text, status=later, part_of_speech="noun"))
    return found


def term(name: str, kk: str, ru: str = "", forbidden: str = "", fr: str = "") -> Term:
    found = [*wordings("kk", kk), *wordings("ru", ru), *wordings("ru", forbidden, "forbidden")]
    return Term(id=name, wordings=(*found, *wordings("fr", fr)))


TERMS = (
    term("perestroika", "қайта құру", "перестройка|реорганизация", "реконструкция"),
    term("khanate", "хандық", "ханство", "королевство"),
    term("communist-party", "Коммунистік партия", "Коммунистическая партия"),
    term("party", "партия", "партия"),
    term("oath", "ант", "клятва"),
    term("pledge", "ант", "присяга"),
    term("som", "сом", forbidden="сом"),
    term("state", "мемлекет", "государство|власть"),
    term("rule", "ел билігі", "власть|государство"),
    term("country", "ел", fr="pays"),
)


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(TERMS, "kk", "ru")


def shown(use: TermUse) -> str:
    detail = use.rendering or (use.code if use.outcome == "ambiguous" else "")
    return f"{use.term.id} {use.outcome} {detail}".strip()


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["name"])
def test_cases(checker: Checker, row: dict[str, str]) -> None:
    uses = checker.check(row["source"], row["target"])
    assert "; ".join(map(shown, uses)) == row["uses"]
    for use in uses:
        assert row["source"][use.source.start : use.source.stop] == use.form
        if use.target is not None:
            assert row["target"][use.target.start : use.target.stop] == use.rendering


def test_findings_say_what_and_where(checker: Checker) -> None:
    found = {}
    for row in rows():
        for use in checker.check(row["source"], row["target"]):
            told = finding(use)
            assert (told is None) == (use.outcome == "applied")
            if told is not None:
                text = row["source"] if use.target is None else row["target"]
                found[told.code] = (told.severity, told.message, text[told.start : told.stop])
    assert found == {
        "term-variant": (
            "note",
            "‘қайта құру’ is rendered as ‘реорганизация’; preferred is ‘перестройка’",
            "реорганизация",
        ),
        "term-forbidden": ("error", "‘сом’ must not be rendered as ‘сомов’", "сомов"),
        "term-missing": (
            "warning",
            "‘ел билігі’ is not rendered; expected ‘власть’ or ‘государство’",
            "ел билігі",
        ),
        "term-fewer": (
            "note",
            "‘хандық’ is rendered less often than it stands in the source; expected ‘ханство’",
            "хандық",
        ),
        "term-ambiguous": (
            "warning",
            "‘ант’ may be any of 2 terms and is not rendered; expected ‘клятва’ or ‘присяга’",
            "Ант",
        ),
    }
    assert {code: severity for code, (severity, _) in CHECKS.items() if code in found} == {
        code: severity for code, (severity, *_) in found.items()
    }


def test_homographs_that_ask_for_the_same_are_no_riddle() -> None:
    terms = (term("a", "ант", "клятва"), term("b", "ант", "клятва"))
    [use] = Checker(terms, "kk", "ru").check("Ант берді.", "Он обещал.")
    assert (use.outcome, use.code) == ("missing", "term-missing")


@pytest.mark.parametrize(
    ("source", "target", "text", "translation", "outcomes"),
    [
        ("kk", "ru", "Ханлық.", "Ханство.", []),
        ("kk", "ru", "Хандық.", "Ханство.", ["applied"]),
        ("ru", "kk", "Ханство.", "Ханлық.", ["forbidden"]),
        ("ru", "kk", "Ханство.", "Хандық.", ["applied"]),
    ],
)
def test_a_forbidden_wording_binds_where_it_would_be_written(
    source: str, target: str, text: str, translation: str, outcomes: list[str]
) -> None:
    words = (*wordings("kk", "хандық"), *wordings("kk", "ханлық", "forbidden"), *wordings("ru", "ханство"))
    uses = Checker([Term(id="khanate", wordings=words)], source, target).check(text, translation)
    assert [use.outcome for use in uses] == outcomes


def test_english_targets_in_plural_and_with_an_apostrophe() -> None:
    words = (*wordings("kk", "хандық"), *wordings("en", "khanate"), *wordings("en", "kingdom", "forbidden"))
    checker = Checker([Term(id="khanate", wordings=words)], "kk", "en")
    uses = checker.check("Хандық, хандық, хандық.", "The Khanates' lands, the khanate’s end, two kingdoms.")
    assert [(use.outcome, use.rendering.rstrip("'’s").lower()) for use in uses] == [
        ("applied", "khanate"),
        ("applied", "khanate"),
        ("forbidden", "kingdom"),
    ]


def test_languages_that_are_not_inflected(checker: Checker) -> None:
    [use] = Checker(TERMS, "kk", "fr").check("Ел өсті.", "Le PAYS a grandi.")
    assert (use.term.id, use.rendering) == ("country", "PAYS")


def test_a_crowded_text_takes_no_long_time(checker: Checker) -> None:
    uses = checker.check("партия " * 3000, "партия " * 2999)
    assert [use.outcome for use in uses] == ["applied"] * 2999 + ["ambiguous"]


MATCHES = st.builds(
    lambda name, status, start, length: Match(
        term=Term(id=name, wordings=()),
        wording=Wording(language="ru", text=name, status=status),
        start=start,
        stop=start + length,
    ),
    st.sampled_from("abc"),
    st.sampled_from(["preferred", "accepted", "forbidden"]),
    st.integers(0, 20),
    st.integers(1, 6),
)


@settings(max_examples=200, deadline=None)
@given(
    source=st.lists(MATCHES, max_size=8, unique_by=lambda match: match.start),
    target=st.lists(MATCHES, max_size=12),
)
def test_renderings_are_used_once_and_by_their_own_terms(source: list[Match], target: list[Match]) -> None:
    found = [
        TermSpan(
            start=match.start,
            stop=match.stop,
            key=(match.term.id,),
            terms=(match.term,),
            wordings=(match.wording,),
            places=(Found(match.start, match.stop, ()),),
        )
        for match in sorted(source, key=lambda match: match.start)
    ]
    renderings = {
        name: without_overlap([match for match in target if match.term.id == name], 30) for name in "abc"
    }
    chosen = pair(found, renderings, 30)
    assert len(chosen) == len(found)
    places = sorted((match.start, match.stop) for match in chosen if match is not None)
    assert all(before[1] <= after[0] for before, after in pairwise(places))
    for item, match in zip(found, chosen, strict=True):
        assert match is None or match.term.id == item.key[0]
    left = [
        match
        for item, got in zip(found, chosen, strict=True)
        if got is None
        for match in renderings[item.key[0]]
    ]
    assert all(any(match.start < stop and start < match.stop for start, stop in places) for match in left)


def uses_of(checker: Checker, targets: list[str]) -> Consistency:
    counted = Consistency(TERMS)
    for number, target in enumerate(targets, start=1):
        counted.add(
            checker.check("Қайта құру жүрді.", target), Place(file="x.tsv", line=number, id=f"r{number}")
        )
    return counted


def test_renderings_are_counted_throughout(checker: Checker) -> None:
    targets = ["Шла реорганизация.", "Шла перестройка.", "О перестройке.", "Реконструкция.", "Шла она."]
    [usage] = uses_of(checker, targets).usages()
    assert [(item.wording.text, item.count) for item in usage.renderings] == [
        ("перестройка", 2),
        ("реорганизация", 1),
        ("реконструкция", 1),
    ]
    assert [place.id for place in usage.renderings[0].places] == ["r2", "r3"]
    assert dict(usage.outcomes) == {"applied": 2, "variant": 1, "forbidden": 1, "missing": 1, "ambiguous": 0}
    told = inconsistency(usage)
    assert told is not None
    assert told[0].message == "‘қайта құру’ is rendered in 2 ways: ‘перестройка’ (2 ×), ‘реорганизация’ (1 ×)"
    assert (told[0].code, told[0].severity, told[1].id) == ("term-inconsistent", "warning", "r1")


def test_one_accepted_rendering_is_consistent(checker: Checker) -> None:
    [usage] = uses_of(checker, ["Шла перестройка.", "Реконструкция.", "Шла она."]).usages()
    assert inconsistency(usage) is None


def test_all_uses_are_counted_and_the_first_places_kept(checker: Checker) -> None:
    [usage] = uses_of(checker, ["Шла перестройка."] * (PLACES_KEPT + 5)).usages()
    [rendering] = usage.renderings
    assert rendering.count == PLACES_KEPT + 5
    assert [place.line for place in rendering.places] == list(range(1, PLACES_KEPT + 1))
