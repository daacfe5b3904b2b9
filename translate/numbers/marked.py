"""Numbers whose digits have marks between them: dates, times of day, ratios, phone numbers, fractions.

Each function takes the text ``shown`` of a match and its span (start, stop; code points), and returns the
number with all values that it may mean.
"""

from __future__ import annotations

import re
from decimal import Decimal

from egiz.translate.numbers.values import Number, Value, code, date, month, number, pair, time
from egiz.translate.numbers.words import Words

NEAR = 26
"""Code points around an hour in which "p.m." is searched for, and after a number for "below"."""


def date_of(shown: str, start: int, stop: int) -> Number | None:
    """A date, day first; with slashes also month first, as in the US. None if it cannot be a date."""
    first, middle, last = map(int, re.split(r"[-./]", shown))
    if first > 31:
        orders = [(first, middle, last)]
    else:
        orders = [(last, middle, first)] + ([(last, first, middle)] if "/" in shown else [])
    readings: set[Value] = {code(shown)}
    parts: list[tuple[Value, ...]] = []
    offers: set[Value] = set()
    for year, month_, day in orders:
        if not (1 <= month_ <= 12 and 1 <= day <= 31):
            continue
        for full in (year,) if year > 99 else (2000 + year, 1900 + year):
            readings.add(date(full, month_, day))
            parts.append((number(Decimal(day)), month(str(month_)), number(Decimal(full))))
            offers |= {month(str(month_)), number(Decimal(full))}
            offers |= {date(full, month_, None), date(None, month_, day)}
    if not parts:
        return None
    return Number(shown, start, stop, "date", frozenset(readings), tuple(parts), frozenset(offers))


def time_of(shown: str, start: int, stop: int, text: str, known: Words) -> Number | None:
    """A time of day, which may also be two numbers; None if the hour or the minutes are out of range."""
    hour, minute, *rest = map(int, shown.split(":"))
    second = rest[0] if rest else 0
    if hour > 24 or minute > 59 or second > 59:
        return None
    readings: set[Value] = {time(hour, minute, second)}
    if not rest:
        readings |= {
            pair(Decimal(hour), Decimal(minute)),
            *later_hours(hour, minute, text, start, stop, known),
        }
        if not minute and len(shown.split(":")[1]) == 2:
            readings.add(number(Decimal(hour)))
    return Number(shown, start, stop, "time", frozenset(readings))


def later_hours(hour: int, minute: int, text: str, start: int, stop: int, known: Words) -> set[Value]:
    """The same time twelve hours later, if words near it say that it is after noon."""
    if not 1 <= hour <= 11 or not known.afternoon.search(text, max(0, start - NEAR), stop + NEAR):
        return set()
    made: set[Value] = {time(hour + 12, minute)}
    if not minute:
        made.add(number(Decimal(hour + 12)))
    return made


def pair_of(shown: str, start: int, stop: int) -> Number:
    """A score or a ratio; with more than one colon a code."""
    values = [Decimal(part) for part in shown.split(":")]
    if len(values) != 2:
        return Number(shown, start, stop, "code", frozenset({code(shown)}))
    parts = (tuple(map(number, values)),)
    return Number(shown, start, stop, "number", frozenset({pair(*values)}), parts)


def phone_of(shown: str, start: int, stop: int) -> Number:
    """A telephone number, which is compared by its digits."""
    digits = re.sub(r"\D", "", shown)
    readings: set[Value] = {code(digits), number(Decimal(digits))}
    if len(digits) == 11 and digits[0] in "78":  # +7 701 and 8 701 are one number
        readings.add(code(digits[1:]))
    return Number(shown, start, stop, "code", frozenset(readings))


def slash_of(shown: str, start: int, stop: int) -> Number:
    """A fraction, two years, or the number of a document."""
    above, below = map(Decimal, shown.split("/"))
    readings: set[Value] = {code(shown)}
    parts: list[tuple[Value, ...]] = []
    offers: set[Value] = set()
    if 0 < above < below <= 1000:
        readings.add(number(round(above / below, 9)))
        parts.append((number(above), number(below)))
    if 1000 <= above <= 2100:
        second = above - above % 100 + below if below < 100 else below
        readings.add(pair(above, second))
        parts += [(number(above), number(second)), (number(above), number(below))]
        offers |= {number(above), number(second), number(below)}
    return Number(shown, start, stop, "number", frozenset(readings), tuple(parts), frozenset(offers))
