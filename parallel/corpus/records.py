"""The record of training data: one source text with the translations that are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from egiz.parallel.publish.tsv import unguarded
from egiz.translate.text import is_nfc, nfc, single_line

_NO_CHARACTERS = re.compile("[\ufffe\uffff]")
"""The code points that XML 1.0 cannot hold and that `single_line` leaves in a text."""


Meaning = Literal["quality", "link", "soundness"]
MEANINGS: dict[Meaning, str] = {
    "quality": "the chance of a good translation, as a build says",
    "link": "the chance that the texts belong together, as an alignment says",
    "soundness": "the chance that the pair is no spoilt one, as egiz score says",
}
"""What the number of a translation may be, by the name of its column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One translation. `chance` is between 0 and 1, of what `meaning` says, and None if it was not scored.

    `status` and `flags` are those of a published or aligned table; the status from other bilingual files is
    ``draft`` or empty. `terms` is ``term:outcome`` for each term of the source, joined by commas. `approved`
    says that a person approved the translation in a review.
    """

    language: str
    text: str
    chance: float | None = None
    meaning: Meaning = "quality"
    status: str = ""
    flags: tuple[str, ...] = ()
    terms: str = ""
    approved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row. `id` is the row's own; with several inputs, it begins with the name of the input.

    `document` is the unit of splitting into parts; a row of no known document is a document of its own.
    """

    id: str
    document: str
    source_language: str
    source: str
    sides: tuple[Side, ...]


def plain_text(text: str) -> str:
    """A text that every format can hold: one line, NFC, no controls, no lone surrogates, no U+FFFE.

    Texts of published tables and of segments are left unchanged; a guard against spreadsheet formulas is
    removed.

    >>> plain_text(" a\\tb\\x00\\uffff ")
    'a b\\ufffd'
    """
    if text.isprintable() and "  " not in text and is_nfc(text):
        return text.strip(" ")
    return nfc(_NO_CHARACTERS.sub("\ufffd", unguarded(single_line(text))))
