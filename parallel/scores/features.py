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
"""The function that computes a feature; None if the evidence does not allow a value."""

HIGHER: Direction = "higher is better"
LOWER: Direction = "lower is better"
NEITHER: Direction = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature. `version` goes up when its values change; `about` completes "it is …" in a description.

    `effort` is the lowest at which it is known for a model's own output. A `cheap` one uses the two texts
    alone and needs no model. A `certain` one proves an error where it is 1 or more, whatever the others say.
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
        """1 if higher is better, -1 if lower is better, 0 if neither."""
        return {HIGHER: 1, LOWER: -1, NEITHER: 0}[self.direction]

    @property
    def signature(self) -> str:
        """Name and version: values of equal signatures may be compared."""
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
        about="mean natural-log probability per token of the translation, as the model gave it",
        cheap=False,
    ),
    Feature(
        name="worst",
        direction=HIGHER,
        measure=probability.worst,
        about=f"the same over the least likely {probability.WINDOW} tokens on end",
        effort="thorough",
        cheap=False,
    ),
    Feature(
        name="returned",
        direction=HIGHER,
        measure=probability.returned,
        about="mean log-probability per token of the source, said from the translation",
        effort="normal",
        cheap=False,
    ),
    Feature(
        name="returned_worst",
        direction=HIGHER,
        measure=probability.returned_worst,
        about=f"the same over the least likely {probability.WINDOW} tokens on end",
        effort="normal",
        cheap=False,
    ),
    Feature(
        name="alternatives",
        direction=HIGHER,
        measure=probability.alternatives,
        about="mean chrF++ of the model's other outputs to this one, 0 to 100",
        cheap=False,
    ),
    Feature(
        name="fertility",
        direction=LOWER,
        measure=probability.fertility,
        about="pieces of the model's vocabulary per word of the source",
        cheap=False,
    ),
    Feature(
        name="back",
        direction=HIGHER,
        measure=probability.back,
        about="chrF++ to the source of the translation translated back",
        effort="thorough",
        cheap=False,
    ),
    Feature(
        name="third",
        direction=HIGHER,
        measure=probability.third,
        about="chrF++ to this translation of one that goes by way of a third language",
        effort="thorough",
        cheap=False,
    ),
    Feature(
        name="cross",
        direction=HIGHER,
        measure=probability.cross,
        about="chrF++ to the row's other translation of this one translated into its language",
        effort="thorough",
        cheap=False,
    ),
    Feature(
        name="words", direction=NEITHER, measure=_words, about="natural logarithm of one more than the words"
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
        about="standard deviations by which the translation is shorter than people make it",
    ),
    Feature(
        name="too_long",
        direction=LOWER,
        measure=form.too_long,
        about="standard deviations by which it is longer than people make it",
    ),
    Feature(
        name="numbers_missing",
        direction=LOWER,
        measure=form.numbers_missing,
        about="numbers, months and units of the source that the translation lacks, 2 at most",
        version=4,
        certain=True,
    ),
    Feature(
        name="numbers_added",
        direction=LOWER,
        measure=form.numbers_added,
        about="numbers, months and units of the translation that the source lacks, 2 at most",
        version=4,
        certain=True,
    ),
    Feature(
        name="pieces_missing",
        direction=LOWER,
        measure=form.pieces_missing,
        about="addresses, placeholders, tags and the like that it lacks or has changed, 2 at most",
        certain=True,
    ),
    Feature(
        name="pieces_added",
        direction=LOWER,
        measure=form.pieces_added,
        about="those of the translation that the source lacks, 2 at most",
        certain=True,
    ),
    Feature(
        name="names_missing",
        direction=LOWER,
        measure=names.names_missing,
        about="share of the source's names that nothing in it sounds like or translates",
        version=4,
    ),
    Feature(
        name="names_changed",
        direction=LOWER,
        measure=names.names_changed,
        about="1 where the translation lacks a name of the source and has another one",
        certain=True,
        version=4,
    ),
    Feature(
        name="unsaid",
        direction=LOWER,
        measure=coverage.unsaid,
        about="share of the source's words whose translations it lacks, weighted by how foreseeable they are",
        version=3,
    ),
    Feature(
        name="unsaid_run",
        direction=LOWER,
        measure=coverage.unsaid_run,
        about="surprise of the longest stretch of the source that it lacks, by the root of the words",
        version=3,
    ),
    Feature(
        name="left_out",
        direction=LOWER,
        measure=coverage.left_out,
        about="that surprise, less that of what it adds, and how short it is; 1 where a part is left out",
        certain=True,
        version=3,
    ),
    Feature(
        name="unfounded",
        direction=LOWER,
        measure=coverage.unfounded,
        about="share of its words that nothing in the source stands for, weighted likewise",
        version=3,
    ),
    Feature(
        name="unfounded_run",
        direction=LOWER,
        measure=coverage.unfounded_run,
        about="surprise of its longest stretch that the source lacks, by the root of the words",
        version=3,
    ),
    Feature(
        name="added_part",
        direction=LOWER,
        measure=coverage.added_part,
        about="that surprise, less that of what it lacks, and how long it is; 1 where a part is added",
        certain=True,
        version=2,
    ),
    Feature(
        name="contrary",
        direction=LOWER,
        measure=coverage.contrary,
        about="words of the source that stand in it as one that excludes them (cheap, expensive), 2 at most",
        certain=True,
        version=3,
    ),
    Feature(
        name="negation_lost",
        direction=LOWER,
        measure=form.negation_lost,
        about="1 where the source says no and the translation does not",
    ),
    Feature(
        name="negation_added",
        direction=LOWER,
        measure=form.negation_added,
        about="1 where the translation says no and the source does not",
    ),
    Feature(
        name="tense_changed",
        direction=LOWER,
        measure=language.tense_changed,
        about="1 where one side tells of what is over and the other of what is not",
    ),
    Feature(
        name="source_language",
        direction=LOWER,
        measure=language.source_language,
        about="1 where the source is clearly in another language, or has letters of one",
        certain=True,
        version=2,
    ),
    Feature(
        name="script",
        direction=LOWER,
        measure=language.script,
        about="1 where letters stand in it that its language does not use",
        version=2,
    ),
    Feature(
        name="other_language",
        direction=LOWER,
        measure=language.other_language,
        about="1 where it is clearly in another language",
        version=3,
        certain=True,
    ),
    Feature(
        name="copied",
        direction=LOWER,
        measure=language.copied,
        about="share of its words, names aside, that stand in the source and that its language lacks",
        version=3,
    ),
    Feature(
        name="repeated",
        direction=LOWER,
        measure=form.repeated,
        about="1 where it runs in circles and the source does not",
    ),
    Feature(
        name="doubled",
        direction=LOWER,
        measure=form.doubled,
        about="share of its triples of words that it has had before, less the source's",
    ),
    Feature(
        name="unknown",
        direction=LOWER,
        measure=form.unknown,
        about="1 where marks stand in it for what could not be spelt",
    ),
    Feature(
        name="ending",
        direction=LOWER,
        measure=form.ending,
        about="1 where one side ends as sentences do, or asks, and the other does not",
    ),
    Feature(
        name="marks",
        direction=LOWER,
        measure=form.marks,
        about="1 where quotation marks or brackets stand on one side only",
    ),
    Feature(
        name="sentences",
        direction=LOWER,
        measure=form.sentences,
        about="difference in the number of sentences, 3 at most",
        version=2,
    ),
    Feature(
        name="terms",
        direction=LOWER,
        measure=form.terms,
        about="share of the source's terms that are rendered wrongly or not at all",
    ),
)

NAMES = tuple(feature.name for feature in FEATURES)

NEUTRAL = frozenset(feature.name for feature in FEATURES if not feature.sign)
"""Features of the source alone: how hard it is to translate."""

CERTAIN = frozenset(feature.name for feature in FEATURES if feature.certain)
"""Features that prove an error."""

SIGNATURE = f"features:{sha256(' '.join(item.signature for item in FEATURES).encode()).hexdigest()[:12]}"
"""A hash of all features and versions; only with equal ones can values be compared or a calibration used."""


def measure(evidence: Evidence) -> Values:
    """The value of every feature, in the order of `FEATURES`."""
    return tuple([measured(evidence) for measured in _MEASURES])


_MEASURES = [feature.measure for feature in FEATURES]


def known_at(values: Values, effort: Effort) -> Values:
    """The values, with None for features that need more effort than this."""
    able = EFFORTS[: EFFORTS.index(effort) + 1]
    return tuple(
        value if feature.effort in able else None for feature, value in zip(FEATURES, values, strict=True)
    )
