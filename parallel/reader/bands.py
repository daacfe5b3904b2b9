"""Where a published quality stops being good, and where it becomes poor."""

from __future__ import annotations

from dataclasses import dataclass

from egiz.parallel.scores.labels import GOOD, POOR
from egiz.translate.errors import OptionError


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """The two borders of three bands: good from `good` up, poor below `poor`, and between them to be checked.

    Both are qualities between 0 and 1. Raises OptionError where they are not, or stand the wrong way round.
    """

    good: float
    poor: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.poor <= self.good <= 1.0:
            raise OptionError(
                f"good from {self.good}, poor below {self.poor}",
                where="quality bands",
                expected="0 ≤ poor ≤ good ≤ 1",
            )


BANDS = Bands(good=GOOD, poor=POOR)
"""The bands of the reader, which are those of the labels: see `egiz.parallel.scores.labels` for why."""
