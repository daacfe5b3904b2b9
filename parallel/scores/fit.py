"""Tools for calibration: quality measures, corrupted pairs, and regression with sign constraints.

The regressions use standardised features, a quadratic penalty, and a fixed sign for each weight. So two
correlated features never get opposite signs, and every feature that lowers a quality is a plausible reason.
"""

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
    """Return the area under the ROC curve: the share of pairs of a good and a bad item in which the good one
    scores higher.

    A tie counts half. Raises ValueError if there is no good item or no bad item.

    >>> ranking([0.9, 0.4, 0.4, 0.1], [True, True, False, False])
    0.875
    """
    ordered = sorted(zip(scores, good, strict=True))
    positives = sum(good)
    negatives = len(ordered) - positives
    if not positives or not negatives:
        raise ValueError("good and bad items are needed")
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
    """Return the expected calibration error over ten equal bins (Naeini et al. 2015).

    `chances` are the predicted probabilities of events; `came` says for each event whether it happened.

    >>> calibration_error([0.75, 0.75, 0.05, 0.05], [True, True, False, False])
    0.15
    """
    bins: dict[int, list[tuple[float, bool]]] = {}
    for chance, hit in zip(chances, came, strict=True):
        bins.setdefault(min(BINS - 1, int(chance * BINS)), []).append((chance, hit))
    gaps = (abs(sum(chance - hit for chance, hit in held)) for held in bins.values())
    return round(sum(gaps) / len(chances), 6) if chances else 0.0


