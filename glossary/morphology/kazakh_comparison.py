"""One wording and some words of a text: all that can be said of them without the text around them.

Kept apart so that it can be remembered: the words of a text come again and again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from egiz.glossary.morphology.kazakh_context import own_word, rather_other
from egiz.glossary.morphology.kazakh_endings import BARE
from egiz.glossary.morphology.kazakh_heads import heads, readings
from egiz.glossary.morphology.kazakh_sounds import fold
from egiz.glossary.morphology.kazakh_wordings import last_forms, parse, spellings
from egiz.glossary.records import Form, Wording

_MANY = 1 << 17
"""Comparisons kept in mind (about 40 MB when full)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What some words are of a wording: which forms, whether no ending may follow, what stands behind them.

    `object` says that they are a form of it only as the object of a verb: заңды is "lawful" otherwise.
    """

    forms: tuple[Form, ...]
    fixed: bool = False
    tail: str = ""
    object: bool = False


@lru_cache(maxsize=_MANY)
def compare(wording: Wording, raw: tuple[str, ...], gaps: tuple[str, ...]) -> Comparison | None:
    """Whether words with such gaps may be the wording; None where they are not."""
    cased = wording.case_sensitive
    if any(form.same(raw, gaps, cased, whole=True) for form in spellings(wording)):
        return Comparison(forms=(), fixed=True)
    parsed = parse(wording)
    if not parsed.same(raw, gaps, cased, whole=parsed.fixed):
        return None
    if parsed.fixed:
        return Comparison(forms=(BARE,), fixed=True, tail=parsed.tail)
    forms = last_forms(wording, raw[-1])
    if not forms:
        return None
    running, stem = fold(raw[-1]), parsed.folded[-1]
    if len(raw) > 1 and _is_other_head(stem, running):
        return None
    if len(raw) > 1 or running == stem:
        return Comparison(forms=forms, tail=parsed.tail)
    if len(own_word(running)) > len(stem):
        return None
    return Comparison(forms=forms, tail=parsed.tail, object=rather_other(running))


def _is_other_head(last: str, running: str) -> bool:
    """Whether the last word of a phrase is a longer word of its own: табысы for табы, in "жұмысшы табы".

    A form of what the possessive was put on is none: халық жауының, though жауын is a word.
    """
    if running == last or len(own_word(running)) <= len(last):
        return False
    return not any(readings(head.stem, running) for head in heads(last, phrase=True) if head.possessed)
