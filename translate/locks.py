"""File locks that are released when the process that holds them ends, however it ends.

A lock is a file that the operating system locks (by `filelock` on each system): the process that takes the
lock makes the file, and removes it when it releases the lock. No process number is stored, so a later process
with the same number cannot be mistaken for the holder. On a file system without locks (some network file
systems) no process waits, and no lock counts as abandoned: files that killed processes left stay, and nothing
is removed by mistake.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

LOCK = ".egiz-lock"
"""The name of the lock file in a locked folder."""

_Taken = Literal["taken", "held", "no locks here"]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for the lock `path` and hold it for the block. Raises OSError if the file cannot be made."""
    handle, _ = _take(path, wait=True)
    try:
        yield
    finally:
        _let_go(path, handle)


@contextmanager
def try_lock(path: Path) -> Iterator[bool]:
    """Try to take the lock `path` for the block, without waiting; yield False if another process holds it.

    The value is True, too, if the file system has no locks. Raises OSError if the file cannot be made.
    """
    handle, state = _take(path, wait=False)
    try:
        yield state != "held"
    finally:
        if state == "held":
            os.close(handle)
        else:
            _let_go(path, handle)


def is_abandoned(path: Path) -> bool:
    """Whether it is certain that no process holds the lock `path`.

    The answer stays true only while no process can take the lock: so both take such locks and call this
    function inside a `locked` block on a common file. Raises OSError if the file cannot be made.
    """
    handle, state = _take(path, wait=False)
    if state == "taken":
        _let_go(path, handle)
    else:
        os.close(handle)
    return state == "taken"


def _take(path: Path, *, wait: bool) -> tuple[int, _Taken]:
    """Open the lock file and try to lock it; return its handle and the result."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            state = _lock(handle, wait=wait)
            if state != "taken" or _stands_there(handle, path):
                return handle, state
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)  # the last holder removed this file; `path` is missing or another file now


def _lock(handle: int, *, wait: bool) -> _Taken:
    from filelock import lock_descriptor

    try:
        return "taken" if lock_descriptor(handle, blocking=wait) else "held"
    except OSError:
        return "no locks here"


def _stands_there(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _let_go(path: Path, handle: int) -> None:
    """Remove the lock file, then release the lock; on Windows, which removes no open file, after it."""
    if os.name != "nt":
        with suppress(OSError):
            path.unlink(missing_ok=True)
    with suppress(OSError):  # the lock is released even if closing fails
        os.close(handle)
    if os.name == "nt":
        with suppress(OSError):
            path.unlink(missing_ok=True)
