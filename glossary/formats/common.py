r"""Code shared by the formats of term bases: reading text, escapes in cells, ids, statuses, losses.

Four characters that would end a cell or a value are written with a backslash: ``\t``, ``\n``, ``\r``, and
``\|`` for the bar that separates wordings. In wordings ``\;`` is an escape too, in lists of forms ``\,`` and
``\;``. The backslash itself is ``\\``. A backslash before any other character is read as a backslash.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from egiz.glossary.formats.vocabulary import Usage
from egiz.glossary.records import Wording, wording_in
from egiz.translate.errors import InputError
from egiz.translate.io.decode import decode
from egiz.translate.io.files import read_whole


def read_text(path: Path, where: str, encoding: str | None) -> str:
    """Read a whole file as text, without its byte order mark.

    `where` names the file in messages. Raises InputError for a file that cannot be read or is empty, and for
    bytes that cannot be decoded, with their offset; OptionError for an unknown encoding.
    """
    data = read_whole(path, where=where, expected="the file of a term base")
    if not data:
        raise InputError("is empty", where=where, expected="a term base")
    return decode(data, where=where, encoding=encoding)


_BETWEEN = re.compile(r"[\W_]+")


def slug(text: str) -> str:
    """Join the words of a wording by hyphens, in lower case; ``term`` if it has no letters and digits.

    >>> slug("«Қайта құру» саясаты")
    'қайта-құру-саясаты'
    """
    return _BETWEEN.sub("-", text.lower()).strip("-") or "term"


def identify(given: Sequence[str], wordings: Iterable[str]) -> Iterator[str]:
    """Yield an id for each entry: the given one, or, if that is empty, the slug of its first wording.

    If a slug is taken, a number is appended, counted from 2 in the order of the file. So an entry keeps its
    id when the file grows, unless an entry with the same first wording is inserted before it.
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
    """Return a name that is not in `taken`, and its number.

    The name is `base` with a hyphen and a number: ``суд-2``. The number is the first one from `number` on for
    which the name is free. The name with the number 1 is `base` itself.
    """
    while (made := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return made, number


_ESCAPED = re.compile(r"\\([\\tnr|,;])")
_NAMED = {"t": "\t", "n": "\n", "r": "\r"}
_NEEDED = re.compile(r"[\t\n\r|\\]")
_NEEDED_IN_LIST = re.compile(r"[\t\n\r|\\,;]")
_LETTERS = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
_BAR = re.compile(r"(?:[^\\|]|\\.|\\\Z)*", re.DOTALL)
_SYNONYM = re.compile(r"(?:[^\\|;\n\r]|\\.|\\\Z)*", re.DOTALL)
_COMMA = re.compile(r"(?:[^\\,;]|\\.|\\\Z)*", re.DOTALL)


def split_bars(cell: str) -> list[str]:
    """Split a cell at its bars into stripped values, which keep their escapes.

    An empty cell has one empty value.

    >>> split_bars("КОКП | партия")
    ['КОКП', 'партия']
    """
    if "|" not in cell:
        return [cell.strip()]
    if "\\" not in cell:
        return [value.strip() for value in cell.split("|")]
    return [value.strip() for value in _pieces(cell, _BAR)]


def split_wordings(cell: str) -> list[str]:
    """Split a cell at bars, semicolons and line ends into wordings, which keep their escapes.

    >>> split_wordings("суд; трибунал | сот")
    ['суд', 'трибунал', 'сот']
    """
    if not any(sign in cell for sign in "|;\n\r\\"):
        return [cell.strip()]
    pieces = (value.strip() for value in _pieces(cell, _SYNONYM))
    return [value for value in pieces if value]


def split_list(value: str) -> tuple[str, ...]:
    """Split a value at commas or semicolons; return the items without escapes, and no empty ones.

    >>> split_list("дауысы, дауысым")
    ('дауысы', 'дауысым')
    """
    items = (unescape(item.strip()) for item in _pieces(value, _COMMA))
    return tuple(item for item in items if item)


def unescape(value: str) -> str:
    """Undo the escapes of a value."""
    return _ESCAPED.sub(lambda found: _NAMED.get(found[1], found[1]), value) if "\\" in value else value


def escape(text: str) -> str:
    r"""Escape a text so that it can be one of several values of a cell.

    >>> escape("а|б")
    'а\\|б'
    """
    return _NEEDED.sub(_escaped, text)


def escape_wording(text: str) -> str:
    """Escape a wording so that it can be one of several wordings of a cell, semicolons included."""
    return escape(text).replace(";", "\\;")


def join_list(items: Sequence[str]) -> str:
    """Return the items, escaped and joined by commas, as one value of a cell."""
    return ", ".join(_NEEDED_IN_LIST.sub(_escaped, item) for item in items)


def _escaped(found: re.Match[str]) -> str:
    return _LETTERS.get(found[0], f"\\{found[0]}")


def _pieces(text: str, piece: re.Pattern[str]) -> list[str]:
    """Return the parts of a text between its separators.

    `piece` matches everything up to the next separator.
    """
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
    """A property of a term that a file format cannot represent.

    `term` is the id of the term, empty for the whole base. `what` describes the property in plain words,
    which are the same for all terms that have it.
    """

    term: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A term base in a file format, and the losses of writing it.

    The file is `text`, or `data` in a binary format.
    """

    text: str = ""
    data: bytes | None = None
    losses: tuple[Loss, ...] = ()

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return self.text.encode("utf-8") if self.data is None else self.data


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """The facts about a file that the user states: its encoding, its columns, its two languages."""

    encoding: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str | None, str | None] = (None, None)


DEFAULT = ReadOptions()


@dataclass(slots=True, kw_only=True)
class FileWording:
    """A wording as a file states it.

    `language` is the whole language tag, with region and script. `status` is None if the file gives no
    status. `is_unknown` is true if the file gives a status that Egiz does not know. Such a wording must not
    be used.
    """

    language: str
    text: str
    status: Usage | None = None
    is_unknown: bool = False
    fields: dict[str, Any] = field(default_factory=dict)


_STRICTEST: tuple[Usage, ...] = ("forbidden", "preferred", "accepted", "usable")


def stricter(wording: FileWording, usage: Usage | None, value: str, unread: Counter[str]) -> FileWording:
    """Return the wording with a further status; if it has a status already, the stricter one is kept.

    `value` is the further status as the file writes it, `usage` its meaning. `usage` is None if the meaning
    is unknown. Then the value is counted in `unread`, and the wording is marked to be left out, unless
    another status forbids it.
    """
    if usage is None:
        unread[f"wording with the status {value!r}, which is not known; it is left out"] += 1
        return replace(
            wording, status="forbidden" if wording.status == "forbidden" else None, is_unknown=True
        )
    if wording.is_unknown and usage != "forbidden":
        return wording
    found = [item for item in (usage, wording.status) if item is not None]
    return replace(wording, status=min(found, key=_STRICTEST.index))


def settle(found: Sequence[FileWording]) -> Iterator[Wording]:
    """Yield the wordings of an entry with their final statuses, in order.

    Wordings whose status is unknown are left out. If the file marks no wording of a language as preferred,
    the first usable wording becomes the preferred one, and the others become accepted. Here labor in en-US
    and labour in en-GB count as two languages.
    """
    settled = {wording.language for wording in found if wording.status == "preferred"}
    for wording in found:
        status = wording.status
        if status is None and wording.is_unknown:
            continue
        if status is None or status == "usable":
            status = "accepted" if wording.language in settled else "preferred"
            settled.add(wording.language)
        yield wording_in(wording.language, wording.text, status=status, **wording.fields)


def join_wordings(found: list[FileWording], more: Iterable[FileWording]) -> None:
    """Add the wordings `more` to `found`, the wordings of an entry.

    If `found` already has a wording, it is not added again, but gets the stricter of the two statuses.
    """
    known = {(wording.language, wording.text): wording for wording in found}
    for wording in more:
        other = known.setdefault((wording.language, wording.text), wording)
        if other is wording:
            found.append(wording)
        elif wording.status is not None:
            other.status = min((wording.status, other.status or "usable"), key=_STRICTEST.index)


def joined(texts: Iterable[str]) -> str:
    """Join remarks to one text, without empty and repeated remarks."""
    return "; ".join(dict.fromkeys(filter(None, texts)))


def summarise(losses: Iterable[Loss]) -> list[str]:
    """Return one line for each kind of loss: what is lost, the first terms concerned, and how many others."""
    kinds: dict[str, list[str]] = {}
    for loss in losses:
        kinds.setdefault(loss.what, []).append(loss.term)
    return [f"{what}{_named_terms(terms)}" for what, terms in kinds.items()]


def _named_terms(terms: list[str]) -> str:
    named = [term for term in dict.fromkeys(terms) if term]
    if not named:
        return ""
    return (
        f" ({', '.join(named[:_SHOWN])}{f' and {len(named) - _SHOWN} more' if len(named) > _SHOWN else ''})"
    )
