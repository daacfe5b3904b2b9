"""Locks: held by one at a time, gone with their process, and never taken for free where there are none."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Thread

import filelock
import pytest

from egiz.translate.io.files import is_abandoned, locked, try_lock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


def test_one_at_a_time_and_no_file_afterwards(path: Path) -> None:
    with try_lock(path) as first:
        with try_lock(path) as second:
            assert (first, second) == (True, False)
        assert not is_abandoned(path)
    assert is_abandoned(path)
    assert not path.exists()


def test_who_waits_gets_the_lock_after_all_before_it(path: Path) -> None:
    inside, most = 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(5):
            with locked(path):
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert not path.exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from egiz.translate.io.files import try_lock
with try_lock(Path(sys.argv[1])) as mine:
    assert mine
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_a_lock_goes_with_the_process_that_held_it(path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert path.exists()
    assert is_abandoned(path)
    with try_lock(path) as mine:
        assert mine


def test_without_locks_nobody_waits_and_nothing_is_abandoned(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(handle: int, *, blocking: bool) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(filelock, "lock_descriptor", refuse)
    with locked(path), try_lock(path) as first, try_lock(path) as second:
        assert (first, second) == (True, True)
        assert not is_abandoned(path)


def test_a_place_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), locked(tmp_path / "nowhere" / "lock"):
        pytest.fail("it was locked")
