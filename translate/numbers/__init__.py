"""Numbers as values: reads all formats and the number words of three languages, and compares the values."""

from egiz.translate.numbers.compare import missing_numbers, numbers
from egiz.translate.numbers.values import Number, Value

__all__ = ["Number", "Value", "missing_numbers", "numbers"]
