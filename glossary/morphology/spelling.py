"""How Russian and English words are cut out of text, compared and capitalised."""

from __future__ import annotations

import re

from egiz.glossary.morphology.base import Word

_LETTERS = r"[^\W_](?:[^\W_]|[\u0300\u0301\u00ad])*"
_WORD = re.compile(rf"{_LETTERS}(?:[-\u2010\u2011'’]{_LETTERS})*")
_PART = re.compile(rf"{_LETTERS}(?:['’]{_LETTERS})*")
_FOLD = str.maketrans("ё\u2010\u2011’", "е--'", "\u0300\u0301\u00ad")
_QUOTES = re.compile(r"[\s«»“”„‟\"‹›]+")
_DASHES = re.compile(r"[\u2010\u2011\u2012\u2013\u2014\u2212]")
_PARAGRAPH = re.compile(r"\n\s*\n")
_CLOSERS = '»”"“)]'
_OPENERS = " \t\u00a0«“„\"'‘(["
_ENDS = ".!?…:\n—–-•"
_SHORTEST_ACRONYM, _LONGEST_ACRONYM = 2, 5
"""Letters of an abbreviation; a longer word in capitals is an ordinary one in a heading."""


def cut_words(text: str, *, hyphens: bool = True) -> list[Word]:
    """Cut out runs of letters and digits; apostrophes and, if wanted, hyphens inside a word belong to it.

    Stress marks and soft hyphens are parts of the word they stand in.
    """
    found = (_WORD if hyphens else _PART).finditer(text)
    return [Word(match.group(), match.start(), match.end()) for match in found]


def fold(word: str) -> str:
    """Give a word as it is compared: small letters, ё as е, no stress marks, plain hyphen and apostrophe."""
    return word.lower().translate(_FOLD)


def same_gap(text: str, wording: str, *, hyphens_too: bool = False) -> bool:
    """Whether what stands between two words of a text may stand there by the wording.

    White space and double quotes are free, dashes are one; a new paragraph is never inside a term. With
    `hyphens_too` a hyphen is as good as a space.
    """
    if text == wording or (text == " " and wording.isspace()):
        return True
    if _PARAGRAPH.search(text):
        return False
    return _bare(text, hyphens_too) == _bare(wording, hyphens_too)


def _bare(gap: str, hyphens_too: bool) -> str:
    marks = _DASHES.sub("-", _QUOTES.sub("", gap))
    return marks.replace("-", "") if hyphens_too else marks


def closing_stop(text: str, stop: int, wording: str) -> int:
    """The end of an occurrence whose words end at `stop`, with the quote or bracket that its wording ends in.

    A wording that stands in quotes as a whole is found without them.
    """
    tail = len(wording) - len(wording.rstrip(_CLOSERS))
    after = text[stop : stop + tail]
    if not tail or wording[:1] in _OPENERS or len(after) < tail:
        return stop
    return stop + tail if not after.strip(_CLOSERS) else stop


def opens_sentence(text: str, start: int) -> bool:
    """Whether a word at `start` is the first of its sentence, so that its capital says nothing."""
    before = text[max(0, start - 8) : start].rstrip(_OPENERS)
    return not before or before[-1] in _ENDS


def is_acronym(word: str) -> bool:
    """Whether a word is written in two to five capitals alone, digits aside: КПСС, USSR, МИ-6."""
    capitals = sum(letter.isupper() for letter in word)
    return word.isupper() and _SHORTEST_ACRONYM <= capitals <= _LONGEST_ACRONYM


def capitals_fit(wording: str, word: str, *, opens: bool) -> bool:
    """Whether a form of a case-sensitive wording's word has its capitals where the wording has them.

    Only the letters that both share from the left are compared, so an ending is free. `opens` says that the
    word opens a sentence, where a capital says nothing.
    """
    for place, (want, have) in enumerate(zip(wording, word, strict=False)):
        if fold(want) != fold(have):
            break
        if want.isupper() != have.isupper() and not (opens and place == 0 and have.isupper()):
            return False
    return True


def copy_capitals(wording: str, form: str, *, dictionary: str = "") -> str:
    """Write a form as its wording is written: capitals as there, the ending of an abbreviation small.

    The ending of a long word in capitals alone is in capitals too. Where the wording's ё differ from those
    of its `dictionary` form (Горбачев, in the dictionary Горбачёв), the letters they share are the
    wording's, and a wording without ё gets none.

    >>> copy_capitals("Союз", "союза"), copy_capitals("МИД", "мидом"), copy_capitals("ПАРТИЯ", "партии")
    ('Союза', 'МИДом', 'ПАРТИИ')
    >>> copy_capitals("Горбачев", "горбачёва", dictionary="горбачёв")
    'Горбачева'
    """
    same = 0
    while same < min(len(wording), len(form)) and fold(wording[same]) == fold(form[same]):
        same += 1
    stem, ending = form[:same], form[same:]
    if dictionary and dictionary != wording.lower() and fold(dictionary) == fold(wording):
        stem, ending = wording[:same], ending if "ё" in wording.lower() else ending.replace("ё", "е")
    stem = "".join(b.upper() if a.isupper() else b.lower() for a, b in zip(wording[:same], stem, strict=True))
    if same == 0 and wording[:1].isupper():
        ending = ending[:1].upper() + ending[1:]
    return stem + (ending.upper() if wording.isupper() and len(wording) > _LONGEST_ACRONYM else ending)
