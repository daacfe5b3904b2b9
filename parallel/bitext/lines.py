"""The lines of a file that nobody vouches for: bounded, numbered, decoded with the place of a bad byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from egiz.parallel.publish.tsv import LONGEST_LINE
from egiz.translate.errors import InputError

_MARK = b"\xef\xbb\xbf"


def read_lines(path: Path, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers, from 1, without their ends; a byte order mark is dropped.

    Raises InputError, naming line and byte, where one is not in the encoding or longer than `LONGEST_LINE`.
    """
    try:
        with path.open("rb") as stream:
            number = 0
            while raw := stream.readline(LONGEST_LINE):
                number += 1
                if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
                    raise InputError(
                        "a line that does not end", where=f"{path}:{number}", expected="lines of text"
                    )
                if number == 1:
                    raw = raw.removeprefix(_MARK)
                try:
                    line = raw.decode(encoding)
                except UnicodeDecodeError as error:
                    raise _undecodable(raw, encoding, f"{path}:{number}", error) from error
                if "\0" in line:
                    raise InputError(
                        "a NUL", where=f"{path}:{number}:{line.index(chr(0)) + 1}", expected="text"
                    )
                yield number, line.rstrip("\r\n")
    except OSError as error:
        raise InputError(error.strerror or str(error), where=str(path)) from error


def _undecodable(raw: bytes, encoding: str, where: str, error: UnicodeDecodeError) -> InputError:
    return InputError(
        f"byte 0x{raw[error.start]:02x} is not {encoding.upper()}",
        where=f"{where}:{error.start + 1}",
        expected=f"{encoding.upper()} text",
        action="Convert it first, for example with iconv.",
    )
