"""Languages as term work sees them."""

from egiz.glossary.morphology.base import Accepted, Morphology, Word
from egiz.glossary.morphology.languages import morphology

__all__ = ["Accepted", "Morphology", "Word", "morphology"]