_NUMBER = re.compile(r"\d+")
_LONG_WORD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A source and its human translation, with two more texts from which corruptions take words.

    `neighbour` is the translation of the next row. `other` is a translation of the source into another
    language; it may be empty.
    """

    source: str
    target: str
    neighbour: str
    other: str
    target_language: str


def misaligned(sample: Sample, chance: random.Random) -> str | None:
    """Return the translation of the next sentence."""
    return sample.neighbour or None


def truncated(sample: Sample, chance: random.Random) -> str | None:
    """Return the first half of the translation with its final punctuation; None if it has fewer than four
    words.
    """
    words = sample.target.split()
    if len(words) < 4:
        return None
    end = re.search(r"[.!?…]*[\"»”]?$", sample.target)
    half = " ".join(words[: len(words) // 2]).rstrip(",;:—–- ")
    return half + (end.group() if end else "")


def half_copied(sample: Sample, chance: random.Random) -> str | None:
    """Return the first half of the source, then the second half of the translation; None if the translation
    has fewer than four words.
    """
    ours, theirs = sample.source.split(), sample.target.split()
    if len(ours) < 4 or len(theirs) < 4:
        return None
    return " ".join([*ours[: len(ours) // 2], *theirs[len(theirs) // 2 :]])


def other_language(sample: Sample, chance: random.Random) -> str | None:
    """Return the translation of the source into another language; if there is no such translation, return the
    source.
    """
    return sample.other or sample.source


def number_changed(sample: Sample, chance: random.Random) -> str | None:
    """Return the translation with one digit of one number changed; None if it has no number."""
    found = [match for match in _NUMBER.finditer(sample.target) if match.group().isascii()]
    if not found:
        return None
    match = chance.choice(found)
    digits = list(match.group())
    place = chance.randrange(len(digits))
    digits[place] = chance.choice([digit for digit in "123456789" if digit != digits[place]])
    return sample.target[: match.start()] + "".join(digits) + sample.target[match.end() :]


def negation_dropped(sample: Sample, chance: random.Random) -> str | None:
    """Return the translation without its negating word; None if the translation has no negating word."""
    return remove(sample.target, sample.target_language)


def clause_repeated(sample: Sample, chance: random.Random) -> str | None:
    """Return the translation with a third of its words, next to each other, written twice; None if it has
    fewer than six words.
    """
    words = sample.target.split()
    if len(words) < 6:
        return None
    size = len(words) // 3
    start = chance.randrange(len(words) - size)
    stop = start + size
    return " ".join([*words[:stop], *words[start:stop], *words[stop:]])


def words_dropped(sample: Sample, chance: random.Random) -> str | None:
    """Return the translation without a quarter of its words, all in one place; None if it has fewer than four
    words.
    """
    words = sample.target.split()
    size = len(words) // 4
    if not size:
        return None
    start = chance.randrange(len(words) - size)
    return " ".join([*words[:start], *words[start + size :]])


def words_added(sample: Sample, chance: random.Random) -> str | None:
    """Return the translation with some words of the next row's translation inserted; None if the next row's
    translation has fewer than four words.
    """
    words, others = sample.target.split(), sample.neighbour.split()
    size = max(2, len(words) // 4)
    if len(others) < max(4, size):
        return None
    start = chance.randrange(len(others) - size + 1)
    place = chance.randrange(len(words))
    return " ".join([*words[:place], *others[start : start + size], *words[place:]])


def word_exchanged(sample: Sample, chance: random.Random) -> str | None:
    """Return the translation with one of its words replaced by a word from the next row's translation; both
    words have five letters or more. It is None if one of the translations has no such word.
    """
    words = sample.target.split()
    places = [place for place, word in enumerate(words) if len(word) >= _LONG_WORD]
    others = [word for word in sample.neighbour.split() if len(word) >= _LONG_WORD and word not in words]
    if not places or not others:
        return None
    place = chance.choice(places)
    return " ".join([*words[:place], chance.choice(others), *words[place + 1 :]])


CORRUPTIONS: dict[str, Callable[[Sample, random.Random], str | None]] = {
    "misaligned": misaligned,
    "truncated": truncated,
    "half copied": half_copied,
    "other language": other_language,
    "number changed": number_changed,
    "negation dropped": negation_dropped,
    "clause repeated": clause_repeated,
    "words dropped": words_dropped,
    "words added": words_added,
    "word exchanged": word_exchanged,
}
"""Ways of spoiling a translation, by name; each returns None for a sample that it cannot spoil."""


def samples(
    sources: Sequence[str], targets: Sequence[str], others: Sequence[str], language: str
) -> list[Sample]:
    """Return samples from the columns of a table; the neighbour of the last row is the first row."""
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
    """Return the columns scaled to mean 0 and deviation 1, then their means and deviations.

    `values` has the shape (rows, features). NaN is set to the mean. A constant column becomes 0, with
    deviation 0.
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
    """Solve a ridge regression with row weights and sign constraints; returns one coefficient per column.

    `signs` are 1 (not negative), -1 (not positive) or 0 (free). The problem is convex and is solved by
    coordinate descent.
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
    """Fit a logistic regression by iteratively reweighted `ridge`; return its intercept and coefficients.

    The intercept has neither penalty nor sign. `weights` has a weight for each row; without it, every row has
    the weight 1. `signs` are as for `ridge`.
    """
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
    """Return the slope in the probability of reaching a threshold t: σ(slope · (predicted + shift − t)).

    `predicted` and `reached` are the predicted and the actual chrF++ of each sentence. All thresholds are
    fitted jointly (proportional odds), so that there is a slope even for a model that hardly ever reaches the
    threshold of interest.
    """
    import numpy as np

    gaps = np.concatenate([predicted - threshold for threshold in thresholds])
    labels = np.concatenate([(reached >= threshold).astype(float) for threshold in thresholds])
    scale = float(gaps.std()) or 1.0
    _, (weight,) = logistic((gaps / scale)[:, None], labels, _SMALL, (1,))
    return max(float(weight) / scale, _SMALL)


def shift_of(predicted: Array, reached: Array, slope: float, threshold: float) -> float:
    """Return the shift with which the mean probability of reaching `threshold` is equal to the share of
    sentences that reach it.

    Before the share is computed, half a sentence is added to the sentences that reach the threshold, and half
    a sentence to the others, so that the share is never 0 or 1.
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
