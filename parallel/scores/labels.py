"""Where a quality is good, to be checked, or poor: said once, for tables and pages."""

from __future__ import annotations

from egiz.parallel.scores.records import Label

GOOD = 0.5
POOR = 0.1
"""Borders of the calibrated quality, which is the chance that the sentence reaches chrF++ 50.

From one half up it is likelier than not that it does: that is what the full NLLB models reach on average,
text that can be followed. Below a tenth nine of ten do not: better read the original. A small model has few
rows above the upper border. That is no fault of the border.
"""

LABELS: tuple[Label, ...] = ("good", "check", "poor")


def label(quality: float) -> Label:
    """The label of a quality between 0 and 1, as it is published with three decimals."""
    shown = round(quality, 3)
    return "good" if shown >= GOOD else "poor" if shown < POOR else "check"
