"""What is to be said of the chosen candidates: how they were written, where, and in how many documents."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from egiz.glossary.extract.counting import Gram, Occurrence, Words
from egiz.glossary.extract.tongue import Variants

EXAMPLES = 3
"""Passages named as examples: enough to judge a term by."""


@dataclass(slots=True)
class Description:
    """What was seen of one candidate.

    `inside` are the ways it was written within a passage, `opening` those at its beginning, where capitals
    say nothing. `alone` counts its occurrences outside of longer candidates, `free` are their passages.
    """

    inside: Variants = field(default_factory=Counter)
    opening: Variants = field(default_factory=Counter)
    documents: set[str] = field(default_factory=set)
    examples: list[str] = field(default_factory=list)
    alone: int = 0
    free: array[int] = field(default_factory=lambda: array("I"))

    @property
    def variants(self) -> Variants:
        """The ways it was written, by what its capitals mean if possible."""
        return self.inside or lowered(self.opening)


def describe(
    words: Words, chosen: Iterable[Gram], ids: Sequence[str], documents: Sequence[str]
) -> dict[Gram, Description]:
    """Go over the text once more for some candidates; `ids` and `documents` are those of the passages."""
    found = {gram: Description() for gram in chosen}
    for number in range(len(words.corpus)):
        occurrences = list(words.occurrences(number, found))
        for occurrence in occurrences:
            _add(found[occurrence.gram], occurrence, words, number)
        for gram in dict.fromkeys(occurrence.gram for occurrence in occurrences):
            found[gram].documents.add(documents[number])
            if len(found[gram].examples) < EXAMPLES:
                found[gram].examples.append(ids[number])
        for gram, count in Counter(occurrence.gram for occurrence in outermost(occurrences)).items():
            found[gram].alone += count
            found[gram].free.append(number)
    return found


def lowered(opening: Variants) -> Variants:
    """Ways of writing at the beginning of passages; without capitals, if one of them has none there."""
    small = Counter({words: count for words, count in opening.items() if not words[0][0].isupper()})
    return small or opening


def outermost(occurrences: Sequence[Occurrence]) -> list[Occurrence]:
    """The occurrences that are not inside longer ones; those given stand from left to right, longer first."""
    kept: list[Occurrence] = []
    reached = 0
    for occurrence in occurrences:
        if occurrence.stop > reached:
            kept.append(occurrence)
            reached = occurrence.stop
    return kept


def _add(description: Description, occurrence: Occurrence, words: Words, number: int) -> None:
    forms = words.corpus[number][occurrence.start : occurrence.stop]
    ways = description.opening if occurrence.start == 0 else description.inside
    ways[tuple(words.corpus.forms[form] for form in forms)] += 1
