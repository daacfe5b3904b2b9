"""Evaluation: scores system outputs against references, with a signature for every metric."""

from egiz.parallel.evaluate.evaluate import EvaluateOptions, Evaluation, Part, TermScore, evaluate_texts
from egiz.parallel.evaluate.report import FORMATS
from egiz.parallel.evaluate.texts import Texts, matched, of_machines, read_texts

__all__ = [
    "FORMATS",
    "EvaluateOptions",
    "Evaluation",
    "Part",
    "TermScore",
    "Texts",
    "evaluate_texts",
    "matched",
    "of_machines",
    "read_texts",
]
