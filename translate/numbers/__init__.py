"""Find numbers in all formats, and the number words of three languages, as values that can be compared."""

from egiz.translate.numbers.compare import missing_numbers, numbers
from egiz.translate.numbers.values import Number, Value

__all__ = ["Number", "Value", "missing_numbers", "numbers"]
