"""Languages of which nothing is known: words are compared capitals aside, and frequent ones are left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from egiz.glossary.extract.tongue import Profile, Reading, Variants, most_common

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
