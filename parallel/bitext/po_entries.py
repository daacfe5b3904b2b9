"""The entries of a gettext PO file, strictly: an entry that is cut short is an error, not a missing one.

polib, the library for this, drops an unterminated string and a file's cut-off end without a word, and knows
no columns; hence these lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from egiz.translate.errors import InputError

LONGEST_ENTRY = 16 * 2**20
"""Characters of one entry's strings."""

_LINE = re.compile(r"\s*(?P<word>msgctxt|msgid_plural|msgid|msgstr|domain)?(?:\[(?P<index>\d{1,3})\])?\s*")
_STRING = re.compile(r'"(?P<body>(?:[^"\\]|\\.)*)"\s*')
_ESCAPE = re.compile(r"\\(?:(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9A-Fa-f]{1,2})|(?P<sign>.))")
_SIGNS = dict(zip('abfnrtv\\"', '\a\b\f\n\r\t\v\\"', strict=True))
_FOLLOWS = {
    "": {"msgctxt", "msgid", "domain"},
    "domain": {"msgctxt", "msgid", "domain"},
    "msgctxt": {"msgid"},
    "msgid": {"msgid_plural", "msgstr"},
    "msgid_plural": {"msgstr[]"},
    "msgstr": {"msgctxt", "msgid", "domain"},
    "msgstr[]": {"msgstr[]", "msgctxt", "msgid", "domain"},
}
"""What may follow what, in the grammar of GNU gettext."""


@dataclass(slots=True)
class Entry:
    """One entry while it is read: texts unescaped, `strings` in the order of their plural forms."""

    line: int = 0
    context: str | None = None
    text: str = ""
    plural: str | None = None
    strings: list[str] = field(default_factory=list)
    is_fuzzy: bool = False


def read_entries(lines: Iterable[tuple[int, str]], file: str) -> Iterator[Entry]:
    """Yield the entries in order, the header too; obsolete ones (``#~``) and comments are passed over.

    Raises InputError with line and column for anything that gettext's own grammar does not allow.
    """
    reader = _Reader(file)
    for number, line in lines:
        if line.startswith("#"):
            done = reader.comment(line)
        elif not line.strip():
            continue
        else:
            done = reader.statement(line, number)
        if done is not None:
            yield done
    last = reader.finish()
    if last is not None:
        yield last


class _Reader:
    """Collects one entry after the other; what is complete is handed out when the next one begins."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._entry = Entry()
        self._last = ""
        self._size = 0
        self._number = 0

    def comment(self, line: str) -> Entry | None:
        """A comment belongs to the entry after it; of all kinds only the fuzzy flag tells something."""
        done = self.finish() if self._last.startswith("msgstr") else None
        if line.startswith("#,") and "fuzzy" in re.split(r"[,\s]+", line[2:]):
            self._entry.is_fuzzy = True
        elif line.startswith("#~") and not self._last:
            self._entry.is_fuzzy = False  # it was the obsolete entry's
        return done

    def statement(self, line: str, number: int) -> Entry | None:
        """One line of an entry: a keyword with a string, or a string that goes on."""
        self._number = number
        found = _LINE.match(line)
        assert found is not None  # all its parts are optional
        word, index = found["word"], found["index"]
        done = None
        if word is not None:
            done = self._begin(word, index, found.start("word"))
        elif not self._last or index is not None:
            raise self._error(found.end() if index is None else found.start("index"), "'msgid' or a comment")
        self._append(self._string(line, found.end()))
        return done

    def finish(self) -> Entry | None:
        """The entry that ends here, if one was begun.

        Raises InputError where it has no translation, not even an empty one.
        """
        entry, last = self._entry, self._last
        if last in ("msgctxt", "msgid", "msgid_plural"):
            raise InputError("an entry without msgstr", where=f"{self._file}:{entry.line}")
        self._entry, self._last, self._size = Entry(), "", 0
        return entry if last.startswith("msgstr") else None

    def _begin(self, word: str, index: str | None, column: int) -> Entry | None:
        kind = word if index is None else f"{word}[]"
        if kind not in _FOLLOWS[self._last]:
            expected = ", ".join(sorted(_FOLLOWS[self._last]))
            raise self._error(column, f"{expected} here, not {kind}")
        done = self.finish() if self._last.startswith("msgstr") and kind != "msgstr[]" else None
        entry = self._entry
        if word == "msgstr":
            if int(index or 0) != len(entry.strings):
                raise self._error(column, f"msgstr[{len(entry.strings)}]")
            entry.strings.append("")
        elif word == "msgctxt":
            entry.context = ""
        elif word == "msgid_plural":
            entry.plural = ""
        entry.line = entry.line or self._number
        self._last = kind
        return done

    def _string(self, line: str, start: int) -> str:
        pieces, column = [], start
        while column < len(line):
            found = _STRING.match(line, column)
            if found is None:
                raise self._error(column, "a string in double quotes, closed on its line")
            pieces.append(self._unescaped(found["body"], found.start("body")))
            column = found.end()
        if not pieces:
            raise self._error(column, "a string in double quotes")
        return "".join(pieces)

    def _unescaped(self, body: str, column: int) -> str:
        if "\\" not in body:
            return body

        def sign(found: re.Match[str]) -> str:
            code = int(found["octal"], 8) if found["octal"] else int(found["hex"] or "0", 16)
            if found["sign"] is None and code < 0x80:
                return chr(code)
            if found["sign"] not in _SIGNS:
                raise self._error(column + found.start(), f"a backslash and one of {' '.join(_SIGNS)}")
            return _SIGNS[found["sign"]]

        return _ESCAPE.sub(sign, body)

    def _append(self, text: str) -> None:
        entry = self._entry
        self._size += len(text)
        if self._size > LONGEST_ENTRY:
            raise InputError("an entry that does not end", where=f"{self._file}:{entry.line}")
        match self._last:
            case "msgctxt":
                entry.context = (entry.context or "") + text
            case "msgid":
                entry.text += text
            case "msgid_plural":
                entry.plural = (entry.plural or "") + text
            case "msgstr" | "msgstr[]":
                entry.strings[-1] += text

    def _error(self, column: int, expected: str) -> InputError:
        return InputError(
            "not as in a PO file", where=f"{self._file}:{self._number}:{column + 1}", expected=expected
        )
