"""Computes the quality of a translation, with label and reasons; contains the stage of a build that scores
rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log
from pathlib import Path

from egiz.parallel.rows import Row, Target
from egiz.parallel.scores.calibration import (
    Calibration,
    Calibrations,
    calibrations_of,
    chance,
    plain_soundness,
)
from egiz.parallel.scores.evidence import EvidenceCollector, unit_of_row
from egiz.parallel.scores.features import CERTAIN, NAMES, NEUTRAL, SIGNATURE, Values, measure
from egiz.parallel.scores.neural import Neural
from egiz.parallel.scores.probability import likelihood
from egiz.parallel.scores.reasons import reasons
from egiz.parallel.scores.records import GOOD, Effort, Evidence, Scale, Score, label
from egiz.translate.engine.protocol import Engine, TokenScorer
from egiz.translate.memory import MemoryLike
from egiz.translate.records import Translation

_LEAST_PULL = 0.4
"""A feature is a reason for a low quality if it lowers the log-odds of the quality by at least this much,
which means that it divides the odds by 1.5.
"""

_FAINT_PULL = 0.1
"""If no feature reaches `_LEAST_PULL`, the feature that lowers the log-odds most is a reason if it lowers
them by at least this much, which means that it divides the odds by 1.1.
"""

_MOST_REASONS = 3
_PROVEN = 0.49
"""The quality is multiplied by this factor for each feature that proves an error. A sentence with a broken
link or a different number is never good, however well it reads. Calibration can hardly learn this, because
references do not contain such errors.
"""

_CAP = GOOD - 0.001
"""A quality that cannot be trusted to be good is lowered to this, so that the row is never labelled good.
This concerns translations by a model without a fit, and pairs whose probability of being sound is below
`GOOD`.
"""


@dataclass(frozen=True, slots=True)
class QualityScorer:
    """Scores evidence with the calibration of one model. Without a calibration, it uses the shipped soundness
    model, and gives no output of a model a quality above `_CAP`.

    The quality of the model's own translation, even with corrected terms, is the probability that the
    translation reaches chrF++ 50 against a reference. The quality of any other text is the probability that
    the pair is a sound translation, not a spoilt one, because the probability that a model gives to a human
    text says little about the text's quality.
    """

    calibrations: Calibrations | None
    effort: Effort

    def __call__(self, evidence: Evidence) -> Score:
        """Return the score of a pair; neither text may be empty."""
        fit = self.fit(evidence.source_language, evidence.target_language)
        values = measure(evidence)
        soundness = fit.sound if fit else plain_soundness()
        pulls = soundness.pulls(values)
        sound = chance(soundness.intercept + sum(pulls.values()))
        if not evidence.generated:
            quality = sound
        elif fit:
            points = fit.reach.pulls(values)
            quality = fit.chance(fit.reach.intercept + sum(points.values()))
            for name, pull in points.items():
                pulls[name] = min(pull * fit.slope, pulls.get(name, 0.0))
        else:
            quality = min(_CAP, sound * exp(min(0.0, likelihood(evidence) or 0.0)))
        if sound < GOOD:
            quality = min(_CAP, quality)
        for name in proven(values):
            quality *= _PROVEN
            pulls[name] = min(0.0, pulls.get(name, 0.0)) + log(_PROVEN)
        return Score(
            quality=quality,
            sound=sound,
            label=label(quality),
            reasons=reasons(evidence, _down(pulls)),
            values=values,
        )

    def fit(self, source: str, target: str) -> Calibration | None:
        """Return the fit for a language pair; None if the model has no fit for it."""
        return self.calibrations.find(source, target, self.effort) if self.calibrations else None

    def lacking(self, source: str, targets: Sequence[str]) -> tuple[str, ...]:
        """Return the target languages for which there is no fit, so that the qualities of their translations
        are guesses.
        """
        return tuple(tag for tag in targets if self.fit(source, tag) is None)

    def scale(self, source: str, targets: tuple[str, ...]) -> Scale:
        """Return the scale of the qualities of a table in these languages, with an explanation for
        readers.
        """
        lacking = self.lacking(source, targets)
        fitted = self.calibrations.signature if self.calibrations and len(lacking) < len(targets) else "none"
        kept = f"|unfitted:{','.join(lacking)}" if lacking else ""
        parts = [_CALIBRATED] if len(lacking) < len(targets) else []
        if lacking:
            parts.append(_UNFITTED.format(pairs=", ".join(f"{source} to {tag}" for tag in lacking)))
        return Scale(
            name="quality",
            low=0.0,
            high=1.0,
            direction="higher is better",
            signature=f"chrf++50|effort:{self.effort}|{SIGNATURE}|fit:{fitted}{kept}|v4",
            meaning=" ".join([*parts, _ALWAYS]),
            unfitted=lacking,
        )

    def about_given(self) -> str:
        """Return a message for users: on what the qualities of given texts are based."""
        if self.effort == "fast":
            return "Judged by the texts alone, with no model."
        if self.calibrations is None:
            return (
                "There is no calibration for this model, so the pairs were judged by the texts alone; "
                "`egiz score calibrate` makes one."
            )
        return f"Judged by the texts and the model ({self.calibrations.signature})."


_CALIBRATED = (
    "The probability, fitted on translations with references, that the sentence would reach chrF++ 50 "
    "against a reference: text that can be followed. Values of different models and languages are comparable."
)
_UNFITTED = (
    "No calibration was made for this model from {pairs}: for these, quality is a cautious guess from the "
    "model's own probabilities and the checks of the text. It is no probability; no row is labelled good. "
    "`egiz score calibrate` makes a calibration."
)
_ALWAYS = (
    "A translation that a person approved has 1. Empty if the model made no words: nothing came out, or the "
    "text was copied unchanged."
)


def proven(values: Values) -> list[str]:
    """Return the features that prove an error, if a pair has these values (`CERTAIN`)."""
    return [name for place, name in _PROOFS if (value := values[place]) and value >= 1]


_PROOFS = [(place, name) for place, name in enumerate(NAMES) if name in CERTAIN]


def _down(pulls: dict[str, float]) -> list[str]:
    """Return the features to name as reasons: those that lower the quality most, the strongest first."""
    found = sorted((pull, name) for name, pull in pulls.items() if pull < 0 and name not in NEUTRAL)
    strong = [name for pull, name in found if pull <= -_LEAST_PULL]
    return strong[:_MOST_REASONS] or [name for pull, name in found if pull <= -_FAINT_PULL][:1]


APPROVED = 1.0
"""The quality of an approved translation: a person's approval overrides any estimate."""


