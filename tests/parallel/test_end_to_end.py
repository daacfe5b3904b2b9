"""The main job through the command line, on the seed, whole and interrupted."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from egiz.parallel.publish import read_tsv
from egiz.parallel.summary import STATUSES
from egiz.translate.memory import Memory, default_path
from egiz.translate.translator import WINDOW
from tests.conftest import LINES
from tests.parallel.commandline import SEED, egiz, environment, start

FILES = ["README.md", "datapackage.json", "page.html", "parallel.tsv", "scores.tsv"]
WITH_TERMS = sorted([*FILES, "edits.tsv", "term-uses.tsv"])
WINDOWS = 3
"""So many are begun, and may be remembered, when the first has ended; a build that stops then is not done."""
Files = dict[str, bytes]


def contents(folder: Path) -> Files:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def built(seed_home: Path) -> Path:
    return seed_home / "seed"


@pytest.fixture
def count(built: Path) -> int:
    return len((built / "parallel.tsv").read_text(encoding="utf-8").splitlines()) - 1


def test_the_seed_becomes_a_table_with_a_row_per_sentence(
    built: Path, seed_home: Path, tmp_path: Path
) -> None:
    rows = list(read_tsv(built / "parallel.tsv"))
    split = egiz(tmp_path, "split", seed_home / SEED.name, "--format", "tsv")
    assert [row.id for row in rows] == [
        line.split("\t")[0] for line in split.stdout.decode().splitlines()[1:]
    ]
    assert len(rows) > LINES
    assert sorted(contents(built)) == WITH_TERMS
    for row in rows:
        assert [target.language for target in row.targets] == ["ru", "en"]
        for target in row.targets:
            assert target.status in STATUSES
            assert bool(target.text) == (target.status != "failed")
            assert bool(target.flags) == (target.status in ("suspect", "failed"))


def test_the_package_describes_the_table(built: Path, count: int) -> None:
    package = json.loads((built / "datapackage.json").read_text(encoding="utf-8"))
    hashes = {resource["path"]: resource["hash"] for resource in package["resources"]}
    assert sorted(hashes) == [name for name in WITH_TERMS if name.endswith(".tsv")]
    for name, found in hashes.items():
        assert found == f"sha256:{hashlib.sha256((built / name).read_bytes()).hexdigest()}"
    assert package["egiz"]["counts"]["sentences"] == count
    assert package["egiz"]["model"]["name"] == "starter"


def test_the_second_run_gives_the_same_bytes_and_translates_nothing(
    built: Path, count: int, seed_home: Path, tmp_path: Path
) -> None:
    shutil.copy(default_path(seed_home), default_path(tmp_path))
    before = egiz(tmp_path, "memory", "stats").stdout
    source = seed_home / SEED.name
    run = egiz(tmp_path, "build", source, "-o", tmp_path / "second", "--terms", "soviet-history")
    assert contents(tmp_path / "second") == contents(built)
    assert f"{2 * count} translations remembered, 0 new" in run.stderr.decode()
    assert egiz(tmp_path, "memory", "stats").stdout == before


def text_of(windows: int, folder: Path) -> Path:
    """So many windows of distinct sentences and a bit: the seed's words in other orders."""
    chance = random.Random(1985)
    words = SEED.read_text(encoding="utf-8").split()
    lines = [
        " ".join(chance.sample(words, 2)).strip(".,:;?!").capitalize() + "."
        for _ in range(windows * WINDOW + 6)
    ]
    path = folder / "text.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def long_text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return text_of(WINDOWS, tmp_path_factory.mktemp("long"))


@pytest.fixture(scope="module")
def short_text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return text_of(1, tmp_path_factory.mktemp("short"))


