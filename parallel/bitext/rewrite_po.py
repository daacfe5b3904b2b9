"""PO files whose translations can be given other words: each ``msgstr`` with the lines it goes on in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from egiz.parallel.bitext.languages import Wanted
from egiz.parallel.bitext.po import _encoding
from egiz.parallel.bitext.po_entries import _ESCAPE, _LINE, _SIGNS, _STRING
from egiz.parallel.bitext.rewrite_letters import Letter, Script
from egiz.parallel.bitext.rewrite_slots import Piece, TextSlot, plain_letters
from egiz.parallel.publish.tsv import LONGEST_LINE

_MARK = b"\xef\xbb\xbf"
_BEGINS = frozenset({"msgctxt", "msgid", "domain"})


def po_pieces(path: Path, wanted: Wanted) -> Iterator[bytes | Piece]:
    """Cut a file that `read_po` takes into its translations and what stands between them; no byte is lost.

    Strings are escaped only as far as they must be. The line breaks of the file itself (not those of the
    text, ``\\n``) go where they stand among the words that are replaced.
    """
    cutter = _Cutter(_encoding(path))
    with path.open("rb") as stream:
        is_first = True
        while raw := stream.readline(LONGEST_LINE):
            yield from cutter.line(raw, len(_MARK) if is_first and raw.startswith(_MARK) else 0)
            is_first = False
    yield from cutter.finish()


class _Cutter:
    """Collects the lines of one translation after the other. What is no PO, the reader has words for."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._block: list[bytes] = []
        self._last = ""
        self._is_header = True

    def line(self, raw: bytes, skipped: int) -> Iterator[bytes | Piece]:
        """The next line of the file, of which `skipped` bytes are a mark; what is complete with it."""
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
        """Whether the entry is the header: it has no context, and its `msgid` says nothing."""
        self._is_header = (begins or self._is_header) and not (
            word == "msgctxt" or (word == "msgid" and _says(text))
        )
        self._last = word

    def finish(self) -> Iterator[bytes | Piece]:
        """The translation that ends here, if one was begun; that of the header is no text."""
        lines, self._block = self._block, []
        if lines and self._is_header:
            yield b"".join(lines)
        elif lines:
            yield Piece(raw=b"".join(lines), slots=(_slot(lines, self._encoding),))


def _says(line: str) -> bool:
    """Whether the strings of a line hold anything."""
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
    """The letters of the strings of a line that begins at byte `start` of its unit."""
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
