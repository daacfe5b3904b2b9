"""Collect the spellings, examples and renderings of chosen candidates from the passages.

Renderings are found by competitive linking (Melamed, "Models of Translational Equivalence among Words",
Computational Linguistics 26(2), 2000). The partners of a candidate are the possible target terms that occur
in the same passages more often than by chance, by their log-likelihood ratio. In each passage, the pairs are
linked strongest first; a pair is skipped if a stronger one has already used its candidate or a target word of
it. The share of passages linked to one partner shows how consistently the candidate is translated.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from egiz.glossary.extract.counting import Corpus, Gram, Occurrence, Words
from egiz.glossary.extract.language import Variants
from egiz.glossary.extract.ranking import SIGNIFICANT, log_likelihood
from egiz.glossary.extract.records import MAX_WORDS, ExtractOptions, Rendering
from egiz.glossary.languages import extraction_language

EXAMPLES = 3
"""The most passages listed as examples of a candidate."""


@dataclass(slots=True)
class Description:
    """What the passages show of one candidate.

    `inside` has its spellings within passages, `opening` those at the beginning of a passage, where a capital
    does not belong to the word. `alone` is the number of its occurrences outside longer candidates, and
    `free` has the numbers of the passages with such an occurrence.
    """

    inside: Variants = field(default_factory=Counter)
    opening: Variants = field(default_factory=Counter)
    documents: set[str] = field(default_factory=set)
    examples: list[str] = field(default_factory=list)
    alone: int = 0
    free: array[int] = field(default_factory=lambda: array("I"))

    @property
    def variants(self) -> Variants:
        """The spellings that are used to cite the candidate.

        They are those within passages; if there are none, those at the beginning of passages.
        """
        return self.inside or lowered(self.opening)


def describe(
    words: Words, chosen: Iterable[Gram], ids: Sequence[str], documents: Sequence[str]
) -> dict[Gram, Description]:
    """Describe the chosen candidates in one pass over the text.

    `ids` and `documents` have one item for each passage.
    """
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
    """Return the spellings that begin with a small letter; if none does, return all spellings."""
    small = Counter({words: count for words, count in opening.items() if not words[0][0].isupper()})
    return small or opening


def outermost(occurrences: Sequence[Occurrence]) -> list[Occurrence]:
    """Return the occurrences that are not inside longer ones.

    `occurrences` must be in the order of their starts, longer ones first.
    """
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


MAX_RENDERINGS = 3
"""The most renderings returned per candidate."""
SAMPLE = 400
"""The most passages of a candidate in which its possible partners are looked for."""
PARTNERS = 40
"""The most partners of a candidate that are counted in all passages."""
RARE = 0.1
"""The least share, 0 to 1, of a candidate's sampled passages in which a partner must occur."""

Pair = tuple[Gram, Gram]


@dataclass(frozen=True, slots=True)
class Rendered:
    """The renderings of a candidate, best first, and the number of translated passages with the candidate."""

    translated: int = 0
    renderings: tuple[Rendering, ...] = ()


def render(
    described: Mapping[Gram, Description], target: Corpus, options: ExtractOptions
) -> dict[Gram, Rendered]:
    """Return the renderings of the described candidates.

    `target` has one passage for each source passage: its translation, or an empty passage if there is none.
    """
    rules = extraction_language(options.target_language)
    words = Words(target, rules.read(target.counts()), rules.pattern, MAX_WORDS)
    is_translated = [len(passage) > 0 for passage in target]
    passages = {
        gram: [number for number in item.free if is_translated[number]] for gram, item in described.items()
    }
    strengths = _strengths(passages, words, sum(is_translated))
    links = _link(_by_passage(passages), strengths, words)
    found: dict[Gram, dict[str, Rendering]] = {gram: {} for gram in passages}
    for (gram, partner), ways in links.items():
        text = rules.citation([words.lemmas[number] for number in partner], ways.variants)
        before = found[gram].get(text, Rendering(text=text, passages=0, share=0.0, strength=0.0))
        number = before.passages + ways.passages
        found[gram][text] = Rendering(
            text=text,
            passages=number,
            share=number / len(passages[gram]),
            strength=max(before.strength, strengths[gram, partner]),
        )
    return {
        gram: Rendered(translated=len(passages[gram]), renderings=_best(items.values()))
        for gram, items in found.items()
    }


def _best(items: Iterable[Rendering]) -> tuple[Rendering, ...]:
    order = sorted(items, key=lambda item: (-item.passages, -item.strength, item.text))
    return tuple(order[:MAX_RENDERINGS])


