"""From features to a quality with its label and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from egiz.parallel.scores.calibration import Calibration, Calibrations, plain_soundness
from egiz.parallel.scores.features import NEUTRAL, SIGNATURE, measure
from egiz.parallel.scores.labels import GOOD, label
from egiz.parallel.scores.linear import chance
from egiz.parallel.scores.probability import likelihood
from egiz.parallel.scores.reasons import reasons
from egiz.parallel.scores.records import Effort, Evidence, Score
from egiz.parallel.scores.scale import Scale

_LEAST_PULL = 0.4
"""Natural-log odds that a feature must take away to be a reason: it then divides the odds by 1.5."""

_FAINT_PULL = 0.1
"""What does for a reason, one of them, where there is no better one: it divides the odds by 1.1."""

_MOST_REASONS = 3
_CAP = GOOD - 0.001
"""The most that is given where nothing was fitted, and where the checks find a pair rather spoilt than sound:
such rows are never called good."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Scores evidence of one source language by the fits of one model, or by cautious defaults without any.

    A translation that the model made (its terms may have been corrected) gets the chance that it reaches
    chrF++ 50 against a reference. Text that anyone else made gets the chance that it is a sound translation
    rather than a spoilt one: how probable the model finds a person's words says little about them.
    """

    calibrations: Calibrations | None
    effort: Effort

    def __call__(self, evidence: Evidence) -> Score:
        """The score of a pair of texts, neither of which is empty."""
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
        return Score(
            quality=quality,
            sound=sound,
            label=label(quality),
            reasons=reasons(evidence, _down(pulls)),
            values=values,
        )

    def fit(self, source: str, target: str) -> Calibration | None:
        """The fit for a pair."""
        return self.calibrations.find(source, target, self.effort) if self.calibrations else None

    def lacking(self, source: str, targets: Sequence[str]) -> tuple[str, ...]:
        """The targets for which nothing was fitted, so that their qualities are cautious guesses."""
        return tuple(tag for tag in targets if self.fit(source, tag) is None)

    def scale(self, source: str, targets: tuple[str, ...]) -> Scale:
        """What the qualities of a table mean."""
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
            signature=f"chrf++50|effort:{self.effort}|{SIGNATURE}|fit:{fitted}{kept}|v3",
            meaning=" ".join([*parts, _ALWAYS]),
            unfitted=lacking,
        )

    def about_given(self) -> str:
        """What the qualities of given texts rest on, in a sentence for people."""
        if self.effort == "fast":
            return "Judged by the texts alone, with no model."
        if self.calibrations is None:
            return (
                "There is no calibration for this model, so the pairs were judged by the texts alone; "
                "`egiz score calibrate` makes one."
            )
        return f"Judged by the texts and the model ({self.calibrations.signature})."


_CALIBRATED = (
    "The chance, as fitted on translations beside their references, that the sentence would reach chrF++ 50 "
    "against a reference: text that can be followed. Those of different models and languages may be compared."
)
_UNFITTED = (
    "No calibration was made for this model from {pairs}: there, quality is a cautious guess from the "
    "model's own probabilities and the checks of the text. It is no probability, and it calls no row good. "
    "`egiz score calibrate` makes a calibration."
)
_ALWAYS = (
    "What a person approved has 1. Empty where the model made no words: nothing came out, or the text was "
    "copied as it stood."
)


def _down(pulls: dict[str, float]) -> list[str]:
    """The features that pull the quality down, the strongest first."""
    found = sorted((pull, name) for name, pull in pulls.items() if pull < 0 and name not in NEUTRAL)
    strong = [name for pull, name in found if pull <= -_LEAST_PULL]
    return strong[:_MOST_REASONS] or [name for pull, name in found if pull <= -_FAINT_PULL][:1]
