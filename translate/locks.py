"""Locks that end with the process that holds them, however it ends.

A lock is a file that the operating system locks (`filelock` knows how on each): whoever takes it makes the
file, and whoever lets it go removes it. No process number is written down, so none can be mistaken for that
of a later process. On a file system without locks (some network file systems), nobody waits, and nothing
counts as abandoned: what killed processes left stays there, and nothing is removed by mistake.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

LOCK = ".egiz-lock"
"""The name of the lock file in a folder that is locked."""

_Taken = Literal["taken", "held", "no locks here"]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for the lock `path` and hold it while the block runs. Raises OSError where it cannot be made."""
    handle, _ = _take(path, wait=True)
    try:
        yield
    finally:
        _let_go(path, handle)


@contextmanager
def try_lock(path: Path) -> Iterator[bool]:
    """Hold the lock `path` while the block runs, unless another process does: the value says which.

    True also where the file system has no locks. Raises OSError where the file cannot be made.
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
    """Say whether certainly nobody holds the lock `path` now.

    The answer holds for as long as others are kept from taking it: take locks that are asked about in this
    way, and ask, inside one `locked` block. Raises OSError where the file cannot be made.
    """
    handle, state = _take(path, wait=False)
    if state == "taken":
        _let_go(path, handle)
    else:
        os.close(handle)
    return state == "taken"


def _take(path: Path, *, wait: bool) -> tuple[int, _Taken]:
    """Open the lock file and lock it; its handle, and whether that was possible."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            state = _lock(handle, wait=wait)
            if state != "taken" or _stands_there(handle, path):
                return handle, state
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)  # who held it has removed it: the file that stands there now is another


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
    """Remove the lock file before others can lock it; Windows removes no file that is open."""
    if os.name != "nt":
        with suppress(OSError):
            path.unlink(missing_ok=True)
    with suppress(OSError):  # the lock is gone even so
        os.close(handle)
    if os.name == "nt":
        with suppress(OSError):
            path.unlink(missing_ok=True)
