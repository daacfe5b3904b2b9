"""Translations that people approved go before those of any engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from egiz.translate.ladder import Options
from egiz.translate.memory import HUMAN, Memory, NoMemory, human_key, human_translation
from egiz.translate.records import Sentence, Translation
from egiz.translate.translator import Translator
from tests.translate.fakes import FakeEngine


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with Memory.open(tmp_path / "memory.sqlite") as opened:
        opened.put([(human_key("Бір «сөйлем» бар", "kk", "ru"), human_translation("Есть одно предложение"))])
        yield opened


def translated(memory: Memory | NoMemory, engine: FakeEngine, *texts: str) -> list[tuple[Translation, ...]]:
    sentences = (
        Sentence(id=f"d:1.{n}", document="d", paragraph=1, index=n, start=0, stop=1, text=text)
        for n, text in enumerate(texts, start=1)
    )
    translator = Translator(
        engine, "kk", ("ru", "en"), options=Options(rungs=()), memory=memory, approved=True
    )
    return list(translator.translate(sentences))


def echo(identity: str = "fake") -> FakeEngine:
    return FakeEngine(lambda text, source, target, decoding: [f"{target}: {text}"], identity=identity)


def test_the_engine_is_not_asked_and_the_translation_says_who_made_it(memory: Memory) -> None:
    engine = echo()
    [(russian, english), (other, _)] = translated(memory, engine, 'Бір "сөйлем" бар', "Екі сөйлем бар")
    assert (russian.text, russian.status, russian.engine) == ("Есть одно предложение", "ok", HUMAN)
    assert russian.remembered
    assert (english.engine, other.engine) == (f"fake {Options(rungs=()).signature()}",) * 2
    assert ('Бір "сөйлем" бар', "kk", "ru") not in engine.asked
    assert ('Бір "сөйлем" бар', "kk", "en") in engine.asked


@pytest.mark.parametrize("identity", ["one", "another"])
def test_every_engine_gives_way_even_with_a_translation_of_its_own(memory: Memory, identity: str) -> None:
    translated(memory, echo(identity), "Екі сөйлем бар")
    memory.put([(human_key("Екі сөйлем бар", "kk", "ru"), human_translation("Два предложения"))])
    [(russian, _)] = translated(memory, echo(identity), "Екі сөйлем бар")
    assert russian.text == "Два предложения"


def test_without_a_memory_the_engine_speaks() -> None:
    [(russian, _)] = translated(NoMemory(), echo(), 'Бір "сөйлем" бар')
    assert russian.text == 'ru: Бір "сөйлем" бар'


def test_a_text_without_words_can_be_approved_too(memory: Memory) -> None:
    memory.put([(human_key("«70»—80", "kk", "ru"), human_translation("70-е и 80-е"))])
    [(russian, english)] = translated(memory, echo(), '"70"—80')
    assert (russian.text, english.text) == ("70-е и 80-е", '"70"—80')
