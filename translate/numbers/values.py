"""The record of a number in a text, and the values by which numbers are compared."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Literal

Kind = Literal["number", "date", "time", "roman", "word", "compound", "month", "unit", "code"]
Value = Decimal | tuple[object, ...]
"""A possible value of a number: a `Decimal` for a quantity, or a tuple whose first item names the kind: date,
time, pair, month, unit or code."""

_CONTEXT = Context(prec=40)


def number(value: Decimal) -> Decimal:
    """Return a quantity in normal form, so that 478.50 equals 478.5."""
    return value.normalize(_CONTEXT)


def date(year: int | None, month: int, day: int | None) -> Value:
    """Return the value of a day (`year` may be unknown), or of a month of a year (`day` is None)."""
    return ("date", year, month, day)


def time(hour: int, minute: int, second: int = 0) -> Value:
    """Return the value of a time of day."""
    return ("time", hour, minute, second)


def pair(first: Decimal, second: Decimal) -> Value:
    """Return the value of two numbers in this order: a score, a ratio, a range."""
    return ("pair", number(first), number(second))


def month(name: str) -> Value:
    """Return the value of a month; `name` is its number, from 1, as text."""
    return ("month", int(name))


def unit(name: str) -> Value:
    """Return the value of a unit; `name` is its name in ``data/numbers.toml``."""
    return ("unit", name)


def code(text: str) -> Value:
    """Return the value of digits that are not a quantity: a version, an address, the number of a document."""
    return ("code", text.casefold())


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written in ``text[start:stop]`` (code points), with the values that it may mean.

    `readings` are its possible values; two numbers match if they have one of these in common. `parts` are
    other ways to express the number. Each of them has several values, all of which must be in the other text:
    day, month and year for a date in digits. `offers` are further values, which numbers of the other text may
    match, but which the other text need not have.
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
        """Start and stop of the number in the text, in code points."""
        return self.start, self.stop
