"""The part of term extraction that depends on the language: its protocol, and a version for any language."""

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
"""The spellings of a candidate, each a tuple of words, with their frequencies."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The analysis of a word form for extraction: its lemma, and the roles it may have in a term.

    `roles` has one letter for each possible role; the pattern of the language is made of these letters:

    =====  ==========================================================
    ``N``  a noun in any position; may be a term by itself
    ``I``  a noun with an ending that only the last word may have
    ``J``  like ``I``, but never a term by itself
    ``G``  a noun in the genitive, after the noun it modifies
    ``A``  an adjective
    ``U``  a word of unknown class, never a term by itself
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
        """Return the analysis (lemma and roles) of each form.

        `forms` has all forms of a text with their frequencies. The frequencies of other forms may decide
        between two analyses of a form.
        """
        ...

    def citation(self, lemmas: Sequence[str], variants: Variants) -> str:
        """Return the dictionary form under which a candidate with these lemmas and spellings is listed."""
        ...


@cache
def profile(package: str) -> Profile:
    """Return the profile in `data/extraction.toml` of a language package (``egiz.glossary.kazakh``)."""
    place = files(package).joinpath("data", "extraction.toml")
    table = tomllib.loads(place.read_text(encoding="utf-8"))
    return Profile(
        pattern=re.compile(table["pattern"]),
        stop=frozenset(word for group in table.get("stop", {}).values() for word in group.split()),
        endings={name: tuple(text.split()) for name, text in table.get("endings", {}).items()},
    )


def fits(pattern: re.Pattern[str], roles: tuple[str, ...]) -> bool:
    """Whether the words can have roles, one role for each word, that match the pattern.

    `roles` has for each word the letters of its possible roles.

    >>> fits(re.compile("A*NG?"), ("A", "NG")), fits(re.compile("A*N"), ("N", "G"))
    (True, False)
    """
    return any(pattern.fullmatch("".join(choice)) for choice in product(*roles))


def is_abbreviation(form: str) -> bool:
    """Whether the part of a word before its first hyphen or apostrophe is all capitals, at least two.

    >>> is_abbreviation("КОКП-ның"), is_abbreviation("Алматы"), is_abbreviation("Ә")
    (True, False, False)
    """
    head = re.split("[-‐‑'’ʼ]", form)[0]
    return len(head) > 1 and head.isupper()


def most_common(variants: Variants) -> tuple[str, ...]:
    """Return the most frequent spelling.

    If several are equally frequent, return the shortest of them; if several of these are equally short, the
    first one in alphabetical order.
    """
    return min(variants, key=lambda words: (-variants[words], sum(map(len, words)), words))


COMMON, LONGEST_COMMON = 0.002, 5
"""The limits for function words. A word is taken for a function word if its share of all words is above
`COMMON` and it has at most `LONGEST_COMMON` letters. In the FLORES-200 dev sentences in Kazakh, Russian and
English, the share of 123 words is above `COMMON`. All of them are function words, and 112 have at most
`LONGEST_COMMON` letters. The limit of the length is needed because in a manual, a longer frequent word is
often its subject."""
MIN_CORPUS_WORDS = 500
"""The least number of words of a text in which shares of words are meaningful."""
MIN_LETTERS = 3
"""The fewest letters of a word in a term; abbreviations may be shorter."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Term extraction for any language that separates words by spaces."""

    profile: Profile

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern for a language without word classes: all words have the same role."""
        return self.profile.pattern

    def read(self, forms: Mapping[str, int]) -> dict[str, Reading]:
        """Return the lower-case word as lemma of each form; short and very frequent words get no roles."""
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
    """Whether a word is too short for a term, or a function word.

    A function word has at most `LONGEST_COMMON` letters and is more frequent than `limit`.
    """
    return not is_long(form) or (len(form) <= LONGEST_COMMON and counts[form.lower()] > limit)


def is_long(form: str) -> bool:
    """Whether a word is long enough for a term: `MIN_LETTERS` letters, or two capitals."""
    return len(form) >= MIN_LETTERS or (len(form) > 1 and form.isupper())
