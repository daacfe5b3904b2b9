"""Little words before a changed place that sound as the next word asks: о/об, в/во, с/со, a/an."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Rule:
    """A pair of variants, and what the next word begins with where the second is right."""

    first: str
    second: str
    begins: re.Pattern[str]


_CONSONANT = "бвгджзйклмнпрстфхцчшщъ"
_RUSSIAN = (
    _Rule("о", "об", re.compile("[аиоуэ]")),
    _Rule("в", "во", re.compile(f"[вф][{_CONSONANT}]")),
    _Rule("с", "со", re.compile(f"[сзшж][{_CONSONANT}]|вс|мн")),
    _Rule("к", "ко", re.compile("вс|мн")),
)
_ENGLISH = (
    _Rule(
        "a",
        "an",
        re.compile(
            r"[ai]|e(?!u|we)|o(?!ne\b|nce\b)|u(?!ni(?![mn])|s[aeiou]|k|r[aeiou]|t[ei])|hour|hono|heir"
        ),
    ),
)
_RULES = {"ru": _RUSSIAN, "en": _ENGLISH}
_BEFORE = re.compile(r"(?<!\w)(\w{1,2}) $")


def junction(text: str, start: int, following: str, language: str) -> tuple[int, int, str, str] | None:
    """What the word before `start` must become now that `following` comes next; None where it is right.

    Gives start, stop, before and after. Abbreviations are left alone, for they are read in several ways.

    >>> junction("закон о реформе", 8, "ускорении", "ru")
    (6, 7, 'о', 'об')
    """
    found = _BEFORE.search(text[:start])
    if found is None or following[:2].isupper():
        return None
    word = found[1]
    for rule in _RULES.get(language, ()):
        if word.lower() in (rule.first, rule.second):
            right = rule.second if rule.begins.match(following.lower()) else rule.first
            if right != word.lower():
                after = right.capitalize() if word[0].isupper() else right
                return found.start(1), found.end(1), word, after
    return None
