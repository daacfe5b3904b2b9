"""Terms told to the model: when its output with hints replaces the first one, and when not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from egiz.glossary.correct import Correction, CorrectOptions, Corrector, Draft, Mode, replay
from egiz.glossary.correct.harm import mostly_kept
from egiz.glossary.correct.outputs import hints_of
from egiz.glossary.records import TermBase
from egiz.parallel.build.terms import TermStage
from egiz.translate.errors import OptionError
from tests.glossary.test_correct import TERMS, FakeForcing, term

WORLD = (*TERMS, term("year", "оқу жылы", ["учебный год"], "school year"))
SOURCE, FIRST = "Қоғам жаңа оқу жылын күтті.", "Общество ждало начала учения."
END = len("Қоғам жаңа оқу жылын")
GOOD = "Общество ждало начала учебного года."


def corrected(
    outputs: Sequence[str],
    *,
    first: str = FIRST,
    mode: Mode = "safe",
    liked: Mapping[str, float] | None = None,
    meant: float = 2.0,
    options: CorrectOptions | None = None,
) -> tuple[Correction, FakeForcing]:
    forcing = FakeForcing(liked, retold={SOURCE: outputs}, meant={"учебного года": meant})
    options = replace(options or CorrectOptions(hypotheses=0, places=0, others=0), mode=mode)
    corrector = Corrector(WORLD, "kk", "ru", forcing=forcing, options=options)
    [found] = corrector.correct([Draft(source=SOURCE, hypotheses=(first,), logprobs=(-1.0,))])
    assert replay(first, found.edits) == found.text
    return found, forcing


def test_the_model_is_told_what_is_missing_and_says_it() -> None:
    found, forcing = corrected([GOOD])
    assert forcing.told == [(SOURCE, ((END, "учебный год"),))]
    assert found.text == GOOD
    assert [(edit.before, edit.after, edit.term, edit.rule) for edit in found.edits] == [
        ("учения.", "учебного года.", "year", "hinted")
    ]
    assert not found.left


@pytest.mark.parametrize("mode", ["safe", "eager"])
@pytest.mark.parametrize(
    "output",
    [
        pytest.param(FIRST, id="lacks the term still"),
        pytest.param("Народ ждал начала учебного года.", id="loses another term"),
        pytest.param("Общество ждало учебного года учебного года.", id="says it twice"),
        pytest.param("Учебного года.", id="leaves words out"),
        pytest.param("Society awaited a учебного года.", id="speaks another language"),
        pytest.param("Общество ждало к учебный год.", id="has a form that cannot stand there"),
    ],
)
def test_a_worse_output_is_not_taken(output: str, mode: Mode) -> None:
    found, forcing = corrected([output], mode=mode)
    assert forcing.told
    assert (found.text, found.edits) == (FIRST, ())
    assert [left.term for left in found.left] == ["year"]


def test_the_first_good_output_is_taken() -> None:
    assert corrected(["Общество.", GOOD, "Общество ждёт учебного года."])[0].text == GOOD


@pytest.mark.parametrize(
    ("liking", "is_taken"), [(-0.1, {"safe": True, "eager": True}), (-0.5, {"safe": False, "eager": True})]
)
@pytest.mark.parametrize("mode", ["safe", "eager"])
def test_the_model_must_find_it_likely_without_the_hint(
    liking: float, is_taken: Mapping[Mode, bool], mode: Mode
) -> None:
    found, _ = corrected([GOOD], mode=mode, liked={"учебного": liking})
    assert bool(found.edits) == is_taken[mode]


OTHER = "Общество с нетерпением предвкушало начало учебного года."


def test_only_eager_takes_an_output_in_other_words() -> None:
    assert not mostly_kept(FIRST, OTHER)
    assert not corrected([OTHER])[0].edits
    assert corrected([OTHER], mode="eager")[0].text == OTHER


def test_only_what_puts_the_term_in_is_taken_over() -> None:
    first = "Общество ждало начала сезона учения, наконец."
    output = "Социум ждало начала сезона учебного года, наконец."
    found, _ = corrected([output], first=first)
    assert found.text == "Общество ждало начала сезона учебного года, наконец."
    assert [(edit.before, edit.after) for edit in found.edits] == [("учения,", "учебного года,")]


def test_what_is_likelier_in_both_directions_is_taken_the_whole_or_the_terms_alone() -> None:
    first = "Общество уже очень давно ждало начала учения этой зимой."
    spliced, output = (
        f"Общество уже очень давно ждало начала учебного года этой {season}."
        for season in ("зимой", "весной")
    )
    assert corrected([output], first=first, liked={"весной": -0.1})[0].text == spliced
    assert corrected([output], first=first, liked={"весной": 0.1})[0].text == output
    assert not corrected([output], first=first, liked={"года этой": -0.5})[0].edits


@pytest.mark.parametrize(("meant", "is_taken"), [(2.0, True), (0.5, False), (-1.0, False)])
def test_the_source_must_be_likelier_given_the_output(meant: float, is_taken: bool) -> None:
    assert bool(corrected([GOOD], meant=meant)[0].edits) == is_taken
    assert corrected([GOOD], meant=meant, mode="eager")[0].edits


def test_a_single_word_that_nothing_says_is_meant_is_left() -> None:
    source, first, output = "Қыр өсті.", "Мечта росла.", "Балка росла."
    modes: tuple[Mode, ...] = ("safe", "eager")
    made = []
    for mode in modes:
        forcing = FakeForcing(retold={source: (output,)})
        options = CorrectOptions(mode=mode, places=0, others=0)
        corrector = Corrector(
            (term("ridge", "қыр", ["балка"], "ridge"),), "kk", "ru", forcing=forcing, options=options
        )
        [found] = corrector.correct([Draft(source=source, hypotheses=(first,), logprobs=(-1.0,))])
        made.append(found.text)
    assert made == [first, output]


def test_nothing_is_told_where_it_may_not_be_used() -> None:
    unasked = corrected([GOOD], mode="check")
    assert (unasked[0].edits, unasked[1].told) == ((), [])
    assert corrected([GOOD], options=CorrectOptions(hints=0, places=0, others=0))[1].told == []
    assert corrected([GOOD], first=GOOD)[1].told == []
    forcing = FakeForcing(retold={SOURCE: [GOOD]})
    corrector = Corrector(WORLD, "kk", "ru", forcing=forcing)
    corrector.correct([Draft(source=SOURCE, hypotheses=(FIRST,))])
    assert forcing.told == [], "it is not known that this model translated it"


def test_a_term_that_was_told_and_not_said_is_not_forced_by_another_search() -> None:
    wanted = CorrectOptions(places=0, others=0)
    forcing = FakeForcing(completed=" лет.", retold={SOURCE: [FIRST]})
    untold = FakeForcing(completed=" лет.")
    texts = [
        Corrector(WORLD, "kk", "ru", forcing=engine, options=replace(wanted, mode="eager"))
        .correct([Draft(source=SOURCE, hypotheses=(FIRST,), logprobs=(-1.0,))])[0]
        .text
        for engine in (forcing, untold)
    ]
    assert texts[0] == FIRST
    assert texts[1] != FIRST


def test_hints_are_settings_only_for_a_model_that_takes_them() -> None:
    base = TermBase(name="small", title="", licence="", terms=WORLD)
    plain = TermStage(base, "kk", ("ru",), forcing=FakeForcing()).signature
    taking = TermStage(base, "kk", ("ru",), forcing=FakeForcing(retold={})).signature
    off = TermStage(
        base, "kk", ("ru",), forcing=FakeForcing(retold={}), options=CorrectOptions(hints=0)
    ).signature
    assert plain == off
    assert "hints" not in plain
    assert taking == f"{plain};hints=2;told=0.3;back=4.0"
    with pytest.raises(OptionError, match="hints is -1"):
        CorrectOptions(hints=-1)


def test_hints_stand_where_the_engine_reads_the_words() -> None:
    source = "«Қоғам»   және реформа — қоғам."
    corrector = Corrector(TERMS, "kk", "ru")
    uses = corrector.checker.check(source, "")
    plain = '"Қоғам" және реформа - қоғам.'
    assert [plain[:stop] for stop, _ in hints_of(source, uses, "ru")] == [
        '"Қоғам',
        '"Қоғам" және реформа',
        '"Қоғам" және реформа - қоғам',
    ]
    assert [lemma for _, lemma in hints_of(source, uses, "ru")] == [
        "общество",
        "экономическая реформа",
        "общество",
    ]
    assert hints_of("қо\u00adғам бар", corrector.checker.check("қо\u00adғам бар", ""), "ru") == ()
