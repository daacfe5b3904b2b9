"""Every filter drops what it names, with a reason, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from egiz.parallel.corpus.filters import (
    ANY,
    FILTERS,
    Bench,
    Bounds,
    FilterOptions,
    TermTest,
    TermTests,
    objection,
    parse_test,
)
from egiz.parallel.corpus.records import DataSide
from egiz.translate.errors import OptionError
from egiz.translate.train.copies import HeldOut
from tests.parallel.corpora import entry, side

SOURCE = "Бүгін ауа райы өте жақсы болып тұр екен."
TARGET = "Сегодня погода была очень хорошей, как говорят."
GOOD = side(TARGET, chance=0.7, status="ok", terms="khan:applied,law:missing")
LINKED = replace(GOOD, meaning="link")

CASES: list[tuple[str, FilterOptions, str, DataSide, str]] = [
    ("empty", FilterOptions(), SOURCE, side(""), "no text in ru"),
    ("empty", FilterOptions(), "", GOOD, "no text in kk"),
    ("empty", FilterOptions(), SOURCE, side(TARGET, status="draft"), "not translated yet"),
    ("review", FilterOptions(approved_only=True), SOURCE, GOOD, "no person approved it"),
    ("status", FilterOptions(statuses=("ok",)), SOURCE, replace(GOOD, status="suspect"), "status suspect"),
    ("flags", FilterOptions(flags=(ANY,)), SOURCE, replace(GOOD, flags=("long",)), "flags long"),
    ("flags", FilterOptions(flags=("cut",)), SOURCE, replace(GOOD, flags=("long", "cut")), "flags cut"),
    ("quality", FilterOptions(quality={"": 0.8}), SOURCE, GOOD, "quality 0.700 is below 0.8"),
    ("quality", FilterOptions(quality={"ru": 0.8, "": 0.1}), SOURCE, GOOD, "quality 0.700 is below 0.8"),
    ("quality", FilterOptions(quality={"": 0.1}), SOURCE, replace(GOOD, chance=None), "not scored"),
    ("quality", FilterOptions(link={"": 0.1}), SOURCE, replace(GOOD, chance=None), "not scored"),
    ("quality", FilterOptions(link={"": 0.8}), SOURCE, LINKED, "link 0.700 is below 0.8"),
    (
        "quality",
        FilterOptions(soundness={"en": 0.1, "ru": 0.9}),
        SOURCE,
        replace(GOOD, meaning="soundness"),
        "soundness 0.700 is below 0.9",
    ),
    ("identical", FilterOptions(drop_identical=True), "Астана!", side("«Астана»"), "are the same"),
    ("objects", FilterOptions(drop_objects=True), SOURCE, side("Тут \ufffc."), "the target has a mark"),
    ("objects", FilterOptions(drop_objects=True), "Бұл \ufffd еді.", GOOD, "the source has a mark"),
    ("length", FilterOptions(characters=Bounds(most=40)), SOURCE, GOOD, "the target has 47 characters"),
    ("length", FilterOptions(characters=Bounds(least=3)), "Ия", GOOD, "the source has 2 characters"),
    ("length", FilterOptions(words=Bounds(least=8)), SOURCE, GOOD, "the target has 7 words"),
    ("ratio", FilterOptions(ratio=2), "Бүгін ауа", GOOD, "47 characters beside 9"),
    ("script", FilterOptions(script=True), SOURCE, side("The weather"), "letters that are not of ru"),
    ("script", FilterOptions(script=True), "The weather is good", GOOD, "letters that are not of kk"),
    ("language", FilterOptions(language=True), TARGET, GOOD, "not in kk"),
    ("language", FilterOptions(language=True), SOURCE, side(SOURCE), "not in ru"),
]


@pytest.mark.parametrize(("name", "options", "source", "target", "reason"), CASES)
def test_a_filter_drops_with_its_reason(
    name: str, options: FilterOptions, source: str, target: DataSide, reason: str
) -> None:
    found = objection(entry(1, source, target), target, Bench(options=options))
    assert found is not None
    assert found[0] == name
    assert reason in found[1]


@pytest.mark.parametrize("options", {id(case[1]): case[1] for case in CASES}.values())
def test_a_good_approved_pair_passes(options: FilterOptions) -> None:
    good = replace(GOOD, chance=0.2, status="suspect", flags=("long",), approved=True)
    loose = replace(options, characters=Bounds(), words=Bounds())
    assert objection(entry(1, SOURCE, good), good, Bench(options=loose)) is None


TERMS = [
    ("contains:khan", True),
    ("contains:*", True),
    ("contains:other", False),
    ("satisfies:khan", True),
    ("satisfies:law", False),
    ("satisfies:*", False),
    ("satisfies:other", False),
    ("misses:law", True),
    ("misses:khan", False),
    ("misses:*", True),
]


@pytest.mark.parametrize(("test", "holds"), TERMS)
def test_terms_by_the_outcomes_of_the_row(test: str, *, holds: bool) -> None:
    tests = TermTests([parse_test(test)])
    bench = Bench(options=FilterOptions(), terms=tests)
    found = objection(entry(1, SOURCE, GOOD), GOOD, bench)
    assert (found is None) is holds


def test_terms_by_a_term_base() -> None:
    from egiz.glossary.termbase import load

    base = load("soviet-history")
    term = next(item for item in base.terms if item.wordings_in("kk") and item.accepted_in("ru"))
    source = f"Бұл {term.wordings_in('kk')[0].text} туралы."
    right = side(f"Это {term.accepted_in('ru')[0].text}.")
    tests = TermTests([TermTest(kind="satisfies", term=term.id)], base)
    assert tests.objection(entry(1, source, right), right) is None
    assert tests.objection(entry(1, source, side("Это другое.")), side("Это другое.")) is not None


@pytest.mark.parametrize("text", ["khan", "satisfies:", "satisfy:khan", ""])
def test_what_is_no_test_of_terms_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="--require-term"):
        parse_test(text)


def test_sentences_of_a_test_set_go() -> None:
    bench = Bench(options=FilterOptions(), unseen=HeldOut([TARGET]))
    near = side(TARGET.replace("как говорят", "говорят все"))
    assert objection(entry(1, SOURCE, GOOD), GOOD, bench) == ("unseen", "resembles a sentence of a test set")
    assert objection(entry(1, SOURCE, near), near, bench) is not None
    other = side("Совсем другое предложение о другом деле.")
    assert objection(entry(1, SOURCE, other), other, bench) is None


def test_a_limit_holds_for_numbers_of_its_meaning() -> None:
    bench = Bench(options=FilterOptions(quality={"": 0.8}, link={"": 0.6}))
    assert objection(entry(1, SOURCE, LINKED), LINKED, bench) is None
    assert objection(entry(1, SOURCE, GOOD), GOOD, bench) == ("quality", "quality 0.700 is below 0.8")


def test_every_filter_has_a_case() -> None:
    assert {item.name for item in FILTERS} == {case[0] for case in CASES} | {"terms", "unseen"}
