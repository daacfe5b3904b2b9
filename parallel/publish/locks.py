"""Locks that end with the process that holds them, however it ends.

They are the operating system's own (``flock``), so there is no process number to mistake for that of a
later process, and none to compare between machines or containers. Where there is none (Windows, some
network file systems) every lock counts as held by someone: what killed runs left then stays, and nothing
is ever removed by mistake.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover
    fcntl = None  # type: ignore[assignment]


def hold(path: Path) -> int | None:
    """Make and lock a new file; return its handle, to be closed at the end.

    None where someone removed it between the two steps. Raises OSError where it cannot be made.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    if not (_take(handle, otherwise=True) and path.exists()):
        os.close(handle)
        return None
    return handle


@contextmanager
def abandoned(path: Path) -> Iterator[bool]:
    """Say whether the process that made this lock is gone. While the block runs, nobody else is told so.

    A missing lock file is not abandoned: some process may be about to make it.
    """
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        yield False
        return
    try:
        yield _take(handle, otherwise=False)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Wait for others who publish into this folder, and have them wait, where the file system can do it."""
    if fcntl is None:  # pragma: no cover
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Say whether nobody else is alone in this folder, and have it said to others while the block runs.

    Always so where the file system has no locks.
    """
    if fcntl is None:  # pragma: no cover
        yield True
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield _take(handle, otherwise=True)
    finally:
        os.close(handle)


def _take(handle: int, *, otherwise: bool) -> bool:
    """Say whether the lock is ours now; `otherwise` where locks do not exist."""
    if fcntl is None:  # pragma: no cover
        return otherwise
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return otherwise
    return True
