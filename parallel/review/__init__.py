"""Review: applies people's edits, approvals and comments to a published table and keeps their history."""

from egiz.parallel.review.files import read_edits
from egiz.parallel.review.records import Conflict, Decision, HumanEdit
from egiz.parallel.review.review import Reviewed, review

__all__ = ["Conflict", "Decision", "HumanEdit", "Reviewed", "read_edits", "review"]
