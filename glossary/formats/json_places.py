"""JSON with the lines and columns that things stand at, which the standard library's reader does not say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from egiz.translate.errors import InputError

_SPACE = re.compile(r"[ \t\n\r]*")


class _Scanner:
    """Goes through a text from value to value and knows the line of the last one."""

    def __init__(self, text: str, where: str) -> None:
        self._text = text
        self._where = where
        self._decoder = json.JSONDecoder(object_pairs_hook=_unique)
        self._counted, self._line, self._line_start = 0, 1, 0
        self.offset = 0

    def peek(self) -> str:
        """The next character that is not space; nothing at the end."""
        match = _SPACE.match(self._text, self.offset)
        self.offset = match.end() if match else self.offset
        return self._text[self.offset : self.offset + 1]

    def take(self, mark: str) -> bool:
        """Step over a mark where it comes next."""
        if self.peek() != mark:
            return False
        self.offset += 1
        return True

    def expect(self, mark: str) -> None:
        if not self.take(mark):
            found = repr(self.peek()) if self.peek() else "the end of the file"
            raise InputError(f"is not JSON ({found})", where=self.place(), expected=repr(mark))

    def value(self) -> Any:
        """Read a whole value."""
        self.peek()
        try:
            value, self.offset = self._decoder.raw_decode(self._text, self.offset)
        except json.JSONDecodeError as error:
            self.offset = error.pos
            raise InputError(f"is not JSON ({error.msg})", where=self.place()) from error
        except _TwiceError as error:
            raise InputError(f"{error.args[0]!r} stands twice in one object", where=self.place()) from error
        except RecursionError as error:
            raise InputError("is nested too deeply", where=self.place(), expected="a term base") from error
        return value

    def place(self) -> str:
        """File, line and column, from 1, of where it stands. Lines are counted once over a whole text."""
        new = self._text.count("\n", self._counted, self.offset)
        if new:
            self._line += new
            self._line_start = self._text.rindex("\n", self._counted, self.offset) + 1
        self._counted = self.offset
        return f"{self._where}:{self._line}:{self.offset - self._line_start + 1}"


class _TwiceError(Exception):
    """A name that stands twice in one object."""


def placed_members(text: str, where: str, *, items_of: str) -> Iterator[tuple[str, str, Any]]:
    """The members of the object that a text is: name, place (``file:line:column``) and value.

    Of the member `items_of`, a list, each item comes by itself, under the same name. Raises InputError with
    line and column for what is not JSON, not such an object, or has one name twice.
    """
    scanner = _Scanner(text, where)
    if scanner.peek() != "{":
        raise InputError("is no JSON object", where=scanner.place(), expected=f"an object with {items_of!r}")
    scanner.expect("{")
    seen: set[str] = set()
    while not scanner.take("}"):
        if seen:
            scanner.expect(",")
        scanner.peek()
        place, name = scanner.place(), scanner.value()
        if not isinstance(name, str) or name in seen:
            found = f"{name!r} stands twice" if isinstance(name, str) else f"{name!r} is no name"
            raise InputError(found, where=place, expected="names in quotes, each once")
        seen.add(name)
        scanner.expect(":")
        if name == items_of:
            yield from ((name, place, value) for place, value in _items(scanner, name))
        else:
            scanner.peek()
            yield name, scanner.place(), scanner.value()
    if scanner.peek():
        raise InputError("goes on behind the object", where=scanner.place(), expected="the end of the file")
    if items_of not in seen:
        raise InputError("names no terms", where=scanner.place(), expected=f"a list called {items_of!r}")


def _items(scanner: _Scanner, name: str) -> Iterator[tuple[str, Any]]:
    if scanner.peek() != "[":
        raise InputError(f"{name!r} is no list", where=scanner.place(), expected="a list of entries")
    scanner.expect("[")
    is_first = True
    while not scanner.take("]"):
        if not is_first:
            scanner.expect(",")
        is_first = False
        scanner.peek()
        yield scanner.place(), scanner.value()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(next(name for name in names if names.count(name) > 1))
    return members
