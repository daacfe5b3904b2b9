"""Standard streams on which nothing can steer the terminal, whatever stands in texts and file names."""

from __future__ import annotations

import io
import re
import sys
from typing import TextIO

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but tab and line end, and those that turn the direction of text around: a message must
not clear the screen, name the window, overwrite what stands before it, or show a name backwards."""


def shown(text: str) -> str:
    r"""The text with each character that could steer a terminal as its escape.

    >>> shown("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return _STEERING.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class _Shown(io.TextIOWrapper):
    """The same stream again, for `shown` text."""

    def write(self, text: str, /) -> int:
        super().write(shown(text))
        return len(text)


def guard() -> None:
    """Have everything that goes to standard error, and to standard output on a terminal, be `shown`.

    Standard output that goes to a file or another program stays as it is, to the byte. Progress bars, which
    steer the terminal on purpose, draw on `sys.__stderr__`.
    """
    sys.stderr = _guarded(sys.stderr)
    if sys.stdout is not None and sys.stdout.isatty():
        sys.stdout = _guarded(sys.stdout)


def _guarded(stream: TextIO) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper):
        return stream  # closed, or a test's
    stream.flush()
    return _Shown(
        stream.buffer,
        encoding=stream.encoding,
        errors=stream.errors,
        newline="\n",
        line_buffering=True,
        write_through=True,
    )
