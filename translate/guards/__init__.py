"""Guards: pure functions that know bad machine output when they see it, one sentence at a time."""

from egiz.translate.guards.case import translatable
from egiz.translate.guards.check import CODES, GUARDS, REASONS, check

__all__ = ["CODES", "GUARDS", "REASONS", "check", "translatable"]
