"""Languages of which nothing is known: words are compared with capitals folded, and never inflected.

Also what all languages share: how a text is cut into words, and what may stand between two words of a term.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from functools import cache, lru_cache
from itertools import pairwise

from egiz.glossary.morphology.base import Accepted, Word
from egiz.glossary.records import Form, Wording

_UNSPACED = "㐀-䶿一-鿿豈-﫿𠀀-𱍊぀-ヿㇰ-ㇿ฀-๿຀-໿က-႟ក-៿"
"""Letters of scripts that are written without spaces: Han, kana, Thai, Lao, Burmese, Khmer."""
_SPACED_GAP = re.compile(r"[»”\"“’']?\s+[«“„\"‘']?|[-\u2010\u2011\u2013]")
_HYPHEN_GAP = re.compile(r"\s*[-\u2010\u2011\u2013\u2014]\s*|\s+")
_SOFT_HYPHEN = "\u00ad"
_MANY = 65536


@cache
def _pattern() -> re.Pattern[str]:
    """Runs of letters with their marks (й in two code points, Indic vowel signs), or of digits."""
    marks = "".join(
        re.escape(chr(code)) for code in range(0x300, 0x20D0) if unicodedata.category(chr(code))[0] == "M"
    )
    letter = rf"[^\W\d_{_UNSPACED}][{marks}]*"
    return re.compile(rf"[{_UNSPACED}][{marks}]*|{letter}(?:\u00ad?{letter})*|\d+")


def cut(text: str) -> list[Word]:
    """The words of a text: letters and digits apart, hyphens and apostrophes between words.

    In scripts without spaces every letter is a word, so that a term is found wherever its letters stand. A
    soft hyphen is inside a word, and not in its `text`.

    >>> [word.text for word in cut("КОКП-ның 1985ж.")]
    ['КОКП', 'ның', '1985', 'ж']
    """
    return [
        Word(found.group().replace(_SOFT_HYPHEN, ""), found.start(), found.end())
        for found in _pattern().finditer(text)
    ]


def split(text: str) -> list[str]:
    """The words of a text without their places; see `cut`."""
    return [word.replace(_SOFT_HYPHEN, "") for word in _pattern().findall(text)]


def gaps(text: str, words: Sequence[Word]) -> tuple[str, ...]:
    """What stands between the words, one item fewer than words."""
    return tuple(text[one.stop : two.start] for one, two in pairwise(words))


def fits(wanted: str, found: str) -> bool:
    """Whether what stands between two words of a text may stand for what stands there in the term.

    Space stands for space however wide, also with a quote that closes or opens there; a bare hyphen and a
    space stand for each other; a hyphen may be any dash, spaced or not. A blank line parts anything.

    >>> fits(" ", "  "), fits(" ", "” "), fits("-", " — "), fits(" ", ", "), fits(" ", " — ")
    (True, True, True, False, False)
    """
    if wanted == found:
        return True
    if found.count("\n") > 1:
        return False
    if wanted.isspace():
        return _SPACED_GAP.fullmatch(found) is not None
    if _HYPHEN_GAP.fullmatch(wanted):
        return _HYPHEN_GAP.fullmatch(found) is not None
    return False


class Plain:
    """Words compared with capitals folded; explicit forms count, nothing else is inflected."""

    def words(self, text: str) -> list[Word]:
        """Cut a text into words; see `cut`."""
        return cut(text)

    def keys(self, wording: Wording) -> list[tuple[str, ...]]:
        """The folded words of the wording, and of each of its explicit forms."""
        return list(dict.fromkeys(folded for folded, _, _ in _spellings(wording) if folded))

    def lookup(self, word: str, known: Container[str]) -> tuple[str, ...]:
        """The folded word, if it is known."""
        folded = word.casefold()
        return (folded,) if folded in known else ()

    def accepts(
        self, wording: Wording, text: str, words: Sequence[Word], first: int, last: int
    ) -> Accepted | None:
        """Whether the words are a spelling of the wording with its gaps, and its capitals if they count."""
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
        """The wording itself where no form is asked for, else nothing: there is no knowledge to go by."""
        return wording.text if form == Form() else None


@lru_cache(maxsize=_MANY)
def _spellings(wording: Wording) -> tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]:
    """Folded words, words and gaps of the wording and of its explicit forms."""
    made = []
    for text in (wording.text, *wording.forms):
        words = cut(text)
        raw = tuple(word.text for word in words)
        made.append((tuple(word.casefold() for word in raw), raw, gaps(text, words)))
    return tuple(made)
