"""What the model finds likely: the translation from its source, and the source from the translation."""

from __future__ import annotations

from collections.abc import Sequence

from egiz.parallel.scores.records import Evidence
from egiz.translate.engine.protocol import Spoken
from egiz.translate.metrics import chrf

WINDOW = 4
"""Tokens of the worst window: about two words, so that one rare piece does not make it."""


def likelihood(evidence: Evidence) -> float | None:
    """Mean natural-log probability per token of the translation, given its source."""
    return evidence.forward.mean if evidence.forward else evidence.logprob


def worst(evidence: Evidence) -> float | None:
    """The lowest mean of any `WINDOW` tokens of the translation."""
    return _worst(evidence.forward)


def returned(evidence: Evidence) -> float | None:
    """Mean log-probability per token of the source, from the translation: what was left out costs here."""
    return evidence.reverse.mean if evidence.reverse else None


def returned_worst(evidence: Evidence) -> float | None:
    """The lowest mean of any `WINDOW` tokens of the source, from the translation."""
    return _worst(evidence.reverse)


def alternatives(evidence: Evidence) -> float | None:
    """How alike the engine's own other outputs are to the one that was chosen: mean chrF++, 0 to 100."""
    if not evidence.alternatives:
        return None
    found = [chrf(other, evidence.target) for other in evidence.alternatives]
    return sum(found) / len(found)


def fertility(evidence: Evidence) -> float | None:
    """Pieces per word of the source: words that the model has rarely seen fall into many."""
    words = len(evidence.source_words)
    return evidence.pieces / words if evidence.pieces and words else None


def back(evidence: Evidence) -> float | None:
    """chrF++ of the translation, translated back, to the source."""
    return chrf(evidence.back, evidence.source) if evidence.back else None


def third(evidence: Evidence) -> float | None:
    """chrF++ to this translation of one that comes by way of a third language, 0 to 100."""
    return chrf(evidence.third, evidence.target) if evidence.third else None


def cross(evidence: Evidence) -> float | None:
    """chrF++ of this translation, translated into the language of the row's other one, to that one."""
    found = [chrf(ours, theirs) for ours, theirs in evidence.cross if ours]
    return sum(found) / len(found) if found else None


def worst_place(spoken: Spoken) -> tuple[int, int]:
    """Where the least likely window stands in the text that was said (start, stop; code points)."""
    logprobs = spoken.logprobs[:-1] or spoken.logprobs
    if not spoken.places:
        return 0, 0
    size = min(WINDOW, len(spoken.places))
    sums = [sum(logprobs[at : at + size]) for at in range(len(spoken.places) - size + 1)]
    at = min(range(len(sums)), key=sums.__getitem__)
    return spoken.places[at][0], spoken.places[at + size - 1][1]


def _worst(spoken: Spoken | None) -> float | None:
    if spoken is None:
        return None
    return lowest(spoken.logprobs, WINDOW)


def lowest(values: Sequence[float], size: int) -> float:
    """The lowest mean of any `size` neighbours, or of all where there are fewer."""
    size = min(size, len(values))
    return min(sum(values[at : at + size]) / size for at in range(len(values) - size + 1))
