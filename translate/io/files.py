"""Read whole files with a size limit, read strict JSON, write files atomically, and lock between processes.

A lock is a file that the operating system locks (by `filelock` on each system): the process that takes the
lock makes the file, and removes it when it releases the lock. The system also releases it when the process
ends in any other way. No process number is stored, so a later process with the same number cannot be
mistaken for the holder. On a file system without locks (some network file systems) no process waits, and no
lock counts as abandoned: files that killed processes left stay, and nothing is removed by mistake.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from egiz.translate.errors import EgizError, InputError

MAX_FILE_BYTES = 200 * 2**20
"""The most bytes of a file that is read into memory.

The largest novels have a few megabytes, large term bases have tens of megabytes, and NLLB's `tokenizer.json`
has 32 megabytes. The limit stops reading of endless devices and of files named by mistake."""


def read_whole(
    path: Path,
    *,
    where: str = "",
    error: type[EgizError] = InputError,
    expected: str = "",
    action: str = "",
    most: int = MAX_FILE_BYTES,
) -> bytes:
    """The bytes of a file, which may have at most `most` bytes.

    Messages call the file `where`. Raises `error`, with `expected` and `action`, if the file cannot be read
    or is too large. At most ``most + 1`` bytes are read.
    """
    where = where or str(path)
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as failure:
        raise error(
            failure.strerror or str(failure), where=where, expected=expected, action=action
        ) from failure
    if len(data) > most:
        raise error(f"is larger than {most >> 20} MB", where=where, expected=expected, action=action)
    return data


MAX_NESTING = 64
"""The most levels of objects and lists in JSON. A data package has 8; deeper values exhaust a JSON writer's
stack."""
MISSHAPEN = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""The errors that code raises when parsed data has an unexpected shape: a string for a number, a missing key,
a number of 400 digits for a float."""
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_HALF = re.compile("[\ud800-\udfff]")


def read_json(path: Path, *, error: type[EgizError] = InputError, action: str = "") -> Any:
    """The value in a JSON file.

    Raises `error`, with `action`, if the file cannot be read, is larger than `MAX_FILE_BYTES`, is not strict
    JSON in UTF-8 (``NaN`` is refused), is nested deeper than `MAX_NESTING`, or has an unpaired surrogate,
    which could not be written again.
    """
    data = read_whole(path, error=error, action=action)
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_refuse_constant)
        _check_depth(value)
        if _ESCAPED_HALF.search(text) and _HALF.search(json.dumps(value, ensure_ascii=False)):
            raise ValueError("half of a surrogate pair")
    except json.JSONDecodeError as failure:
        where = f"{path}:{failure.lineno}:{failure.colno}"
        raise error(f"is not JSON ({failure.msg})", where=where, action=action) from failure
    except RecursionError as failure:
        raise error("is not JSON: it is nested too deeply", where=str(path), action=action) from failure
    except ValueError as failure:
        raise error(f"is not JSON as it should be ({failure})", where=str(path), action=action) from failure
    return value


def _refuse_constant(name: str) -> None:
    """Refuse ``NaN`` and ``Infinity``, which JSON does not have."""
    raise ValueError(f"{name} is no number")


def _check_depth(value: Any) -> None:
    """Raise RecursionError if a value is nested deeper than `MAX_NESTING`."""
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(MAX_NESTING + 1):
        inside = [item.values() if isinstance(item, dict) else item for item in level]
        level = [item for items in inside for item in items if isinstance(item, (dict, list))]
        if not level:
            return
    raise RecursionError


@contextmanager
def unfinished(path: Path, *, by: str = "") -> Iterator[Path]:
    """Yield a temporary path to write to; it is renamed to `path` on success and removed on failure.

    If a process is killed, its temporary file stays, and the next process overwrites it. `by` is part of the
    temporary name, to distinguish processes that may write the same file at once.
    """
    fresh = path.with_name(f".{path.name}{by}.new")
    try:
        yield fresh
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


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
        _release(path, handle)


@contextmanager
def try_lock(path: Path) -> Iterator[bool]:
    """Try to take the lock `path` for the block, without waiting; yield False if another process holds it.

    Yields True also if the file system has no locks. Raises OSError if the file cannot be made.
    """
    handle, state = _take(path, wait=False)
    try:
        yield state != "held"
    finally:
        if state == "held":
            os.close(handle)
        else:
            _release(path, handle)


def is_abandoned(path: Path) -> bool:
    """Whether it is certain that no process holds the lock `path`.

    Another process could take the lock right after the answer. To prevent that, all processes must take the
    lock, and call this function, inside a `locked` block on a common file. Raises OSError if the file cannot
    be made.
    """
    handle, state = _take(path, wait=False)
    if state == "taken":
        _release(path, handle)
    else:
        os.close(handle)
    return state == "taken"


def _take(path: Path, *, wait: bool) -> tuple[int, _Taken]:
    """Open the lock file and try to lock it; return its handle and the result."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            state = _lock(handle, wait=wait)
            if state != "taken" or _is_still_at(handle, path):
                return handle, state
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)  # the last holder removed this file; `path` is missing or another file now


def _lock(handle: int, *, wait: bool) -> _Taken:
    """Lock an open file; with `wait`, wait until no other process holds the lock."""
    from filelock import lock_descriptor

    try:
        return "taken" if lock_descriptor(handle, blocking=wait) else "held"
    except OSError:
        return "no locks here"


def _is_still_at(handle: int, path: Path) -> bool:
    """Whether the open file is still the file at `path`."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _release(path: Path, handle: int) -> None:
    """Remove the lock file, then release the lock.

    On Windows, where an open file cannot be removed, the lock is released first.
    """
    if os.name != "nt":
        with suppress(OSError):
            path.unlink(missing_ok=True)
    with suppress(OSError):  # the lock is released even if closing fails
        os.close(handle)
    if os.name == "nt":
        with suppress(OSError):
            path.unlink(missing_ok=True)