INTERRUPTED = """
import os, signal, sys
from egiz.parallel.cli import main
from egiz.translate.memory import Memory
number, times, put = signal.Signals[sys.argv.pop(1)], int(sys.argv.pop(1)), Memory.put
def put_and_stop(memory, items):
    global times
    put(memory, items)
    if times:
        times -= 1
        os.kill(os.getpid(), number)
Memory.put = put_and_stop
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background inherits none
main()
"""
"""Egiz with a signal, so many times, each when one more window has been translated and remembered."""

QUICK = ("--to", "en", "--beam", "1", "--device", "cpu", "--threads", "1")


def undisturbed(text: Path, folder: Path) -> Files:
    run = egiz(folder, "build", text, "-o", folder / "out", *QUICK)
    assert run.returncode == 0, run.stderr.decode()
    files = contents(folder / "out")
    assert sorted(files) == FILES
    return files


@pytest.fixture(scope="module")
def whole(long_text: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    return undisturbed(long_text, tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def short(short_text: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    return undisturbed(short_text, tmp_path_factory.mktemp("short-whole"))


def test_the_page_is_little_larger_than_the_table(whole: Files) -> None:
    assert len(whole["page.html"]) < 1.3 * len(whole["parallel.tsv"]) + 160_000


def test_no_row_of_a_long_text_is_lost_repeated_or_moved(
    long_text: Path, tmp_path: Path, whole: Files
) -> None:
    (tmp_path / "parallel.tsv").write_bytes(whole["parallel.tsv"])
    sentences = egiz(tmp_path, "split", long_text, "--format", "tsv").stdout.decode().splitlines()[1:]
    assert len(sentences) >= WINDOWS * WINDOW
    assert [row.id for row in read_tsv(tmp_path / "parallel.tsv")] == [
        line.split("\t")[0] for line in sentences
    ]


def test_without_memory_the_bytes_are_the_same(long_text: Path, whole: Files, tmp_path: Path) -> None:
    run = egiz(tmp_path, "build", long_text, "-o", tmp_path / "out", "--no-memory", *QUICK)
    assert run.returncode == 0, run.stderr.decode()
    assert contents(tmp_path / "out") == whole
    assert not (tmp_path / "memory.sqlite").exists()


@pytest.mark.parametrize(("number", "times"), [(signal.SIGKILL, 1), (signal.SIGTERM, 1), (signal.SIGINT, 3)])
def test_an_interrupted_build_goes_on_and_ends_with_the_same_bytes(
    long_text: Path, whole: Files, tmp_path: Path, number: signal.Signals, times: int
) -> None:
    command = ["build", str(long_text), "-o", str(tmp_path / "out"), *QUICK]
    run = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, number.name, str(times), *command],
        env=environment(tmp_path),
        capture_output=True,
        check=False,
    )
    assert _visible(tmp_path / "out") == []
    with Memory.open(default_path(tmp_path)) as memory:
        assert WINDOW <= memory.stats().entries < len(whole["parallel.tsv"].splitlines()) - 1
    if number == signal.SIGKILL:
        assert run.returncode == -signal.SIGKILL
    else:
        assert run.returncode == 130
        assert b"terminate called" not in run.stderr
    if times == 1 and number != signal.SIGKILL:
        assert "run the same command again to go on" in run.stderr.decode()
        assert not (tmp_path / "out").exists()
    again = egiz(tmp_path, *command)
    assert again.returncode == 0, again.stderr.decode()
    assert "translations remembered" in again.stderr.decode()
    assert contents(tmp_path / "out") == whole


def test_two_builds_at_once_on_one_memory(short_text: Path, short: Files, tmp_path: Path) -> None:
    running = [start(tmp_path, "build", short_text, "-o", tmp_path / name, *QUICK) for name in ("one", "two")]
    for process in running:
        _, errors = process.communicate()
        assert process.returncode == 0, errors.decode()
    assert contents(tmp_path / "one") == contents(tmp_path / "two") == short


def _visible(folder: Path) -> list[str]:
    if not folder.exists():
        return []
    return [path.name for path in folder.iterdir() if not path.name.startswith(".egiz-")]
