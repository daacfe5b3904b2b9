"""Features from the model: log-probabilities in both directions, agreement with its other translations."""

from __future__ import annotations

from collections.abc import Sequence

from egiz.parallel.scores.records import Evidence
from egiz.translate.engine.protocol import TokenScores
from egiz.translate.metrics import chrf

WINDOW = 4
"""Tokens of the worst window: about two words, so that a single rare piece does not decide it."""


def likelihood(evidence: Evidence) -> float | None:
    """Mean log-probability per token of the translation given its source, in nats."""
    return evidence.forward.mean if evidence.forward else evidence.logprob


def worst(evidence: Evidence) -> float | None:
    """The lowest mean of any `WINDOW` tokens of the translation."""
    return _worst(evidence.forward)


def returned(evidence: Evidence) -> float | None:
    """Mean log-probability per token of the source given the translation, in nats: low after omissions."""
    return evidence.reverse.mean if evidence.reverse else None


def returned_worst(evidence: Evidence) -> float | None:
    """The lowest mean of any `WINDOW` tokens of the source given the translation."""
    return _worst(evidence.reverse)


def alternatives(evidence: Evidence) -> float | None:
    """How similar the engine's other outputs are to the chosen one: mean chrF++, 0 to 100."""
    if not evidence.alternatives:
        return None
    found = [chrf(other, evidence.target) for other in evidence.alternatives]
    return sum(found) / len(found)


def fertility(evidence: Evidence) -> float | None:
    """Pieces per word of the source: words that are rare for the model are split into many."""
    words = len(evidence.source_words)
    return evidence.pieces / words if evidence.pieces and words else None


def back(evidence: Evidence) -> float | None:
    """chrF++ of the back-translation against the source, 0 to 100."""
    return chrf(evidence.back, evidence.source) if evidence.back else None


def third(evidence: Evidence) -> float | None:
    """chrF++ of a translation by way of a third language against this one, 0 to 100."""
    return chrf(evidence.third, evidence.target) if evidence.third else None


def cross(evidence: Evidence) -> float | None:
    """Mean chrF++ of this translation, translated into the language of each other one, against that one."""
    found = [chrf(ours, theirs) for ours, theirs in evidence.cross if ours]
    return sum(found) / len(found) if found else None


def worst_place(spoken: TokenScores) -> tuple[int, int]:
    """The span of the least likely window in the forced text (start, stop; code points)."""
    logprobs = spoken.logprobs[:-1] or spoken.logprobs
    if not spoken.spans:
        return 0, 0
    size = min(WINDOW, len(spoken.spans))
    sums = [sum(logprobs[at : at + size]) for at in range(len(spoken.spans) - size + 1)]
    at = min(range(len(sums)), key=sums.__getitem__)
    return spoken.spans[at][0], spoken.spans[at + size - 1][1]


def _worst(spoken: TokenScores | None) -> float | None:
    if spoken is None:
        return None
    return lowest(spoken.logprobs, WINDOW)


def lowest(values: Sequence[float], size: int) -> float:
    """The lowest mean of any `size` consecutive values, or of all if there are fewer."""
    size = min(size, len(values))
    return min(sum(values[at : at + size]) / size for at in range(len(values) - size + 1))
