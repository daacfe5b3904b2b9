"""Files that are held whole: bounded reading, strict JSON, and writing that appears whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from egiz.translate.errors import EgizError, InputError

MAX_FILE_BYTES = 200 * 2**20
"""Bytes of a file that is held whole. The largest novels have a few megabytes, term bases tens, and the
`tokenizer.json` of NLLB 32; a device that never ends, and what was named by mistake, have more."""


def read_whole(
    path: Path,
    *,
    where: str = "",
    error: type[EgizError] = InputError,
    expected: str = "",
    action: str = "",
    most: int = MAX_FILE_BYTES,
) -> bytes:
    """The bytes of a file, `most` at most; no more than that is ever read.

    `where` is what the file is called in messages. Raises `error`, with what was `expected` and the `action`
    to take, where it cannot be read or is larger.
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
"""Objects and lists inside each other. A data package has 8; what is deeper exhausts who writes it again."""
MISSHAPEN = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What taking a parsed value apart raises where it is of another shape: a text for a number, a key that is
not there, a number of 400 digits for a float."""
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_HALF = re.compile("[\ud800-\udfff]")


def read_json(path: Path, *, error: type[EgizError] = InputError, action: str = "") -> Any:
    """The value that a file of JSON holds.

    Raises `error`, which ends with `action`, where the file cannot be read, is no JSON in UTF-8 (``NaN`` is
    none), is larger than `egiz.translate.files` allows, nested over `MAX_NESTING` or has half a surrogate
    pair, which cannot be written again.
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
    """Another name to write under; the file takes its own name when all went well, else it is removed.

    What a killed process left is written over by the next. `by` tells processes apart that may write the same
    file at once.
    """
    fresh = path.with_name(f".{path.name}{by}.new")
    try:
        yield fresh
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
