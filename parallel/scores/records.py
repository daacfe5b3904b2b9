"""The records of scoring: units, evidence, scores with their labels and reasons, and scales."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from egiz.translate.engine.protocol import Spoken
from egiz.translate.errors import OptionError, nearest
from egiz.translate.guards.case import Case, words

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What a score means: its name, its bounds, which end is good, and the signature of its recipe.

    Two numbers may be compared only where their signatures are equal. `meaning` is a few sentences for the
    reader of a table. `unfitted` are the target languages for which nothing was fitted, so that their numbers
    are guesses; a scale that was read from a published table does not say.
    """

    name: str
    low: float
    high: float
    direction: str
    signature: str
    meaning: str
    unfitted: tuple[str, ...] = ()


Effort = Literal["fast", "normal", "thorough"]
EFFORTS: tuple[Effort, ...] = get_args(Effort)
"""What may be asked of the model: nothing new; how likely given texts are; to translate again."""


def effort_of(name: str) -> Effort:
    """The effort of that name; raises OptionError where there is none."""
    for effort in EFFORTS:
        if effort == name:
            return effort
    raise OptionError(f"unknown effort {name!r}", expected=", ".join(EFFORTS), action=nearest(name, EFFORTS))


Label = Literal["good", "check", "poor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One translation of a unit.

    `generated` says that the engine translated the source to this text, terms that were corrected since
    included; otherwise somebody else wrote it. `logprob` is the mean natural-log probability per token that
    the engine gave exactly this text, None where that is not known (the text was edited, or is not its own).
    `alternatives` are the engine's other outputs. `terms` counts the wrong uses of terms and all uses, where
    a term base was asked.
    """

    language: str
    text: str
    generated: bool = False
    logprob: float | None = None
    alternatives: tuple[str, ...] = ()
    terms: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One source text with all its translations; empty texts are not scored."""

    source_language: str
    source: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that features look at: a text, one translation, and what a model had to say of the two.

    `forward` is the translation said from the source, `reverse` the source said from the translation,
    `pieces` the number of the source's pieces. `back` is the translation translated into the source's
    language, `third` a translation of the source by way of a third language, `cross` this translation
    translated into the language of each other one, paired with that one. None or empty where it was not
    asked for.
    """

    source: str
    target: str
    source_language: str
    target_language: str
    generated: bool = False
    logprob: float | None = None
    alternatives: tuple[str, ...] = ()
    terms: tuple[int, int] | None = None
    pieces: int | None = None
    forward: Spoken | None = None
    reverse: Spoken | None = None
    back: str = ""
    third: str = ""
    cross: tuple[tuple[str, str], ...] = ()

    @cached_property
    def source_words(self) -> tuple[str, ...]:
        """The words of the source, in their own case."""
        return words(self.source)

    @cached_property
    def target_words(self) -> tuple[str, ...]:
        """The words of the translation."""
        return words(self.target)

    @cached_property
    def folded(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """The source's words as a set and the translation's in order, both in small letters."""
        source = frozenset(word.casefold() for word in self.source_words)
        return source, tuple(word.casefold() for word in self.target_words)

    @cached_property
    def case(self) -> Case:
        """The pair as the guards look at it."""
        return Case(
            source=self.source,
            output=self.target,
            tokens=(),
            complete=True,
            source_language=self.source_language,
            target_language=self.target_language,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a quality is not higher: the feature that says so, and what in the texts it means."""

    feature: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The quality of one translation, between 0 and 1, with its label, its reasons and all features.

    `sound` is the chance that the pair is a sound translation and not a spoilt one. `values` are in the order
    of `egiz.parallel.scores.features.FEATURES`; None where a feature says nothing.
    """

    quality: float
    sound: float
    label: Label
    reasons: tuple[Reason, ...]
    values: tuple[float | None, ...]
