"""Streams of sentences through memory and engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.translate.engine.protocol import Decoding
from egiz.translate.errors import LanguageError
from egiz.translate.ladder import Options
from egiz.translate.memory import Memory
from egiz.translate.records import Sentence
from egiz.translate.translator import WINDOW, Translator
from tests.translate.fakes import FakeEngine


def sentence(number: int, text: str) -> Sentence:
    return Sentence(id=f"d:1.{number}", document="d", paragraph=1, index=number, start=0, stop=1, text=text)


def sentences(texts: list[str]) -> Iterator[Sentence]:
    return (sentence(number, text) for number, text in enumerate(texts, start=1))


def echo() -> FakeEngine:
    return FakeEngine(lambda text, source, target, decoding: [f"{target}: {text}"])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["бір", "екі сөз", "1985", "үш — «төрт»", "бес…"]), max_size=3 * WINDOW))
def test_one_result_per_sentence_in_order(texts: list[str]) -> None:
    translator = Translator(echo(), "kk", ("ru", "en"))
    found = list(translator.translate(sentences(texts)))
    assert [row[0].sentence.text for row in found] == texts
    assert all([item.language for item in row] == ["ru", "en"] for row in found)


def test_a_text_without_words_stays_as_it_is_written() -> None:
    [[found]] = Translator(echo(), "kk", ("ru",)).translate(sentences(["70—80"]))
    assert (found.text, found.status) == ("70—80", "ok")


def test_equal_sentences_are_decoded_once() -> None:
    engine = echo()
    translator = Translator(engine, "kk", ("ru",), options=Options(rungs=()))
    found = list(translator.translate(sentences(["бір сөйлем бар"] * 10)))
    assert len(engine.asked) == 1
    assert len(found) == 10


def test_the_second_run_asks_the_engine_nothing(tmp_path: Path) -> None:
    texts = [f"Бұл сөйлемнің нөмірі мынадай {number}" for number in range(WINDOW + 7)]
    with Memory.open(tmp_path / "memory.sqlite") as memory:
        first = list(Translator(echo(), "kk", ("ru", "en"), memory=memory).translate(sentences(texts)))
    again = echo()
    with Memory.open(tmp_path / "memory.sqlite") as memory:
        second = list(Translator(again, "kk", ("ru", "en"), memory=memory).translate(sentences(texts)))
    assert again.asked == []
    assert all(item.remembered for row in second for item in row)
    assert not any(item.remembered for row in first for item in row)
    plain = [[(item.hypotheses, item.status, item.flags, item.attempts) for item in row] for row in first]
    assert plain == [
        [(item.hypotheses, item.status, item.flags, item.attempts) for item in row] for row in second
    ]


def test_an_interrupted_run_keeps_its_finished_windows(tmp_path: Path) -> None:
    texts = [f"Бұл сөйлемнің нөмірі мынадай {number}" for number in range(3 * WINDOW)]
    options = Options(rungs=())

    def lost(text: str, source: str, target: str, decoding: Decoding) -> list[str]:
        if text in texts[2 * WINDOW :]:
            raise KeyboardInterrupt
        return [text]

    with Memory.open(tmp_path / "memory.sqlite") as memory:
        translator = Translator(FakeEngine(lost), "kk", ("ru",), options=options, memory=memory)
        with pytest.raises(KeyboardInterrupt):
            list(translator.translate(sentences(texts)))
    engine = echo()
    with Memory.open(tmp_path / "memory.sqlite") as memory:
        translator = Translator(engine, "kk", ("ru",), options=options, memory=memory)
        assert len(list(translator.translate(sentences(texts)))) == len(texts)
    assert [asked[0] for asked in engine.asked] == texts[2 * WINDOW :]


@pytest.mark.parametrize(
    ("source", "targets", "message"),
    [
        ("kk", ("tr",), "this model has no 'tr'"),
        ("kk", ("rus",), "rus"),
        ("kk", ("kk",), "distinct"),
        ("kk", ("ru", "ru"), "distinct"),
        ("kk", (), "no target"),
    ],
)
def test_languages_that_do_not_fit_are_refused(source: str, targets: tuple[str, ...], message: str) -> None:
    with pytest.raises(LanguageError, match=message):
        Translator(echo(), source, targets)


def test_the_identity_names_engine_and_settings() -> None:
    identity = Translator(echo(), "kk", ("ru",)).identity
    assert identity.startswith("fake+fake-1+float32 ")
    assert "beam=5" in identity


def test_fast_and_exact_translations_do_not_mix_in_a_memory(tmp_path: Path) -> None:
    made = []
    with Memory.open(tmp_path / "memory.sqlite") as memory:
        for fast in (False, True, False, True):
            engine = FakeEngine(
                lambda text, source, target, decoding: [
                    f"{'Быстрый' if decoding.shortlist else 'Точный'} перевод."
                ]
            )
            options = Options(rungs=(), fast=fast)
            translator = Translator(engine, "kk", ("ru",), options=options, memory=memory)
            [[found]] = translator.translate(sentences(["Бұл аударма."]))
            made.append((found.text, "fast=beam 4, shortlist" in found.engine, len(engine.asked)))
    assert made == [
        ("Точный перевод.", False, 1),
        ("Быстрый перевод.", True, 1),
        ("Точный перевод.", False, 0),
        ("Быстрый перевод.", True, 0),
    ]
