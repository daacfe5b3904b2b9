"""The step of a build between correcting terms and publishing: every translation gets its score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from egiz.parallel.rows import Row, Target
from egiz.parallel.scores.calibration import calibrations_of
from egiz.parallel.scores.evidence import Witness
from egiz.parallel.scores.judge import Judge
from egiz.parallel.scores.neural import Neural
from egiz.parallel.scores.records import Effort, Evidence
from egiz.parallel.scores.scale import Scale
from egiz.parallel.scores.units import unit_of_row
from egiz.translate.engine import Engine
from egiz.translate.forcing import Speaking
from egiz.translate.memory import MemoryLike
from egiz.translate.records import Translation

APPROVED = 1.0
"""The quality of what a person approved: a person's word settles what could only be guessed."""


class ScoreStage:
    """Scores rows window by window, on the texts that will be published.

    Without an engine it is the cautious default, on the texts and the engine's own log-probabilities alone.
    """

    def __init__(self, judge: Judge, witness: Witness, neural: Sequence[Neural] = ()) -> None:
        self.judge = judge
        self.neural = tuple(neural)
        self._witness = witness

    @classmethod
    def of_engine(
        cls,
        engine: Engine,
        speaking: Speaking | None,
        effort: Effort,
        *,
        fingerprint: str,
        home: Path | None = None,
        memory: MemoryLike | None = None,
        neural: Sequence[Neural] = (),
    ) -> ScoreStage:
        """The stage for an engine, with the fits that there are for its model's `fingerprint`."""
        judge = Judge(calibrations_of(fingerprint, home), effort)
        return cls(judge, Witness(engine, speaking, effort, memory), neural)

    def scale(self, source: str, targets: Sequence[str]) -> Scale:
        """What the qualities of a table in these languages mean."""
        return self.judge.scale(source, tuple(targets))

    def apply(self, rows: Sequence[Row], translations: Sequence[tuple[Translation, ...]]) -> list[Row]:
        """The rows with their scores; `translations` are of the same sentences, in the order of the targets.

        Nothing is said of a side that failed, or that was copied with no model asked.
        """
        units = [unit_of_row(row, found) for row, found in zip(rows, translations, strict=True)]
        evidence = self._witness.evidence(units)
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
        score = self.judge(evidence)
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
