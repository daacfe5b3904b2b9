"""What term extraction asks of a language, and the answers for a language of which nothing is known."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Protocol

Variants = Counter[tuple[str, ...]]
"""The ways a candidate was written, word by word, with how often."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a word form is counted under, and the parts of a term that it can be.

    `roles` are letters that the language's pattern knows, one for each possibility:

    =====  ==========================================================
    ``N``  a noun that can stand anywhere, alone too
    ``I``  a noun with an ending that only the last word may have
    ``J``  the same, but no term alone
    ``G``  a noun in the genitive, behind the noun that it belongs to
    ``A``  an adjective
    ``U``  a word of unknown class, which is no term alone
    ``L``  a word that ties two nouns, such as of
    =====  ==========================================================

    None at all means that the word never stands in a term.
    """

    lemma: str
    roles: str


@dataclass(frozen=True, slots=True)
class Profile:
    """The data of a language: the pattern of roles, words that never stand in a term, lists of endings."""

    pattern: re.Pattern[str]
    stop: frozenset[str]
    endings: Mapping[str, tuple[str, ...]]


class Tongue(Protocol):
    """The knowledge of one language."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """Which sequences of roles are candidates."""
        ...

    def read(self, forms: Mapping[str, int]) -> dict[str, Reading]:
        """A reading for each form that occurs, with how often it does; forms decide together."""
        ...

    def citation(self, lemmas: Sequence[str], variants: Variants) -> str:
        """The dictionary form of what is counted under some lemmas and was written in these ways."""
        ...


@cache
def profile(package: str) -> Profile:
    """The profile in `data/extraction.toml` of a language's package, such as ``egiz.glossary.kazakh``."""
    place = files(package).joinpath("data", "extraction.toml")
    table = tomllib.loads(place.read_text(encoding="utf-8"))
    return Profile(
        pattern=re.compile(table["pattern"]),
        stop=frozenset(word for group in table.get("stop", {}).values() for word in group.split()),
        endings={name: tuple(text.split()) for name, text in table.get("endings", {}).items()},
    )


def fits(pattern: re.Pattern[str], roles: tuple[str, ...]) -> bool:
    """Whether some choice of roles, one for each word, is what the pattern asks for.

    >>> fits(re.compile("A*NG?"), ("A", "NG")), fits(re.compile("A*N"), ("N", "G"))
    (True, False)
    """
    return any(pattern.fullmatch("".join(choice)) for choice in product(*roles))


def is_abbreviation(form: str) -> bool:
    """Whether a word is written in capitals: КОКП, and КОКП-ның too.

    >>> is_abbreviation("КОКП-ның"), is_abbreviation("Алматы"), is_abbreviation("Ә")
    (True, False, False)
    """
    head = re.split("[-‐‑'’ʼ]", form)[0]
    return len(head) > 1 and head.isupper()


def most_common(variants: Variants) -> tuple[str, ...]:
    """The way that was written most often; of several, the shortest, then the first by the alphabet."""
    return min(variants, key=lambda words: (-variants[words], sum(map(len, words)), words))


COMMON, LONGEST_COMMON = 0.002, 5
"""Share of all words above which one of so few letters is taken for a function word. Of the FLORES-200 dev
sentences in Kazakh, Russian and English, 123 words are more frequent, function words all of them by what is
known of these languages, and 112 are as short. In a manual, a longer one is often its subject."""
ENOUGH = 500
"""Words that a text must have for such shares to say anything."""
SHORTEST = 3
"""Letters of the shortest word that stands in a term; abbreviations may be shorter."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Any language that parts words by spaces."""

    profile: Profile

    @property
    def pattern(self) -> re.Pattern[str]:
        """Every word is like every other."""
        return self.profile.pattern

    def read(self, forms: Mapping[str, int]) -> dict[str, Reading]:
        """Words differ by nothing but capitals; short and very frequent ones never stand in a term."""
        counts = fold_counts(forms)
        total = sum(counts.values())
        limit = total * COMMON if total >= ENOUGH else total
        return {form: Reading(form.lower(), "" if is_common(form, counts, limit) else "U") for form in forms}

    def citation(self, lemmas: Sequence[str], variants: Variants) -> str:
        """What was written most often."""
        return " ".join(most_common(variants))


def fold_counts(forms: Mapping[str, int]) -> Counter[str]:
    """How often each word occurs, capitals aside."""
    counts: Counter[str] = Counter()
    for form, count in forms.items():
        counts[form.lower()] += count
    return counts


def is_common(form: str, counts: Mapping[str, int], limit: float) -> bool:
    """Whether a word is too short, or short and too frequent, to stand in a term."""
    return not is_long(form) or (len(form) <= LONGEST_COMMON and counts[form.lower()] > limit)


def is_long(form: str) -> bool:
    """Whether a word has the letters to stand in a term: three, in an abbreviation two."""
    return len(form) >= SHORTEST or (len(form) > 1 and form.isupper())
