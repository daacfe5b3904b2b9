"""Wrong-script guard: letters of another script, or of another language's alphabet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from egiz.translate.guards.case import Case, namelike, words
from egiz.translate.languages import alphabets, language

_FAMILIES: dict[str, tuple[str, ...]] = {
    "Arab": ("ARABIC",),
    "Armn": ("ARMENIAN",),
    "Beng": ("BENGALI",),
    "Cyrl": ("CYRILLIC",),
    "Deva": ("DEVANAGARI",),
    "Ethi": ("ETHIOPIC",),
    "Geor": ("GEORGIAN",),
    "Grek": ("GREEK",),
    "Gujr": ("GUJARATI",),
    "Guru": ("GURMUKHI",),
    "Hang": ("HANGUL", "CJK"),
    "Hans": ("CJK",),
    "Hant": ("CJK",),
    "Hebr": ("HEBREW",),
    "Jpan": ("HIRAGANA", "KATAKANA", "CJK"),
    "Khmr": ("KHMER",),
    "Knda": ("KANNADA",),
    "Laoo": ("LAO",),
    "Latn": ("LATIN",),
    "Mlym": ("MALAYALAM",),
    "Mymr": ("MYANMAR",),
    "Olck": ("OL",),
    "Orya": ("ORIYA",),
    "Sinh": ("SINHALA",),
    "Taml": ("TAMIL",),
    "Telu": ("TELUGU",),
    "Tfng": ("TIFINAGH",),
    "Thai": ("THAI",),
    "Tibt": ("TIBETAN",),
}
"""ISO 15924 code → the first word of its letters' names in the Unicode Character Database."""

_KNOWN = frozenset(name for names in _FAMILIES.values() for name in names)
_FIRST = re.compile(r"[A-Z]+")

_SEVERAL = 2
"""Foreign words that make an output wrong, whatever they are. One may be a name or a quoted title: 66 of
55,000 Russian and 7 of 72,000 English sentences that people made from Kazakh have one in small letters."""

_QUOTED = re.compile(r'«[^»]*»|"[^"]*"|“[^”]*”|„[^“”]*[“”]|\([^)]*\)')


@lru_cache(maxsize=4096)
def family(char: str) -> str | None:
    """The script family of a letter by its Unicode name; None for what is no letter or belongs to no script.

    >>> family("қ"), family("W"), family("5"), family("ª")
    ('CYRILLIC', 'LATIN', None, None)
    """
    if not char.isalpha():
        return None
    found = _FIRST.match(unicodedata.name(char, ""))
    return found.group() if found and found.group() in _KNOWN else None


def families(tag: str) -> tuple[str, ...]:
    """The families in which a language is written; none where its script is not in the table."""
    return _FAMILIES.get(language(tag).script, ())


def written_in(text: str, names: tuple[str, ...]) -> bool:
    """Whether any letter of `text` is of one of these families."""
    return any(family(char) in names for char in text)


def script(case: Case) -> bool | None:
    """Whether the output is in the wrong script.

    So it is when most letters are of other scripts than the target's, when a letter comes from a script that
    neither the target nor the source has, and when foreign words stand in it: one in small letters outside
    of quotation marks, or two of any kind. Foreign is a word with a letter of another script than the
    target's or Latin, or one that the target's alphabet lacks (әғқңөұүһі in Russian). Words that are foreign
    in the source too (Latin names, codes, addresses, Greek letters) count neither way.
    """
    target = families(case.target_language)
    if not target:
        return None
    kept = _taken_over(case)
    examined = [word for word in words(case.output) if word.casefold() not in kept]
    found = [name for word in examined for char in word if (name := family(char))]
    off = sum(name not in target for name in found)
    if off > 2 and off * 2 > len(found):
        return True
    if any(not written_in(case.source, (name,)) for name in {*found} - {*target, "LATIN"}):
        return True
    alphabet = alphabets().get(language(case.target_language).tag)
    foreign = [word for word in examined if _foreign(word, target, alphabet)]
    if len(foreign) >= _SEVERAL:
        return True
    unquoted = words(_QUOTED.sub(" ", case.output))
    return any(word in unquoted and len(word) > 1 and not namelike(word) for word in foreign)


def _foreign(word: str, target: tuple[str, ...], alphabet: frozenset[str] | None) -> bool:
    """Whether a word has a letter that the target does not use; Latin ones aside."""
    for char in word.lower():
        name = family(char)
        if name in target:
            if alphabet is not None and char not in alphabet:
                return True
        elif name is not None and name != "LATIN":
            return True
    return False


def _taken_over(case: Case) -> frozenset[str]:
    """Words of the source, folded, that may stand in any output.

    Those that are foreign in the source itself, and from a source in Latin script what may be a name.
    """
    own = families(case.source_language)
    names = "LATIN" in own
    return frozenset(
        word.casefold()
        for word in words(case.source)
        if not written_in(word, own) or (names and namelike(word))
    )
