"""Number words by language: numerals in their forms, factors such as thousand, months and units."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files

from egiz.translate.numbers.values import Kind, Number, Value, month, number, unit
from egiz.translate.split.knowledge import primary
from egiz.translate.text import PerWord, lower_words

_WORD = re.compile(r"[^\W\d_]+")
_WHOLE = 2
"""The most letters of an entry of the tables that must equal the whole word: ``м`` (metre) must not match
мектеп. It is enough if a word begins with a longer entry."""
_BEGIN = 2
"""The number of first letters by which the tables are indexed."""
_NEVER = re.compile(r"(?!)")

_Stems = Mapping[str, tuple[tuple[str, bool, str], ...]]
"""Entries by their first letters. An entry is the beginning of a word, whether it must be the whole word, and
its meaning (the name of a unit, the number of a month)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Words:
    """The number words of one language; the tables are empty for a language that has none.

    `clock` matches an hour and minutes with words ("15 часов 30 минут"), `decades` the text after the number
    of a decade, `minus` the text before a negative number.
    """

    known: bool = False
    language: str = ""
    numerals: Mapping[str, tuple[tuple[re.Pattern[str], Decimal], ...]] = field(default_factory=dict)
    also: Mapping[str, tuple[tuple[re.Pattern[str], str, Decimal], ...]] = field(default_factory=dict)
    scales: Mapping[str, Decimal] = field(default_factory=dict)
    months: _Stems = field(default_factory=dict)
    units: _Stems = field(default_factory=dict)
    answers: _Stems = field(default_factory=dict)
    centuries: _Stems = field(default_factory=dict)
    first: tuple[str, ...] = ()
    joins: frozenset[str] = frozenset()
    below: re.Pattern[str] = _NEVER
    afternoon: re.Pattern[str] = _NEVER
    minus: re.Pattern[str] = _NEVER
    decades: re.Pattern[str] = _NEVER
    clock: re.Pattern[str] = _NEVER
    signals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Lower-case strings for the patterns `below`, `afternoon` and `minus`, by the name of the pattern. A
    text that contains none of them cannot match the pattern."""


@cache
def know(language: str) -> Words:
    """Return the number words of a language (BCP-47 tag) from ``data/numbers.toml``."""
    text = files("egiz.translate").joinpath("data/numbers.toml").read_text(encoding="utf-8")
    entry = tomllib.loads(text).get(primary(language))
    if entry is None:
        return Words(language=language)
    ends = entry["ends"]
    numerals: dict[str, tuple[tuple[re.Pattern[str], Decimal], ...]] = {}
    for value, form in _forms(entry["numerals"]):
        pattern = re.compile(_pattern(form, ends))
        numerals[form[:_BEGIN]] = (*numerals.get(form[:_BEGIN], ()), (pattern, Decimal(value)))
    also: dict[str, tuple[tuple[re.Pattern[str], str, Decimal], ...]] = {}
    for value, form in _forms(entry["also"]):
        pattern = re.compile(_pattern(form, ends))
        stem = form.partition("+")[0]
        also[form[:_BEGIN]] = (*also.get(form[:_BEGIN], ()), (pattern, stem, Decimal(value)))
    return Words(
        known=True,
        language=primary(language),
        numerals=numerals,
        also=also,
        scales={word: Decimal(factor) for factor, word in _forms(entry["scales"])},
        months=_stems(entry["months"]),
        units=_stems(entry["units"]),
        answers=_stems(entry["answers"]),
        centuries=_stems({"": " ".join(word.replace("+", "") for word in entry["centuries"])}),
        first=tuple(entry["first"]),
        joins=frozenset(entry["joins"]),
        signals={name: tuple(_strings(entry[name])) for name in ("below", "afternoon", "minus")},
        below=_any_of(entry["below"]),
        afternoon=_any_of(entry["afternoon"]),
        minus=re.compile(rf"(?:{entry['minus']})\s*$", re.IGNORECASE),
        decades=re.compile(entry["decades"], re.IGNORECASE),
        clock=re.compile(
            rf"(\d{{1,2}})[\s-]*(?:{entry['hours']})\.?\s+(\d{{1,2}})[\s-]*(?:{entry['minutes']})(?!\w)",
            re.IGNORECASE,
        ),
    )


def known_in(text: str, known: Words) -> Words:
    """Return the words of a language for use with one text.

    Patterns that cannot match in this text are replaced by a pattern that never matches, which is faster.
    """
    small = text.lower()
    absent = tuple(
        name for name, signals in known.signals.items() if not any(signal in small for signal in signals)
    )
    return _without(known, absent) if absent else known


@lru_cache(maxsize=64)
def _without(known: Words, absent: tuple[str, ...]) -> Words:
    """Return the words of a language; patterns named in `absent` are replaced by one that never matches."""
    return replace(
        known,
        below=_NEVER if "below" in absent else known.below,
        afternoon=_NEVER if "afternoon" in absent else known.afternoon,
        minus=_NEVER if "minus" in absent else known.minus,
    )


def _strings(words: list[str] | str) -> list[str]:
    """Return `words` itself if it is a list, else the alternatives of the pattern `words`: ``a|b``."""
    return words.split("|") if isinstance(words, str) else words


def _any_of(beginnings: list[str]) -> re.Pattern[str]:
    """Return a pattern that matches any of these strings, ignoring case."""
    return re.compile("|".join(map(re.escape, beginnings)), re.IGNORECASE)


def _forms(table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each value of a table with each of its forms, which are separated by spaces there."""
    return ((value, form) for value, forms in table.items() for form in forms.split())


