"""How well scores rank, and how true chances are."""

from __future__ import annotations

from collections.abc import Sequence

BINS = 10


def ranking(scores: Sequence[float], good: Sequence[bool]) -> float:
    """The area under the ROC curve: how often a good one has the higher score; a tie counts half.

    Raises ValueError where there is not at least one of each.

    >>> ranking([0.9, 0.4, 0.4, 0.1], [True, True, False, False])
    0.875
    """
    ordered = sorted(zip(scores, good, strict=True))
    positives = sum(good)
    negatives = len(ordered) - positives
    if not positives or not negatives:
        raise ValueError("good and bad ones are needed")
    below, won, at = 0, 0.0, 0
    while at < len(ordered):
        stop = at
        while stop < len(ordered) and ordered[stop][0] == ordered[at][0]:
            stop += 1
        hits = sum(is_good for _, is_good in ordered[at:stop])
        misses = stop - at - hits
        won += hits * (below + misses / 2)
        below += misses
        at = stop
    return won / (positives * negatives)


def calibration_error(chances: Sequence[float], came: Sequence[bool]) -> float:
    """The expected calibration error over ten equal bins (Naeini et al. 2015): how far chances are off.

    >>> calibration_error([0.75, 0.75, 0.05, 0.05], [True, True, False, False])
    0.15
    """
    bins: dict[int, list[tuple[float, bool]]] = {}
    for chance, hit in zip(chances, came, strict=True):
        bins.setdefault(min(BINS - 1, int(chance * BINS)), []).append((chance, hit))
    gaps = (abs(sum(chance - hit for chance, hit in held)) for held in bins.values())
    return round(sum(gaps) / len(chances), 6) if chances else 0.0
