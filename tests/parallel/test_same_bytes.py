"""A build ends with the same bytes, whatever the memory holds when it begins."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from egiz.parallel.build.build import build
from egiz.parallel.scores import ScoreStage
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.forcing import CTranslate2Forcing
from egiz.translate.engine.hardware import Hardware
from egiz.translate.engine.protocol import Decoding
from egiz.translate.ladder import Options
from egiz.translate.memory import Memory, NoMemory
from egiz.translate.models import resolve
from egiz.translate.read import ReadOptions, read
from egiz.translate.split import split
from egiz.translate.translator import WINDOW, Translator

SEED = Path(__file__).resolve().parents[2] / "seeds" / "kk" / "qaita-quru.txt"
READING = ReadOptions(language="kk")


@pytest.fixture(scope="module")
def engine() -> CTranslate2Engine:
    return CTranslate2Engine(resolve("starter"), Hardware(device="cpu", precision="int8"))


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    """Short ones and some long ones, more than one window of the translator: windows fall otherwise too."""
    [document] = read(SEED, READING)
    texts = [sentence.text for sentence in split(document)]
    by_length = sorted(texts, key=len)
    chosen = {*by_length[: WINDOW - 2], *by_length[-6:]}
    return [text for text in texts if text in chosen]


@pytest.fixture(scope="module")
def fresh(
    engine: CTranslate2Engine, sentences: list[str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    return built(engine, sentences, tmp_path_factory.mktemp("fresh"), NoMemory())


def built(
    engine: CTranslate2Engine, sentences: list[str], folder: Path, memory: Memory | NoMemory
) -> dict[str, bytes]:
    """What a build of these sentences publishes."""
    folder.mkdir(exist_ok=True)
    source = folder / "text.txt"
    source.write_text("\n\n".join(sentences), encoding="utf-8")
    options = Options(decoding=Decoding(beam=2, hypotheses=2))
    translator = Translator(engine, "kk", ("en",), options=options, memory=memory)
    scores = ScoreStage.of_engine(
        engine,
        CTranslate2Forcing(engine),
        "normal",
        fingerprint=engine.manifest.fingerprint,
        memory=memory,
    )
    build([source], folder / "out", translator, manifest=engine.manifest, reading=READING, scores=scores)
    return {path.name: path.read_bytes() for path in (folder / "out").iterdir()}


def first_half(sentences: list[str]) -> list[str]:
    return sentences[:30]


def every_third_shuffled(sentences: list[str]) -> list[str]:
    return random.Random(1).sample(sentences[::3], len(sentences[::3]))


@pytest.mark.parametrize("earlier", [first_half, every_third_shuffled])
def test_what_is_remembered_changes_no_byte(
    engine: CTranslate2Engine,
    sentences: list[str],
    fresh: dict[str, bytes],
    tmp_path: Path,
    earlier: type[list[str]],
) -> None:
    with Memory.open(tmp_path / "memory.sqlite") as memory:
        built(engine, earlier(sentences), tmp_path / "earlier", memory)
        assert built(engine, sentences, tmp_path / "whole", memory) == fresh
