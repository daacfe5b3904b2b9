"""The main job through the command line, on the seed, whole and interrupted."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import time
from pathlib import Path

import pytest

from egiz.parallel.publish import read_tsv
from egiz.parallel.summary import STATUSES
from egiz.translate.memory import Memory, default_path
from egiz.translate.translator import WINDOW
from tests.parallel.commandline import SEED, egiz, start

FILES = ["README.md", "datapackage.json", "page.html", "parallel.tsv", "scores.tsv"]
Files = dict[str, bytes]


def contents(folder: Path) -> Files:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def built(home: Path) -> Path:
    run = egiz(home, "build", SEED, "-o", home / "first")
    assert run.returncode == 0, run.stderr.decode()
    return home / "first"


def test_the_seed_becomes_a_table_with_a_row_per_sentence(built: Path, home: Path) -> None:
    rows = list(read_tsv(built / "parallel.tsv"))
    sentences = egiz(home, "split", SEED, "--format", "tsv").stdout.decode().splitlines()[1:]
    assert [row.id for row in rows] == [line.split("\t")[0] for line in sentences]
    assert len(rows) == 116
    assert sorted(contents(built)) == FILES
    for row in rows:
        assert [target.language for target in row.targets] == ["ru", "en"]
        for target in row.targets:
            assert target.status in STATUSES
            assert bool(target.text) == (target.status != "failed")
            assert bool(target.flags) == (target.status in ("suspect", "failed"))


def test_the_page_is_little_larger_than_the_table(built: Path) -> None:
    table = (built / "parallel.tsv").stat().st_size
    assert (built / "page.html").stat().st_size < 1.3 * table + 150_000


def test_the_package_describes_the_table(built: Path) -> None:
    package = json.loads((built / "datapackage.json").read_text(encoding="utf-8"))
    resource, scores = package["resources"]
    assert scores["path"] == "scores.tsv"
    assert resource["hash"] == f"sha256:{hashlib.sha256((built / 'parallel.tsv').read_bytes()).hexdigest()}"
    assert package["egiz"]["counts"]["sentences"] == 116
    assert package["egiz"]["model"]["name"] == "starter"


def test_the_second_run_gives_the_same_bytes_and_translates_nothing(built: Path, home: Path) -> None:
    before = egiz(home, "memory", "stats").stdout
    run = egiz(home, "build", SEED, "-o", home / "second")
    assert contents(home / "second") == contents(built)
    assert "232 translations remembered, 0 new" in run.stderr.decode()
    assert egiz(home, "memory", "stats").stdout == before


@pytest.fixture(scope="module")
def long_text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Several windows of distinct sentences: the seed's words in other orders."""
    chance = random.Random(1985)
    words = SEED.read_text(encoding="utf-8").split()
    lines = [
        " ".join(chance.sample(words, 7)).strip(".,:;?!").capitalize() + "."
        for _ in range(10 * WINDOW + WINDOW // 2)
    ]
    path = tmp_path_factory.mktemp("long") / "long.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


QUICK = ("--to", "en", "--beam", "1", "--device", "cpu", "--threads", "1")


@pytest.fixture(scope="module")
def whole(long_text: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("whole")
    run = egiz(folder, "build", long_text, "-o", folder / "out", *QUICK)
    assert run.returncode == 0, run.stderr.decode()
    return contents(folder / "out")


def test_no_row_of_a_long_text_is_lost_repeated_or_moved(
    long_text: Path, tmp_path: Path, whole: Files
) -> None:
    (tmp_path / "parallel.tsv").write_bytes(whole["parallel.tsv"])
    sentences = egiz(tmp_path, "split", long_text, "--format", "tsv").stdout.decode().splitlines()[1:]
    assert len(sentences) >= 10 * WINDOW
    assert [row.id for row in read_tsv(tmp_path / "parallel.tsv")] == [
        line.split("\t")[0] for line in sentences
    ]


def test_without_memory_the_bytes_are_the_same(long_text: Path, whole: Files, tmp_path: Path) -> None:
    run = egiz(tmp_path, "build", long_text, "-o", tmp_path / "out", "--no-memory", *QUICK)
    assert run.returncode == 0, run.stderr.decode()
    assert contents(tmp_path / "out") == whole
    assert not (tmp_path / "memory.sqlite").exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_build_goes_on_and_ends_with_the_same_bytes(
    long_text: Path, whole: Files, tmp_path: Path, number: signal.Signals
) -> None:
    process = start(tmp_path, "build", long_text, "-o", tmp_path / "out", *QUICK)
    while _remembered(tmp_path) < WINDOW and process.poll() is None:
        assert _visible(tmp_path / "out") == []
        time.sleep(0.02)
    assert process.poll() is None, "the build was over before it could be interrupted"
    process.send_signal(number)
    _, errors = process.communicate()
    assert _visible(tmp_path / "out") == []
    if number != signal.SIGKILL:
        assert process.returncode == 130
        assert "run the same command again to go on" in errors.decode()
        assert not (tmp_path / "out").exists()
    again = start(tmp_path, "build", long_text, "-o", tmp_path / "out", *QUICK)
    while again.poll() is None:
        _complete(tmp_path / "out", whole)
        time.sleep(0.002)
    _, errors = again.communicate()
    assert again.returncode == 0, errors.decode()
    assert "translations remembered" in errors.decode()
    assert contents(tmp_path / "out") == whole


def test_two_builds_at_once_on_one_memory(long_text: Path, whole: Files, tmp_path: Path) -> None:
    running = [start(tmp_path, "build", long_text, "-o", tmp_path / name, *QUICK) for name in ("one", "two")]
    for process in running:
        _, errors = process.communicate()
        assert process.returncode == 0, errors.decode()
    assert contents(tmp_path / "one") == contents(tmp_path / "two") == whole


def _remembered(home: Path) -> int:
    """How many translations the memory holds while a build goes on."""
    path = default_path(home)
    if not path.exists():
        return 0
    with Memory.open(path) as memory:
        return memory.stats().entries


def _complete(folder: Path, whole: Files) -> None:
    """What stands under its final name is whole, and the manifest is there only beside all that it names."""
    seen = _visible(folder)
    assert "datapackage.json" not in seen or len(_visible(folder)) == len(whole)
    for name in seen:
        assert (folder / name).read_bytes() == whole[name]


def _visible(folder: Path) -> list[str]:
    if not folder.exists():
        return []
    return [path.name for path in folder.iterdir() if not path.name.startswith(".egiz-")]