def _pattern(form: str, ends: Mapping[str, str]) -> str:
    """Return the pattern of a form: a stem, perhaps followed by ``+`` and the name of a set of endings."""
    stem, _, name = form.partition("+")
    return rf"{re.escape(stem)}(?:{ends[name]})" if name else re.escape(stem)


def _stems(table: Mapping[str, str]) -> _Stems:
    """Return the entries of a table by their first letters.

    An entry that ends in ``!`` must be the whole word.
    """
    made: dict[str, tuple[tuple[str, bool, str], ...]] = {}
    for name, stem in _forms(table):
        bare = stem.removesuffix("!")
        entry = (bare, len(bare) <= _WHOLE or bare != stem, name)
        made[bare[:_BEGIN]] = (*made.get(bare[:_BEGIN], ()), entry)
    return made


def _named(word: str, table: _Stems) -> str | None:
    """Return the meaning of a word by the first entry that it matches; None if it matches none."""
    for begin in (word[:_BEGIN], word[:1]):
        for stem, is_whole, name in table.get(begin, ()):
            if word == stem or (not is_whole and word.startswith(stem)):
                return name
    return None


@lru_cache(maxsize=16384)
def month_of(word: str, language: str) -> str | None:
    """Return the number of the month that a folded word names, as text: ``"1"`` for January.

    Returns None for other words.
    """
    return _named(word, know(language).months)


@lru_cache(maxsize=16384)
def unit_of(word: str, language: str) -> str | None:
    """Return the name of the unit that a folded word or sign means; None for other words."""
    return _named(word, know(language).units)


def is_century(word: str, language: str) -> bool:
    """Whether a word means "century", so that a single letter before it is a Roman numeral."""
    return _named(word, know(language).centuries) is not None


def numeral(word: str, language: str) -> Decimal | None:
    """Return the value of a folded word that is a cardinal or ordinal numeral in any form, else None.

    >>> numeral("жиырмасыншы", "kk"), numeral("пятью", "ru"), numeral("пятка", "ru")
    (Decimal('20'), Decimal('5'), None)
    """
    return _numerals(language)[word]


@cache
def _numerals(language: str) -> PerWord[Decimal | None]:
    """Return a mapping from folded words to their values as numerals, None for other words."""
    known = know(language).numerals

    def value_of(word: str) -> Decimal | None:
        fitting = (value for pattern, value in known.get(word[:_BEGIN], ()) if pattern.fullmatch(word))
        return next(fitting, None)

    return PerWord(value_of)


