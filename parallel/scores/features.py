"""The features of quality estimation, with name, direction and description, in the order of publication."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from egiz.parallel.scores import coverage, form, language, names, probability
from egiz.parallel.scores.records import EFFORTS, Effort, Evidence

Direction = Literal["higher is better", "lower is better", "neither"]
Values = tuple[float | None, ...]
Measure = Callable[[Evidence], float | None]
"""The function that computes a feature; it returns None if the evidence does not allow a value."""

HIGHER: Direction = "higher is better"
LOWER: Direction = "lower is better"
NEITHER: Direction = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature. `version` increases when its values change; `about` is its description in published files.

    For a model's own output, the feature is computed at `effort` and every higher effort. A `cheap` feature
    uses only the two texts and needs no model. If a `certain` feature is 1 or more, the pair has an error,
    whatever the other features say.
    """

    name: str
    direction: Direction
    measure: Measure
    about: str
    effort: Effort = "fast"
    cheap: bool = True
    certain: bool = False
    version: int = 1

    @property
    def sign(self) -> int:
        """1 if a higher value means a better translation, -1 if a lower value does, 0 if the value says
        nothing about this.
        """
        return {HIGHER: 1, LOWER: -1, NEITHER: 0}[self.direction]

    @property
    def signature(self) -> str:
        """The name and version: values may be compared if their signatures are equal."""
        return f"{self.name}|v{self.version}"


def _words(evidence: Evidence) -> float | None:
    return math.log1p(len(evidence.source_words))


def _word_length(evidence: Evidence) -> float | None:
    words = evidence.source_words
    return sum(map(len, words)) / len(words) if words else None


