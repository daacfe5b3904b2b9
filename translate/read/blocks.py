"""The options of the readers, and their result: blocks of text, with the levels of headings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from egiz.translate.read.notation import joined, lowered, raised, symbols


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """The options for reading sources.

    `language` is the language of every document; if it is empty, each file must state its own (EPUB metadata,
    the `lang` of a page). `column` is the column of a CSV, TSV or workbook to read: its name in the header,
    or its number, from 1, in a table *without* a header, where the first row is text too.

    `encoding` applies to text, pages and tables. None means the encoding that the file states, or UTF-8 or
    UTF-16 if it states none. An 8-bit encoding is guessed only with ``auto``, because a wrong guess would
    replace letters without a trace; the document then names the guess. `title` replaces the title that a file
    states; `licence` is copied to the documents.
    """

    language: str
    column: str | int | None = None
    encoding: str | None = None
    title: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph of a document, as its markup has it.

    `level` is 1 to 6 for a heading, else 0. If a chapter without a heading begins at this block, `entry` is
    the title of the chapter in the table of contents; otherwise it is empty.
    """

    text: str
    level: int = 0
    entry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The content of one file: its text as read, and the title and language that it states, if any.

    `left_out` names, in plain words, the parts of the file that were not read, such as headers and footers.
    `encoding` is the encoding that was guessed, if one was.
    """

    blocks: tuple[Block, ...]
    title: str = ""
    language: str = ""
    left_out: tuple[str, ...] = ()
    encoding: str = ""

    @property
    def text(self) -> str:
        """All blocks, separated by blank lines."""
        return "\n\n".join(block.text for block in self.blocks)


def plain(text: str) -> Content:
    """The content of a text without markup: one block that is the whole text."""
    return Content(blocks=(Block(text=text),))


def filled(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks that have text, stripped; the `entry` of a block without text moves to the next block.

    >>> [block.text for block in filled([Block(text="Тақырып"), Block(text=" "), Block(text="Мәтін. ")])]
    ['Тақырып', 'Мәтін.']
    """
    found: list[Block] = []
    entry = ""
    for block in blocks:
        entry = block.entry or entry
        if text := block.text.strip():
            found.append(Block(text=text, level=block.level, entry=entry))
            entry = ""
    return tuple(found)


def first_heading(blocks: tuple[Block, ...]) -> str:
    """The text of the first block if this block is a heading of level 1, else empty.

    The readers use it as the title of a document that does not state a title.
    """
    return blocks[0].text if blocks and blocks[0].level == 1 else ""


_LOOKED_BACK = 12
"""The number of characters before a raised or lowered text that are examined to decide how to write it."""


class LineBuilder:
    """Builds the text of a block from its parts.

    Raised and lowered text is written on the line (see `egiz.translate.read.notation`), and letters in the
    Symbol font become the characters that they show.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._open: list[tuple[str, int]] = []

    def add(self, text: str | None) -> None:
        """Append a text; None appends nothing."""
        if text:
            self._pieces.append(text)

    def add_formula(self, text: str) -> None:
        """Append a formula; a space is inserted between a number before it and a number at its start."""
        before = self._before(len(self._pieces))
        self.add(joined([before, text])[len(before) :])

    def open(self, style: str) -> None:
        """Begin an element with a style: ``super``, ``sub``, ``symbol``, or empty for none."""
        self._open.append((style, len(self._pieces)))

    def close(self) -> None:
        """End the element that was opened last."""
        style, start = self._open.pop() if self._open else ("", 0)
        if not style or start >= len(self._pieces):
            return
        inside = "".join(self._pieces[start:])
        made = inside
        if style == "symbol":
            made = symbols(inside)
        elif inside.strip():
            made = (raised if style == "super" else lowered)(inside, self._before(start))
        self._pieces[start:] = [made]

    def taken(self) -> str:
        """Return the text so far and begin a new block without text; styles that are open no longer apply."""
        text = "".join(self._pieces)
        self._pieces.clear()
        self._open = [("", 0)] * len(self._open)
        return text

    def _before(self, stop: int) -> str:
        """The end of the text before piece number `stop` (from 0), at least `_LOOKED_BACK` characters."""
        text = ""
        while stop > 0 and len(text) < _LOOKED_BACK:
            stop -= 1
            text = self._pieces[stop][-_LOOKED_BACK:] + text
        return text