@lru_cache(maxsize=16384)
def factor(word: str, language: str) -> Decimal | None:
    """Return the factor (1000 or more) that a word after digits means; None for other words."""
    known = know(language)
    value = known.scales.get(word)
    if value is None:
        value = numeral(word, language)
    return value if value is not None and value >= _SCALE else None


@cache
def _begins(language: str) -> frozenset[str]:
    """Return the first letters of all entries of the tables.

    Most words of a text begin with other letters, and so need not be looked up.
    """
    known = know(language)
    tables = (known.numerals, known.also, known.months, known.units, known.answers)
    return frozenset(begin for table in tables for begin in table) | {word[:_BEGIN] for word in known.scales}


Role = tuple[Decimal | None, str | None, str | None]
"""The meanings that a word beside digits may have: a factor, the name of a unit, the number of a month. Most
such words have only one of them."""


@cache
def roles(language: str) -> PerWord[Role | None]:
    """Return a mapping from folded words to their roles beside digits; None for a word that has none."""

    def role(word: str) -> Role | None:
        if _begins(language).isdisjoint((word[:_BEGIN], word[:1])):
            return None
        found = factor(word, language), unit_of(word, language), month_of(word, language)
        return found if any(part is not None for part in found) else None

    return PerWord(role)


@lru_cache(maxsize=16384)
def possible(word: str, language: str) -> tuple[Decimal, ...]:
    """Return all values that a word or its beginning may mean: 20 and 25 for ``двадцатипятилетний``."""
    values = []
    sure = numeral(word, language)
    if sure is not None:
        values.append(sure)
    for pattern, stem, value in know(language).also.get(word[:_BEGIN], ()):
        if pattern.fullmatch(word):
            values.append(value)
            if 20 <= value < 100:
                rest = word[len(stem) :].removeprefix("-")
                values += [value + unit_ for unit_ in possible(rest, language) if 0 < unit_ < 10]
    return tuple(values)


_SCALE = 1000
_HUNDRED = Decimal(100)
_NONE = frozenset({None})


@dataclass(slots=True)
class _Sum:
    """A numeral of several words while it is being read."""

    total: Decimal = Decimal(0)
    group: Decimal = Decimal(0)
    scale: Decimal = Decimal("1e18")
    words: int = 0
    start: int = 0
    stop: int = 0

    def takes(self, value: Decimal) -> bool:
        """Whether the value of the next word can continue the numeral that is being read.

        The order is hundreds, tens, ones, then a factor such as thousand: "two hundred fifty one thousand".
        """
        group = self.group
        if value >= _SCALE:
            return value < self.scale
        if value == _HUNDRED:
            return group < 10
        if value > _HUNDRED:
            return group == 0
        if value >= 10:
            return group % _HUNDRED == 0
        return group % 10 == 0 and (group % _HUNDRED != 10 or self._ten_and_one) and value > 0

    _ten_and_one: bool = False

    def add(self, value: Decimal) -> None:
        """Add the value of one more word."""
        if value >= _SCALE:
            self.total += (self.group or 1) * value
            self.group, self.scale = Decimal(0), value
        elif value == _HUNDRED and self.group:
            self.group *= value
        else:
            self.group += value
        self.words += 1

    @property
    def value(self) -> Decimal:
        """The sum of the words read so far."""
        return self.total + self.group


@lru_cache(maxsize=512)
def spelled(text: str, language: str) -> tuple[Number, ...]:
    """Return the numerals in words; the words of a compound numeral are one number.

    A single "one" is left out, a single "first" is not.

    >>> [item.text for item in spelled("Ол екі жүз елу мың теңге мен үш кітап алды.", "kk")]
    ['екі жүз елу мың', 'үш']
    """
    known = know(language)
    if not known.known:
        return ()
    if _NONE.issuperset(map(_numerals(known.language).__getitem__, lower_words(text))):
        return ()
    folded = text.lower()
    if len(folded) != len(text):  # some capitals become two letters in lower case
        folded = text
    found: list[Number] = []
    current: _Sum | None = None
    for match in _WORD.finditer(folded):
        word = match.group()
        value = numeral(word, known.language)
        if value is None:
            if current is not None and word in known.joins:
                continue
            _end_numeral(current, text, known, found)
            current = None
            continue
        if current is not None and not (
            _adjacent(folded, current.stop, match, known) and current.takes(value)
        ):
            _end_numeral(current, text, known, found)
            current = None
        if current is None:
            current = _Sum(start=match.start())
            current._ten_and_one = known.language == "kk"
        current.add(value)
        current.stop = match.end()
    _end_numeral(current, text, known, found)
    return tuple(found)


