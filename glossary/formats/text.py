"""The text of a file."""

from __future__ import annotations

from pathlib import Path

from egiz.translate.bounded import read_whole
from egiz.translate.errors import InputError
from egiz.translate.read.decode import decode


def read_text(path: Path, where: str, encoding: str | None) -> str:
    """Read a whole file as text; a byte order mark is dropped.

    Raises InputError for a file that cannot be read, is empty, or holds bytes that are not text, with their
    offset; OptionError for an encoding that does not exist.
    """
    data = read_whole(path, where=where, expected="the file of a term base")
    if not data:
        raise InputError("is empty", where=where, expected="a term base")
    return decode(data, where=where, encoding=encoding)
