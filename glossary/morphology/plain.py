"""Morphology of languages without a package: words are compared case-folded and never inflected.

Other languages use its functions too: `cut` cuts a text into words, `fits` compares the gaps between words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from functools import cache, lru_cache
from itertools import pairwise

from egiz.glossary.morphology.base import Accepted, Word
from egiz.glossary.morphology.typed import INSIDE, between, clean, is_odd, masked, with_abbreviation
from egiz.glossary.records import Form, Wording

_UNSPACED = "㐀-䶿一-鿿豈-﫿𠀀-𱍊぀-ヿㇰ-ㇿ฀-๿຀-໿က-႟ក-៿"
"""Letters of scripts that are written without spaces: Han, kana, Thai, Lao, Burmese, Khmer."""
_SPACED_GAP = re.compile(r"[»”\"“’']?\s+[«“„\"‘']?|[-\u2010\u2011\u2013]")
_HYPHEN_GAP = re.compile(r"\s*[-\u2010\u2011\u2013\u2014]\s*|\s+")
_LOOKALIKES = "kk"
"""The language whose lookalikes are used: its table has those of all Cyrillic letters."""
_MANY = 65536


@cache
def _pattern() -> re.Pattern[str]:
    """Matches a run of letters with their marks (й in two code points, Indic vowel signs), or of digits."""
    marks = "".join(
        re.escape(chr(code)) for code in range(0x300, 0x20D0) if unicodedata.category(chr(code))[0] == "M"
    )
    letter = rf"[^\W\d_{_UNSPACED}]"
    return re.compile(rf"[{_UNSPACED}][{marks}]*|{letter}+(?:(?:[{marks}]|{INSIDE})+{letter}*)*|\d+")


def cut(text: str) -> list[Word]:
    """Cut a text into words: runs of letters or of digits; hyphens and apostrophes separate words.

    In scripts without spaces every letter is a word, so that a term is found anywhere. Tags hold no words;
    the `text` of a word is as `clean` makes it.

    >>> [word.text for word in cut("КОКП-ның 1985ж.")]
    ['КОКП', 'ның', '1985', 'ж']
    """
    found = [Word(one[0], *one.span()) for one in _pattern().finditer(masked(text))]
    if not is_odd(text):
        return found
    return [Word(clean(word.text, _LOOKALIKES), word.start, word.stop) for word in found]


def split(text: str) -> list[str]:
    """The words of a text without their offsets; see `cut`."""
    return [word.text for word in cut(text)]


def gaps(text: str, words: Sequence[Word]) -> tuple[str, ...]:
    """The text between each two neighbouring words; one item fewer than words."""
    return tuple(text[one.stop : two.start] for one, two in pairwise(words))


def fits(wanted: str, found: str) -> bool:
    """Whether the gap `found` between two words of a text matches the gap `wanted` in the term.

    White space matches a bare hyphen and white space of any width, also with a closing or opening quote. A
    hyphen matches any dash, spaced or not, and white space. A blank line matches nothing.

    >>> fits(" ", "  "), fits(" ", "” "), fits("-", " — "), fits(" ", ", "), fits(" ", " — ")
    (True, True, True, False, False)
    """
    if wanted == found:
        return True
    if found.count("\n") > 1:
        return False
    found = between(found)
    if wanted.strip() and wanted.strip() == found.strip():
        return True
    if wanted.isspace():
        return _SPACED_GAP.fullmatch(found) is not None
    if _HYPHEN_GAP.fullmatch(wanted):
        return _HYPHEN_GAP.fullmatch(found) is not None
    return False


class Plain:
    """Compares words case-folded; the only inflected forms are the explicit ones of a wording."""

    heads_first = True

    def readings(self, wording: Wording) -> tuple[Wording, ...]:
        """The wording, and what else it says if it ends with an abbreviation in brackets.

        That is the wording without the brackets, and the abbreviation alone: "value added tax" and "VAT" of
        "value added tax (VAT)".
        """
        return with_abbreviation(wording)

    def conjunctions(self) -> frozenset[str]:
        """None are known."""
        return frozenset()

    def bounds(self) -> frozenset[str]:
        """None are known."""
        return frozenset()

    def singulars(self, word: str) -> tuple[str, ...]:
        """None, because inflection is not known."""
        return ()

    def words(self, text: str) -> list[Word]:
        """Cut a text into words; see `cut`."""
        return cut(text)

    def keys(self, wording: Wording) -> list[tuple[str, ...]]:
        """The case-folded words of the wording, and of each of its explicit forms."""
        return list(dict.fromkeys(folded for folded, _, _ in _spellings(wording) if folded))

    def lookup(self, word: str, known: Container[str]) -> tuple[str, ...]:
        """The case-folded word, if it is in `known`."""
        folded = word.casefold()
        return (folded,) if folded in known else ()

    def accepts(
        self, wording: Wording, text: str, words: Sequence[Word], first: int, last: int
    ) -> Accepted | None:
        """Whether words and gaps match the wording or an explicit form, with capitals if case-sensitive."""
        span = words[first:last]
        raw = tuple(word.text for word in span)
        folded = tuple(word.casefold() for word in raw)
        between = gaps(text, span)
        for wanted, spelling, wanted_gaps in _spellings(wording):
            if wanted != folded or (wording.case_sensitive and spelling != raw):
                continue
            if all(map(fits, wanted_gaps, between)):
                return Accepted(stop=span[-1].stop)
        return None

    def inflect(self, wording: Wording, form: Form) -> str | None:
        """The wording itself for an empty `form`, else None, since nothing is inflected."""
        return wording.text if form == Form() else None


@lru_cache(maxsize=_MANY)
def _spellings(wording: Wording) -> tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]:
    """Case-folded words, words as written and gaps, for the wording and each of its explicit forms."""
    made = []
    for text in (wording.text, *wording.forms):
        words = cut(text)
        raw = tuple(word.text for word in words)
        made.append((tuple(word.casefold() for word in raw), raw, gaps(text, words)))
    return tuple(made)
