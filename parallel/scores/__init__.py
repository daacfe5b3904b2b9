"""Quality estimation: the features of each translation and a calibrated quality made from them."""

from egiz.parallel.scores.calibration import Calibrations, calibrations_of
from egiz.parallel.scores.evidence import Witness
from egiz.parallel.scores.features import FEATURES
from egiz.parallel.scores.judge import Judge, ScoreStage
from egiz.parallel.scores.records import EFFORTS, Effort, Evidence, Reason, Scale, Score, Side, Unit

__all__ = [
    "EFFORTS",
    "FEATURES",
    "Calibrations",
    "Effort",
    "Evidence",
    "Judge",
    "Reason",
    "Scale",
    "Score",
    "ScoreStage",
    "Side",
    "Unit",
    "Witness",
    "calibrations_of",
]
