"""The values of numbers: the record of a number in a text, and the values by which numbers are compared."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Literal

Kind = Literal["number", "date", "time", "roman", "word", "compound", "month", "unit", "code"]
Value = Decimal | tuple[object, ...]
"""A quantity; or a date, time, pair, month, unit or code, named by its first item."""

_CONTEXT = Context(prec=40)


def number(value: Decimal) -> Decimal:
    """A quantity in normal form, so that 478.50 equals 478.5."""
    return value.normalize(_CONTEXT)


def date(year: int | None, month: int, day: int | None) -> Value:
    """A day of the calendar, or a month of a year."""
    return ("date", year, month, day)


def time(hour: int, minute: int, second: int = 0) -> Value:
    """A time of day."""
    return ("time", hour, minute, second)


def pair(first: Decimal, second: Decimal) -> Value:
    """Two numbers that belong together in this order: a score, a ratio, a range."""
    return ("pair", number(first), number(second))


def month(name: str) -> Value:
    """A month by its number."""
    return ("month", int(name))


def unit(name: str) -> Value:
    """A unit by its name in ``data/numbers.toml``."""
    return ("unit", name)


def code(text: str) -> Value:
    """Digits that are not a quantity: a version, an address, the number of a document."""
    return ("code", text.casefold())


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written at ``start:stop`` of a text (code points), with the values that it may mean.

    Two numbers are equal if they share a reading. `parts` are other ways to express it, each a set of values
    that must all be on the other side: a date in digits is also its day, month and year. `offers` are further
    values that it matches on the other side but does not require there.
    """

    text: str
    start: int
    stop: int
    kind: Kind
    readings: frozenset[Value]
    parts: tuple[tuple[Value, ...], ...] = ()
    offers: frozenset[Value] = frozenset()

    @property
    def span(self) -> tuple[int, int]:
        """The start and stop of the number in the text, in code points."""
        return self.start, self.stop
