"""A linear model over features, as it stands in a file and as it is used; plain Python, no arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from egiz.parallel.scores.features import NAMES, NEUTRAL

_PLACES = {name: place for place, name in enumerate(NAMES)}

_FAR = 2.0
"""Standard deviations beyond which a source's size says no more: no fit has seen many headings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One feature's part: `weight` per standard deviation away from the mean that it had in fitting."""

    feature: str
    mean: float
    deviation: float
    weight: float


@dataclass(frozen=True, kw_only=True)
class Linear:
    """`intercept` plus the pulls of `terms`."""

    intercept: float
    terms: tuple[Term, ...]

    @cached_property
    def _ready(self) -> list[tuple[str, int, float, float, float, float]]:
        """The terms as they are needed for every sentence: name, place, mean, deviation, weight, bound."""
        return [
            (
                term.feature,
                _PLACES[term.feature],
                term.mean,
                term.deviation,
                term.weight,
                _FAR if term.feature in NEUTRAL else math.inf,
            )
            for term in self.terms
        ]

    def __call__(self, values: Sequence[float | None]) -> float:
        """The sum for values in the order of the features."""
        return self.intercept + sum(self.pulls(values).values())

    def pulls(self, values: Sequence[float | None]) -> dict[str, float]:
        """What each feature adds; nothing where it is missing, as if it were at the mean."""
        made = {}
        for name, place, mean, deviation, weight, bound in self._ready:
            value = values[place]
            off = 0.0 if value is None else (value - mean) / deviation
            made[name] = weight * max(-bound, min(bound, off))
        return made

    def as_json(self) -> dict[str, Any]:
        """For a file, six significant digits: more would be noise."""
        return {
            "intercept": _shown(self.intercept),
            "features": {
                term.feature: {
                    "mean": _shown(term.mean),
                    "deviation": _shown(term.deviation),
                    "weight": _shown(term.weight),
                }
                for term in self.terms
            },
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Linear:
        """Out of a file; raises KeyError, TypeError or ValueError where it is not of this form."""
        terms = []
        for name, entry in value["features"].items():
            if name not in NAMES:
                raise ValueError(f"feature {name!r}")
            mean, deviation, weight = (float(entry[key]) for key in ("mean", "deviation", "weight"))
            if not deviation > 0:
                raise ValueError(f"deviation of {name!r}")
            terms.append(Term(feature=name, mean=mean, deviation=deviation, weight=weight))
        return cls(intercept=float(value["intercept"]), terms=tuple(terms))


def chance(odds: float) -> float:
    """The logistic function: natural-log odds to a probability."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, odds))))


def _shown(value: float) -> float:
    return float(f"{value:.6g}")
