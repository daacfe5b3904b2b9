"""What a model says of a text does not depend on the texts beside it; and how batches see to that."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.translate.engine.batching import ROOM, batches, padded_length
from egiz.translate.engine.ctranslate2 import CTranslate2Engine, Recent
from egiz.translate.engine.forcing import CTranslate2Forcing
from egiz.translate.engine.hardware import Hardware
from egiz.translate.engine.protocol import Decoding
from egiz.translate.models import resolve
from egiz.translate.read import ReadOptions, read
from egiz.translate.records import Hypothesis
from egiz.translate.split import split
from egiz.translate.text import normalise

SEED = Path(__file__).resolve().parents[2] / "seeds" / "kk" / "qaita-quru.txt"
LENGTHS = st.lists(st.integers(2, 130) | st.integers(500, 600), max_size=70).map(
    lambda found: dict(enumerate(found))
)
AROUND = 2
"""Language code and end, which every source has besides its pieces."""
DECODINGS = st.builds(
    Decoding,
    batch_tokens=st.integers(1, 4096),
    length_factor=st.sampled_from((0.1, 1.0, 3.0)),
    length_extra=st.integers(1, 20),
)


@given(LENGTHS, DECODINGS, st.booleans())
def test_each_sentence_is_in_one_batch(lengths: dict[int, int], decoding: Decoding, own_caps: bool) -> None:
    plan = batches(lengths, decoding, own_caps=own_caps)
    assert sorted(place for batch in plan for place in batch.places) == list(lengths)


@given(LENGTHS, DECODINGS, st.booleans())
def test_a_batch_is_bounded_and_padded_to_the_length_of_each(
    lengths: dict[int, int], decoding: Decoding, own_caps: bool
) -> None:
    for batch in batches(lengths, decoding, own_caps=own_caps):
        own = [lengths[place] for place in batch.places]
        assert own == sorted(own, reverse=True)
        assert {padded_length(length) for length in own} == {batch.length}
        assert len(own) == 1 or len(own) * batch.length <= decoding.batch_tokens


@given(LENGTHS, DECODINGS)
def test_a_batch_has_the_cap_of_its_shortest_and_room_for_its_longest(
    lengths: dict[int, int], decoding: Decoding
) -> None:
    for batch in batches(lengths, decoding):
        own = [lengths[place] for place in batch.places]
        assert batch.cap == decoding.longest(own[-1])
        assert batch.cap >= min(ROOM * own[0], decoding.longest(own[0]))
    for batch in batches(lengths, decoding, own_caps=True):
        assert {decoding.longest(lengths[place]) for place in batch.places} == {batch.cap}


@given(st.integers(1, 2000))
def test_a_sentence_is_padded_by_less_than_its_half(tokens: int) -> None:
    assert tokens <= padded_length(tokens) <= max(16, 1.5 * tokens)
    assert padded_length(padded_length(tokens)) == padded_length(tokens)


@pytest.fixture(scope="module")
def engine() -> CTranslate2Engine:
    return CTranslate2Engine(resolve("starter"), Hardware(device="cpu", precision="int8"))


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Of several padded lengths."""
    [document] = read(SEED, ReadOptions(language="kk"))
    return [normalise(sentence.text) for sentence in split(document)][27:43]


def translated(
    engine: CTranslate2Engine, texts: list[str], decoding: Decoding
) -> list[tuple[Hypothesis, ...]]:
    return engine.translate(texts, source="kk", target="ru", decoding=decoding)


