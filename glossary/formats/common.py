r"""What the term base formats share: reading a file as text, escapes in cells, generated ids, losses.

Four characters that would end a cell or a value are written with a backslash: ``\t``, ``\n``, ``\r``, and
``\|`` for the bar that parts wordings; in lists of forms also ``\,`` and ``\;``. The backslash itself is
``\\``. A backslash that stands before any other character is read as a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from egiz.translate.errors import InputError
from egiz.translate.files import read_whole
from egiz.translate.read.decode import decode


def read_text(path: Path, where: str, encoding: str | None) -> str:
    """Read a whole file as text; a byte order mark is dropped.

    `where` names the file in messages. Raises InputError for a file that cannot be read or is empty, and for
    bytes that cannot be decoded, with their offset; OptionError for an unknown encoding.
    """
    data = read_whole(path, where=where, expected="the file of a term base")
    if not data:
        raise InputError("is empty", where=where, expected="a term base")
    return decode(data, where=where, encoding=encoding)


_BETWEEN = re.compile(r"[\W_]+")


def slug(text: str) -> str:
    """The letters and digits of a wording in lower case, words joined by hyphens; ``term`` if it has none.

    >>> slug("«Қайта құру» саясаты")
    'қайта-құру-саясаты'
    """
    return _BETWEEN.sub("-", text.lower()).strip("-") or "term"


def identify(given: Sequence[str], wordings: Iterable[str]) -> Iterator[str]:
    """An id for each entry: the given one, or, where that is empty, the slug of its first wording.

    A slug that is taken gets a number, from 2 in the order of the file, so an entry keeps its id as long as
    no entry with the same wording is inserted before it.
    """
    taken = {name for name in given if name}
    last: dict[str, int] = {}
    for name, wording in zip(given, wordings, strict=True):
        if name:
            yield name
            continue
        base = slug(wording)
        made, last[base] = _numbered(base, last.get(base, 0) + 1, taken)
        taken.add(made)
        yield made


def _numbered(base: str, number: int, taken: Container[str]) -> tuple[str, int]:
    """The first free name from this number on, and the number; number 1 is not appended."""
    while (made := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return made, number


_ESCAPED = re.compile(r"\\([\\tnr|,;])")
_NAMED = {"t": "\t", "n": "\n", "r": "\r"}
_NEEDED = re.compile(r"[\t\n\r|\\]")
_NEEDED_IN_LIST = re.compile(r"[\t\n\r|\\,;]")
_LETTERS = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
_BAR = re.compile(r"(?:[^\\|]|\\.|\\\Z)*", re.DOTALL)
_COMMA = re.compile(r"(?:[^\\,;]|\\.|\\\Z)*", re.DOTALL)


def split_bars(cell: str) -> list[str]:
    """The values of a cell, still escaped and stripped; one empty value for an empty cell.

    >>> split_bars("КОКП | партия")
    ['КОКП', 'партия']
    """
    if "|" not in cell:
        return [cell.strip()]
    if "\\" not in cell:
        return [value.strip() for value in cell.split("|")]
    return [value.strip() for value in _pieces(cell, _BAR)]


def split_list(value: str) -> tuple[str, ...]:
    """Split a value at commas or semicolons; items are unescaped, empty ones left out.

    >>> split_list("дауысы, дауысым")
    ('дауысы', 'дауысым')
    """
    items = (unescape(item.strip()) for item in _pieces(value, _COMMA))
    return tuple(item for item in items if item)


def unescape(value: str) -> str:
    """Undo the escapes of a value."""
    return _ESCAPED.sub(lambda found: _NAMED.get(found[1], found[1]), value) if "\\" in value else value


def escape(text: str) -> str:
    r"""Escape a text to be one value of a cell.

    >>> escape("а|б")
    'а\\|б'
    """
    return _NEEDED.sub(_escaped, text)


def join_list(items: Sequence[str]) -> str:
    """Join a list to one value of a cell, escaping its items."""
    return ", ".join(_NEEDED_IN_LIST.sub(_escaped, item) for item in items)


def _escaped(found: re.Match[str]) -> str:
    return _LETTERS.get(found[0], f"\\{found[0]}")


def _pieces(text: str, piece: re.Pattern[str]) -> list[str]:
    """Cut a text at its separators; `piece` matches from one to the next."""
    found, place = [], 0
    while place <= len(text):
        match = piece.match(text, place)
        assert match is not None
        found.append(match[0])
        place = match.end() + 1
    return found


_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A property of a term (its id; empty for the whole base) that a format cannot represent.

    `what` describes it in plain words, the same for all terms that have it.
    """

    term: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A term base as the text of a file, and what the format could not represent."""

    text: str
    losses: tuple[Loss, ...] = ()


def summarise(losses: Iterable[Loss]) -> list[str]:
    """One line for each kind of loss, with the first terms that have it and the number of others."""
    kinds: dict[str, list[str]] = {}
    for loss in losses:
        kinds.setdefault(loss.what, []).append(loss.term)
    return [f"{what}{_terms(terms)}" for what, terms in kinds.items()]


def _terms(terms: list[str]) -> str:
    named = [term for term in dict.fromkeys(terms) if term]
    if not named:
        return ""
    return (
        f" ({', '.join(named[:_SHOWN])}{f' and {len(named) - _SHOWN} more' if len(named) > _SHOWN else ''})"
    )
