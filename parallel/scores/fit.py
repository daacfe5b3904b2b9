"""Fitting the models of quality: measures, spoilt pairs, and logistic regression with given signs."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from egiz.parallel.scores.form import remove

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


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


_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A source, its human translation, that of its neighbour, and the same text in another language.

    `other` is empty where there is none.
    """

    source: str
    target: str
    neighbour: str
    other: str
    target_language: str


def misaligned(sample: Sample, chance: random.Random) -> str | None:
    """The translation of the next sentence."""
    return sample.neighbour or None


def truncated(sample: Sample, chance: random.Random) -> str | None:
    """The first half of the words, with the mark that ended the whole."""
    words = sample.target.split()
    if len(words) < 4:
        return None
    end = re.search(r"[.!?…]*[\"»”]?$", sample.target)
    half = " ".join(words[: len(words) // 2]).rstrip(",;:—–- ")
    return half + (end.group() if end else "")


def half_copied(sample: Sample, chance: random.Random) -> str | None:
    """The first half of the source, then the second half of the translation."""
    ours, theirs = sample.source.split(), sample.target.split()
    if len(ours) < 4 or len(theirs) < 4:
        return None
    return " ".join([*ours[: len(ours) // 2], *theirs[len(theirs) // 2 :]])


def other_language(sample: Sample, chance: random.Random) -> str | None:
    """The sentence in a third language, or, where there is none, in its own."""
    return sample.other or sample.source


def number_changed(sample: Sample, chance: random.Random) -> str | None:
    """One of the translation's numbers another one of as many digits; None where it has none."""
    found = [match for match in _NUMBER.finditer(sample.target) if match.group().isascii()]
    if not found:
        return None
    match = chance.choice(found)
    digits = list(match.group())
    place = chance.randrange(len(digits))
    digits[place] = chance.choice([digit for digit in "123456789" if digit != digits[place]])
    return sample.target[: match.start()] + "".join(digits) + sample.target[match.end() :]


def negation_dropped(sample: Sample, chance: random.Random) -> str | None:
    """The translation without its word for no; None where it has none."""
    return remove(sample.target, sample.target_language)


def clause_repeated(sample: Sample, chance: random.Random) -> str | None:
    """A third of the words twice over, where they stand."""
    words = sample.target.split()
    if len(words) < 6:
        return None
    size = len(words) // 3
    start = chance.randrange(len(words) - size)
    stop = start + size
    return " ".join([*words[:stop], *words[start:stop], *words[stop:]])


CORRUPTIONS: dict[str, Callable[[Sample, random.Random], str | None]] = {
    "misaligned": misaligned,
    "truncated": truncated,
    "half copied": half_copied,
    "other language": other_language,
    "number changed": number_changed,
    "negation dropped": negation_dropped,
    "clause repeated": clause_repeated,
}
"""Ways of spoiling, each with its name; None where a sample cannot be spoilt so."""


def samples(
    sources: Sequence[str], targets: Sequence[str], others: Sequence[str], language: str
) -> list[Sample]:
    """Samples of a table's columns; the neighbour of the last row is the first."""
    return [
        Sample(source=source, target=target, neighbour=neighbour, other=other, target_language=language)
        for source, target, neighbour, other in zip(
            sources, targets, [*targets[1:], *targets[:1]], others, strict=True
        )
    ]


_ROUNDS = 200
_STEPS = 30
_SMALL = 1e-6
_FARTHEST = 200.0
_HALVINGS = 60


def standardise(values: Array) -> tuple[Array, Array, Array]:
    """Columns with mean 0 and deviation 1, with both as they were; what is missing (NaN) is at the mean.

    A column that does not vary gets deviation 0, and 0 throughout.
    """
    import numpy as np

    known = ~np.isnan(values)
    counts = np.maximum(known.sum(axis=0), 1)
    means = np.where(known, values, 0.0).sum(axis=0) / counts
    spread = np.where(known, values - means, 0.0)
    deviations = np.sqrt((spread**2).sum(axis=0) / counts)
    deviations = np.where(deviations < _SMALL, 0.0, deviations)
    scaled = spread / np.where(deviations == 0.0, 1.0, deviations)
    return np.where(deviations == 0.0, 0.0, scaled), means, deviations


def ridge(features: Array, target: Array, weights: Array, penalty: float, signs: Sequence[int]) -> Array:
    """Weighted least squares with a penalty, each weight on its side of zero (0: either).

    Coordinate descent, which comes to the one minimum of this convex problem.
    """
    import numpy as np

    gram = features.T @ (features * weights[:, None])
    wanted = features.T @ (target * weights)
    found = np.zeros(features.shape[1])
    for _ in range(_ROUNDS):
        before = found.copy()
        for place, sign in enumerate(signs):
            rest = wanted[place] - gram[place] @ found + gram[place, place] * found[place]
            value = rest / (gram[place, place] + penalty)
            found[place] = value if value * sign >= 0 else 0.0
        if float(np.abs(found - before).max(initial=0.0)) < _SMALL:
            break
    return found


def logistic(
    features: Array, labels: Array, penalty: float, signs: Sequence[int], weights: Array | None = None
) -> tuple[float, Array]:
    """Intercept and weights of a logistic model, by iteratively reweighted `ridge`; the intercept is free."""
    import numpy as np

    share = np.ones(len(labels)) if weights is None else weights
    intercept = _logit(float((labels * share).sum() / share.sum()))
    found = np.zeros(features.shape[1])
    for _ in range(_STEPS):
        odds = intercept + features @ found
        chance = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
        certainty = np.maximum(chance * (1 - chance), 1e-4)
        working = odds + (labels - chance) / certainty
        step = ridge(features, working - intercept, certainty * share, penalty, signs)
        shift = float(((working - features @ step) * certainty * share).sum() / (certainty * share).sum())
        moved = max(abs(shift - intercept), float(np.abs(step - found).max(initial=0.0)))
        intercept, found = shift, step
        if moved < _SMALL:
            break
    return intercept, found


def slope_of(predicted: Array, reached: Array, thresholds: Sequence[float]) -> float:
    """Slope of the chance that a sentence reaches a threshold t: σ(slope · (predicted + shift − t)).

    All thresholds are learnt from at once (proportional odds), so that a model which hardly ever reaches the
    one that is wanted still gives a slope.
    """
    import numpy as np

    gaps = np.concatenate([predicted - threshold for threshold in thresholds])
    labels = np.concatenate([(reached >= threshold).astype(float) for threshold in thresholds])
    scale = float(gaps.std()) or 1.0
    _, (weight,) = logistic((gaps / scale)[:, None], labels, _SMALL, (1,))
    return max(float(weight) / scale, _SMALL)


def shift_of(predicted: Array, reached: Array, slope: float, threshold: float) -> float:
    """The shift with which the chances of reaching one threshold have the mean that was seen.

    Half a sentence that does and half a one that does not are added, so that none at all is no certainty.
    """
    import numpy as np

    seen = (float((reached >= threshold).sum()) + 0.5) / (len(reached) + 1)
    low, high = -_FARTHEST, _FARTHEST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        odds = np.clip(slope * (predicted + middle - threshold), -30, 30)
        if float((1 / (1 + np.exp(-odds))).mean()) < seen:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _logit(share: float) -> float:
    share = min(1 - _SMALL, max(_SMALL, share))
    return math.log(share / (1 - share))