@pytest.mark.parametrize(
    ("decoding", "most"),
    [
        (Decoding(beam=3, hypotheses=3), 2),
        (Decoding(beam=3, hypotheses=3, no_repeat=3, repetition_penalty=1.2), 2),
        (Decoding(beam=3, hypotheses=3, length_factor=0.4, length_extra=1), 16),
    ],
    ids=["plain", "penalised", "cut off"],
)
def test_company_changes_neither_texts_nor_scores(
    engine: CTranslate2Engine, texts: list[str], decoding: Decoding, most: int
) -> None:
    together = dict(zip(texts, translated(engine, texts, decoding), strict=True))
    assert sum(not found[0].complete for found in together.values()) <= most
    shuffled = random.Random(1).sample(texts, len(texts))
    for company in (shuffled, texts[::2], texts[:1], texts[-1:]):
        assert translated(engine, company, decoding) == [together[text] for text in company]


def test_company_changes_no_completion_and_nothing_forced(
    engine: CTranslate2Engine, texts: list[str]
) -> None:
    forcing, decoding = CTranslate2Forcing(engine), Decoding(beam=2, hypotheses=2)
    best = [found[0].text for found in translated(engine, texts, decoding)]
    begun = [(text, said[: 3 * place]) for place, (text, said) in enumerate(zip(texts, best, strict=True))]
    said = list(zip(texts, best, strict=True))
    complete = forcing.complete(begun, source="kk", target="ru", decoding=decoding)
    spoken = forcing.token_scores(said, source="kk", target="ru")
    attended = forcing.align(said, source="kk", target="ru")
    for place in range(0, len(texts), 5):
        alone = forcing.complete([begun[place]], source="kk", target="ru", decoding=decoding)
        assert alone == [complete[place]]
        assert forcing.token_scores([said[place]], source="kk", target="ru") == [spoken[place]]
        assert forcing.align([said[place]], source="kk", target="ru") == [attended[place]]


def test_what_was_searched_for_is_found_again_with_its_whole_beam(
    engine: CTranslate2Engine, texts: list[str]
) -> None:
    """Asked for one hypothesis, the engine remembers all: the same that another search finds."""
    forcing, few = CTranslate2Forcing(engine), texts[:6]
    decoding = Decoding(beam=3, hypotheses=3)
    items = [(text, "") for text in few]
    searched = forcing.complete(items, source="kk", target="ru", decoding=decoding)
    engine.recent = Recent(4)
    try:
        translated(engine, few, replace(decoding, hypotheses=1))
        held = forcing.complete(items, source="kk", target="ru", decoding=decoding)
        assert held == searched
    finally:
        engine.recent = Recent(0)


def test_what_runs_into_the_cap_of_its_batch_has_its_own(engine: CTranslate2Engine) -> None:
    """A beginning longer than the other sentence's cap, shorter than the sentence's own."""
    forcing, decoding = CTranslate2Forcing(engine), Decoding(beam=2, hypotheses=2)
    longer, shorter = ("бір екі үш " * words for words in (15, 11))
    lengths = [engine.count(text) + AROUND for text in (longer, shorter)]
    assert [len(batch.places) for batch in batches(dict(enumerate(lengths)), decoding)] == [2]
    begun = "да, " * ((decoding.longest(lengths[1]) + 4) // 2)
    assert decoding.longest(lengths[1]) < engine.count(begun) < decoding.longest(lengths[0])
    items = [(longer, begun), (shorter, "")]
    together = forcing.complete(items, source="kk", target="ru", decoding=decoding)
    assert together == [
        forcing.complete([item], source="kk", target="ru", decoding=decoding)[0] for item in items
    ]
    assert len(together[0][0].tokens) > decoding.longest(lengths[1])


@pytest.mark.parametrize("precision", ["int8", "float32"])
def test_a_text_by_itself_is_the_same_at_any_precision(precision: str, texts: list[str]) -> None:
    """What docs/robustness.md promises of ``batch_tokens=1``."""
    engine = CTranslate2Engine(resolve("starter"), Hardware(device="cpu", precision=precision))
    decoding = Decoding(beam=2, hypotheses=2, batch_tokens=1)
    found = translated(engine, texts[:4], decoding)
    assert translated(engine, texts[2::-1], decoding) == found[2::-1]
