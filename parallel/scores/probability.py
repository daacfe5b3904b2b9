"""Features from the model: log-probabilities in both directions, and agreement with its other
translations."""

from __future__ import annotations

from collections.abc import Sequence

from egiz.parallel.scores.records import Evidence
from egiz.translate.engine.protocol import TokenScores
from egiz.translate.metrics import chrf

WINDOW = 4
"""The number of consecutive tokens over which the "worst" features average: about two words, so that a single
rare subword piece does not decide.
"""


def likelihood(evidence: Evidence) -> float | None:
    """Return the mean log-probability per token of the translation given its source, in nats."""
    return evidence.forward.mean if evidence.forward else evidence.logprob


def worst(evidence: Evidence) -> float | None:
    """Return the lowest mean log-probability of any `WINDOW` consecutive tokens of the translation,
    in nats."""
    return _worst(evidence.forward)


def returned(evidence: Evidence) -> float | None:
    """Return the mean log-probability per token of the source given the translation, in nats.

    It is low if the translation omits something.
    """
    return evidence.reverse.mean if evidence.reverse else None


def returned_worst(evidence: Evidence) -> float | None:
    """Return the lowest mean log-probability of any `WINDOW` consecutive tokens of the source, in nats."""
    return _worst(evidence.reverse)


def alternatives(evidence: Evidence) -> float | None:
    """Return the mean chrF++ of the engine's other hypotheses against the chosen one, 0 to 100."""
    if not evidence.alternatives:
        return None
    found = [chrf(other, evidence.target) for other in evidence.alternatives]
    return sum(found) / len(found)


def fertility(evidence: Evidence) -> float | None:
    """Return the number of subword pieces per word of the source. It is high if the source has words that are
    rare for the model, because these are split into many pieces.
    """
    words = len(evidence.source_words)
    return evidence.pieces / words if evidence.pieces and words else None


def back(evidence: Evidence) -> float | None:
    """Return chrF++ of the back-translation against the source, 0 to 100."""
    return chrf(evidence.back, evidence.source) if evidence.back else None


def third(evidence: Evidence) -> float | None:
    """Return the chrF++ of another translation of the source, made by way of a third language, against this
    translation: 0 to 100.
    """
    return chrf(evidence.third, evidence.target) if evidence.third else None


def cross(evidence: Evidence) -> float | None:
    """Return how well this translation agrees with the translations of the row into other languages.

    This translation is translated into each of these languages, and compared with the row's own translation
    into the language. The result is the mean chrF++, 0 to 100.
    """
    found = [chrf(ours, theirs) for ours, theirs in evidence.cross if ours]
    return sum(found) / len(found) if found else None


def worst_place(spoken: TokenScores) -> tuple[int, int]:
    """Return where the least likely `WINDOW` consecutive tokens are in the scored text, as a span in code
    points (start, stop).
    """
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
    """Return the lowest mean of any `size` consecutive values; if there are fewer values, the mean of all."""
    size = min(size, len(values))
    return min(sum(values[at : at + size]) / size for at in range(len(values) - size + 1))
