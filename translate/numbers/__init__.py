"""Numbers as values: all formats and the words of three languages, compared by what they mean."""

from egiz.translate.numbers.compare import missing_numbers, numbers
from egiz.translate.numbers.values import Number, Value

__all__ = ["Number", "Value", "missing_numbers", "numbers"]
