"""Find numbers in digits, in every format, each with all values that it may mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from egiz.translate.numbers.marked import (
    NEAR,
    date_of,
    later_hours,
    pair_of,
    phone_of,
    slash_of,
    time_of,
)
from egiz.translate.numbers.values import Number, Value, code, date, month, number, pair, time, unit
from egiz.translate.numbers.words import Role, Words, known_in, month_of, roles, unit_of

_NUMBER = re.compile(
    r"""(?P<iso>(?<![\w.])\d{4}(?P<stroke>[-./])\d{1,2}(?P=stroke)\d{1,2}(?!\d|[-./]\d))
      | (?P<date>(?<![\w.])\d{1,2}(?P<mark>[./-])\d{1,2}(?P=mark)(?:\d{4}|\d{2})(?!\d|[./-]\d))
      | (?P<phone>(?<![\w.])\+?\d{1,3}[ \u00a0-]?\(?\d{3,5}\)?[ \u00a0-]?
            \d{2,3}[ \u00a0-]\d{2}[ \u00a0-]\d{2}(?!\d))
      | (?P<power>(?:(?<![\w.,])(?P<mantissa>\d+(?:[.,]\d+)?)[ \u00a0]?[·×x*⋅х][ \u00a0]?)?
            (?<![\d.,])10(?:\^(?P<plain_power>[-−]?\d{1,3})|(?P<raised>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))(?!\d))
      | (?P<time>(?<![\w.,:])\d{1,2}:\d{2}(?::\d{2})?(?!\d|:\d))
      | (?P<pair>(?<![\w.,:])\d+:\d+(?!\d|:\d))
      | (?P<slash>(?<![\w./,])\d+/\d+(?!\d|[./,]\d))
      | (?P<fraction>(?:\d+[ \u00a0]?)?[½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])
      | (?P<spaced>(?<![\w.,])[1-9]\d{0,2}(?P<space>[ \u00a0\u202f\u2009'’])\d{3}(?:(?P=space)\d{3})*
            (?:[.,]\d+)?(?!\d|[.,]\d))
      | (?P<plain>(?<![^\W\d_])\d+(?:[.,]\d+)*)""",
    re.VERBOSE,
)
_DIGIT = re.compile(r"\d+|[½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]")
_ANY_DIGIT = re.compile(r"[\d½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
_MINUS = "-−–"
_DEGREES = re.compile(r"\s?[°%]")
_OPENS = re.compile(r"(?:^|[\s(\[«“\"'/=…~≈±])$")
_WORDS = re.compile(r"[ \u00a0]?([%°€₸₽$£]|[^\W\d_²³]+)")
_SUFFIX = re.compile(r"[-–]?[^\W\d_]{1,4}(?=[\s,.])")
_BEFORE = re.compile(r"([^\W\d_]+)[ \u00a0]$")
_SIGN = re.compile(r"([$€£₸₽])[ \u00a0]?$")
_CURRENCIES = frozenset("$€£₸₽")
_RAISED_SIGNS = frozenset("²³^")
_RAISED_UNIT = re.compile(r"\s?[^\W\d_]{1,6}\.?([²³]|\^[23])")
_YEAR = re.compile(r"[12]\d{3}(?!\d)")
_RANGE = re.compile(r"(?:%|°C?|[^\W\d_]{1,3})?[ \u00a0]?[-–—−][ \u00a0]?")

_LONGEST = 25
"""The most characters of a number that is compared by value, because decimal arithmetic has 28 digits. A
longer one is compared as text."""


def in_digits(text: str, known: Words, skipped: list[tuple[int, int]]) -> list[Number]:
    """Return the numbers in digits, and the months and units beside them.

    `skipped` are spans (start, stop; code points) in which no numbers are searched for. A month or unit comes
    after its number.
    """
    found: list[Number] = []
    first = _ANY_DIGIT.search(text)
    if first is None:
        return found
    known = known_in(text, known)
    latest: Number | None = None
    read = 0
    for match in _matches(text, first.start()):
        if read > match.start():
            continue
        if skipped and any(start < match.end() and match.start() < stop for start, stop in skipped):
            continue
        for item in _read(match, text, known):
            if item.kind == "number" and latest is not None:
                gap = text[latest.stop : item.start]
                if len(gap) < 8 and _RANGE.fullmatch(gap):
                    found, item = _joined_by_dash(found, latest, item, gap)
            if item.kind != "month" or item.span not in {earlier.span for earlier in found[-2:]}:
                found.append(item)
            if item.kind == "number":
                latest = item
            elif item.kind == "time":
                read = item.stop
    return found


def _matches(text: str, at: int) -> Iterator[re.Match[str]]:
    """Yield the matches of `_NUMBER` from offset `at` on.

    Only places where digits begin are tried, which is faster than `finditer`.
    """
    digits = _DIGIT.search(text, at)
    while digits is not None:
        start = digits.start()
        match = _NUMBER.match(text, start - 1) if text[start - 1 : start] == "+" else None
        match = match or _NUMBER.match(text, start)
        if match is not None:
            yield match
        digits = _DIGIT.search(text, match.end() if match else digits.end())


def _joined_by_dash(
    found: list[Number], first: Number, second: Number, gap: str
) -> tuple[list[Number], Number]:
    """Add the values that two numbers may have because a dash (`gap`) joins them.

    Both numbers get the value of the pair, because "1–2" may be a range. A factor after the second number may
    apply to the first one too: in "1–2 млн" the first number may be 1 million. Returns `found` with the
    changed first number, and the changed second number.
    """
    low, high = _bare(first), _bare(second)
    if low is None or high is None:
        return found, second
    both: set[Value] = {pair(low, high)}
    if gap == "-" and low < 24 and high < 60 and len(second.text.partition(" ")[0]) == 2:
        both.add(time(int(low), int(high)))
    if 1000 <= low <= 2100 and 0 < high < 100:  # 2020-25
        both.add(pair(low, low - low % 100 + high))
    times = {value / high for value in second.readings if isinstance(value, Decimal) and high}
    own = {number(low * factor) for factor in times if factor >= 1000}
    at = found.index(first)
    widened = replace(first, readings=first.readings | both | own)
    return [*found[:at], widened, *found[at + 1 :]], replace(second, readings=second.readings | both)


def _bare(item: Number) -> Decimal | None:
    """Return the value of a number without the words after it; None if it is not a whole number."""
    digits = item.text.split()[0].strip("-−–")
    return Decimal(digits) if digits.isdecimal() and len(digits) <= _LONGEST else None


def _read(match: re.Match[str], text: str, known: Words) -> Iterator[Number]:
    """Yield the number at a match of `_NUMBER`, then the months and units beside it."""
    shown = match.group()
    start, stop = match.span()
    name = match.lastgroup
    if len(shown) > _LONGEST:
        yield Number(shown, start, stop, "code", frozenset({code(shown)}))
        return
    if name in ("iso", "date"):
        made = date_of(shown, start, stop)
        if made is not None:
            yield made
            return
        name = "plain"
    if name == "time" and (made := time_of(shown, start, stop, text, known)) is not None:
        yield made
    elif name in ("time", "pair"):
        yield pair_of(shown, start, stop)
    elif name == "phone":
        yield phone_of(shown, start, stop)
    elif name == "slash":
        yield slash_of(shown, start, stop)
    else:
        yield from _quantity(match, text, known)


def _quantity(match: re.Match[str], text: str, known: Words) -> Iterator[Number]:
    """Yield the number at a match that is a quantity, then the units and months beside it.

    If words for hours and minutes follow ("15 часов 30 минут"), yield a time of day instead.
    """
    shown, (start, stop) = match.group(), match.span()
    clock = known.clock.match(text, start) if len(shown) < 3 else None
    if clock is not None and int(clock[1]) <= 24 and int(clock[2]) < 60:
        hour, minute = int(clock[1]), int(clock[2])
        later = later_hours(hour, minute, text, start, clock.end(), known)
        yield Number(clock.group(), start, clock.end(), "time", frozenset({time(hour, minute), *later}))
        return
    values, others = _values(match)
    negative, both = _sign(text, start, stop, known)
    if negative:
        values = {-value for value in values} | (values if both else set())
        others = set()
        if text[start - 1 : start] and text[start - 1] in _MINUS:
            start -= 1
            shown = text[start:stop]
    after, role = _after(text, stop, known)
    beside: list[Number] = []
    if after is not None and role is not None and role[0] is not None:
        stop = after.end()
        shown = text[start:stop]
        values, others = {value * role[0] for value in values}, set()
        after = _WORDS.match(text, stop)
        role = roles(known.language)[after[1].casefold()] if after else None
    if after is not None and role is not None:
        _, name, month_name = role
        if name is not None:
            beside.append(_unit(after, name))
        if month_name is not None and (month_word := _month(after, known)) is not None:
            beside.append(month_word)
    beside += _before(text, match.start(), known)
    raised = _RAISED_UNIT.match(text, match.end()) if _RAISED_SIGNS.intersection(text) else None
    if raised is not None and known.known:
        name = "squared" if raised[1] in "²^2" else "cubed"
        beside.append(Number(raised.group().strip(), *raised.span(), "unit", frozenset({unit(name)})))
    if len(values) == 1 and not others:
        others = _later_number(next(iter(values)), text, start, stop, known)
        others |= _decade(next(iter(values)), text, match.end(), known)
    day = _day(shown) if match["plain"] else None
    month_words = [item for item in beside if item.kind == "month"]
    if month_words and len(values) == 1:
        beside, others = _of_month(next(iter(values)), month_words[0], beside, others)
    readings = frozenset({*map(number, values), *others, *([date(None, *day)] if day else [])})
    parts = ((number(Decimal(day[1])), month(str(day[0]))),) if day else ()
    yield Number(shown, start, stop, "number", readings, parts)
    yield from beside


def _of_month(
    value: Decimal, month_word: Number, beside: list[Number], others: set[Value]
) -> tuple[list[Number], set[Value]]:
    """Add the date that a number and a month may mean together to the values of the number and of the month.

    So "5 сентября" also matches ``05.09`` in the other text. `beside` has the units and months beside the
    number, `others` the values of the number besides `value`. Returns `beside` and `others` with the date
    added.
    """
    name = next(iter(month_word.readings))
    if not isinstance(name, tuple) or not 1 <= value <= 31 or value % 1:
        return beside, others
    day = date(None, int(str(name[1])), int(value))
    dated = replace(month_word, readings=month_word.readings | {day})
    return [dated if item is month_word else item for item in beside], others | {day}


def _unit(match: re.Match[str], name: str) -> Number:
    """Return the unit called `name`; its text is the first group of the match."""
    return Number(match[1], *match.span(1), "unit", frozenset({unit(name)}))


def _values(match: re.Match[str]) -> tuple[set[Decimal], set[Value]]:
    """Return the quantities that digits may mean, and their other possible values, such as times or codes."""
    shown = match.group()
    if match["power"] is not None:
        mantissa = Decimal((match["mantissa"] or "1").replace(",", "."))
        power = (match["plain_power"] or match["raised"]).translate(_RAISED)
        return {mantissa.scaleb(int(power))}, set()
    if match["fraction"] is not None:
        whole = re.sub(r"\D", "", shown[:-1]) or "0"
        return {Decimal(whole) + round(Decimal(str(unicodedata.numeric(shown[-1]))), 9)}, set()
    if match["spaced"] is not None:
        return {Decimal(re.sub(rf"[{match['space']}]", "", shown).replace(",", "."))}, set()
    return _marked(shown)


def _marked(shown: str) -> tuple[set[Decimal], set[Value]]:
    """Return the possible quantities and other values of digits with dots and commas.

    A mark may group digits, be a decimal mark, or belong to a time of day or a code.

    >>> _marked("1,200") == ({Decimal(1200), Decimal("1.200")}, set())
    True
    >>> _marked("2.200.12")
    (set(), {('code', '2.200.12')})
    """
    if shown.isdecimal():
        return {Decimal(shown)}, set()
    parts = re.split(r"[.,]", shown)
    marks = re.sub(r"\d", "", shown)
    grouped = 1 <= len(parts[0]) <= 3 and parts[0] != "0"
    values: set[Decimal] = set()
    others: set[Value] = set()
    if len(marks) == 1:
        values.add(Decimal(".".join(parts)))
        if grouped and len(parts[1]) == 3:
            values.add(Decimal("".join(parts)))
        if marks == "." and len(parts[1]) == 2 and int(parts[0]) < 25 and int(parts[1]) < 60:
            others.add(time(int(parts[0]), int(parts[1])))
    elif len(set(marks)) == 1:
        threes = all(len(part) == 3 for part in parts[1:])
        lakh = marks[0] == "," and len(parts[-1]) == 3 and all(len(part) == 2 for part in parts[1:-1])
        if grouped and (threes or lakh):
            values.add(Decimal("".join(parts)))
        others.add(code(shown))
    elif len(set(marks[:-1])) == 1 and grouped and all(len(part) == 3 for part in parts[1:-1]):
        values.add(Decimal("".join(parts[:-1]) + "." + parts[-1]))
    else:
        others.add(code(shown))
    return values, others


def _day(shown: str) -> tuple[int, int] | None:
    """Return month and day of digits that may be a date without a year: ``"05.09" -> (9, 5)``.

    Returns None for other digits.
    """
    day, mark, month_ = shown.partition(".")
    if not mark or len(day) > 2 or len(month_) != 2 or not month_.isdecimal():
        return None
    return (int(month_), int(day)) if 1 <= int(day) <= 31 and 1 <= int(month_) <= 12 else None


def _sign(text: str, start: int, stop: int, known: Words) -> tuple[bool, bool]:
    """Return whether a number may be negative, and whether it may be positive nevertheless.

    Both are true after a hyphen or dash at the beginning of a text, and before a word for "below".
    """
    before = text[start - 1 : start]
    if before and before in _MINUS:
        if not _OPENS.search(text[max(0, start - 2) : start - 1]):
            return False, False
        if text[start - 2 : start - 1].isspace() and text[start - 3 : start - 2].isdigit():
            return False, False
        degrees = _DEGREES.match(text, stop)
        return True, not degrees and (start == 1 or before == "–")
    if before and before.isspace() and known.minus.search(text, max(0, start - 12), start):
        return True, False
    if known.below.search(text, stop, stop + NEAR):
        return True, True
    return False, False


def _after(text: str, at: int, known: Words) -> tuple[re.Match[str] | None, Role | None]:
    """Return the match of the word or sign that follows a number, and the role of this word or sign.

    The role is None if the word has no role beside digits. Both are None if no word or sign follows. An
    ending of the number (``5-ші``, ``20th``) may stand between the number and the word.
    """
    after = _WORDS.match(text, at)
    role = roles(known.language)[after[1].casefold()] if after else None
    if role is None:
        suffix = _SUFFIX.match(text, at)
        after = _WORDS.match(text, suffix.end()) if suffix else None
        role = roles(known.language)[after[1].casefold()] if after else None
    return after, role


def _month(word: re.Match[str], known: Words) -> Number | None:
    """Return the month that a word names, or None.

    A word in Latin letters must begin with a capital: "may 5 people" has no month.
    """
    if word[1].isascii() and not word[1][0].isupper():
        return None
    name = month_of(word[1].casefold(), known.language)
    return None if name is None else Number(word[1], *word.span(1), "month", frozenset({month(name)}))


def _before(text: str, start: int, known: Words) -> Iterator[Number]:
    """Yield the month or the currency sign before a number, if there is one.

    Only English writes the month before the day. In other languages, the name of a month before a number
    counts only before a year, because it is usually another word (маусымның 60-шы is "the 60th of the
    season"; маусым also means June).
    """
    last = text[max(0, start - 2) : start]
    if last[:1].isalpha() and (last[:1].isascii() or _YEAR.match(text, start)):
        word = _BEFORE.search(text, max(0, start - 14), start)
        if word is not None and (word[1].isascii() or _YEAR.match(text, start)):
            month_word = _month(word, known)
            if month_word is not None:
                yield month_word
    sign = None if _CURRENCIES.isdisjoint(last) else _SIGN.search(text, max(0, start - 2), start)
    if sign is not None:
        name = unit_of(sign[1], known.language)
        if name is not None:
            yield _unit(sign, name)


def _later_number(value: Decimal, text: str, start: int, stop: int, known: Words) -> set[Value]:
    """Return the values of a whole number from 1 to 11 as an hour after noon.

    The result is empty if no word such as "p.m." is within `NEAR` code points.
    """
    if not 1 <= value <= 11 or value % 1:
        return set()
    return later_hours(int(value), 0, text, start, stop, known)


def _decade(value: Decimal, text: str, stop: int, known: Words) -> set[Value]:
    """Return the value 1990 for ``90-х``, which may mean the 1990s.

    The result is empty if the number is not the number of a decade.
    """
    if not 10 <= value <= 90 or value % 10 or not known.decades.match(text, stop):
        return set()
    return {number(value + 1900)}
