"""Fixtures that several test folders share."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from tests.parallel.commandline import SEED, egiz

# How long an example takes is for benchmarks to say: on a busy machine a deadline fails what is right. The
# same examples every time, so that a change is judged by what it changed; to look for new ones, run
# `python -m pytest -m hypothesis --hypothesis-profile explore`.
settings.register_profile("egiz", deadline=None, derandomize=True, max_examples=30)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile("egiz")

LONG = (
    "tests/parallel/test_end_to_end.py",
    "tests/parallel/shards/",
    "tests/test_docs.py",
    "tests/test_benchmarks.py",
    "tests/parallel/browser/",
    "tests/translate/train/",
)
"""What takes seconds a test goes first, so that at the end there is something short for every worker."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


LINES = 16
"""So many of the seed's 99 are its beginning: a sixth of the work, with terms, corrections and repairs."""


def pytest_collection_finish() -> None:
    """What collection has made lives to the end: the garbage collector need not look through it again."""
    gc.collect()
    gc.freeze()


MadeOnce = Callable[[str, Callable[[Path], object]], Path]

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of corpora and test sets that stands beside the checkout and is not part of the project."""
    folder = Path(os.environ.get("EGIZ_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"no corpora or test sets at {folder} (set EGIZ_SHARED to point elsewhere)")
    return folder


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> MadeOnce:
    """Gives a folder of that name, which the worker that comes first has filled by `make`, once a session.

    What it makes is for all workers at once: tests only read it.
    """
    own = tmp_path_factory.getbasetemp()
    root = own if worker_id == "master" else own.parent

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = root / name, root / f"{name}.done"
        with FileLock(root / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)  # left by a worker that failed
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def seed_home(made_once: MadeOnce) -> Path:
    """A home with the beginning of the seed, built with terms into ``seed``: it is translated once."""

    def make(home: Path) -> None:
        lines = SEED.read_text(encoding="utf-8").splitlines(keepends=True)
        (home / SEED.name).write_text("".join(lines[:LINES]), encoding="utf-8")
        run = egiz(home, "build", home / SEED.name, "-o", home / "seed", "--terms", "soviet-history")
        assert run.returncode == 0, run.stderr.decode()

    return made_once("seed-home", make)
