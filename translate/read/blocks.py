"""The options of the readers, and their result: blocks of text with levels of headings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from egiz.translate.read.notation import joined, lowered, raised, symbols


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How to read sources.

    `language` is the code every document gets; empty means "what the file itself says" (EPUB metadata,
    the `lang` of a page), and a file that says nothing is then an error.
    `column` names one column of a TSV or CSV by its header. A number, counted from 1, takes that column
    of a table *without* a header: the first row is text too, so that no row is ever lost to a guess.
    `encoding` is for files of text, pages and tables; none means UTF-8 or UTF-16 recognised by its marks,
    because guessing between 8-bit encodings turns one letter into another without a trace. ``auto`` guesses
    all the same, for each file by itself, and the document says what was guessed.
    `title` replaces the title a file states; `licence` is carried along as given.
    """

    language: str
    column: str | int | None = None
    encoding: str | None = None
    title: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph of a document as its markup has it.

    `level` is 1 to 6 for a heading, else 0. `entry` is the title of a chapter that begins here by the table
    of contents, without a heading of its own in the text.
    """

    text: str
    level: int = 0
    entry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What one file holds: its text as read, and the title and language it states, if any.

    `left_out` names, in plain words, what is in the file and was not read, such as headers and footers.
    `encoding` is the one that was guessed, if one was.
    """

    blocks: tuple[Block, ...]
    title: str = ""
    language: str = ""
    left_out: tuple[str, ...] = ()
    encoding: str = ""

    @property
    def text(self) -> str:
        """All blocks, set apart by blank lines."""
        return "\n\n".join(block.text for block in self.blocks)


def plain(text: str) -> Content:
    """The content of a text without markup: one block, exactly as it is."""
    return Content(blocks=(Block(text=text),))


def filled(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks that hold text, without white space around it; an entry of the contents goes on to the next.

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
    """The title that a document without a stated one has: a heading of the first level that begins it."""
    return blocks[0].text if blocks and blocks[0].level == 1 else ""


_LOOKED_BACK = 12
"""The number of characters before a raised or lowered text that decide how it is written."""


class LineBuilder:
    """The text of a block while it is put together; what is raised, lowered or symbols is rewritten."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._open: list[tuple[str, int]] = []

    def add(self, text: str | None) -> None:
        """Go on with a text."""
        if text:
            self._pieces.append(text)

    def add_formula(self, text: str) -> None:
        """Go on with a formula; a number before it stays apart from one that begins it."""
        before = self._before(len(self._pieces))
        self.add(joined([before, text])[len(before) :])

    def open(self, style: str) -> None:
        """Begin an element in a style: ``super``, ``sub``, ``symbol``, or none."""
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
        """The text so far; the line is empty afterwards, and styles end with the block."""
        text = "".join(self._pieces)
        self._pieces.clear()
        self._open = [("", 0)] * len(self._open)
        return text

    def _before(self, stop: int) -> str:
        """The last characters before a piece."""
        text = ""
        while stop > 0 and len(text) < _LOOKED_BACK:
            stop -= 1
            text = self._pieces[stop][-_LOOKED_BACK:] + text
        return text
