"""What goes wrong outside: one clear line, status 2, nothing half-written."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from egiz.translate.memory import Memory
from egiz.translate.models import resolve
from tests.parallel.commandline import EGIZ, SEED, egiz, egiz_process, start

Case = Callable[[Path], list[str | Path]]
"""Prepares a folder and gives the arguments of the command that must fail there."""


def text(content: bytes, *options: str) -> Case:
    def prepare(folder: Path) -> list[str | Path]:
        (folder / "text.txt").write_bytes(content)
        return ["build", folder / "text.txt", "-o", folder / "out", *options]

    return prepare


def seed(*options: str) -> Case:
    return lambda folder: ["build", SEED, "-o", folder / "out", *options]


def output_is_a_file(folder: Path) -> list[str | Path]:
    (folder / "out").write_text("in the way")
    return ["build", SEED, "-o", folder / "out"]


def output_below_a_file(folder: Path) -> list[str | Path]:
    (folder / "file").write_text("in the way")
    return ["build", SEED, "-o", folder / "file" / "out"]


def memory_is_damaged(folder: Path) -> list[str | Path]:
    (folder / "memory.sqlite").write_bytes(b"SQLite format 3\0" + b"\x01" * 5000)
    return ["build", SEED, "-o", folder / "out"]


def memory_is_another_database(folder: Path) -> list[str | Path]:
    with sqlite3.connect(folder / "memory.sqlite") as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()
    return ["build", SEED, "-o", folder / "out"]


def memory_of_a_later_version(folder: Path) -> list[str | Path]:
    with Memory.open(folder / "memory.sqlite"):
        pass
    connection = sqlite3.connect(folder / "memory.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    return ["build", SEED, "-o", folder / "out"]


def home_is_a_file(folder: Path) -> list[str | Path]:
    (folder / "home").write_text("in the way")
    return ["build", SEED, "-o", folder / "out", "--home", folder / "home"]


def model_is_cut_short(folder: Path) -> list[str | Path]:
    shutil.copytree(resolve("starter"), folder / "model")
    os.truncate(folder / "model" / "model.bin", 100_000)
    return ["build", SEED, "-o", folder / "out", "--model", folder / "model"]


def corpora_lack_a_table(folder: Path) -> list[str | Path]:
    return ["train", "prepare", "--corpora", folder, "--folder", folder / "train"]


def corpora_are_nowhere(folder: Path) -> list[str | Path]:
    return ["train", "prepare", "--corpora", folder / "none", "--folder", folder / "train"]


def model_is_incomplete(folder: Path) -> list[str | Path]:
    shutil.copytree(resolve("starter"), folder / "model")
    (folder / "model" / "shared_vocabulary.json").unlink()
    return ["build", SEED, "-o", folder / "out", "--model", folder / "model"]


def table_lacks_the_column(folder: Path) -> list[str | Path]:
    (folder / "table.tsv").write_text("id\tbody\n1\tСөз\n", encoding="utf-8")
    return ["build", folder / "table.tsv", "--column", "bdoy", "-o", folder / "out"]


def output_holds(name: str, content: str) -> Case:
    def prepare(folder: Path) -> list[str | Path]:
        (folder / "out").mkdir()
        (folder / "out" / name).write_text(content, encoding="utf-8")
        return ["build", SEED, "-o", folder / "out"]

    return prepare


def output_in_the_source(folder: Path) -> list[str | Path]:
    (folder / "texts").mkdir()
    shutil.copy(SEED, folder / "texts")
    return ["build", folder / "texts", "-o", folder / "texts" / "deep" / "out"]


def output_is_the_source(folder: Path) -> list[str | Path]:
    shutil.copytree(SEED.parent, folder / "texts")
    return ["build", folder / "texts", "-o", folder / "texts" / ".." / "texts"]


def source_would_be_overwritten(folder: Path) -> list[str | Path]:
    (folder / "README.md").write_text("Бұл бір сөйлем.\n", encoding="utf-8")
    return ["build", folder / "README.md", "-o", folder]


CASES: list[tuple[str, Case, str]] = [
    ("empty file", text(b""), "text.txt: is empty"),
    ("blank file", text(b" \n\t\n"), "text.txt: holds no text"),
    ("binary file", text(bytes(range(32)) * 200), "text.txt: looks binary"),
    ("PDF", text(b"%PDF-1.7\n\x00\xff"), "PDF"),
    ("wrong encoding", text("Бұл — сөйлем. Это предложение.".encode("cp1251", "ignore")), "cp1251"),
    ("wrong encoding named", text("Бұл".encode(), "--encoding", "utf-9"), "utf-9"),
    ("1 MB without an end", text("сөз ".encode() * 150_000), "a sentence of"),
    ("unknown language", seed("--from", "kkz"), "kkz"),
    ("language the model lacks", seed("--to", "tr"), "this model has no 'tr'"),
    ("source as target", seed("--to", "kk"), "distinct languages"),
    ("no target", seed("--to", ","), "no target"),
    ("missing model", seed("--model", "nllb-600m"), "egiz models get nllb-600m"),
    ("unknown model", seed("--model", "nlb-600m"), "nllb-600m"),
    ("incomplete model", model_is_incomplete, "vocabulary"),
    ("hub out of reach", lambda folder: ["models", "get", "nllb-600m"], "127.0.0.1"),
    ("missing file", lambda folder: ["build", folder / "none.txt", "-o", folder / "out"], "none.txt"),
    ("missing column", table_lacks_the_column, "Did you mean 'body'"),
    ("output is a file", output_is_a_file, "out"),
    ("output below a file", output_below_a_file, "file"),
    ("output where no folder can be", lambda folder: ["build", SEED, "-o", "/proc/egiz/out"], "/proc/egiz"),
    ("output without a name", lambda folder: ["build", SEED, "-o", ""], "--output"),
    ("a README of one's own", output_holds("README.md", "# My texts\n"), "not made by Egiz"),
    ("a table of one's own", output_holds("parallel.tsv", "kk\tru\n"), "parallel.tsv"),
    ("another data package", output_holds("datapackage.json", '{"name": "mine"}'), "datapackage.json"),
    ("output in the source", output_in_the_source, "outside the sources"),
    ("output is the source", output_is_the_source, "outside the sources"),
    ("source would be overwritten", source_would_be_overwritten, "outside the sources"),
    (
        "precision of the reference engine",
        seed("--engine", "transformers", "--precision", "int8"),
        "--precision",
    ),
    ("threads of the reference engine", seed("--engine", "transformers", "--threads", "2"), "--threads"),
    ("reference engine without folder", seed("--engine", "transformers"), "starter is no folder"),
    ("damaged memory", memory_is_damaged, "memory.sqlite"),
    ("another database", memory_is_another_database, "memory.sqlite"),
    ("memory of a later version", memory_of_a_later_version, "version 99"),
    ("home is a file", home_is_a_file, "--home"),
    ("home where no folder can be", seed("--home", "/proc/egiz"), "/proc/egiz"),
    ("output is a device", lambda folder: ["build", SEED, "-o", "/dev/full"], "/dev/full"),
    ("model cut short", model_is_cut_short, "model.bin"),
    ("unknown language to split", lambda folder: ["split", SEED, "--from", "kkz"], "kkz"),
    ("corpora without a table", corpora_lack_a_table, ".tsv"),
    ("corpora that are nowhere", corpora_are_nowhere, "--corpora"),
    ("empty standard input", lambda folder: ["build", "-", "-o", folder / "out"], "standard input"),
    ("beam of nothing", seed("--beam", "0"), "beam"),
    ("unknown decoding setting", seed("--setting", "no_repaet=3"), "Did you mean 'no_repeat'"),
    ("decoding value of another kind", seed("--setting", "block_unknown=3"), "true or false"),
    ("unknown precision", seed("--precision", "int9"), "Did you mean 'int8'"),
]


@pytest.mark.parametrize(
    ("prepare", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_one_clear_line_and_nothing_written(tmp_path: Path, prepare: Case, message: str) -> None:
    arguments = prepare(tmp_path)
    before = {
        path: path.is_file() and path.read_bytes() for path in (tmp_path / "out", *tmp_path.glob("out/*"))
    }
    existed = (tmp_path / "out").exists()
    run = egiz(tmp_path, *arguments)
    lines = run.stderr.decode().splitlines()
    assert run.returncode == 2, lines
    assert len(lines) == 1, lines
    assert lines[0].startswith("egiz: ")
    assert message in lines[0]
    assert run.stdout == b""
    assert (tmp_path / "out").exists() == existed
    assert {path: path.is_file() and path.read_bytes() for path in before} == before
    assert not list(tmp_path.rglob(".egiz-partial-*"))


def test_a_megabyte_in_one_line_is_split(tmp_path: Path) -> None:
    """Split to its end; a build shows with less that its windows reach into a line."""
    unit = "Бұл бір қысқа сөйлем. ".encode()
    assert egiz(tmp_path, "split", given=unit * 27_000).stdout.count(b"\n") == 27_000
    (tmp_path / "text.txt").write_bytes(unit * 300)
    run = egiz(tmp_path, "build", tmp_path / "text.txt", "-o", tmp_path / "out", "--to", "en", "--beam", "1")
    assert run.returncode == 0, run.stderr.decode()
    assert (tmp_path / "out" / "parallel.tsv").read_text(encoding="utf-8").count("\n") == 301


def _no_large_files() -> None:
    """A file system that is full after 4 kB. Python ignores the signal that goes with it."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file sizes are of POSIX systems")
