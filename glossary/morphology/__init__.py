"""Languages as term work sees them."""

from egiz.glossary.morphology.base import Accepted, Morphology, Word

__all__ = ["Accepted", "Morphology", "Word"]
