"""Read gettext PO files strictly, and cut them into pieces so that translations can be replaced.

The library polib is not used: it silently drops an unterminated string and everything after it, and its error
messages do not state the column.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from egiz.parallel.bitext.patches import FilePiece, Letter, Script, TextSlot, plain_letters
from egiz.parallel.bitext.segment import Requested, Segment, agreed, read_lines, tidy
from egiz.parallel.publish.tsv import MAX_LINE_BYTES
from egiz.translate.errors import InputError

LONGEST_ENTRY = 16 * 2**20
"""The most characters that the strings of one entry may have together."""

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
"""The keywords that may follow each keyword in the grammar of GNU gettext; ``""`` is the start."""


@dataclass(slots=True)
class PoEntry:
    """One entry; all texts are unescaped.

    `line` is the line of its first keyword, `text` is its ``msgid``, `plural` its ``msgid_plural``. `strings`
    are its ``msgstr``, in the order of the plural forms.
    """

    line: int = 0
    context: str | None = None
    text: str = ""
    plural: str | None = None
    strings: list[str] = field(default_factory=list)
    is_fuzzy: bool = False


def read_entries(lines: Iterable[tuple[int, str]], file: str) -> Iterator[PoEntry]:
    """Yield the entries in order, including the header; obsolete ones (``#~``) and comments are skipped.

    Raises InputError with line and column for anything that gettext's grammar does not allow.
    """
    reader = _EntryReader(file)
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


class _EntryReader:
    """Builds entries from lines; an entry is complete when the next one begins."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._entry = PoEntry()
        self._last = ""
        self._size = 0
        self._number = 0

    def comment(self, line: str) -> PoEntry | None:
        """Read a comment line; return the entry before it if this line ends that entry, else None.

        The line ends an entry that has a ``msgstr``. Nothing of the comment is kept except the flag
        ``fuzzy``, which holds for the next entry.
        """
        done = self.finish() if self._last.startswith("msgstr") else None
        if line.startswith("#,") and "fuzzy" in re.split(r"[,\s]+", line[2:]):
            self._entry.is_fuzzy = True
        elif line.startswith("#~") and not self._last:
            self._entry.is_fuzzy = False  # it belonged to an obsolete entry
        return done

    def statement(self, line: str, number: int) -> PoEntry | None:
        """Read a line with a keyword and a string, or with the continuation of a string.

        Returns the previous entry if this line begins a new one, else None.
        """
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

    def finish(self) -> PoEntry | None:
        """End the current entry and return it; None if none was begun.

        Raises InputError if the entry has no line with ``msgstr``.
        """
        entry, last = self._entry, self._last
        if last in ("msgctxt", "msgid", "msgid_plural"):
            raise InputError("an entry without msgstr", where=f"{self._file}:{entry.line}")
        self._entry, self._last, self._size = PoEntry(), "", 0
        return entry if last.startswith("msgstr") else None

    def _begin(self, word: str, index: str | None, column: int) -> PoEntry | None:
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


_HEAD = 1 << 16
_CHARSET = re.compile(rb'^[^#\n]*Content-Type:[^"\\\n]{0,200}charset=(?P<name>[\w.:-]+)', re.MULTILINE)
_TEMPLATE = "CHARSET"
"""The placeholder for the encoding in the header of a template (``.pot``)."""


def read_po(path: Path, wanted: Requested) -> Iterator[Segment]:
    """Read a PO file entry by entry.

    The target language is the header's ``Language``, the source language its ``X-Source-Language``; a
    language that the header lacks must be given in `wanted`. In an entry with plural forms, the first form
    translates the singular and every other form the plural; if there is only one form, it translates the
    plural. Fuzzy entries are drafts, obsolete ones are skipped. The id of a segment is the number of the
    entry, from 1. In an entry with plural forms, the number of the form, from 0, is added: ``7[1]`` is the
    second form of the seventh entry.

    Raises InputError with line and column for malformed files, OptionError for a missing language.
    """
    file = str(path)
    languages: tuple[str, str] | None = None
    fields: dict[str, str] = {}
    number = 0
    for entry in read_entries(read_lines(path, _encoding(path)), file):
        if not entry.text and entry.context is None:
            fields = _fields(entry)
            continue
        if languages is None:
            languages = (
                agreed(wanted.source, fields.get("x-source-language"), side="source", where=file),
                agreed(wanted.target, fields.get("language"), side="target", where=file),
            )
        number += 1
        yield from _segments(entry, number, languages, file)


def _encoding(path: Path) -> str:
    """Return the encoding that the header names; UTF-8 if it names none."""
    try:
        with path.open("rb") as stream:
            found = _CHARSET.search(stream.read(_HEAD))
    except OSError as error:
        raise InputError(error.strerror or str(error), where=str(path)) from error
    name = found["name"].decode() if found else _TEMPLATE
    if name == _TEMPLATE:
        return "utf-8"
    try:
        b"text".decode(name)
    except (LookupError, UnicodeError) as error:
        raise InputError(
            f"the header names the encoding {name!r}",
            where=str(path),
            expected="a text encoding such as UTF-8",
        ) from error
    return codecs.lookup(name).name


def _fields(header: PoEntry) -> dict[str, str]:
    lines = "".join(header.strings).split("\n")
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _segments(entry: PoEntry, number: int, languages: tuple[str, str], file: str) -> Iterator[Segment]:
    for form, text in enumerate(entry.strings):
        is_singular = entry.plural is None or (form == 0 and len(entry.strings) > 1)
        yield Segment(
            id=str(number) if entry.plural is None else f"{number}[{form}]",
            source_language=languages[0],
            target_language=languages[1],
            source=tidy(entry.text if is_singular else entry.plural or ""),
            target=tidy(text),
            file=file,
            line=entry.line,
            draft=entry.is_fuzzy,
        )


_BOM = b"\xef\xbb\xbf"
_BEGINS = frozenset({"msgctxt", "msgid", "domain"})


def po_pieces(path: Path, wanted: Requested) -> Iterator[bytes | FilePiece]:
    """Cut a file that `read_po` reads into its translations and the bytes between them.

    Joined, the pieces are the file. New strings are escaped only where necessary. If a string is divided into
    several lines of the file inside the words that an edit replaces, these lines are joined.
    """
    cutter = _Cutter(_encoding(path))
    with path.open("rb") as stream:
        is_first = True
        while raw := stream.readline(MAX_LINE_BYTES):
            yield from cutter.line(raw, len(_BOM) if is_first and raw.startswith(_BOM) else 0)
            is_first = False
    yield from cutter.finish()


class _Cutter:
    """Collects the lines of each translation.

    It does not check the grammar, because `read_po` reads the same file and reports the errors.
    """

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._block: list[bytes] = []
        self._last = ""
        self._is_header = True

    def line(self, raw: bytes, skipped: int) -> Iterator[bytes | FilePiece]:
        """Read the next line, and yield the pieces that it completes.

        The first `skipped` bytes of the line are a byte order mark.
        """
        text = raw[skipped:].decode(self._encoding, "replace")
        found = None if text.startswith("#") else _LINE.match(text)
        word = found["word"] if found is not None else None
        if found is None or word is not None:
            yield from self.finish()
        if found is not None:
            self._note(word or self._last, text, begins=word in _BEGINS and self._last not in _BEGINS)
        elif self._last == "msgstr":
            self._last = ""
        if word == "msgstr" or (self._block and found is not None):
            self._block.append(raw)
        else:
            yield raw

    def _note(self, word: str, text: str, *, begins: bool) -> None:
        """Record the keyword, and whether the current entry can be the header.

        The header is an entry without context and with an empty ``msgid``.
        """
        self._is_header = (begins or self._is_header) and not (
            word == "msgctxt" or (word == "msgid" and _has_text(text))
        )
        self._last = word

    def finish(self) -> Iterator[bytes | FilePiece]:
        """Yield the translation whose lines were collected last; yield nothing if there are no such lines.

        It is a `FilePiece`, but the header is yielded as bytes, because it must not be changed.
        """
        lines, self._block = self._block, []
        if lines and self._is_header:
            yield b"".join(lines)
        elif lines:
            yield FilePiece(raw=b"".join(lines), slots=(_slot(lines, self._encoding),))


def _has_text(line: str) -> bool:
    """Whether any string of a line is not empty."""
    return any(found["body"] for found in _STRING.finditer(line))


def _slot(lines: list[bytes], encoding: str) -> TextSlot:
    def letters() -> list[Letter]:
        found: list[Letter] = []
        start = 0
        for line in lines:
            found += _line_letters(line, start, encoding)
            start += len(line)
        return found

    def write(text: str, _: bool) -> bytes | None:
        try:
            return text.replace("\\", "\\\\").replace('"', '\\"').encode(encoding)
        except UnicodeEncodeError:
            return None

    return TextSlot(letters, Script(write=write, joins=True))


def _line_letters(line: bytes, start: int, encoding: str) -> Iterator[Letter]:
    """Yield the characters of the strings in a line that begins at byte `start` of its unit."""
    signs = plain_letters(line.decode(encoding), start, line, encoding)
    text = "".join(letter.sign for letter in signs)
    found = _LINE.match(text)
    column = found.end() if found is not None else 0
    while (string := _STRING.match(text, column)) is not None:
        column, at = string.end(), string.start("body")
        while at < string.end("body"):
            escape = _ESCAPE.match(text, at)
            if escape is None:
                yield signs[at]
                at += 1
                continue
            code = int(escape["octal"], 8) if escape["octal"] else int(escape["hex"] or "0", 16)
            sign = _SIGNS[escape["sign"]] if escape["sign"] is not None else chr(code)
            first, last = signs[at], signs[escape.end() - 1]
            yield first._replace(sign=sign, stop=last.stop)
            at = escape.end()
