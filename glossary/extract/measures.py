"""The measures of term extraction, as pure functions of counts.

All of them are standard; the paper that each is from stands with it.
"""

from __future__ import annotations

import math

SIGNIFICANT = 10.83
"""The log-likelihood ratio that chance alone exceeds once in a thousand times (chi-squared, one degree of
freedom; Dunning 1993)."""


def log_likelihood(both: int, first: int, second: int, total: int) -> float:
    """How surely two things that stand together `both` times of `total` belong together; 0 where they repel.

    `first` and `second` are how often each one occurs. The ratio of Dunning, "Accurate Methods for the
    Statistics of Surprise and Coincidence", Computational Linguistics 19(1), 1993, in its G² form.

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
    """How many times more frequent a word is here than in general language.

    The ratio of relative frequencies of Ahmad, Gillam and Tostevin, "University of Surrey Participation in
    TREC 8: Weirdness Indexing for Logical Document Extrapolation and Retrieval", 1999, with one occurrence
    added to the general side, so that a word that is not there has a finite one (Gillam, Tariq and Ahmad,
    "Terminology and the construction of ontology", 2005).

    >>> weirdness(5, 1000, 9, 10_000)
    5.0
    """
    return (here / here_total) / ((there + 1) / there_total)


def c_value(words: int, frequency: int, longer: int, longer_frequency: int) -> float:
    """How much a sequence of words stands on its own.

    `longer` candidates contain it, which occur `longer_frequency` times together. The measure of Frantzi,
    Ananiadou and Mima, "Automatic recognition of multi-word terms: the C-value/NC-value method",
    International Journal on Digital Libraries 3(2), 2000, with 1 added to the length, so that single words
    can be measured too (Barrón-Cedeño et al., "An improved automatic term recognition method for Spanish",
    CICLing 2009).

    >>> c_value(1, 10, 2, 6), c_value(3, 4, 0, 0)
    (7.0, 8.0)
    """
    own = frequency - (longer_frequency / longer if longer else 0.0)
    return math.log2(words + 1) * own
