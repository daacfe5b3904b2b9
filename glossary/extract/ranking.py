"""Rank candidate terms by termhood, computed from their frequencies in the text and in general language.

The score of a candidate is its C-value (how often it occurs as a unit of its own) times its strangeness, the
natural logarithm of 1 + weirdness (how much more frequent it is here than in general language). For a
candidate of several words, the strangeness is the mean over the words and the whole sequence; the frequency
of the sequence in general language is taken to be the product of the shares of its words. Without a
background list, the strangeness is 1. A sequence is a candidate only if its last word follows the others more
often than by chance (Dunning's log-likelihood ratio). Each measure is standard, and its function names the
paper.

`benchmarks/background.py` counts the background lists from openly licensed text; the first lines of a list
name the text.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from egiz.glossary.extract.counting import Counts, Gram

TOTAL = 1_000_000
"""The number of words that the frequencies of a background list refer to."""


@dataclass(frozen=True, slots=True)
class Background:
    """The word frequencies of a language in general: occurrences per million words, by lemma.

    `kinds` has the part of speech, ``noun`` or ``verb``, of each lemma whose observed endings show it.
    """

    frequencies: Mapping[str, float] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, lemma: object) -> bool:
        return lemma in self.frequencies

    def __len__(self) -> int:
        return len(self.frequencies)

    def frequency(self, lemma: str) -> float:
        """Return the occurrences per million words; 0 for a lemma that is not in the list."""
        return self.frequencies.get(lemma, 0.0)


@cache
def background(language: str) -> Background:
    """Return the background list of a language; an empty one if none is shipped."""
    place = files("egiz.glossary").joinpath("data", "background", f"{language}.tsv")
    if not place.is_file():
        return Background()
    lines = (line for line in place.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    rows = [line.split("\t") for line in lines]
    return Background(
        frequencies={row[0]: float(row[1]) for row in rows},
        kinds={row[0]: row[2] for row in rows if len(row) > 2},
    )


SIGNIFICANT = 10.83
"""The least log-likelihood ratio of a candidate and its rendering. It is the critical value at p = 0.001
(chi-squared, one degree of freedom; Dunning 1993)."""


def log_likelihood(both: int, first: int, second: int, total: int) -> float:
    """Return the log-likelihood ratio of two events; 0 if they occur together no more often than by chance.

    The events occur `first` and `second` times, and together `both` times, out of `total`. The ratio is that
    of Dunning, "Accurate Methods for the Statistics of Surprise and Coincidence", Computational Linguistics
    19(1), 1993, in its G² form.

    >>> round(log_likelihood(10, 10, 10, 100), 1), log_likelihood(1, 10, 10, 100)
    (65.0, 0.0)
    """
    if both * total <= first * second:
        return 0.0
    cells = (
        (both, first * second),
        (first - both, first * (total - second)),
        (second - both, (total - first) * second),
        (total - first - second + both, (total - first) * (total - second)),
    )
    return 2 * sum(seen * math.log(seen * total / expected) for seen, expected in cells if seen > 0)


def weirdness(here: float, here_total: float, there: float, there_total: float) -> float:
    """Return the relative frequency of a word in a text, divided by that in general language.

    `here` is its frequency among the `here_total` words of the text, `there` that among the `there_total`
    words of general language. This is the ratio of Ahmad, Gillam and Tostevin, "University of Surrey
    Participation in TREC 8: Weirdness Indexing for Logical Document Extrapolation and Retrieval", 1999, with
    one occurrence added to the general side, so that the ratio is finite for a word that does not occur there
    (Gillam, Tariq and Ahmad, "Terminology and the construction of ontology", 2005).

    >>> weirdness(5, 1000, 9, 10_000)
    5.0
    """
    return (here / here_total) / ((there + 1) / there_total)


def c_value(words: int, frequency: int, longer: int, longer_frequency: int) -> float:
    """Return the C-value of a sequence of words: how often it occurs as a unit of its own.

    `words` is the length of the sequence. It is part of `longer` longer candidates, which occur
    `longer_frequency` times in total. The measure is that of Frantzi, Ananiadou and Mima, "Automatic
    recognition of multi-word terms: the C-value/NC-value method", International Journal on Digital Libraries
    3(2), 2000, with 1 added to the length, so that single words can be measured too (Barrón-Cedeño et al.,
    "An improved automatic term recognition method for Spanish", CICLing 2009).

    >>> c_value(1, 10, 2, 6), c_value(3, 4, 0, 0)
    (7.0, 8.0)
    """
    own = frequency - (longer_frequency / longer if longer else 0.0)
    return math.log2(words + 1) * own


LIKELY = 3.84
"""The least log-likelihood ratio of the words of a candidate. It is the critical value at p = 0.05
(chi-squared, one degree of freedom)."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its frequency and its score."""

    gram: Gram
    frequency: int
    score: float


def rank(counts: Counts, lemmas: Sequence[str], general: Background, words: int) -> list[Ranked]:
    """Return the candidates with a positive C-value whose words belong together, best first.

    `words` is the number of words of the searched text. Candidates with equal scores are in the order of
    their lemmas.
    """
    longer = _containing(counts.candidates)
    found = []
    for gram, frequency in counts.candidates.items():
        inside = longer.get(gram, ())
        own = c_value(len(gram), frequency, len(inside), sum(inside))
        if own > 0 and _is_associated(gram, counts, words):
            strangeness = _strangeness(gram, counts, lemmas, general, words)
            found.append(Ranked(gram, frequency, own * strangeness))
    return sorted(found, key=lambda item: (-item.score, [lemmas[number] for number in item.gram]))


def _containing(candidates: Mapping[Gram, int]) -> dict[Gram, list[int]]:
    """Return, for each candidate that is part of longer ones, the frequencies of the longer ones."""
    found: dict[Gram, list[int]] = {}
    for gram, frequency in candidates.items():
        size = len(gram)
        cuts = [(start, stop) for start in range(size) for stop in range(start + 1, size + 1)]
        for part in {gram[start:stop] for start, stop in cuts} - {gram}:
            if part in candidates:
                found.setdefault(part, []).append(frequency)
    return found


def _is_associated(gram: Gram, counts: Counts, words: int) -> bool:
    """Whether the last word of a sequence follows the others more often than by chance."""
    if len(gram) == 1:
        return True
    head, last = counts.sequences[gram[:-1]], counts.sequences[gram[-1:]]
    return log_likelihood(counts.sequences[gram], head, last, words) >= LIKELY


def _strangeness(gram: Gram, counts: Counts, lemmas: Sequence[str], general: Background, words: int) -> float:
    """Return the strangeness of a candidate, as the module docstring defines it.

    It is 1 without a background list.
    """
    if not len(general):
        return 1.0
    shares = [general.frequency(lemmas[number]) / TOTAL for number in gram]
    ratios = [weirdness(counts.sequences[gram], words, TOTAL * math.prod(shares), TOTAL)]
    if len(gram) > 1:
        ratios += [
            weirdness(counts.sequences[(number,)], words, TOTAL * share, TOTAL)
            for number, share in zip(gram, shares, strict=True)
        ]
    return sum(math.log1p(ratio) for ratio in ratios) / len(ratios)
