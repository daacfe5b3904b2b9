"""Morphology for term matching: look words up, recognise their forms, inflect wordings."""

from egiz.glossary.morphology.base import Accepted, Morphology, Word

__all__ = ["Accepted", "Morphology", "Word"]
