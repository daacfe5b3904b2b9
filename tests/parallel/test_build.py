"""The main job with an engine that answers at once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from egiz.parallel.build.build import Progress, build
from egiz.parallel.build.flow import Stages, sentences_of
from egiz.parallel.publish import read_tsv
from egiz.translate.engine.protocol import EngineFacts
from egiz.translate.errors import EgizError, InputError, OutputError
from egiz.translate.memory import Memory
from egiz.translate.read import ReadOptions, read
from egiz.translate.split import split
from egiz.translate.translator import Translator
from tests.parallel.fakejob import MANIFEST
from tests.translate.fakes import FakeEngine

READING = ReadOptions(language="kk")
SEED = Path(__file__).resolve().parents[2] / "seeds" / "kk" / "qaita-quru.txt"


def engine() -> FakeEngine:
    answer = {"ru": "Перевод этого предложения на русский язык", "en": "The translation of this sentence"}
    return FakeEngine(
        lambda text, source, target, decoding: [f"{answer[target]} {len(text)}."],
    )


def run(source: Path, output: Path, memory: Memory | None = None, using: FakeEngine | None = None) -> None:
    translator = Translator(using or engine(), "kk", ("ru", "en"), memory=memory)
    build([source], output, translator, manifest=MANIFEST, reading=READING)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """The first lines of the seed, with the commonest of its flaws."""
    path = tmp_path / "text.txt"
    path.write_text("".join(SEED.read_text(encoding="utf-8").splitlines(keepends=True)[:9]), encoding="utf-8")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_document_that_is_not_held_gives_the_same_sentences_and_count() -> None:
    [document] = read(SEED, READING)
    told: list[int] = []
    found = [
        list(sentences_of([document], Stages(), lambda _, found: told.append(found.sentences), held=held))
        for held in (0, len(document.text))
    ]
    assert found[0] == found[1] == list(split(document))
    assert told == [len(found[0])] * 2


def test_the_engine_is_published_as_it_names_itself(tmp_path: Path) -> None:
    source = tmp_path / "text.txt"
    source.write_text("Бір сөйлем бар.\n", encoding="utf-8")
    odd = EngineFacts(fingerprint="ab+cd", program="made-up", version="4.8.0+rocm6", precision="int8 float32")
    run(source, tmp_path / "out", using=replace(engine(), facts=odd, identity=str(odd)))
    model = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))["egiz"]["model"]
    assert (model["engine"], model["precision"]) == ("made-up 4.8.0+rocm6", "int8 float32")


def test_rows_out_equal_sentences_in_on_the_seed(tmp_path: Path) -> None:
    run(SEED, tmp_path / "out")
    rows = list(read_tsv(tmp_path / "out" / "parallel.tsv"))
    [document] = read(SEED, READING)
    assert [row.id for row in rows] == [sentence.id for sentence in split(document)]
    assert len(rows) > 100
    assert sorted(contents(tmp_path / "out")) == [
        "README.md",
        "datapackage.json",
        "page.html",
        "parallel.tsv",
        "scores.tsv",
    ]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="абқә АБҚ.!?,:«»\"'1985ж\n\t-—()", min_size=1, max_size=400).filter(str.strip))
def test_rows_out_equal_sentences_in_on_any_text(tmp_path: Path, text: str) -> None:
    source = tmp_path / "text.txt"
    source.write_text(text, encoding="utf-8", newline="\n")
    [document] = read(source, READING)
    sentences = list(split(document))
    if not sentences:
        return
    run(source, tmp_path / "out")
    assert [row.id for row in read_tsv(tmp_path / "out" / "parallel.tsv")] == [item.id for item in sentences]


def test_two_runs_give_the_same_bytes_and_the_second_translates_nothing(text: Path, tmp_path: Path) -> None:
    with Memory.open(tmp_path / "memory.sqlite") as memory:
        run(text, tmp_path / "one", memory)
    second = engine()
    with Memory.open(tmp_path / "memory.sqlite") as memory:
        run(text, tmp_path / "two", memory, second)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert second.asked == []


def test_a_failing_build_leaves_the_last_one_in_place(text: Path, tmp_path: Path) -> None:
    run(text, tmp_path / "out")
    before = contents(tmp_path / "out")

    def stop(*_: object) -> list[str]:
        raise RuntimeError("engine lost")

    with pytest.raises(RuntimeError, match="engine lost"):
        run(text, tmp_path / "out", using=FakeEngine(stop))
    assert contents(tmp_path / "out") == before


def test_progress_ends_at_the_number_of_rows(text: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []
    translator = Translator(engine(), "kk", ("ru",))
    built = build(
        [text], tmp_path / "out", translator, manifest=MANIFEST, reading=READING, report=seen.append
    )
    assert (seen[0].documents, seen[0].total, seen[0].done) == (1, built.summary.sentences, 0)
    assert seen[-1].done == seen[-1].total == built.summary.sentences
    assert built.translated == built.summary.sentences


def test_several_documents_make_one_table_with_ids_of_their_own(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "text.txt").write_text("Бұл бір сөйлем. Бұл екінші.\n", encoding="utf-8")
    translator = Translator(engine(), "kk", ("ru",))
    build(
        [tmp_path / "a" / "text.txt", tmp_path / "b" / "text.txt"],
        tmp_path / "out",
        translator,
        manifest=MANIFEST,
        reading=READING,
    )
    rows = [row.id for row in read_tsv(tmp_path / "out" / "parallel.tsv")]
    assert rows == ["text:1.1", "text:1.2", "text-2:1.1", "text-2:1.2"]


@pytest.mark.parametrize(
    ("content", "message"), [(b"", "empty"), (b"\x00\x01\x02\x03" * 99, "binary"), (b"  \n ", "no text")]
)
def test_bad_input_publishes_nothing(tmp_path: Path, content: bytes, message: str) -> None:
    source = tmp_path / "text.txt"
    source.write_bytes(content)
    with pytest.raises(EgizError, match=message):
        run(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_sentence_no_reader_would_take_is_refused_before_translating(tmp_path: Path) -> None:
    source = tmp_path / "text.txt"
    source.write_text("сөз " * 250_000, encoding="utf-8")
    asked = engine()
    with pytest.raises(InputError, match=r"text:1\.1 .*a sentence of 999,999 characters; expected at most"):
        run(source, tmp_path / "out", using=asked)
    assert asked.asked == []


def test_a_folder_that_a_kill_left_without_manifest_is_taken_again(text: Path, tmp_path: Path) -> None:
    run(text, tmp_path / "out")
    whole = contents(tmp_path / "out")
    for name in ("datapackage.json", "README.md"):
        (tmp_path / "out" / name).unlink()
        run(text, tmp_path / "out")
        assert contents(tmp_path / "out") == whole
        (tmp_path / "out" / "datapackage.json").unlink()
    (tmp_path / "out" / "README.md").write_text("# Mine\n", encoding="utf-8")
    with pytest.raises(OutputError, match=r"README\.md: this file was not made by Egiz"):
        run(text, tmp_path / "out")


@pytest.mark.parametrize("number", [1, 2])
def test_the_title_is_the_table_s_and_a_single_source_s(tmp_path: Path, number: int) -> None:
    sources = [tmp_path / f"{place}.txt" for place in range(number)]
    for source in sources:
        source.write_text("Бұл бір сөйлем.\n", encoding="utf-8")
    reading = ReadOptions(language="kk", licence="CC0-1.0\n\udcff")
    translator = Translator(engine(), "kk", ("ru",))
    build(sources, tmp_path / "out", translator, manifest=MANIFEST, reading=reading, title="Екі\nмәтін\udcff")
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["title"] == "Екі мәтін\ufffd"
    titles = [source.get("title") for source in package["sources"]]
    assert ("Екі мәтін\ufffd" in titles) == (number == 1)
    assert {source["license"] for source in package["sources"]} == {"CC0-1.0 \ufffd"}
