"""Files that are read and written as a whole: reading with a size limit, strict JSON, and atomic writing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from egiz.translate.errors import EgizError, InputError

MAX_FILE_BYTES = 200 * 2**20
"""The most bytes of a file that is read into memory.

The largest novels have a few megabytes, term bases tens, and the `tokenizer.json` of NLLB 32. The limit stops
reading of endless devices and of files named by mistake."""


def read_whole(
    path: Path,
    *,
    where: str = "",
    error: type[EgizError] = InputError,
    expected: str = "",
    action: str = "",
    most: int = MAX_FILE_BYTES,
) -> bytes:
    """The bytes of a file of at most `most` bytes; no more than one byte beyond that is read.

    Messages call the file `where`. Raises `error`, with `expected` and `action`, if the file cannot be read
    or is larger.
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
        value = json.loads(text, parse_constant=_constant)
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


def _constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _check_depth(value: Any) -> None:
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

    A file that a killed process left is overwritten by the next one. `by` distinguishes the temporary names
    of processes that may write the same file at once.
    """
    fresh = path.with_name(f".{path.name}{by}.new")
    try:
        yield fresh
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
