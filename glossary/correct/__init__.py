"""Correct translations by a term base; every change is recorded as an edit."""

from egiz.glossary.correct.corrector import Corrector
from egiz.glossary.correct.job import RULES, UNFORCED, current_places, replay
from egiz.glossary.correct.links import Links
from egiz.glossary.correct.options import (
    MODES,
    REASONS,
    Correction,
    CorrectOptions,
    Draft,
    Mode,
    Reason,
    Uncorrected,
    mode_named,
)

__all__ = [
    "MODES",
    "REASONS",
    "RULES",
    "UNFORCED",
    "CorrectOptions",
    "Correction",
    "Corrector",
    "Draft",
    "Links",
    "Mode",
    "Reason",
    "Uncorrected",
    "current_places",
    "mode_named",
    "replay",
]