@dataclass(slots=True)
class _Ways:
    """The number of passages in which a pair was linked, and the spellings of the target term there."""

    passages: int
    inside: Variants
    opening: Variants

    @property
    def variants(self) -> Variants:
        return self.inside or lowered(self.opening)


def _strengths(passages: Mapping[Gram, Sequence[int]], words: Words, total: int) -> dict[Pair, float]:
    """Return the log-likelihood ratio of each candidate and partner, if it is at least `SIGNIFICANT`.

    `passages` has the translated passages of each candidate, `total` is the number of all translated
    passages.
    """
    partners = {gram: _partners(numbers, words) for gram, numbers in passages.items()}
    wanted = dict.fromkeys(partner for found in partners.values() for partner in found)
    by_passage = _by_passage(passages)
    alone: Counter[Gram] = Counter()
    together: Counter[Pair] = Counter()
    for number in range(len(words.corpus)):
        present = {occurrence.gram for occurrence in words.occurrences(number, wanted)}
        alone.update(present)
        for gram in by_passage.get(number, ()):
            together.update((gram, partner) for partner in present & partners[gram])
    found = {}
    for pair, both in together.items():
        strength = log_likelihood(both, len(passages[pair[0]]), alone[pair[1]], total)
        if strength >= SIGNIFICANT:
            found[pair] = strength
    return found


def _partners(numbers: Sequence[int], words: Words) -> frozenset[Gram]:
    """Return the possible target terms that are most frequent in a sample of the given passages."""
    step = max(1, len(numbers) // SAMPLE)
    sample = numbers[::step]
    counts: Counter[Gram] = Counter()
    for number in sample:
        counts.update(_candidates(words, number))
    least = max(min(2, len(sample)), RARE * len(sample))
    often = [(count, gram) for gram, count in counts.items() if count >= least]
    return frozenset(gram for _, gram in sorted(often, key=lambda item: (-item[0], item[1]))[:PARTNERS])


def _candidates(words: Words, number: int) -> set[Gram]:
    forms, lemmas = words.corpus[number], words.passage(number)
    return {
        tuple(lemmas[start:stop])
        for start in range(len(lemmas))
        for stop in range(start + 1, min(start + words.longest, len(lemmas)) + 1)
        if lemmas[stop - 1] and lemmas[start] and words.is_candidate(forms[start:stop])
    }


def _by_passage(passages: Mapping[Gram, Sequence[int]]) -> dict[int, list[Gram]]:
    found: dict[int, list[Gram]] = {}
    for gram, numbers in passages.items():
        for number in numbers:
            found.setdefault(number, []).append(gram)
    return found


def _link(
    by_passage: Mapping[int, Sequence[Gram]], strengths: Mapping[Pair, float], words: Words
) -> dict[Pair, _Ways]:
    """Link candidates to their partners in each passage, the strongest pairs first.

    Returns for each linked pair the number of passages with a link, and the spellings of the partner.
    """
    wanted = dict.fromkeys(partner for _, partner in strengths)
    found: dict[Pair, _Ways] = {}
    for number in sorted(by_passage):
        occurrences = list(words.occurrences(number, wanted))
        pairs = [
            (strengths[gram, occurrence.gram], gram, occurrence)
            for gram in by_passage[number]
            for occurrence in occurrences
            if (gram, occurrence.gram) in strengths
        ]
        for gram, occurrence in _competitive_links(pairs):
            ways = found.setdefault((gram, occurrence.gram), _Ways(0, Counter(), Counter()))
            ways.passages += 1
            forms = words.corpus[number][occurrence.start : occurrence.stop]
            written = tuple(words.corpus.forms[form] for form in forms)
            (ways.opening if occurrence.start == 0 else ways.inside)[written] += 1
    return found


def _competitive_links(pairs: Sequence[tuple[float, Gram, Occurrence]]) -> Iterator[tuple[Gram, Occurrence]]:
    """Yield the links of a passage, strongest first.

    Each candidate and each target word is linked at most once.
    """
    linked: set[Gram] = set()
    taken: set[int] = set()
    order = sorted(
        pairs, key=lambda pair: (-pair[0], -len(pair[2].gram), -len(pair[1]), pair[1], pair[2].start)
    )
    for _, gram, occurrence in order:
        span = range(occurrence.start, occurrence.stop)
        if gram not in linked and taken.isdisjoint(span):
            linked.add(gram)
            taken.update(span)
            yield gram, occurrence