@pytest.mark.parametrize("memory", [(), ("--no-memory",)], ids=["memory", "no memory"])
def test_no_room_for_any_file(tmp_path: Path, memory: tuple[str, ...]) -> None:
    build = ("build", SEED, "-o", tmp_path / "out", "--to", "en", "--beam", "1")
    run = egiz_process(tmp_path, *build, *memory, before=_no_large_files)
    [line] = run.stderr.decode().splitlines()
    assert run.returncode == 2
    assert line.startswith("egiz: cannot write " if memory else f"egiz: {tmp_path / 'memory.sqlite'}: ")
    assert not (tmp_path / "out").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 48 kB, where one may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48k", "egiz-test", folder]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a full disk needs a small file system, and none may be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_publishes_nothing(small_disk: Path, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("Бұл бір қысқа сөйлем.\n" * 2_000, encoding="utf-8")
    output = small_disk / "out"
    run = egiz(tmp_path, "build", tmp_path / "text.txt", "-o", output, "--to", "en", "--beam", "1")
    [line] = run.stderr.decode().splitlines()
    assert run.returncode == 2
    assert line.startswith(f"egiz: cannot write {output / 'parallel.tsv'}: the disk is full.")
    assert list(small_disk.iterdir()) == []


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0,
    reason="file modes hold for people other than root, on POSIX",
)
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)
    run = egiz(tmp_path, "build", SEED, "-o", tmp_path / "locked" / "out")
    assert run.returncode == 2
    assert "locked" in run.stderr.decode()


def test_what_stood_there_is_kept_when_a_build_fails(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("Бұл бір сөйлем.\n", encoding="utf-8")
    good = egiz(tmp_path, "build", tmp_path / "text.txt", "-o", tmp_path / "out", "--to", "en", "--beam", "1")
    assert good.returncode == 0, good.stderr.decode()
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    (tmp_path / "text.txt").write_bytes(b"\x00\x01\x02" * 999)
    assert (
        egiz(tmp_path, "build", tmp_path / "text.txt", "-o", tmp_path / "out", "--to", "en").returncode == 2
    )
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_a_full_standard_output_is_told_in_one_line(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run([EGIZ, "split", SEED], stdout=full, stderr=subprocess.PIPE, check=False)
    assert run.returncode == 2
    [line] = run.stderr.decode().splitlines()
    assert line.startswith("egiz: cannot write standard output")


def test_a_reader_that_goes_away_is_no_mistake(tmp_path: Path) -> None:
    """As in ``egiz split TEXT | head -1``."""
    (tmp_path / "text.txt").write_text("Бұл бір қысқа сөйлем.\n" * 9_000, encoding="utf-8")
    process = start(tmp_path, "split", tmp_path / "text.txt")
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline()
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == (b"", 141)
    process.stderr.close()
