"""Exported files say the same to other programs: translate-toolkit, pyarrow, datasets, and our own readers.

translate-toolkit's package is called `translate`, as the folder of ours beside the tests is; so it runs in a
process of its own that does not see the checkout.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from egiz.parallel.bitext import read_bitext
from egiz.parallel.corpus.records import About, DataRow, plain_text
from egiz.parallel.corpus.writers import (
    METADATA,
    write_bare_table,
    write_jsonl,
    write_moses,
    write_parquet,
    write_tmx,
    write_xliff,
)
from tests.parallel.corpora import NASTY, entry, pairs, side

ABOUT = About(
    title="A & <B> \u202e",
    source_language="kk",
    target_languages=("ru",),
    licences=(("CC-BY-SA-4.0", "texts"),),
    version="0",
)
READER = """
import json, sys
from translate.storage import tmx, xliff2
kind, path = sys.argv[1:]
store = {"tmx": tmx.tmxfile, "xlf": xliff2.Xliff2File}[kind].parsefile(path)
units = [unit for unit in store.units if unit.istranslatable()]
print(json.dumps([[unit.source, unit.target] for unit in units]))
"""
_ANY = st.text(
    st.characters(codec="utf-16", categories=None)
    | st.sampled_from(
        "\0\x01\t\n\r\x0b\x1f\x7f\x85\u2028\ufffe\uffff\"'<>&]\u202e\u200f\ufeff\U0001f600\U0010ffff"
    )
)
TEXTS = st.lists(st.tuples(_ANY, _ANY).map(lambda pair: tuple(map(plain_text, pair))).filter(all), min_size=1)
quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def toolkit(kind: str, path: Path) -> list[tuple[str, str]]:
    made = subprocess.run(
        [sys.executable, "-I", "-c", READER, kind, str(path)], check=True, capture_output=True, text=True
    )
    return [(source, target) for source, target in json.loads(made.stdout)]


def ours(path: Path) -> list[tuple[str, str]]:
    return [(segment.source, segment.target) for segment in read_bitext(path, "kk", "ru")]


@pytest.fixture(scope="module")
def wild() -> list[tuple[str, str]]:
    """Nasty texts: those of the list, and each character that some format has a meaning or no place for."""
    marks = [
        chr(code) for code in (*range(0x20, 0x30), *range(0x3A, 0x41), *range(0x5B, 0x61), *range(0x7B, 0xC0))
    ]
    marks += [chr(code) for block in (0x2000, 0x2060, 0xFE00, 0xFFF0) for code in range(block, block + 16)]
    marks += ["\ud7ff", "\ue000", "\U00010000", "\U0010ffff", "\U000e0001", "\0", "\x1b", "\ud800"]
    made = [(f"а{mark}б {ord(mark):x}", f"{mark}в {ord(mark):x}{mark}") for mark in marks]
    return [(plain_text(source), plain_text(target)) for source, target in (*NASTY, *made)]


@pytest.mark.parametrize("kind", ["tmx", "xlf"])
def test_translate_toolkit_reads_the_same(tmp_path: Path, wild: list[tuple[str, str]], kind: str) -> None:
    pytest.importorskip("lxml")
    path = tmp_path / f"x.{kind}"
    if kind == "tmx":
        write_tmx(pairs(wild), ABOUT, path)
    else:
        write_xliff(pairs(wild), "ru", ABOUT, path)
    assert toolkit(kind, path) == wild
    assert ours(path) == wild


def test_pyarrow_reads_the_same(tmp_path: Path, wild: list[tuple[str, str]]) -> None:
    pyarrow = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "x.parquet"
    made = pairs(wild)
    made[1] = entry(2, "екі", side("два", chance=0.25, status="ok"))
    made[2] = entry(3, "үш", side("три", chance=0.5, status="ok", approved=True))
    write_parquet(made, ABOUT, path)
    table = pyarrow.read_table(path)
    assert table.column_names == ["id", "document", "kk", "ru", "ru.quality", "ru.status"]
    rows = table.to_pylist()
    assert [(row["kk"], row["ru"]) for row in rows] == [(item.source, item.sides[0].text) for item in made]
    assert [row["ru.quality"] for row in rows[:4]] == [None, 0.25, 0.5, None]
    assert [row["ru.status"] for row in rows[:4]] == [None, "ok", "approved", None]
    metadata = json.loads(table.schema.metadata[METADATA])
    assert metadata["licence"] == ["CC-BY-SA-4.0 (texts)"]
    assert metadata["title"] == [ABOUT.title]


def test_parquet_has_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pyarrow = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr("egiz.parallel.corpus.writers.ROW_GROUP", 3)
    made = pairs([(f"сөз {number}", f"слово {number}") for number in range(8)])
    write_parquet(made, ABOUT, tmp_path / "x.parquet")
    file = pyarrow.ParquetFile(tmp_path / "x.parquet")
    assert [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)] == [3, 3, 2]
    assert [row["id"] for row in file.read().to_pylist()] == [item.id for item in made]


@quick
@given(TEXTS)
def test_any_text_comes_back(tmp_path: Path, texts: Sequence[tuple[str, str]]) -> None:
    made, wanted = pairs(texts), list(texts)
    write_tmx(made, ABOUT, tmp_path / "x.tmx")
    assert ours(tmp_path / "x.tmx") == wanted
    write_xliff(made, "ru", ABOUT, tmp_path / "x.xlf")
    assert ours(tmp_path / "x.xlf") == wanted
    write_jsonl(made, ABOUT, tmp_path / "x.jsonl")
    with (tmp_path / "x.jsonl").open(encoding="utf-8", newline="\n") as lines:
        rows = [json.loads(line) for line in lines]
    assert [(row["kk"], row["ru"]) for row in rows] == wanted
    write_bare_table(made, ("kk", "ru"), tmp_path / "x.tsv")
    cells = (tmp_path / "x.tsv").read_bytes().decode("utf-8").split("\n")
    assert [tuple(line.split("\t")) for line in cells[:-1]] == wanted
    write_moses(made, "ru", tmp_path / "x.kk", tmp_path / "x.ru")
    sides = [(tmp_path / f"x.{tag}").read_text(encoding="utf-8").splitlines() for tag in ("kk", "ru")]
    assert list(zip(*sides, strict=True)) == wanted


@quick
@given(st.text(st.characters(categories=None, codec=None)))
def test_a_plain_text_is_one_and_stays_so(text: str) -> None:
    made = plain_text(text)
    assert plain_text(made) == made
    assert len(made.splitlines()) <= 1
    made.encode("utf-8")


@quick
@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_ids_of_any_kind_come_back_as_names(tmp_path: Path, name: str) -> None:
    item = DataRow(
        id=plain_text(name), document="d", source_language="kk", source="бір", sides=(side("один"),)
    )
    write_xliff([item], "ru", ABOUT, tmp_path / "x.xlf")
    [segment] = read_bitext(tmp_path / "x.xlf")
    assert segment.id in (item.id, "1")
    write_tmx([item], ABOUT, tmp_path / "x.tmx")
    [segment] = read_bitext(tmp_path / "x.tmx")
    assert segment.id == (item.id or "1")


def test_the_hub_folder_loads_with_default_settings(
    tmp_path: Path, wild: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = pytest.importorskip("datasets")
    from egiz.parallel.corpus import CorpusOptions
    from egiz.parallel.corpus.data import DATA_FORMATS, DataOptions, export_data
    from egiz.parallel.corpus.inputs import InputOptions
    from egiz.parallel.corpus.split import SplitOptions

    source = tmp_path / "source.tsv"
    lines = [
        f"d{number // 10}:1.{number}\t{kk}\t{ru}\t\n" for number, (kk, ru) in enumerate(wild) if kk and ru
    ]
    source.write_text("id\tkk\tru\ten\n" + "".join(lines), encoding="utf-8", newline="\n")
    options = DataOptions(
        inputs=InputOptions(licence="CC0-1.0"), corpus=CorpusOptions(split=SplitOptions(dev=10, test=10))
    )
    found = export_data([source], DATA_FORMATS["hf"], tmp_path / "hub", options)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    loaded = datasets.load_dataset(str(tmp_path / "hub"), cache_dir=str(tmp_path / "cache"))
    assert list(loaded) == ["train", "validation", "test"]
    counts = {name: part["rows"] for name, part in found.account.parts.items()}
    assert {name: len(part) for name, part in loaded.items()} == {
        "train": counts["train"],
        "validation": counts["dev"],
        "test": counts["test"],
    }
    rows = [(row["kk"], row["ru"]) for part in loaded.values() for row in part]
    assert set(rows) <= set(wild)
    assert len(rows) == sum(counts.values())
    card = (tmp_path / "hub" / "README.md").read_text(encoding="utf-8")
    assert "license:\n- cc0-1.0\n" in card
