"""Notes of the correction as codes, so that the page says them in the reader's language."""

from __future__ import annotations

from egiz.glossary.correct.candidates import RULES
from egiz.glossary.correct.corrector import REASONS

_LEFT = "left alone: "
CODES = {words: f"rule.{code}" for code, words in RULES.items()} | {
    f"{_LEFT}{words}": f"left.{code.replace(' ', '-')}" for code, words in REASONS.items()
}
"""The notes of the correction, each with its key in the page's catalogues."""


def note_codes(note: str) -> tuple[str, ...]:
    """The parts of a note: a key of the catalogues for each that is known, else its words.

    >>> note_codes("left alone: the word may be another term"), note_codes("by hand"), note_codes("")
    (('left.homograph',), ('by hand',), ())
    """
    return tuple(CODES.get(part, part) for part in note.split("; ") if part)
