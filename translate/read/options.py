"""What a reader may be told, and what it hands on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How to read sources.

    `language` is the code every document gets; empty means "what the file itself says" (EPUB metadata,
    the `lang` of a page), and a file that says nothing is then an error.
    `column` names one column of a TSV or CSV by its header. A number, counted from 1, takes that column
    of a table *without* a header: the first row is text too, so that no row is ever lost to a guess.
    `encoding` is for files of text, pages and tables; none means UTF-8 or UTF-16 recognised by its marks,
    because guessing between 8-bit encodings turns one letter into another without a trace.
    `title` replaces the title a file states; `licence` is carried along as given.
    """

    language: str
    column: str | int | None = None
    encoding: str | None = None
    title: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What one file holds: its text as read, and the title and language it states, if any."""

    text: str
    title: str = ""
    language: str = ""


def join_blocks(blocks: Iterable[str]) -> str:
    """Set paragraphs apart by one blank line, dropping those without text.

    >>> join_blocks(["Тақырып", " ", "Мәтін."])
    'Тақырып\\n\\nМәтін.'
    """
    return "\n\n".join(block.strip() for block in blocks if block.strip())
