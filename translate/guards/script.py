"""Wrong-script guard: letters of another script, or of another language's alphabet."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from egiz.translate.guards.case import Case, namelike, words
from egiz.translate.languages import language

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
"""Words with foreign letters that make an output wrong. One may be a quoted name."""


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

    So it is when most letters are of other scripts than the target's, or two words or more are in another
    script than Latin, or a letter comes from a script that neither the target nor the source has, or two
    words or more hold letters that the target's alphabet lacks (әғқңөұүһі in Russian). Latin words taken
    over from the source (names, codes, addresses) count neither way.
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
    strange = set(found) - {*target, "LATIN"}
    if strange and sum(written_in(word, tuple(strange)) for word in examined) >= _SEVERAL:
        return True
    if any(not written_in(case.source, (name,)) for name in strange):
        return True
    return _misspelt(examined, case.target_language, target) >= _SEVERAL


def _taken_over(case: Case) -> frozenset[str]:
    """Latin words of the source, folded, that may stand in any output.

    From a source in Latin script only words that may be names; from another every Latin word.
    """
    latin = [word for word in words(case.source) if written_in(word, ("LATIN",))]
    if "LATIN" in families(case.source_language):
        latin = [word for word in latin if namelike(word)]
    return frozenset(word.casefold() for word in latin)


def _misspelt(examined: list[str], tag: str, target: tuple[str, ...]) -> int:
    """How many words hold a letter of the target's script that its alphabet lacks."""
    alphabet = alphabets().get(language(tag).tag)
    if alphabet is None:
        return 0
    return sum(
        any(family(char) in target and char not in alphabet for char in word.lower()) for word in examined
    )


@cache
def alphabets() -> dict[str, frozenset[str]]:
    """Small letters by language tag, from `data/alphabets.tsv`; only languages that share their script."""
    text = files("egiz.translate").joinpath("data/alphabets.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    return {tag: frozenset(alphabet) for tag, alphabet in rows}
