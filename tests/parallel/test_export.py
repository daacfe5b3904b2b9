"""Exporting: which format, which columns, where to, and that equal tables give equal bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from egiz.parallel.cli.export import command
from egiz.parallel.corpus.formats import FORMATS, format_named, format_of, write_book
from egiz.parallel.publish.destination import LEDGER
from egiz.parallel.publish.published import open_published
from egiz.parallel.rows import Row
from egiz.translate.errors import InputError, OptionError, OutputError
from egiz.translate.read import ReadOptions, read_all
from tests.parallel.conftest import Publish


@pytest.fixture
def table(tmp_path: Path, rows: list[Row], publish: Publish) -> Path:
    return publish(tmp_path / "out", rows)


@pytest.mark.parametrize("name", FORMATS)
def test_equal_tables_give_equal_bytes(
    table: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = write_book(open_published(table), FORMATS[name], tmp_path / f"one.{name}").read_bytes()
    monkeypatch.setenv("TZ", "Asia/Almaty")
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert write_book(open_published(table), FORMATS[name], tmp_path / f"two.{name}").read_bytes() == one


@pytest.mark.parametrize("name", FORMATS)
def test_every_sentence_can_be_read_back(table: Path, tmp_path: Path, name: str) -> None:
    path = write_book(open_published(table), FORMATS[name], tmp_path / f"book.{name}")
    [document] = read_all([path], ReadOptions(language="kk"))
    blocks = document.text.split("\n\n")
    published = list(open_published(table).rows())
    for row in published:
        for text in (row.source, *(target.text for target in row.targets if target.text)):
            assert text in blocks
    places = [blocks.index(row.source) for row in published if len(row.source) > 4]
    assert places == sorted(places)


@pytest.mark.parametrize("name", FORMATS)
def test_columns_can_be_chosen_and_ordered(table: Path, tmp_path: Path, name: str) -> None:
    path = write_book(open_published(table), FORMATS[name], tmp_path / f"book.{name}", ["en", "kk"])
    [document] = read_all([path], ReadOptions(language="kk"))
    blocks = document.text.split("\n\n")
    assert blocks.index("Хандық құрылды.") == blocks.index("‘The khanate’ was founded — so…") + 1
    assert "Ханство создано." not in blocks


@pytest.mark.parametrize("name", FORMATS)
def test_a_table_alone_is_exported_too(table: Path, tmp_path: Path, name: str) -> None:
    lone = tmp_path / "lone.tsv"
    lone.write_bytes(table.read_bytes())
    path = write_book(open_published(lone), FORMATS[name], tmp_path / f"book.{name}")
    [document] = read_all([path], ReadOptions(language="kk"))
    assert "lone" in document.text


@pytest.mark.parametrize(
    ("languages", "says"),
    [(["de"], "the table has no 'de'; expected kk or ru or en"), (["ru", "ru"], "twice"), (["xx"], "xx")],
)
def test_columns_that_are_not_there_are_refused(
    table: Path, tmp_path: Path, languages: list[str], says: str
) -> None:
    with pytest.raises(OptionError, match=says):
        write_book(open_published(table), FORMATS["epub"], tmp_path / "book.epub", languages)
    assert not (tmp_path / "book.epub").exists()


def test_the_table_itself_is_never_the_output(table: Path) -> None:
    before = table.read_bytes()
    with pytest.raises(OptionError, match="is the input of this export"):
        write_book(open_published(table), FORMATS["epub"], table.parent / "." / table.name)
    assert table.read_bytes() == before


@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_table_leaves_the_old_file(table: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"book.{name}"
    write_book(open_published(table), FORMATS[name], path)
    old = path.read_bytes()
    table.write_bytes(table.read_bytes() + b"cut")
    with pytest.raises(InputError, match="cut off"):
        write_book(open_published(table), FORMATS[name], path)
    assert path.read_bytes() == old
    assert sorted(place.name for place in tmp_path.iterdir()) == [LEDGER, path.name, "out"]


@pytest.mark.parametrize("name", FORMATS)
def test_a_book_takes_the_place_of_none_but_its_like(table: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"book.{name}"
    for _ in range(2):
        write_book(open_published(table), FORMATS[name], path)
    for content in (path.read_bytes() + b"corrected by hand", b"mine"):
        path.write_bytes(content)
        with pytest.raises(OutputError, match="was not made by Egiz, or was changed since"):
            write_book(open_published(table), FORMATS[name], path)
        assert path.read_bytes() == content


def test_a_place_that_cannot_be_written_is_named(table: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot write"):
        write_book(open_published(table), FORMATS["epub"], tmp_path / "file" / "book.epub")


@pytest.mark.parametrize("content", [b"", b"id\tkk\n", b"a,b\n1,2\n", b"\xff\xfe"])
def test_what_is_no_published_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "table.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"table\.tsv"):
        open_published(path)


def test_a_table_without_rows_and_a_missing_one_are_refused(table: Path, tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    path.write_bytes(table.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(InputError, match="no row"):
        open_published(path)
    with pytest.raises(InputError, match="no such file"):
        open_published(tmp_path)


def test_formats_are_found_by_name_and_by_ending() -> None:
    assert format_of(Path("a/Book.EPUB")) is format_named("epub")
    with pytest.raises(OptionError, match=r"no format has the ending '\.epubb'.*Did you mean '\.epub'"):
        format_of(Path("book.epubb"))
    with pytest.raises(OptionError, match="has no ending"):
        format_of(Path("book"))
    with pytest.raises(OptionError, match=r"no format 'docs'.*Did you mean 'docx'"):
        format_named("docs")


def test_the_command_says_what_it_made(table: Path, tmp_path: Path) -> None:
    path = tmp_path / "book.bin"
    run = CliRunner().invoke(
        command, [str(table), "-o", str(path), "--format", "epub", "--languages", "kk,ru"]
    )
    assert run.exit_code == 0
    assert (run.stdout, "book with facing columns" in run.stderr) == ("", True)
    assert path.read_bytes().startswith(b"PK")
    for name in FORMATS:
        assert name in (command.params[2].help or "")
