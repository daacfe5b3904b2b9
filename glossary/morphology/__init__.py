"""Words of a language as term work sees them: looked up, recognised in their forms, and inflected."""

from egiz.glossary.morphology.base import Accepted, Morphology, Word

__all__ = ["Accepted", "Morphology", "Word"]
