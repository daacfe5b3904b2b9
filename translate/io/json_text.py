"""Read JSON value by value, with the line and column of each value for messages and rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from egiz.translate.errors import InputError
from egiz.translate.io.files import MAX_NESTING

_SPACE = re.compile(r"[ \t\n\r]*")


class JsonScanner:
    """Reads the JSON values of a text one after another, and states the position of the current one."""

    def __init__(self, text: str, where: str) -> None:
        self._text = text
        self._where = where
        self._decoder = json.JSONDecoder(object_pairs_hook=_unique)
        self._counted, self._line, self._line_start = 0, 1, 0
        self.offset = 0

    def peek(self) -> str:
        """Skip white space and return the next character; empty at the end."""
        match = _SPACE.match(self._text, self.offset)
        self.offset = match.end() if match else self.offset
        return self._text[self.offset : self.offset + 1]

    def take(self, mark: str) -> bool:
        """Consume `mark` if it comes next; return whether it did."""
        if self.peek() != mark:
            return False
        self.offset += 1
        return True

    def expect(self, mark: str) -> None:
        """Consume `mark`; InputError with the position if something else comes next."""
        if not self.take(mark):
            found = repr(self.peek()) if self.peek() else "the end of the file"
            raise InputError(f"is not JSON ({found})", where=self.place(), expected=repr(mark))

    def members(self) -> Iterator[tuple[str, str]]:
        """Yield name and place (see `place`) of each member of the object that comes next.

        The caller must read the value of a member before it requests the next one. Raises InputError for a
        name that occurs twice.
        """
        self.expect("{")
        seen: set[str] = set()
        while not self.take("}"):
            if seen:
                self.expect(",")
            self.peek()
            place, name = self.place(), self.value()
            if not isinstance(name, str) or name in seen:
                found = f"{name!r} stands twice" if isinstance(name, str) else f"{name!r} is no name"
                raise InputError(found, where=place, expected="names in quotes, each once")
            seen.add(name)
            self.expect(":")
            yield name, place

    def items(self) -> Iterator[int]:
        """Yield the numbers, from 0, of the items of the list that comes next; the caller reads each item."""
        self.expect("[")
        number = 0
        while not self.take("]"):
            if number:
                self.expect(",")
            yield number
            number += 1

    def value(self) -> Any:
        """Read one JSON value."""
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
        """``file:line:column`` of the current offset, from 1. Newlines are counted incrementally."""
        new = self._text.count("\n", self._counted, self.offset)
        if new:
            self._line += new
            self._line_start = self._text.rindex("\n", self._counted, self.offset) + 1
        self._counted = self.offset
        return f"{self._where}:{self._line}:{self.offset - self._line_start + 1}"

    @property
    def line(self) -> int:
        """The line of the current offset, from 1."""
        self.place()
        return self._line


class _TwiceError(Exception):
    """A name occurs twice in one object."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of an object; raises _TwiceError if a name occurs twice."""
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(next(name for name in names if names.count(name) > 1))
    return members


def json_texts(text: str, where: str) -> Iterator[tuple[tuple[str, ...], int, str]]:
    """Yield path, line and text of each string in a JSON value, in the order of the document.

    The path is the names of the members that lead to the string, with numbers from 0 for list items; the line
    counts from 1. Numbers, truth values and nulls are skipped. Raises InputError with line and column for
    text that is not JSON, for a name that occurs twice in one object, and for nesting deeper than
    `egiz.translate.io.files.MAX_NESTING`.
    """
    scanner = JsonScanner(text, where)
    yield from _texts(scanner, ())
    if scanner.peek():
        raise InputError("continues after the value", where=scanner.place(), expected="the end of the file")


def _texts(scanner: JsonScanner, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int, str]]:
    """Yield the strings in the value that comes next, whose path is `path`, as `json_texts` does."""
    if len(path) > MAX_NESTING:
        raise InputError(
            "is nested too deeply", where=scanner.place(), expected=f"{MAX_NESTING} levels at most"
        )
    opening = scanner.peek()
    if opening == "{":
        for name, _ in scanner.members():
            yield from _texts(scanner, (*path, name))
    elif opening == "[":
        for number in scanner.items():
            yield from _texts(scanner, (*path, str(number)))
    else:
        line, value = scanner.line, scanner.value()
        if isinstance(value, str):
            yield path, line, value
