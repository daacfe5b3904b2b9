r"""What stands in the cells of a term table: escapes, and several values in one cell.

Four characters that would end a cell or a value are written with a backslash: ``\t``, ``\n``, ``\r``, and
``\|`` for the bar that parts wordings; in lists of forms also ``\,`` and ``\;``. The backslash itself is
``\\``. A backslash that stands before any other character is read as a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ESCAPED = re.compile(r"\\([\\tnr|,;])")
_NAMED = {"t": "\t", "n": "\n", "r": "\r"}
_NEEDED = re.compile(r"[\t\n\r|\\]")
_NEEDED_IN_LIST = re.compile(r"[\t\n\r|\\,;]")
_LETTERS = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
_BAR = re.compile(r"(?:[^\\|]|\\.|\\\Z)*", re.DOTALL)
_COMMA = re.compile(r"(?:[^\\,;]|\\.|\\\Z)*", re.DOTALL)


def split_bars(cell: str) -> list[str]:
    """The values of a cell, still escaped, spaces around each taken off; one empty value for an empty cell.

    >>> split_bars("КОКП | партия")
    ['КОКП', 'партия']
    """
    if "|" not in cell:
        return [cell.strip()]
    if "\\" not in cell:
        return [value.strip() for value in cell.split("|")]
    return [value.strip() for value in _pieces(cell, _BAR)]


def split_list(value: str) -> tuple[str, ...]:
    """A list parted by commas or semicolons, escapes undone, empty items left out.

    >>> split_list("дауысы, дауысым")
    ('дауысы', 'дауысым')
    """
    items = (unescape(item.strip()) for item in _pieces(value, _COMMA))
    return tuple(item for item in items if item)


def unescape(value: str) -> str:
    """Undo the escapes of a value."""
    return _ESCAPED.sub(lambda found: _NAMED.get(found[1], found[1]), value) if "\\" in value else value


def escape(text: str) -> str:
    r"""Write a text as one value of a cell.

    >>> escape("а|б")
    'а\\|б'
    """
    return _NEEDED.sub(_escaped, text)


def join_list(items: Sequence[str]) -> str:
    """Write a list as one value of a cell."""
    return ", ".join(_NEEDED_IN_LIST.sub(_escaped, item) for item in items)


def _escaped(found: re.Match[str]) -> str:
    return _LETTERS.get(found[0], f"\\{found[0]}")


def _pieces(text: str, piece: re.Pattern[str]) -> list[str]:
    """Cut a text at the marks that stand between pieces."""
    found, place = [], 0
    while place <= len(text):
        match = piece.match(text, place)
        assert match is not None
        found.append(match[0])
        place = match.end() + 1
    return found
