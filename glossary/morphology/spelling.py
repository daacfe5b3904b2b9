"""Cuts Russian and English text into words, compares and capitalises them."""

from __future__ import annotations

import re
from functools import lru_cache

from egiz.glossary.morphology.base import Word
from egiz.glossary.morphology.typed import INSIDE, between, clean, is_odd, masked

_APOSTROPHES = "'’ʼ‘`´′"
_LETTERS = rf"[^\W_]+(?:{INSIDE}+[^\W_]*)*"
_WORD = re.compile(
    rf"{_LETTERS}(?:(?:[-\u2010\u2011{_APOSTROPHES}]|(?<=[^\W\d_])[\u2012\u2013\u2212](?=\d)){_LETTERS})*"
)
"""A dash is a hyphen only before a number after letters: COVID–19, but Алматы–Астана are two words."""
_PART = re.compile(rf"{_LETTERS}(?:[{_APOSTROPHES}]{_LETTERS})*")
_FOLD = str.maketrans(
    {"ё": "е", **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"), **dict.fromkeys(_APOSTROPHES, "'")}
    | dict.fromkeys("\u0300\u0301\u00ad")
)
_LOOKALIKES = "ru"
"""The language whose lookalikes are used."""
_QUOTES = re.compile(r"[\s«»“”„‟\"‹›]+")
_DASHES = re.compile(r"[\u2010\u2011\u2012\u2013\u2014\u2212]")
_PARAGRAPH = re.compile(r"\n\s*\n")
_CLOSERS = '»”"“)]'
_OPENERS = " \t\u00a0«“„\"'‘(["
_ENDS = ".!?…:\n—–-•"
_SHORTEST_ACRONYM, _LONGEST_ACRONYM = 2, 5
"""Letters of an abbreviation; a longer word in capitals is an ordinary word in a heading."""


def cut_words(text: str, *, hyphens: bool = True) -> list[Word]:
    """Cut out runs of letters and digits, with inner apostrophes and, if `hyphens`, inner hyphens.

    Tags hold no words; the `text` of a word is as `clean` makes it.
    """
    matches = (_WORD if hyphens else _PART).finditer(masked(text))
    found = [Word(match[0], *match.span()) for match in matches]
    if not is_odd(text):
        return found
    return [Word(clean(word.text, _LOOKALIKES), word.start, word.stop) for word in found]


@lru_cache(maxsize=1 << 17)
def fold(word: str) -> str:
    """A word for comparison: lower case, ё as е, no stress marks, plain hyphen and apostrophe."""
    return word.lower().translate(_FOLD)


def same_gap(text: str, wording: str, *, hyphens_too: bool = False) -> bool:
    """Whether the gap between two words of a text matches that between two words of the wording.

    White space, double quotes and inline elements are ignored, and all dashes are equal; a paragraph break
    never matches. With `hyphens_too` a hyphen matches a space.
    """
    if text == wording or (text == " " and wording.isspace()):
        return True
    if _PARAGRAPH.search(text):
        return False
    return _bare(between(text), hyphens_too) == _bare(wording, hyphens_too)


def _bare(gap: str, hyphens_too: bool) -> str:
    marks = _DASHES.sub("-", _QUOTES.sub("", gap))
    return marks.replace("-", "") if hyphens_too else marks


def closing_stop(text: str, stop: int, wording: str) -> int:
    """The end of an occurrence, including the quote or bracket that ends `wording`; its words end at `stop`.

    A wording that is quoted as a whole is found without its quotes.
    """
    tail = len(wording) - len(wording.rstrip(_CLOSERS))
    after = text[stop : stop + tail]
    if not tail or wording[:1] in _OPENERS or len(after) < tail:
        return stop
    return stop + tail if not after.strip(_CLOSERS) else stop


def opens_sentence(text: str, start: int) -> bool:
    """Whether the first word of a sentence is at `start`, where a capital proves nothing."""
    before = text[max(0, start - 8) : start].rstrip(_OPENERS)
    return not before or before[-1] in _ENDS


def is_acronym(word: str) -> bool:
    """Whether a word is all capitals, two to five of them, digits aside: КПСС, USSR, МИ-6."""
    if not word.isupper():
        return False
    return _SHORTEST_ACRONYM <= sum(letter.isupper() for letter in word) <= _LONGEST_ACRONYM


def capitals_fit(wording: str, word: str, *, opens: bool) -> bool:
    """Whether a form of a word has capitals where the word of the case-sensitive wording has them.

    Only their common prefix is compared, so any ending fits. `opens` says that the word opens a sentence; its
    first letter may then be a capital anyway.
    """
    for place, (want, have) in enumerate(zip(wording, word, strict=False)):
        if fold(want) != fold(have):
            break
        if want.isupper() != have.isupper() and not (opens and place == 0 and have.isupper()):
            return False
    return True


def copy_capitals(wording: str, form: str, *, dictionary: str = "") -> str:
    """Write a form with the capitals of its wording; the ending of an abbreviation is in lower case.

    The ending of a longer word in capitals is in capitals too. Where the wording and its `dictionary` form
    differ in ё (Горбачев, in the dictionary Горбачёв), the common letters are those of the wording, and a
    wording without ё gets none in the ending.

    >>> copy_capitals("Союз", "союза"), copy_capitals("МИД", "мидом"), copy_capitals("ПАРТИЯ", "партии")
    ('Союза', 'МИДом', 'ПАРТИИ')
    >>> copy_capitals("Горбачев", "горбачёва", dictionary="горбачёв")
    'Горбачева'
    """
    spelt_otherwise = bool(dictionary) and dictionary != wording.lower() and fold(dictionary) == fold(wording)
    if not spelt_otherwise and wording.islower() and form.islower():
        return form
    same = 0
    while same < min(len(wording), len(form)) and fold(wording[same]) == fold(form[same]):
        same += 1
    stem, ending = form[:same], form[same:]
    if spelt_otherwise:
        stem, ending = wording[:same], ending if "ё" in wording.lower() else ending.replace("ё", "е")
    stem = "".join(b.upper() if a.isupper() else b.lower() for a, b in zip(wording[:same], stem, strict=True))
    if same == 0 and wording[:1].isupper():
        ending = ending[:1].upper() + ending[1:]
    return stem + (ending.upper() if wording.isupper() and len(wording) > _LONGEST_ACRONYM else ending)
