"""Correct translations by a term base; every change is recorded as an edit."""

from egiz.glossary.correct.candidates import RULES
from egiz.glossary.correct.corrector import (
    REASONS,
    Correction,
    CorrectOptions,
    Corrector,
    Draft,
    Left,
    Reason,
)
from egiz.glossary.correct.edits import current_places, replay
from egiz.glossary.correct.links import Links

__all__ = [
    "REASONS",
    "RULES",
    "CorrectOptions",
    "Correction",
    "Corrector",
    "Draft",
    "Left",
    "Links",
    "Reason",
    "current_places",
    "replay",
]