FEATURES: tuple[Feature, ...] = (
    Feature(
        name="likelihood",
        direction=HIGHER,
        measure=probability.likelihood,
        about="mean natural-log probability per token of the translation given the source, by the model",
        cheap=False,
    ),
    Feature(
        name="worst",
        direction=HIGHER,
        measure=probability.worst,
        about=f"likelihood of the least likely {probability.WINDOW} consecutive tokens",
        effort="thorough",
        cheap=False,
    ),
    Feature(
        name="returned",
        direction=HIGHER,
        measure=probability.returned,
        about="mean natural-log probability per token of the source given the translation, by the model",
        effort="normal",
        cheap=False,
    ),
    Feature(
        name="returned_worst",
        direction=HIGHER,
        measure=probability.returned_worst,
        about=f"returned over the least likely {probability.WINDOW} consecutive tokens",
        effort="normal",
        cheap=False,
    ),
    Feature(
        name="alternatives",
        direction=HIGHER,
        measure=probability.alternatives,
        about="mean chrF++ of the model's other outputs against this one, 0 to 100",
        cheap=False,
    ),
    Feature(
        name="fertility",
        direction=LOWER,
        measure=probability.fertility,
        about="subword pieces of the model's vocabulary per word of the source",
        cheap=False,
    ),
    Feature(
        name="back",
        direction=HIGHER,
        measure=probability.back,
        about="chrF++ of the back-translation against the source, 0 to 100",
        effort="thorough",
        cheap=False,
    ),
    Feature(
        name="third",
        direction=HIGHER,
        measure=probability.third,
        about="chrF++ of a translation by way of a third language against this one, 0 to 100",
        effort="thorough",
        cheap=False,
    ),
    Feature(
        name="cross",
        direction=HIGHER,
        measure=probability.cross,
        about=(
            "chrF++ of this translation, translated into the language of the row's other one, against "
            "that one"
        ),
        effort="thorough",
        cheap=False,
    ),
    Feature(
        name="words",
        direction=NEITHER,
        measure=_words,
        about="natural logarithm of 1 plus the number of source words",
    ),
    Feature(
        name="word_length",
        direction=NEITHER,
        measure=_word_length,
        about="mean length of the source's words in characters",
    ),
    Feature(
        name="too_short",
        direction=LOWER,
        measure=form.too_short,
        about="standard deviations by which the translation is shorter than human translations",
    ),
    Feature(
        name="too_long",
        direction=LOWER,
        measure=form.too_long,
        about="standard deviations by which the translation is longer than human translations",
    ),
    Feature(
        name="numbers_missing",
        direction=LOWER,
        measure=form.numbers_missing,
        about="number of numerals, months and units of the source that the translation lacks, at most 2",
        version=4,
        certain=True,
    ),
    Feature(
        name="numbers_added",
        direction=LOWER,
        measure=form.numbers_added,
        about="number of numerals, months and units of the translation that the source lacks, at most 2",
        version=4,
        certain=True,
    ),
    Feature(
        name="pieces_missing",
        direction=LOWER,
        measure=form.pieces_missing,
        about=(
            "number of addresses, placeholders, tags … that the translation lacks or has changed, at most 2"
        ),
        certain=True,
    ),
    Feature(
        name="pieces_added",
        direction=LOWER,
        measure=form.pieces_added,
        about="number of addresses, placeholders, tags … of the translation that the source lacks, at most 2",
        certain=True,
    ),
    Feature(
        name="names_missing",
        direction=LOWER,
        measure=names.names_missing,
        about=(
            "share of the names of the source without a similar-sounding word or translation in the "
            "translation"
        ),
        version=4,
    ),
    Feature(
        name="names_changed",
        direction=LOWER,
        measure=names.names_changed,
        about="1 if the translation lacks a name of the source and has another name",
        certain=True,
        version=4,
    ),
    Feature(
        name="unsaid",
        direction=LOWER,
        measure=coverage.unsaid,
        about=(
            "share of source words without a translation, weighted by how predictable their translations are"
        ),
        version=3,
    ),
    Feature(
        name="unsaid_run",
        direction=LOWER,
        measure=coverage.unsaid_run,
        about="surprise, in nats, of the most surprising untranslated part of the source / root of its words",
        version=3,
    ),
    Feature(
        name="left_out",
        direction=LOWER,
        measure=coverage.left_out,
        about=(
            "unsaid_run less unfounded_run, with the deviation of length; 1 if a part of the source is "
            "left out"
        ),
        certain=True,
        version=3,
    ),
    Feature(
        name="unfounded",
        direction=LOWER,
        measure=coverage.unfounded,
        about="share of words of the translation without a source word, weighted by how predictable that is",
        version=3,
    ),
    Feature(
        name="unfounded_run",
        direction=LOWER,
        measure=coverage.unfounded_run,
        about="surprise, in nats, of the most surprising part without a source / root of the words",
        version=3,
    ),
    Feature(
        name="added_part",
        direction=LOWER,
        measure=coverage.added_part,
        about="unfounded_run less unsaid_run, with the deviation of length; 1 if a part is added",
        certain=True,
        version=2,
    ),
    Feature(
        name="contrary",
        direction=LOWER,
        measure=coverage.contrary,
        about="number of source words rendered by a word that excludes them (cheap, expensive), at most 2",
        certain=True,
        version=3,
    ),
    Feature(
        name="negation_lost",
        direction=LOWER,
        measure=form.negation_lost,
        about="1 if the source is negated and the translation is not",
    ),
    Feature(
        name="negation_added",
        direction=LOWER,
        measure=form.negation_added,
        about="1 if the translation is negated and the source is not",
    ),
    Feature(
        name="tense_changed",
        direction=LOWER,
        measure=language.tense_changed,
        about="1 if one side is in the past tense and the other in the present or future",
    ),
    Feature(
        name="source_language",
        direction=LOWER,
        measure=language.source_language,
        about="1 if the source is clearly in another language, or has letters of another language",
        certain=True,
        version=2,
    ),
    Feature(
        name="script",
        direction=LOWER,
        measure=language.script,
        about="1 if the translation has letters that its language does not use",
        version=2,
    ),
    Feature(
        name="other_language",
        direction=LOWER,
        measure=language.other_language,
        about="1 if the translation is clearly in another language",
        version=3,
        certain=True,
    ),
    Feature(
        name="copied",
        direction=LOWER,
        measure=language.copied,
        about=(
            "share of words of the translation, without names, copied from the source and foreign to "
            "its language"
        ),
        version=3,
    ),
    Feature(
        name="repeated",
        direction=LOWER,
        measure=form.repeated,
        about="1 if the translation repeats itself in a loop and the source does not",
    ),
    Feature(
        name="doubled",
        direction=LOWER,
        measure=form.doubled,
        about=(
            "share of word triples of the translation that repeat earlier ones, less the share in the source"
        ),
    ),
    Feature(
        name="unknown",
        direction=LOWER,
        measure=form.unknown,
        about="1 if the translation has marks for unknown pieces",
    ),
    Feature(
        name="ending",
        direction=LOWER,
        measure=form.ending,
        about="1 if only one side ends like a sentence, or only one is a question",
    ),
    Feature(
        name="marks",
        direction=LOWER,
        measure=form.marks,
        about="1 if quotation marks or brackets are on one side only",
    ),
    Feature(
        name="sentences",
        direction=LOWER,
        measure=form.sentences,
        about="difference in the number of sentences, at most 3",
        version=2,
    ),
    Feature(
        name="terms",
        direction=LOWER,
        measure=form.terms,
        about="share of terms of the source that are rendered wrongly or not at all",
    ),
)

NAMES = tuple(feature.name for feature in FEATURES)

NEUTRAL = frozenset(feature.name for feature in FEATURES if not feature.sign)
"""Features of the source alone. They have no direction: they say how hard the source is to translate, not how
good a translation is.
"""

CERTAIN = frozenset(feature.name for feature in FEATURES if feature.certain)
"""Features whose value proves an error if it is 1 or more."""

SIGNATURE = f"features:{sha256(' '.join(item.signature for item in FEATURES).encode()).hexdigest()[:12]}"
"""A hash of all features and their versions. Values can be compared, and a calibration can be used, only if
this hash is equal.
"""


def measure(evidence: Evidence) -> Values:
    """Return the value of every feature, in the order of `FEATURES`."""
    return tuple([measured(evidence) for measured in _MEASURES])


_MEASURES = [feature.measure for feature in FEATURES]


def known_at(values: Values, effort: Effort) -> Values:
    """Return the values, with None for features that need a higher effort than `effort`."""
    able = EFFORTS[: EFFORTS.index(effort) + 1]
    return tuple(
        value if feature.effort in able else None for feature, value in zip(FEATURES, values, strict=True)
    )
