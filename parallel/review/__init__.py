"""Review: what people made of the published rows comes back into them."""

from egiz.parallel.review.files import read_edits
from egiz.parallel.review.records import Conflict, Decision, HumanEdit
from egiz.parallel.review.review import Reviewed, review

__all__ = ["Conflict", "Decision", "HumanEdit", "Reviewed", "read_edits", "review"]
