"""The record of a bilingual file: one text beside its translation, whatever format they come from."""

from __future__ import annotations

from dataclasses import dataclass

from egiz.parallel.formulas import unguarded
from egiz.parallel.rows import single_line
from egiz.translate.normal import is_nfc, nfc

OBJECT = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands where a picture, a variable or a line break stood, so that the words at its sides stay apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One text with its translation; a side that the file lacks is empty.

    `id` is the unit's own where the format has one, else its number, from 1. Languages are Egiz' tags where
    it knows the language, else as in the file. Texts are NFC and one line: tabs, line ends and runs of spaces
    have become one space, and markup inside is gone (see `OBJECT`). `line` counts from 1. A `draft` is
    marked in its file as not translated yet: fuzzy, or copied from the source.
    """

    id: str
    source_language: str
    target_language: str
    source: str
    target: str
    file: str
    line: int
    draft: bool = False

    @property
    def place(self) -> str:
        """``file:line``."""
        return f"{self.file}:{self.line}"


def tidy(text: str) -> str:
    """Bring a text into the form that segments have; what guarded it from spreadsheets goes.

    >>> tidy(" a\\n  b")
    'a b'
    """
    if text.isprintable() and "  " not in text and is_nfc(text):
        return text.strip(" ")
    return nfc(unguarded(single_line(text)))
