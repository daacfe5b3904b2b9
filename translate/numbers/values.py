"""What a number is worth: the record of a number in a text, and the values by which two are compared."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Literal

Kind = Literal["number", "date", "time", "roman", "word", "compound", "month", "unit", "code"]
Value = Decimal | tuple[str | int | Decimal | None, ...]
"""A quantity; or a date, time, pair, month, unit or code, named by its first item."""

_CONTEXT = Context(prec=40)


def number(value: Decimal) -> Value:
    """A quantity in one form, so that 478.50 is 478.5."""
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
    """Digits that count nothing: a version, an address, the number of a document."""
    return ("code", text.casefold())


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written at ``start:stop`` of a text, with what it may mean.

    One shared reading makes two numbers equal. `parts` are other ways to say it, each a set of values that
    must all be on the other side: a date in digits is also its day, month and year. `offers` are further
    values for which it is an answer, though it does not ask for them.
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
        """Where it stands."""
        return self.start, self.stop
