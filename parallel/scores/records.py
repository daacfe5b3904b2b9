"""The records of quality estimation: units, evidence, scores with labels and reasons, and scales."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from egiz.translate.engine.protocol import TokenScores
from egiz.translate.errors import OptionError, nearest
from egiz.translate.guards.case import Case, words
from egiz.translate.guards.rules import deviation

GOOD = 0.5
POOR = 0.1
"""Thresholds of the calibrated quality, which is the probability that the sentence reaches chrF++ 50.

A sentence with chrF++ 50 is as good as the average sentence of the full NLLB models, which is readable text.
With a quality of 0.5 or more, a sentence is more likely than not that good. With a quality below 0.1, nine in
ten sentences are not that good, and readers should use the original. A small model has few rows above the
upper threshold, because few of its translations are that good.
"""

LABELS: tuple[Label, ...] = ("good", "check", "poor")


def label(quality: float) -> Label:
    """Return the label of a quality between 0 and 1, rounded to three decimals as in the table."""
    shown = round(quality, 3)
    return "good" if shown >= GOOD else "poor" if shown < POOR else "check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What a score means: its name, bounds and direction, and the signature of all settings that it depends
    on.

    Two scores may be compared only if their signatures are equal. `meaning` is a few sentences for the reader
    of a table. `unfitted` are the target languages without a calibration, whose scores are guesses; it is
    empty in a scale read from a published table.
    """

    name: str
    low: float
    high: float
    direction: str
    signature: str
    meaning: str
    unfitted: tuple[str, ...] = ()


SHORT = 15
"""A text of at most this many words is short. People translate short texts more literally than longer ones,
so a missing word is stronger evidence. Most lines of user interfaces are short.
"""

Effort = Literal["fast", "normal", "thorough"]
EFFORTS: tuple[Effort, ...] = get_args(Effort)
"""How much the model is queried: ``fast`` for hardly anything, ``normal`` for log-probabilities of the texts,
``thorough`` also for new translations (`egiz.parallel.scores.evidence`).
"""


def effort_of(name: str) -> Effort:
    """Return the effort of that name; raises OptionError for an unknown one."""
    for effort in EFFORTS:
        if effort == name:
            return effort
    raise OptionError(f"unknown effort {name!r}", expected=", ".join(EFFORTS), action=nearest(name, EFFORTS))


Label = Literal["good", "check", "poor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One translation of a unit.

    `generated` is true if the engine made this text, even if its terms were corrected since; it is false if
    the text was given. `logprob` is the engine's mean log-probability per token of exactly this text, in
    nats. It is None if unknown, because the text was edited or is not the engine's. `alternatives` are the
    engine's other outputs. `terms` has the number of wrong term uses and the number of all term uses; it is
    None without a term base.
    """

    language: str
    text: str
    generated: bool = False
    logprob: float | None = None
    alternatives: tuple[str, ...] = ()
    terms: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One source text with all its translations, to be scored; empty texts are not scored."""

    source_language: str
    source: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The input of all features: a source, one translation, and the model's answers about the two.

    `forward` are the log-probabilities of the translation given the source, `reverse` those of the source
    given the translation, both by forced decoding. `pieces` is the number of subword pieces of the source.
    `back` is the back-translation, `third` a translation of the source by way of a third language. `cross`
    has a pair for each translation of the row into another language: this translation, translated into that
    language, and the row's own text in it. Fields for which the model was not queried are None or empty. The
    other fields are those of `Side`.
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
    forward: TokenScores | None = None
    reverse: TokenScores | None = None
    back: str = ""
    third: str = ""
    cross: tuple[tuple[str, str], ...] = ()

    @cached_property
    def source_words(self) -> tuple[str, ...]:
        """The words of the source as written, not case-folded."""
        return words(self.source)

    @cached_property
    def target_words(self) -> tuple[str, ...]:
        """The words of the translation as written, not case-folded."""
        return words(self.target)

    @cached_property
    def folded(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """The case-folded words: those of the source as a set, those of the translation in order."""
        return frozenset(_casefolded(self.source_words)), _casefolded(self.target_words)

    @cached_property
    def short(self) -> bool:
        """Whether both source and translation have at most `SHORT` words."""
        return max(len(self.source_words), len(self.target_words)) <= SHORT

    @cached_property
    def length(self) -> float | None:
        """By how many standard deviations the translation is longer than human translations of the source.
        The value is negative if the translation is shorter; it is None if the usual length is unknown.
        """
        return deviation(self.case)

    @cached_property
    def case(self) -> Case:
        """The pair as input for the guards."""
        return Case(
            source=self.source,
            output=self.target,
            tokens=(),
            complete=True,
            source_language=self.source_language,
            target_language=self.target_language,
        )


def _casefolded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(" ".join(words).casefold().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A reason for a low quality: the feature, and the words that it found in the texts."""

    feature: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The quality of one translation, between 0 and 1, with label, reasons and all feature values.

    `sound` is the probability that the pair is a sound translation, not a spoilt one. `values` are in the
    order of `egiz.parallel.scores.features.FEATURES`; a feature without a value has None.
    """

    quality: float
    sound: float
    label: Label
    reasons: tuple[Reason, ...]
    values: tuple[float | None, ...]
