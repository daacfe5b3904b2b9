"""What is wrong in a term base, said before it does harm."""

from egiz.glossary.lint.finding import LintFinding
from egiz.glossary.lint.run import RULES, lint

__all__ = ["RULES", "LintFinding", "lint"]
