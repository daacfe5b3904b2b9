"""Files that are held whole, as far as anyone can have meant to."""

from __future__ import annotations

from pathlib import Path

from egiz.translate.errors import EgizError, InputError

LARGEST = 200 * 2**20
"""Bytes of a file that is held whole. The largest novels have a few megabytes, term bases tens, and the
`tokenizer.json` of NLLB 32; a device that never ends, and what was named by mistake, have more."""


def read_whole(
    path: Path,
    *,
    where: str = "",
    error: type[EgizError] = InputError,
    expected: str = "",
    action: str = "",
    most: int = LARGEST,
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