def _adjacent(text: str, stop: int, match: re.Match[str], known: Words) -> bool:
    """Whether only a space, a hyphen or a joining word ("and") is between the offset `stop` and a match."""
    between = text[stop : match.start()]
    return between in (" ", "-") or between.strip() in known.joins


def _end_numeral(current: _Sum | None, text: str, known: Words, found: list[Number]) -> None:
    """Append `current`, the numeral that has been read, to `found`.

    Does nothing if `current` is None, because no numeral has been read.
    """
    if current is None:
        return
    shown = text[current.start : current.stop]
    value = current.value
    if value != 1 or shown.casefold().startswith(known.first):
        kind: Kind = "compound" if current.words > 1 or (value > 10 and value not in _ROUND) else "word"
        found.append(Number(shown, current.start, current.stop, kind, frozenset({number(value)})))


_ROUND = frozenset(map(Decimal, (20, 30, 40, 50, 60, 70, 80, 90, 100, 1000, 10**6, 10**9, 10**12)))
"""Values of single words that are often used loosely ("сто раз"), and so are checked less strictly."""


def said(text: str, language: str) -> set[Value]:
    """Return all values, months and units that the words and signs of a text may mean.

    Every possible meaning counts, because the result is used to find values, not to require them.
    """
    known = know(language)
    found: set[Value] = {value for item in spelled(text, language) for value in item.readings}
    tens, latest = Decimal(0), tuple[Decimal, ...]()
    for meaning in map(_meanings(known.language).__getitem__, lower_words(text)):
        if meaning is None:
            tens, latest = _NOTHING, ()
            continue
        times, values, names = meaning
        if times is not None:
            found.update(number(value * times) for value in latest)
        if tens:
            found.update(number(tens + value) for value in values if 0 < value < 10)
        found |= names
        latest = values
        tens = next((value for value in values if 10 <= value < 100), _NOTHING)
    for sign in _SIGNS.intersection(text):
        name = unit_of(sign, known.language)
        if name is not None:
            found.add(unit(name))
    found.update(unit(_RAISED[match[1]]) for match in _RAISED_UNIT.finditer(text))
    return found


_NOTHING = Decimal(0)


_Meaning = tuple[Decimal | None, tuple[Decimal, ...], frozenset[Value]]
"""A factor, the values of a numeral, and all values that the word may mean, months and units included."""


@cache
def numeric(language: str) -> PerWord[bool]:
    """Return a mapping from folded words to whether they may mean a number, a month or a unit."""
    meanings = _meanings(know(language).language)
    return PerWord(lambda word: meanings[word] is not None)


@cache
def _meanings(language: str) -> PerWord[_Meaning | None]:
    """Return a mapping from folded words to their meanings as number words, None for other words."""
    return PerWord(lambda word: _meaning(word, language))


def _meaning(word: str, language: str) -> _Meaning | None:
    """Return the meaning of a folded word; None if it is not a number word."""
    if _begins(language).isdisjoint((word[:_BEGIN], word[:1])):
        return None
    times, values = factor(word, language), possible(word, language)
    names: set[Value] = set(map(number, values))
    month_number = month_of(word, language)
    if month_number is not None:
        names.add(month(month_number))
    measures = unit_of(word, language), _named(word, know(language).answers)
    names.update(unit(measure) for measure in measures if measure is not None)
    return (times, values, frozenset(names)) if times or names else None


_SIGNS = frozenset("%°$€£₸₽²³")
_RAISED = {"2": "squared", "3": "cubed"}
_RAISED_UNIT = re.compile(r"([23])(?<=[^\W\d_][23])(?!\w)")
"""A pattern for the ordinary digit 2 or 3 that is written for a raised one after a unit: ``км2`` for км²."""