class ScoreStage:
    """Scores a batch of rows at a time, on the texts that will be published.

    Without an engine, only the texts and the log-probabilities in the translations are used.
    """

    def __init__(
        self, quality_scorer: QualityScorer, collector: EvidenceCollector, neural: Sequence[Neural] = ()
    ) -> None:
        self.quality_scorer = quality_scorer
        self.neural = tuple(neural)
        self._collector = collector

    @classmethod
    def of_engine(
        cls,
        engine: Engine,
        scorer: TokenScorer | None,
        effort: Effort,
        *,
        fingerprint: str,
        home: Path | None = None,
        memory: MemoryLike | None = None,
        neural: Sequence[Neural] = (),
    ) -> ScoreStage:
        """Return the stage for an engine. If the model with this `fingerprint` has a calibration, the stage
        uses it.
        """
        quality_scorer = QualityScorer(calibrations_of(fingerprint, home), effort)
        return cls(quality_scorer, EvidenceCollector(engine, scorer, effort, memory), neural)

    def scale(self, source: str, targets: Sequence[str]) -> Scale:
        """Return the scale of the qualities of a table in these languages; see `QualityScorer.scale`."""
        return self.quality_scorer.scale(source, tuple(targets))

    def apply(self, rows: Sequence[Row], translations: Sequence[tuple[Translation, ...]]) -> list[Row]:
        """Return the rows with their scores. `translations` has, for each row, the translation into each
        target language.

        A translation that failed, or that was copied without the model, gets no score. An approved
        translation gets `APPROVED`.
        """
        units = [unit_of_row(row, found) for row, found in zip(rows, translations, strict=True)]
        evidence = self._collector.evidence(units)
        scored = [
            replace(row, targets=tuple(map(self._scored, row.targets, sides)))
            for row, sides in zip(rows, evidence, strict=True)
        ]
        return self._with_neural(scored)

    def _scored(self, target: Target, evidence: Evidence) -> Target:
        if target.approved:
            return replace(target, quality=APPROVED if target.text else None)
        if not evidence.target or target.status == "failed":
            return target
        score = self.quality_scorer(evidence)
        return replace(target, quality=score.quality, score=score)

    def _with_neural(self, rows: list[Row]) -> list[Row]:
        for model in self.neural:
            pairs = [(row.source, target.text) for row in rows for target in row.targets if target.text]
            values = iter(model.score(pairs))
            rows = [
                replace(
                    row,
                    targets=tuple(
                        replace(target, neural=(*target.neural, next(values) if target.text else None))
                        for target in row.targets
                    ),
                )
                for row in rows
            ]
        return rows
