"""Fitting linear and logistic models whose weights point where their features do.

Small and plain: standardised features, a quadratic penalty, and for each weight a sign that it may not cross,
so that two features which say the same never end with opposite signs, and every reason makes sense.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

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
