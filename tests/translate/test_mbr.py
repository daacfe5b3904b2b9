"""Choosing by minimum Bayes risk: with engines that are told what to say, and with the starter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.translate.climb import climb
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.hardware import Hardware
from egiz.translate.engine.mbr import Mbr, ranked
from egiz.translate.engine.protocol import Decoding
from egiz.translate.errors import OptionError
from egiz.translate.ladder import Options
from egiz.translate.memory import Memory, Remembered
from egiz.translate.models import resolve
from egiz.translate.records import Sentence
from egiz.translate.translator import Translator
from tests.translate.fakes import FakeEngine, spoken

SOURCE = "Қоғамды реформалауға бағытталған шаралар жүйесі енді басталды."
COMMON = "Система мер, направленных на реформирование общества, теперь началась."
NEAR = "Система мер, направленных на реформу общества, теперь началась."
ODD = "Погода сегодня была хорошая, и мы поехали на море купаться."
LOOP = "Система мер мер мер мер мер мер мер мер мер мер мер мер мер мер мер мер."
MBR = Options(mbr=Mbr(), rungs=())


@dataclass(frozen=True)
class Likes:
    """Prefers outputs with a word in them."""

    word: str
    points: float = 100.0

    @property
    def signature(self) -> str:
        return f"likes:{self.word}"

    def bonus(self, text: str, output: str, *, source: str, target: str) -> float:
        return self.points * (self.word in output)


def run(engine: FakeEngine, options: Options = MBR, preference: Likes | None = None) -> Remembered:
    [found] = climb(engine, [SOURCE], source="kk", target="ru", options=options, preference=preference)
    return found


def by_variant(text: str, source: str, target: str, decoding: Decoding) -> Sequence[str]:
    """The plain search errs; the variants agree with each other but for a word."""
    if target == "en":
        return ["The system of measures has begun."]
    return [[ODD], [COMMON], [COMMON], [NEAR], [COMMON]][decoding.variant]


def test_the_candidate_that_the_others_agree_with_is_chosen() -> None:
    found = run(FakeEngine(by_variant))
    assert (found.status, found.hypotheses[0].text) == ("ok", COMMON)
    assert [item.text for item in found.hypotheses] == [COMMON, NEAR, ODD]
    assert [attempt.rung for attempt in found.attempts] == ["mbr"]


def test_beam_search_alone_takes_the_likeliest() -> None:
    assert run(FakeEngine(by_variant), Options(rungs=())).hypotheses[0].text == ODD


def test_candidates_come_from_all_searches() -> None:
    asked: list[tuple[str, Decoding]] = []

    def answer(text: str, source: str, target: str, decoding: Decoding) -> Sequence[str]:
        asked.append((f"{source}-{target}", decoding))
        return [COMMON]

    run(FakeEngine(answer), Options(mbr=Mbr(variants=2, dropout=0.2), rungs=()))
    assert [way for way, _ in asked] == ["kk-ru", "kk-ru", "kk-ru", "kk-en", "en-ru"]
    assert [(item.beam, item.hypotheses, item.dropout, item.variant) for _, item in asked] == [
        (10, 5, 0.0, 0),
        (5, 3, 0.2, 1),
        (5, 3, 0.2, 2),
        (5, 1, 0.0, 0),
        (5, 3, 0.0, 0),
    ]
    assert {item.length_penalty for _, item in asked} == {1.5}


def test_candidates_that_guards_object_to_neither_win_nor_vote() -> None:
    answers = [[LOOP], [LOOP], [LOOP], [LOOP], [COMMON]]
    found = run(FakeEngine(lambda text, source, target, decoding: answers[decoding.variant]))
    assert (found.status, [item.text for item in found.hypotheses]) == ("ok", [COMMON])


def test_what_stays_bad_is_tried_on_the_rungs() -> None:
    def answer(text: str, source: str, target: str, decoding: Decoding) -> Sequence[str]:
        return [COMMON if decoding.repetition_penalty > 1 else LOOP]

    found = run(FakeEngine(answer), Options(mbr=Mbr()))
    assert (found.status, found.hypotheses[0].text) == ("retried", COMMON)
    assert [attempt.rung for attempt in found.attempts] == ["mbr", "strict"]


def test_a_preference_decides_between_candidates() -> None:
    assert run(FakeEngine(by_variant), preference=Likes("реформу")).hypotheses[0].text == NEAR
    assert run(FakeEngine(by_variant), preference=Likes("реформу", 0.0)).hypotheses[0].text == COMMON


def test_of_equal_candidates_the_first_is_kept() -> None:
    first, second = spoken(COMMON, -0.5), spoken(COMMON, -0.1)
    assert ranked([first, second]) == [first]
    assert [item.text for item in ranked([spoken("аб"), spoken("вг")])] == ["аб", "вг"]
    assert ranked([]) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="абв ", max_size=8), min_size=1, max_size=8))
def test_ranking_loses_no_text_and_makes_none(texts: list[str]) -> None:
    found = [item.text for item in ranked([spoken(text) for text in texts])]
    assert sorted(found) == sorted(set(texts))


def test_the_memory_keeps_both_ways_apart(tmp_path: Path) -> None:
    sentence = Sentence(id="d:1.1", document="d", paragraph=1, index=1, start=0, stop=1, text=SOURCE)
    ways = [(Options(rungs=()), None), (MBR, None), (MBR, Likes("реформу")), (MBR, Likes("общества"))]
    engine = FakeEngine(by_variant)
    with Memory.open(tmp_path / "memory.sqlite") as memory:
        for _ in range(2):
            found = []
            for options, preference in ways:
                translator = Translator(
                    engine, "kk", ("ru",), options=options, memory=memory, preference=preference
                )
                [[item]] = translator.translate([sentence])
                found.append(item)
    assert [item.text for item in found] == [ODD, COMMON, NEAR, COMMON]
    assert all(item.remembered for item in found)
    assert len({item.engine for item in found}) == 4


def test_a_preference_changes_nothing_where_nothing_is_chosen() -> None:
    plain = Translator(FakeEngine(by_variant), "kk", ("ru",))
    assert Translator(FakeEngine(by_variant), "kk", ("ru",), preference=Likes("x")).identity == plain.identity


@pytest.mark.parametrize(
    "values", [{"beam": 0}, {"kept": 0}, {"kept": 11}, {"variants": -1}, {"variant_kept": 0}]
)
def test_settings_that_cannot_be_are_refused(values: dict[str, int]) -> None:
    with pytest.raises(OptionError):
        Mbr(**values)  # type: ignore[arg-type]


def test_every_setting_is_in_the_signature() -> None:
    made = [Mbr(), Mbr(beam=9), Mbr(variants=3), Mbr(dropout=0.2), Mbr(pivot=False), Mbr(kept=4)]
    assert len({Options(mbr=item).signature() for item in made}) == len(made)
    assert "mbr" not in Options().signature()


def test_the_starter_gives_the_same_with_any_neighbours_and_threads() -> None:
    texts = ["Ол үйге келді.", "Бүгін ауа райы жақсы, сондықтан біз далаға шықтық.", "Мектеп ашылды."]
    folder = resolve("starter", None)

    def outputs(texts: list[str], threads: int, batch_tokens: int = 2048) -> list[Remembered]:
        options = Options(decoding=Decoding(batch_tokens=batch_tokens), mbr=Mbr(variants=2))
        engine = CTranslate2Engine(folder, Hardware(device="cpu", threads=threads))
        return climb(engine, texts, source="kk", target="ru", options=options)

    together = outputs(texts, 2)
    assert outputs(texts[::-1], 1, 16)[::-1] == together
    assert [outputs([text], 2)[0] for text in texts] == together
