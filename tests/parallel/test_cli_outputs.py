"""Where commands write: standard output where it can be, folders and files for what they are; and ``-q``."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from egiz.parallel.cli.main import group
from egiz.translate.errors import EgizError

TABLE = "kk\tru\nОл келді.\tОн пришел.\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, [*map(str, arguments)], catch_exceptions=False, standalone_mode=False)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "t.tsv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_a_hyphen_is_standard_output(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(table.parent)
    plain = run("score", "files", table, "--effort", "fast", "--no-memory")
    named = run("score", "files", table, "--effort", "fast", "--no-memory", "-o", "-", "-q")
    assert named.stdout == plain.stdout
    assert plain.stdout.count("\n") == 2
    assert (bool(plain.stderr), named.stderr) == (True, "")
    assert [path.name for path in table.parent.iterdir()] == ["t.tsv"]


@pytest.mark.parametrize(
    "command",
    [
        ("export", "t.tsv", "--format", "tsv"),
        ("build", "t.tsv"),
        ("align", "t.tsv", "t.tsv"),
        ("read", "t.tsv"),
    ],
)
def test_files_do_not_go_to_standard_output(
    table: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(table.parent)
    with pytest.raises(EgizError, match="standard output"):
        run(*command, "-o", "-")


def test_a_page_is_made_without_a_word(table: Path) -> None:
    told = run("read", table, "-o", table.with_name("page.html"))
    quiet = run("read", table, "-o", table.with_name("quiet.html"), "-q")
    assert told.stderr.endswith(" kB)\n")
    assert quiet.stderr == ""
    assert table.with_name("quiet.html").read_bytes() == table.with_name("page.html").read_bytes()


def test_a_folder_is_not_called_as_a_file(table: Path) -> None:
    with pytest.raises(EgizError, match=r"expected a folder\. Name a folder, then: egiz export DIR -o"):
        run("build", table, "-o", table.with_name("out.docx"))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("missing.txt", "there is no such file; expected a text, or a file of lines"),
        ("a.docx", r"is a document; expected lines of text\. egiz build"),
        (".", "is a folder"),
    ],
)
def test_what_is_no_text_is_not_translated(tmp_path: Path, given: str, says: str) -> None:
    (tmp_path / "a.docx").write_bytes(b"PK")
    with pytest.raises(EgizError, match=says):
        run("translate", tmp_path / given, "--to", "en", "--no-memory")
