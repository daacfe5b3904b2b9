"""Batches: nobody is left out, and no sentence's output depends on which others it is decoded with."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.translate import ctranslate2_engine
from egiz.translate.batching import ROOM, alike, mixed
from egiz.translate.ctranslate2_engine import CTranslate2Engine, Hardware
from egiz.translate.engine import Decoding
from egiz.translate.models import resolve
from egiz.translate.punctuation import normalise
from egiz.translate.read import ReadOptions, read
from egiz.translate.split import split

SEED = Path(__file__).resolve().parents[2] / "seeds" / "kk" / "qaita-quru.txt"
LENGTHS = st.lists(st.integers(2, 130), max_size=70).map(lambda found: dict(enumerate(found)))
DECODINGS = st.builds(
    Decoding,
    batch_tokens=st.integers(1, 4096),
    length_factor=st.sampled_from((0.1, 1.0, 3.0)),
    length_extra=st.integers(1, 20),
)


@given(LENGTHS, DECODINGS)
def test_each_sentence_is_in_one_batch(lengths: dict[int, int], decoding: Decoding) -> None:
    for plan in (alike, mixed):
        places = [place for batch in plan(lengths, decoding) for place in batch.places]
        assert sorted(places) == list(lengths)


@given(LENGTHS, DECODINGS)
def test_sentences_alike_have_their_own_cap(lengths: dict[int, int], decoding: Decoding) -> None:
    for batch in alike(lengths, decoding):
        assert {decoding.longest(lengths[place]) for place in batch.places} == {batch.cap}


@given(LENGTHS, DECODINGS)
def test_a_mixed_batch_is_bounded_and_has_room(lengths: dict[int, int], decoding: Decoding) -> None:
    for batch in mixed(lengths, decoding):
        own = [lengths[place] for place in batch.places]
        assert own == sorted(own, reverse=True)
        assert len(own) == 1 or len(own) * own[0] <= decoding.batch_tokens
        assert batch.cap == decoding.longest(own[-1])
        assert batch.cap >= min(ROOM * own[0], decoding.longest(own[0]))


@pytest.mark.parametrize(("length_factor", "ended"), [(3.0, 20), (0.5, 0)])
def test_a_large_model_says_what_it_says_in_batches_of_one_length(
    monkeypatch: pytest.MonkeyPatch, length_factor: float, ended: int
) -> None:
    """By the second row all searches run into the cap of their first batch, and are done again."""
    [document] = read(SEED, ReadOptions(language="kk"))
    texts = [normalise(sentence.text) for sentence in split(document)][:24]
    decoding = Decoding(beam=3, hypotheses=2, length_factor=length_factor)
    found = []
    for small in (ctranslate2_engine._SMALL_MODEL, 0):
        monkeypatch.setattr(ctranslate2_engine, "_SMALL_MODEL", small)
        engine = CTranslate2Engine(resolve("starter"), Hardware(device="cpu"))
        found.append(engine.translate(texts, source="kk", target="ru", decoding=decoding))
    assert found[0] == found[1]
    assert sum(best.complete for best, _ in found[0]) >= ended
