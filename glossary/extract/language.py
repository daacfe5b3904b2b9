"""The part of term extraction that depends on the language: its protocol, and a generic implementation."""

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
"""The spellings of a candidate, as tuples of words, with their frequencies."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The lemma under which a word form is counted, and the roles it may have in a term.

    `roles` has one letter of the language's pattern for each possible role:

    =====  ==========================================================
    ``N``  a noun in any position, also alone
    ``I``  a noun with an ending that only the last word may have
    ``J``  as ``I``, but not a term alone
    ``G``  a noun in the genitive, after the noun it modifies
    ``A``  an adjective
    ``U``  a word of unknown class, not a term alone
    ``L``  a word that links two nouns, such as of
    =====  ==========================================================

    A word without roles is never part of a term.
    """

    lemma: str
    roles: str


@dataclass(frozen=True, slots=True)
class Profile:
    """The data of a language: the pattern of roles, stop words, and named lists of endings."""

    pattern: re.Pattern[str]
    stop: frozenset[str]
    endings: Mapping[str, tuple[str, ...]]


class ExtractionLanguage(Protocol):
    """The part of term extraction that depends on the language."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern that the roles of a candidate must match."""
        ...

    def read(self, forms: Mapping[str, int]) -> dict[str, Reading]:
        """Return a reading for each form; `forms` has all forms of a text with their frequencies.

        The frequencies of other forms may influence the reading of a form.
        """
        ...

    def citation(self, lemmas: Sequence[str], variants: Variants) -> str:
        """Return the dictionary form of a candidate with these lemmas and spellings."""
        ...


@cache
def profile(package: str) -> Profile:
    """Return the profile of a language package (``egiz.glossary.kazakh``), from `data/extraction.toml`."""
    place = files(package).joinpath("data", "extraction.toml")
    table = tomllib.loads(place.read_text(encoding="utf-8"))
    return Profile(
        pattern=re.compile(table["pattern"]),
        stop=frozenset(word for group in table.get("stop", {}).values() for word in group.split()),
        endings={name: tuple(text.split()) for name, text in table.get("endings", {}).items()},
    )


def fits(pattern: re.Pattern[str], roles: tuple[str, ...]) -> bool:
    """Whether some choice of roles, one for each word, matches the pattern.

    >>> fits(re.compile("A*NG?"), ("A", "NG")), fits(re.compile("A*N"), ("N", "G"))
    (True, False)
    """
    return any(pattern.fullmatch("".join(choice)) for choice in product(*roles))


def is_abbreviation(form: str) -> bool:
    """Whether a word, up to its first hyphen or apostrophe, is all capitals: КОКП, КОКП-ның.

    >>> is_abbreviation("КОКП-ның"), is_abbreviation("Алматы"), is_abbreviation("Ә")
    (True, False, False)
    """
    head = re.split("[-‐‑'’ʼ]", form)[0]
    return len(head) > 1 and head.isupper()


def most_common(variants: Variants) -> tuple[str, ...]:
    """Return the most frequent spelling; of several, the shortest, then the alphabetically first."""
    return min(variants, key=lambda words: (-variants[words], sum(map(len, words)), words))


COMMON, LONGEST_COMMON = 0.002, 5
"""A word of at most `LONGEST_COMMON` letters whose share of all words is above `COMMON` counts as a function
word. In the FLORES-200 dev sentences in Kazakh, Russian and English, 123 words are more frequent than this,
all of them function words, and 112 of these are as short. In a manual, a longer frequent word often names its
subject."""
MIN_CORPUS_WORDS = 500
"""The least number of words of a text for which shares of words are meaningful."""
MIN_LETTERS = 3
"""The fewest letters of a word in a term; abbreviations may be shorter."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Term extraction for any language that separates words by spaces."""

    profile: Profile

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern in which all words have the same role."""
        return self.profile.pattern

    def read(self, forms: Mapping[str, int]) -> dict[str, Reading]:
        """Return the word in lower case as lemma; short and very frequent words are never part of a term."""
        counts = fold_counts(forms)
        total = sum(counts.values())
        limit = total * COMMON if total >= MIN_CORPUS_WORDS else total
        return {form: Reading(form.lower(), "" if is_common(form, counts, limit) else "U") for form in forms}

    def citation(self, lemmas: Sequence[str], variants: Variants) -> str:
        """Return the most frequent spelling."""
        return " ".join(most_common(variants))


def fold_counts(forms: Mapping[str, int]) -> Counter[str]:
    """Return the frequency of each word in lower case."""
    counts: Counter[str] = Counter()
    for form, count in forms.items():
        counts[form.lower()] += count
    return counts


def is_common(form: str, counts: Mapping[str, int], limit: float) -> bool:
    """Whether a word is too short for a term, or both short and more frequent than `limit`."""
    return not is_long(form) or (len(form) <= LONGEST_COMMON and counts[form.lower()] > limit)


def is_long(form: str) -> bool:
    """Whether a word is long enough for a term: three letters, or two capitals."""
    return len(form) >= MIN_LETTERS or (len(form) > 1 and form.isupper())
