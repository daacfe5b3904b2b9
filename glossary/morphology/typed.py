"""Words as people type them: marks and signs inside words, lookalike letters, tags between words.

The functions here are applied where a text is cut into words, so that everything after it sees clean words
with the offsets of the text as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache

from egiz.glossary.records import Wording
from egiz.translate.split.knowledge import know

INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
"""Soft hyphen and characters without width, as in a character class."""
MARKS = "\u0300-\u036f"
"""Combining marks: stress, and the dots and breves of decomposed letters."""
INSIDE = rf"(?:[{MARKS}]|[{INVISIBLE}]+(?=[^\W_])|[&_](?=[a-zà-ÿа-ӿ])(?!#?\w{{1,8}};))"
"""Signs that a word may contain besides letters. `&` and `_` before a small letter mark the key of a menu
item ("Cou&rt", "Con_tract"); before a capital they join (R&D)."""
INLINE = "\ufffc"
"""Stands in a text for an inline element of its file."""
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>|</?\d{1,3}/?>")
_BETWEEN = re.compile(rf"[{INLINE}{INVISIBLE}]+|{_TAG.pattern}")
_ODD = re.compile(rf"[{MARKS}{INVISIBLE}&_A-Za-zƏəƟɵѐѝЀЍ]")
_DROPPED = re.compile(rf"[{INVISIBLE}&_]|(?<=[Ѐ-ӿ])[\u0300\u0301]")
_GRAVE = str.maketrans("ѐѝЀЍ", "еиЕИ")
LATIN = re.compile("[A-Za-zƏəƟɵ]")
"""A Latin letter, among those that occur in Cyrillic words by mistake."""
_CYRILLIC = re.compile("[Ѐ-ӿ]")
_SUFFIXED = re.compile("[A-Za-z]{2,}[Ѐ-ӿ]+")
"""A Latin name with a Cyrillic ending: Facebookке."""


def masked(text: str) -> str:
    """The text with each tag replaced by as many `INLINE` characters, so that it holds no words.

    >>> masked("a <b>c</b>").replace(INLINE, "_")
    'a ___c____'
    """
    return _TAG.sub(lambda tag: INLINE * len(tag[0]), text) if "<" in text else text


def between(gap: str) -> str:
    """The text between two words without inline elements and invisible characters; a space if none is left.

    >>> between(" <b>"), between(INLINE + " "), between(", ")
    (' ', ' ', ', ')
    """
    return _BETWEEN.sub("", gap) or " "


def is_odd(text: str) -> bool:
    """Whether a text may hold words that `clean` changes."""
    return "&" in text or "_" in text or (not text.isascii() and _ODD.search(text) is not None)


@lru_cache(maxsize=1 << 16)
def clean(word: str, language: str) -> str:
    """A word as it should have been typed: composed, without stress, invisible characters and key marks.

    Latin letters in a Cyrillic word that look like Cyrillic ones become these (``Әкiм`` with a Latin i), and
    the other way round in a Latin word. `language` says which letters look alike.
    """
    plain = unicodedata.normalize("NFC", _DROPPED.sub("", word)).translate(_GRAVE)
    return mended(plain, language) or plain


def mended(word: str, language: str) -> str:
    """A word in which lookalikes of another script are replaced; empty if it holds none.

    >>> mended("Cуд", "ru"), mended("суд", "ru"), mended("IТ-отдел", "ru")
    ('Суд', '', '')
    """
    if not (LATIN.search(word) and _CYRILLIC.search(word)):
        return ""
    if _SUFFIXED.fullmatch(word) and not word.isupper():
        return ""
    to_cyrillic, to_latin = _tables(language)
    if all(letter in to_cyrillic for letter in LATIN.findall(word)):
        return "".join(to_cyrillic.get(letter, letter) for letter in word)
    if all(letter in to_latin for letter in _CYRILLIC.findall(word)):
        return "".join(to_latin.get(letter, letter) for letter in word)
    return ""


@cache
def _tables(language: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Latin lookalikes of Cyrillic letters, and Cyrillic ones of Latin letters."""
    to_cyrillic = know(language).lookalikes
    return to_cyrillic, {cyrillic: latin for latin, cyrillic in to_cyrillic.items() if latin.isascii()}


_LEAD = re.compile(r"[.#@]+(?=[^\W_])")
_TAIL = re.compile(r"\+{1,2}|#")
_OTHER_TAIL = re.compile(r"(?:\+\+|#)(?!\w)")


@lru_cache(maxsize=1 << 16)
def _signs(wording: str) -> tuple[str, str]:
    """The signs that belong to the first and last word of a wording: ``.`` of .NET, ``++`` of C++."""
    lead = _LEAD.match(wording)
    last = max((at for at, letter in enumerate(wording) if letter.isalnum()), default=-1)
    tail = _TAIL.fullmatch(wording[last + 1 :])
    return lead[0] if lead else "", tail[0] if tail else ""


def signs(wording: str, text: str, start: int, stop: int) -> tuple[int, int] | None:
    """Start and stop of ``text[start:stop]``, the words of a wording, with its signs; None if they lack them.

    >>> signs("C++", "use C++.", 4, 5), signs("C", "use C++.", 4, 5), signs(".NET", "use NET", 4, 7)
    ((4, 7), None, None)
    """
    lead, tail = _signs(wording)
    if not lead and not tail:
        follows = text[stop : stop + 1]
        return None if follows in ("+", "#") and _OTHER_TAIL.match(text, stop) else (start, stop)
    begin = start - len(lead)
    if not text.startswith(tail, stop) or begin < 0 or text[begin:start] != lead:
        return None
    if (lead and text[begin - 1 : begin].isalnum()) or (tail and text[stop + len(tail) :][:1] in ("+", "#")):
        return None
    return begin, stop + len(tail)


_SHORTENED = re.compile(r"(?P<full>[^()]*[^\W\d_][^()]*?)\s*\((?P<short>[^\W_][^()\s]*)\)")
_LEAST_CAPITALS = 2
"""Capitals that show an abbreviation in brackets, not a remark."""


def with_abbreviation(wording: Wording) -> tuple[Wording, ...]:
    """The wording; if it ends with an abbreviation in brackets, also the rest and the abbreviation alone.

    >>> [one.text for one in with_abbreviation(Wording(language="en", text="value added tax (VAT)"))]
    ['value added tax (VAT)', 'value added tax', 'VAT']
    """
    found = _SHORTENED.fullmatch(wording.text) if wording.text.endswith(")") else None
    if found is None or sum(map(str.isupper, found["short"])) < _LEAST_CAPITALS:
        return (wording,)
    return wording, replace(wording, text=found["full"]), replace(wording, text=found["short"])
