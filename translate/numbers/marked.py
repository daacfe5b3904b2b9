"""Numbers with marks between their digits: dates, times of day, ratios, phone numbers, fractions.

The functions that return a `Number` take the text ``shown`` of a match and its span (start, stop; code
points). The number has all values that the digits may mean.
"""

from __future__ import annotations

import re
from decimal import Decimal

from egiz.translate.numbers.values import Number, Value, code, date, month, number, pair, time
from egiz.translate.numbers.words import Words

NEAR = 26
"""The number of code points before and after an hour in which a word such as "p.m." is searched for. A word
for "below" is searched for in the same number of code points after a number."""


def date_of(shown: str, start: int, stop: int) -> Number | None:
    """Return the date that the digits `shown` mean: ``12.05.1999`` is 12 May 1999.

    The digits may begin with the day or, as in ``1999-05-12``, with the year. If they are separated by
    slashes, they may also begin with the month: ``05/12/1999`` is read both as 5 December and as 12 May.
    Returns None if the digits cannot be a date.
    """
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
    """Return the time of day that the digits `shown` mean: ``15:30``.

    If they have no seconds, the values of the result include a pair of numbers (a score, a ratio). Returns
    None if hour, minutes or seconds are out of range.
    """
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
    """Return the values of a time twelve hours later, if a word nearby says "after noon".

    The word must be within `NEAR` code points. Without one, the result is empty.
    """
    if not 1 <= hour <= 11 or not known.afternoon.search(text, max(0, start - NEAR), stop + NEAR):
        return set()
    made: set[Value] = {time(hour + 12, minute)}
    if not minute:
        made.add(number(Decimal(hour + 12)))
    return made


def pair_of(shown: str, start: int, stop: int) -> Number:
    """Return a score or a ratio as a pair; with more than one colon, a number of the kind ``code``."""
    values = [Decimal(part) for part in shown.split(":")]
    if len(values) != 2:
        return Number(shown, start, stop, "code", frozenset({code(shown)}))
    parts = (tuple(map(number, values)),)
    return Number(shown, start, stop, "number", frozenset({pair(*values)}), parts)


def phone_of(shown: str, start: int, stop: int) -> Number:
    """Return a telephone number, which is compared by its digits only."""
    digits = re.sub(r"\D", "", shown)
    readings: set[Value] = {code(digits), number(Decimal(digits))}
    if len(digits) == 11 and digits[0] in "78":  # +7 701 and 8 701 are one number
        readings.add(code(digits[1:]))
    return Number(shown, start, stop, "code", frozenset(readings))


def slash_of(shown: str, start: int, stop: int) -> Number:
    """Return digits with a slash: they may be a fraction, two years, or the number of a document."""
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
