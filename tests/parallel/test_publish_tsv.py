"""The published table: what is written, what is refused, and that reading gives it back."""

from __future__ import annotations

import io
import json
import tracemalloc
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.parallel.publish import MAX_CELL_CHARACTERS, PublishedRow, TsvWriter, read_tsv
from egiz.parallel.publish.tsv import MISSING
from egiz.parallel.rows import Row
from egiz.translate.errors import InputError, LanguageError, OptionError, OutputError
from egiz.translate.text import source_text, target_text

HEADER = (
    "id\tkk\tru\tru.quality\tru.status\tru.flags\tru.terms\tru.mt"
    "\ten\ten.quality\ten.status\ten.flags\ten.terms\ten.mt"
)
LINE = "d:1.1\tсөз\tслово\t0.512\tok\t\t\t\tword\t0.512\tok\t\t\t"
BROKEN = json.loads(
    (Path(__file__).parent.parent / "cases" / "broken_tables.json").read_text(encoding="utf-8")
)


def written(rows: list[Row]) -> str:
    stream = io.StringIO()
    writer = TsvWriter(stream, "kk", ("ru", "en"))
    for row in rows:
        writer.write(row)
    return stream.getvalue()


def with_texts(row: Row, source: str, target: str) -> Row:
    return replace(
        row, source=source, targets=tuple(replace(side, text=target, edits=()) for side in row.targets)
    )


def test_the_header_names_every_column_in_order(rows: list[Row]) -> None:
    assert written([]) == HEADER + "\n"


def test_cells_stand_as_specified(rows: list[Row]) -> None:
    lines = [line.split("\t") for line in written(rows).split("\n")]
    assert lines[-1] == [""]
    assert {len(line) for line in lines[:-1]} == {14}
    assert lines[1][:8] == [
        "qaita-quru:1.1",
        "«Қайта құру» саясаты 1985 ж. басталды.",
        "«Перестройка» началась в 1985 году.",
        "0.896",
        "ok",
        "",
        "",
        "",
    ]
    assert lines[3][2:8] == ["Ханство создано.", "0.748", "ok", "", "", "Королевство создано."]
    assert lines[6][2:] == [
        "",
        "",
        "failed",
        "empty",
        "",
        "",
        "The the the the the.",
        "0.235",
        "suspect",
        "repeated,long",
        "",
        "",
    ]
    assert lines[7][1:3] == ["5″ құбыр", "Труба 5″"]


def test_a_word_that_means_missing_is_followed_by_a_space_that_reading_takes_off(
    rows: list[Row], tmp_path: Path
) -> None:
    path = tmp_path / "missing.tsv"
    texts = sorted(MISSING)
    path.write_text(
        written([with_texts(rows[0], text, text) for text in texts]), encoding="utf-8", newline="\n"
    )
    cells = [line.split("\t")[1] for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    assert cells == [f"{text} " for text in texts]
    assert [(row.source, row.targets[0].text) for row in read_tsv(path)] == [(text, text) for text in texts]


def test_reading_gives_back_what_was_written(rows: list[Row], tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    path.write_text(written(rows), encoding="utf-8", newline="\n")
    read = list(read_tsv(path))
    assert [_as_published(row) for row in rows] == [_as_tuple(row) for row in read]
    assert {row.source_language for row in read} == {"kk"}
    assert [side.language for side in read[0].targets] == ["ru", "en"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1), st.text()), min_size=1, max_size=5))
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], texts: list[tuple[str, str]]
) -> None:
    made = [
        with_texts(rows[0], source_text(source, "kk") or "сөз", target_text(target, "ru"))
        for source, target in texts
    ]
    path = tmp_path_factory.getbasetemp() / "any.tsv"
    path.write_bytes(written(made).encode("utf-8"))
    assert [_as_published(row) for row in made] == [_as_tuple(row) for row in read_tsv(path)]


def _as_published(row: Row) -> tuple[object, ...]:
    sides = [
        (
            side.text,
            None if side.quality is None else round(side.quality, 3),
            side.status,
            side.flags,
            "",
            side.machine,
        )
        for side in row.targets
    ]
    return (row.id, row.source, *sides)


def _as_tuple(row: PublishedRow) -> tuple[object, ...]:
    sides = [
        (side.text, side.quality, side.status, side.flags, side.terms, side.machine) for side in row.targets
    ]
    return (row.id, row.source, *sides)


@pytest.mark.parametrize(
    "text",
    ["a\tb", "a\nb", 'a"b', "a\u2028b", "a\x85b", "'a", " a", "a ", "a\x00b", "и\u0306", "a\ud800"],
    ids=ascii,
)
def test_a_cell_that_some_reader_would_misread_is_refused(rows: list[Row], text: str) -> None:
    with pytest.raises(OutputError, match=r"row 'qaita-quru:1\.1', column 'ru'"):
        written([with_texts(rows[0], "сөз", text)])


def test_a_cell_longer_than_csv_reads_is_refused(rows: list[Row]) -> None:
    assert written([with_texts(rows[0], "ә" * MAX_CELL_CHARACTERS, "б")])
    with pytest.raises(OutputError, match="131,073 characters"):
        written([with_texts(rows[0], "ә" * (MAX_CELL_CHARACTERS + 1), "б")])


def test_an_empty_source_is_refused(rows: list[Row]) -> None:
    with pytest.raises(OutputError, match="an empty cell"):
        written([with_texts(rows[0], "", "б")])


def test_a_row_in_other_languages_is_refused(rows: list[Row]) -> None:
    writer = TsvWriter(io.StringIO(), "kk", ("en", "ru"))
    with pytest.raises(ValueError, match="the table in"):
        writer.write(rows[0])


def test_languages_that_make_no_table_are_refused() -> None:
    for source, targets in (("kk", ()), ("kk", ("kk",)), ("kk", ("ru", "ru"))):
        with pytest.raises(OptionError):
            TsvWriter(io.StringIO(), source, targets)
    with pytest.raises(LanguageError):
        TsvWriter(io.StringIO(), "kk", ("xx",))


def test_indonesian_does_not_take_the_name_of_the_id_column(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        TsvWriter(stream, "kk", ("id",))
        stream.write("d:1.1\tсөз\tkata\t0.512\tok\t\t\t\n")
    assert path.read_text(encoding="utf-8").startswith("id\tkk\tid-Latn\tid-Latn.quality\t")
    assert [row.targets[0].language for row in read_tsv(path)] == ["id"]


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case["why"])
def test_a_broken_table_is_named_by_file_and_line(case: dict[str, str], tmp_path: Path) -> None:
    content = case["content"].replace("<HEADER>", HEADER).replace("<LINE>", LINE)
    path = tmp_path / "broken.tsv"
    path.write_bytes(content.encode(case.get("encoding", "utf-8")))
    with pytest.raises(InputError) as caught:
        list(read_tsv(path))
    assert str(caught.value).startswith(f"{path}{case['place']}")
    assert case["says"] in str(caught.value)


def test_a_table_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        next(read_tsv(tmp_path / "none.tsv"))


def test_memory_does_not_grow_with_the_rows(rows: list[Row], tmp_path: Path) -> None:
    path = tmp_path / "long.tsv"

    def peak(count: int) -> int:
        tracemalloc.start()
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            writer = TsvWriter(stream, "kk", ("ru", "en"))
            for number in range(count):
                writer.write(rows[number % len(rows)])
        assert sum(1 for _ in islice(read_tsv(path), count)) == count
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(10)
    assert peak(5000) < peak(500) + 100_000
