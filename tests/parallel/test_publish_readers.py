"""The published table gives the same cells to every reader, with its default settings."""

from __future__ import annotations

import csv
import io
import json
import math
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.parallel.publish import TsvWriter
from egiz.parallel.publish.tsv import MISSING
from egiz.parallel.rows import Row
from egiz.translate.text import source_text, target_text

Table = tuple[list[str], list[list[Any]]]
Reader = Callable[[Path], Table]

CASES = json.loads(
    (Path(__file__).parent.parent / "cases" / "published_texts.json").read_text(encoding="utf-8")
)
AWKWARD = [
    *(case["published"] for case in CASES),
    *sorted(MISSING),
    *[
        "#",
        "# a",
        "a # b",
        "//",
        "\\",
        "\\n",
        "a\\",
        "\\'",
        "''",
        "“",
        "«",
        ";",
        "a;b",
        "a,b,c",
        "a|b",
        "=1+1",
        "-5",
        "@x",
    ],
    *[
        "007",
        "1e5",
        "1,5",
        "true",
        "2020-01-01",
        "12:30",
        "\ufeffсөз",
        "\u0301a",
        "\U0010ffff",
        "\uffff",
        "\u200b",
    ],
    *["'Hello'", "'x", "'a' 'b'", "it's", "сөз " * 20_000],
]
ANY_TEXT = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("\"'\t\n\r#\\;,|0 1.-")), min_size=1, max_size=12
)


def read_csv(path: Path) -> Table:
    with path.open(encoding="utf-8", newline="") as stream:
        header, *lines = csv.reader(stream, delimiter="\t")
    return header, lines


def read_pandas(path: Path) -> Table:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pandas.read_csv(path, sep="\t")
    return list(frame.columns), frame.astype(object).to_numpy().tolist()


def read_polars(path: Path) -> Table:
    polars = pytest.importorskip("polars", reason="polars is not installed")
    frame = polars.read_csv(path, separator="\t")
    return frame.columns, [list(row) for row in frame.rows()]


def read_duckdb(path: Path) -> Table:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    with duckdb.connect() as connection:
        relation = connection.sql(f"SELECT * FROM read_csv('{path}', delim='\t')")
        return relation.columns, [list(row) for row in relation.fetchall()]


def read_datasets(path: Path) -> Table:
    datasets = pytest.importorskip("datasets", reason="datasets is not installed")
    datasets.disable_progress_bars()
    cache = str(path.parent / "cache")
    table = datasets.load_dataset("csv", data_files=str(path), delimiter="\t", cache_dir=cache, split="train")
    return table.column_names, [list(row.values()) for row in table]


READERS: dict[str, Reader] = {
    "csv": read_csv,
    "pandas": read_pandas,
    "polars": read_polars,
    "duckdb": read_duckdb,
    "datasets": read_datasets,
}
all_readers = pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())


def texts_of(row: Row, texts: list[str]) -> list[Row]:
    """The row itself, so that no column holds numbers alone, then one row per text."""
    made = [row]
    for text in texts:
        sides = [replace(side, text=target_text(text, side.language), edits=()) for side in row.targets]
        made.append(replace(row, source=source_text(text, "kk") or "сөз", targets=tuple(sides)))
    return made


def write(path: Path, rows: list[Row]) -> Table:
    """Write the table; give the cells as ``split`` sees them."""
    stream = io.StringIO()
    writer = TsvWriter(stream, "kk", ("ru", "en"))
    for row in rows:
        writer.write(row)
    path.write_bytes(stream.getvalue().encode("utf-8"))
    header, *lines = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
    return header, lines


def alike(found: Table, expected: Table) -> None:
    """Same names, same rows, same cells: missing counts as empty, a quality as the number it is."""
    assert found[0] == expected[0]
    assert len(found[1]) == len(expected[1])
    for mine, theirs in zip(expected[1], found[1], strict=True):
        for name, cell, value in zip(expected[0], mine, theirs, strict=True):
            missing = value is None or (isinstance(value, float) and math.isnan(value))
            if cell and name.endswith(".quality"):
                assert float(value) == float(cell)
            else:
                assert ("" if missing else value) == cell


@all_readers
def test_awkward_texts(reader: Reader, rows: list[Row], tmp_path: Path) -> None:
    path = tmp_path / "awkward.tsv"
    expected = write(path, texts_of(rows[0], AWKWARD))
    alike(reader(path), expected)


@all_readers
def test_the_sample(reader: Reader, rows: list[Row], tmp_path: Path) -> None:
    path = tmp_path / "sample.tsv"
    expected = write(path, rows)
    alike(reader(path), expected)


@all_readers
def test_many_random_texts(reader: Reader, rows: list[Row], tmp_path: Path) -> None:
    source = random.Random(1465)
    marks = "'\"\t\n #\\;,|0123.-aәЖ«»“”\u2028\u00a0\u0301\u200d👧"
    texts = ["".join(source.choices(marks, k=source.randint(1, 15))) for _ in range(3000)]
    path = tmp_path / "random.tsv"
    expected = write(path, texts_of(rows[0], texts))
    alike(reader(path), expected)


@pytest.mark.parametrize("name", ["csv", "pandas", "polars", "duckdb"])
@settings(max_examples=40, deadline=None)
@given(texts=st.lists(ANY_TEXT, min_size=1, max_size=6))
def test_any_texts(
    name: str, rows: list[Row], tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / f"{name}.tsv"
    expected = write(path, texts_of(rows[0], texts))
    alike(READERS[name](path), expected)


@all_readers
def test_one_text_in_apostrophes_does_not_change_how_the_table_is_read(
    reader: Reader, rows: list[Row], tmp_path: Path
) -> None:
    path = tmp_path / "apostrophes.tsv"
    expected = write(path, texts_of(rows[0], ["'Hello'", *["сөз"] * 50, "'x"]))
    alike(reader(path), expected)


def test_pandas_has_no_other_words_for_missing() -> None:
    parsers = pytest.importorskip("pandas._libs.parsers", reason="pandas is not installed")
    assert parsers.STR_NA_VALUES - {""} == MISSING


@pytest.mark.parametrize("name", ["pandas", "polars", "datasets"])
@pytest.mark.xfail(
    strict=True, raises=AssertionError, reason="readers guess numbers where a whole column looks so"
)
def test_known_limit_a_column_of_numbers_alone(name: str, rows: list[Row], tmp_path: Path) -> None:
    path = tmp_path / "numbers.tsv"
    expected = write(path, texts_of(rows[0], ["1985", "007"])[1:])
    alike(READERS[name](path), expected)


def test_known_limit_a_column_that_begins_after_ten_thousand_rows(rows: list[Row], tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="datasets is not installed")
    path = tmp_path / "late.tsv"
    flagged = replace(rows[0], targets=tuple(replace(side, flags=("long",)) for side in rows[0].targets))
    write(path, [rows[0]] * 10_000 + [flagged])
    with pytest.raises(datasets.exceptions.DatasetGenerationError):
        read_datasets(path)
