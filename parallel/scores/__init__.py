"""Quality estimation: measures features of each translation and combines them into a calibrated quality."""

from egiz.parallel.scores.calibration import Calibrations, calibrations_of
from egiz.parallel.scores.evidence import EvidenceCollector
from egiz.parallel.scores.features import FEATURES
from egiz.parallel.scores.quality import QualityScorer, ScoreStage
from egiz.parallel.scores.records import EFFORTS, Effort, Evidence, Reason, Scale, Score, Side, Unit

__all__ = [
    "EFFORTS",
    "FEATURES",
    "Calibrations",
    "Effort",
    "Evidence",
    "EvidenceCollector",
    "QualityScorer",
    "Reason",
    "Scale",
    "Score",
    "ScoreStage",
    "Side",
    "Unit",
    "calibrations_of",
]
