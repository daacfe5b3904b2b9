"""Lint rules that find mistakes in a term base before it is used."""

from egiz.glossary.lint.finding import LintFinding
from egiz.glossary.lint.run import RULES, lint

__all__ = ["RULES", "LintFinding", "lint"]
