"""No file is written over that Egiz did not make, whatever writes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from egiz.parallel.cli.main import group
from egiz.parallel.cli.progress import json_log
from egiz.parallel.publish.destination import LEDGER, UnlistedFiles
from egiz.parallel.review import review
from egiz.parallel.review.candidates import write_draft
from egiz.parallel.review.files import read_history
from egiz.translate.errors import OutputError
from tests.parallel.reviewing import ANSWERS, contents, edit, edits, made

MINE = b"mine\n"


def write(path: Path, text: str = "text") -> None:
    with UnlistedFiles(path.parent) as files:
        files.write(path.name, text)


def test_only_what_was_written_here_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for text in ("one", "two", "one"):
        write(path, text)
        assert path.read_text(encoding="utf-8") == text
    path.write_bytes(MINE)
    with pytest.raises(OutputError, match=r"a\.txt: .*was changed since"):
        write(path)
    assert path.read_bytes() == MINE
    (tmp_path / "empty.txt").touch()
    write(tmp_path / "empty.txt")


def test_a_run_that_was_interrupted_leaves_a_file_that_is_still_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    write(path, "one")
    real = Path.replace

    def killed(self: Path, target: Path) -> Path:
        moved = real(self, target)
        if target == path:
            raise KeyboardInterrupt
        return moved

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            write(path, "two")
    assert path.read_text(encoding="utf-8") == "one"
    write(path, "three")
    assert path.read_text(encoding="utf-8") == "three"


def test_what_goes_with_an_older_export_is_ours(tmp_path: Path) -> None:
    write(tmp_path / "old.txt")
    (tmp_path / "mine.txt").write_bytes(MINE)
    with UnlistedFiles(tmp_path) as files:
        files.drop("old.txt")
        files.drop("mine.txt")
        files.write("new.txt", "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == [LEDGER, "mine.txt", "new.txt"]
    assert list(json.loads((tmp_path / LEDGER).read_bytes())["files"]) == ["new.txt"]


def test_a_log_takes_the_place_of_a_log_only(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    for _ in range(2):
        with json_log(str(path)) as log:
            log.event("start")
    path.write_bytes(MINE)
    with pytest.raises(OutputError, match="not made by Egiz"), json_log(str(path)):
        pass
    assert path.read_bytes() == MINE


COMMANDS = (
    ("terms", "convert", "government", "-o", "x.tsv"),
    ("terms", "correct", "kk-ru.tsv", "--terms", "government", "--no-engine", "-o", "x.tsv"),
    (
        "terms",
        "correct",
        "kk-ru.tsv",
        "--terms",
        "government",
        "--no-engine",
        "-o",
        "y.tsv",
        "--edits",
        "x.tsv",
    ),
    ("terms", "check", "kk-ru.tsv", "--terms", "government", "-o", "x.tsv"),
    ("terms", "extract", "kk.txt", "-o", "x.tsv"),
    ("score", "files", "kk-ru.tsv", "--effort", "fast", "-o", "x.tsv"),
    ("export", "kk-ru.tsv", "-o", "x.tsv"),
    ("export", "kk-ru.tsv", "-o", "y.tmx", "--reject", "x.tsv"),
    ("export", "kk-ru.tsv", "-o", "y.tmx", "--report", "x.tsv"),
    ("read", "kk-ru.tsv", "-o", "x.tsv"),
    ("build", "kk-ru.tsv", "--column", "kk", "--to", "ru", "-o", "out", "--log-json", "x.tsv"),
)


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda item: " ".join(item[:3]))
def test_every_command_leaves_a_file_of_others_alone(
    tmp_path: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kk-ru.tsv").write_text("kk\tru\nҚала үлкен.\tГород большой.\n", encoding="utf-8")
    (tmp_path / "kk.txt").write_text("Қала үлкен. Қала үлкен.", encoding="utf-8")
    (tmp_path / "x.tsv").write_bytes(MINE)
    places = [str(tmp_path / item) if "." in item or item == "out" else item for item in arguments]
    monkeypatch.setenv("EGIZ_HOME", str(tmp_path / ".home"))
    run = CliRunner().invoke(group, places)
    assert isinstance(run.exception, OutputError), run.output
    assert "x.tsv" in str(run.exception)
    assert (tmp_path / "x.tsv").read_bytes() == MINE
    assert sorted(path.name for path in tmp_path.glob("[!.]*")) == ["kk-ru.tsv", "kk.txt", "x.tsv"]


def _hand(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes().replace("Город".encode(), "Горад".encode()) + b"\n")

    return change


@pytest.mark.parametrize("name", ["parallel.tsv", "scores.tsv", "review.tsv"])
def test_a_build_does_not_write_over_what_was_changed_by_hand(tmp_path: Path, name: str) -> None:
    out = made(tmp_path)
    review([edits(tmp_path / "e.json", edit("text:1.1", ANSWERS["Хандық құрылды."], "Раз."))], out)
    _hand(name)(out)
    before = contents(out)
    with pytest.raises(OutputError, match="was changed since"):
        made(tmp_path)
    assert contents(out) == before


def test_a_draft_of_terms_is_no_exception(tmp_path: Path) -> None:
    out = made(tmp_path)
    items = (
        edit("text:1.1", "Королевство было создано.", "Ханство было создано."),
        edit("text:1.2", "У Королевство была столица.", "У Ханство была столица."),
    )
    review([edits(tmp_path / "e.json", *items)], out)
    draft = tmp_path / "draft.tsv"
    draft.write_bytes(MINE)
    with pytest.raises(OutputError, match="not made by Egiz"):
        write_draft(read_history(out / "review.tsv"), out / "parallel.tsv", draft)
    assert draft.read_bytes() == MINE
