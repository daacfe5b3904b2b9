"""The record that training data is made of: one source text with the translations that are left of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from egiz.parallel.publish.tsv import unguarded
from egiz.translate.text import is_nfc, nfc, single_line

_NO_CHARACTERS = re.compile("[\ufffe\uffff]")
"""What is left of the code points that XML 1.0 cannot hold once a text is one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One translation. `quality` is between 0 and 1, None where nothing was scored.

    `status` and `flags` are those of a published table; another bilingual file has ``draft`` or nothing.
    `terms` is ``term:outcome`` for each term of the source, joined by commas. `approved` says that a person
    approved the translation in a review.
    """

    language: str
    text: str
    quality: float | None = None
    status: str = ""
    flags: tuple[str, ...] = ()
    terms: str = ""
    approved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row. `id` is the row's own, after the name of its input where there are several inputs.

    `document` is what the parts of a split are made of; a row whose document is not known is its own.
    """

    id: str
    document: str
    source_language: str
    source: str
    sides: tuple[Side, ...]


def plain_text(text: str) -> str:
    """A text as every format can hold it: one line, NFC, no controls, no lone surrogates, no U+FFFE.

    A text of a published table, or of a segment that Egiz read, is left as it is; what guards a text from
    spreadsheets goes.

    >>> plain_text(" a\\tb\\x00\\uffff ")
    'a b\\ufffd'
    """
    if text.isprintable() and "  " not in text and is_nfc(text):
        return text.strip(" ")
    return nfc(_NO_CHARACTERS.sub("\ufffd", unguarded(single_line(text))))
