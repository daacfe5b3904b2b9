"""Text to sentences to translations: the records that flow, and the errors that a person can mend."""

from egiz.translate.errors import EgizError
from egiz.translate.records import Attempt, Document, Edit, Hypothesis, Repair, Sentence, Status, Translation

__all__ = [
    "Attempt",
    "Document",
    "Edit",
    "EgizError",
    "Hypothesis",
    "Repair",
    "Sentence",
    "Status",
    "Translation",
]
