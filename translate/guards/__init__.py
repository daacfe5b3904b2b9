"""Guards: pure functions that recognise bad machine output of a single sentence."""

from egiz.translate.guards.case import endless, translatable
from egiz.translate.guards.rules import CODES, ENDLESS, FOREIGN, GUARDS, KEPT, REASONS, check

__all__ = ["CODES", "ENDLESS", "FOREIGN", "GUARDS", "KEPT", "REASONS", "check", "endless", "translatable"]
