"""Ranking candidates by termhood.

The score of a candidate is its C-value (how much it stands on its own) times its strangeness: the natural
logarithm of 1 + weirdness (how much more frequent something is here than in general language); of several
words, the mean over the words and the sequence, whose frequency in general language is taken to be what
chance makes of its words'. Where there is no background list, strangeness is 1. A sequence whose last word
follows the others no more often than by chance (Dunning's log-likelihood ratio) is no candidate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from egiz.glossary.extract.background import TOTAL, Background
from egiz.glossary.extract.counting import Counts, Gram
from egiz.glossary.extract.measures import c_value, log_likelihood, weirdness

LIKELY = 3.84
"""The log-likelihood ratio that chance alone exceeds once in twenty times (chi-squared, one degree)."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its frequency and its score."""

    gram: Gram
    frequency: int
    score: float


def rank(counts: Counts, lemmas: Sequence[str], general: Background, words: int) -> list[Ranked]:
    """All candidates that stand on their own, best first.

    `words` is the size of the searched text. Candidates of one score stand in the order of their lemmas.
    """
    longer = _containing(counts.candidates)
    found = []
    for gram, frequency in counts.candidates.items():
        inside = longer.get(gram, ())
        own = c_value(len(gram), frequency, len(inside), sum(inside))
        if own > 0 and _hangs_together(gram, counts, words):
            strangeness = _strangeness(gram, counts, lemmas, general, words)
            found.append(Ranked(gram, frequency, own * strangeness))
    return sorted(found, key=lambda item: (-item.score, [lemmas[number] for number in item.gram]))


def _containing(candidates: Mapping[Gram, int]) -> dict[Gram, list[int]]:
    """For each candidate inside longer ones, how often these occur."""
    found: dict[Gram, list[int]] = {}
    for gram, frequency in candidates.items():
        size = len(gram)
        cuts = [(start, stop) for start in range(size) for stop in range(start + 1, size + 1)]
        for part in {gram[start:stop] for start, stop in cuts} - {gram}:
            if part in candidates:
                found.setdefault(part, []).append(frequency)
    return found


def _hangs_together(gram: Gram, counts: Counts, words: int) -> bool:
    """Whether the last of several words follows the others more often than chance would have it."""
    if len(gram) == 1:
        return True
    head, last = counts.sequences[gram[:-1]], counts.sequences[gram[-1:]]
    return log_likelihood(counts.sequences[gram], head, last, words) >= LIKELY


def _strangeness(gram: Gram, counts: Counts, lemmas: Sequence[str], general: Background, words: int) -> float:
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
