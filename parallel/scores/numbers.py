"""The features for missing and added numbers: digits, multipliers, Roman numerals, months and units.

A number in digits is looked for on the other side in digits, Roman numerals and words. Numbers in words are
not looked for, because languages differ too much in when they say "one".
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from egiz.parallel.scores.records import Evidence

_NUMBER = re.compile(
    r"""(?P<date>(?<![\d.])\d{1,2}\.\d{1,2}\.\d{2,4}(?![\d.]))
      | (?P<spaced>(?<!\d)[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3})+(?!\d))
      | (?P<plain>(?<![^\W\d_])\d+(?:[.,]\d+)*)""",
    re.VERBOSE,
)
_DIGIT = re.compile(r"\d")
_ROMAN = re.compile(r"(?<![\w'’])[IVXLІХ]{1,7}(?=$|\W)")
_ROMAN_LETTERS = frozenset("IVXLІХ")
_LETTERS = str.maketrans({"І": "I", "Х": "X"})
_FORM = re.compile(r"(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_AFTER = re.compile(r"\s*([%°€₸₽]|[^\W\d_]+)")
_SUFFIX = re.compile(r"[-–]?[^\W\d_]{1,4}(?=\s)")
_BEFORE = re.compile(r"([A-Za-z]+)\s*$")
_WORD = re.compile(r"[^\W\d_]+")


_BESIDE = ("multipliers", "units", "months")
"""Kinds of words that may follow a number."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written in a text, with all its possible values: ``1,200`` is 1200 or 1.2."""

    text: str
    readings: frozenset[float | str]


@lru_cache(maxsize=64)
def numbers(text: str) -> tuple[Number, ...]:
    """The numbers of a text in digits and Roman numerals, and the months and units next to them.

    >>> [(item.text, sorted(item.readings)) for item in numbers("1971—1989жж. 1,2 млн")]
    [('1971', [1971.0]), ('1989', [1989.0]), ('1,2 млн', [1200000.0])]
    """
    found = []
    first = _DIGIT.search(text)
    if first is not None:
        for match in _NUMBER.finditer(text, first.start()):
            found += _read(match, text)
    found += [Number(word, frozenset({float(value)})) for word, value in _romans(text, certain=True)]
    return tuple(found)


def _read(match: re.Match[str], text: str) -> list[Number]:
    shown = match.group()
    if match["date"]:
        day, middle, year = shown.split(".")
        return [
            Number(day, frozenset({float(day)})),
            Number(middle, frozenset({float(middle), f"months {int(middle)}"})),
            Number(year, frozenset({float(year)})),
        ]
    readings = {float(re.sub(r"\D", "", shown))} if match["spaced"] else _plain(shown)
    after = _after(text, match.end())
    beside: list[Number] = []
    if after is not None:
        word = after.group(1).casefold()
        factor = _stem(word, "multipliers")
        if factor is not None:
            shown = text[match.start() : after.end()]
            readings = {round(value * float(factor), 6) for value in readings}
        for kind in ("units", "months"):
            name = _stem(word, kind)
            if name is not None:
                beside.append(Number(after.group(1), frozenset({f"{kind} {name}"})))
    before = _BEFORE.search(text, max(0, match.start() - 14), match.start())
    if before is not None:
        month = _stem(before.group(1).casefold(), "months")
        if month is not None:
            beside.append(Number(before.group(1), frozenset({f"months {month}"})))
    return [Number(shown, frozenset(readings)), *beside]


def _after(text: str, at: int) -> re.Match[str] | None:
    """The word or sign after a number and its ending, if it has one (``5-ші``, ``20th``)."""
    after = _AFTER.match(text, at)
    if after is None or not any(_all(after.group(1).casefold(), kind) for kind in _BESIDE):
        suffix = _SUFFIX.match(text, at)
        after = _AFTER.match(text, suffix.end()) if suffix else None
    return after


def _plain(shown: str) -> set[float]:
    """The possible values of digits with dots or commas: thousands separators, or one decimal mark."""
    parts = re.split(r"[.,]", shown)
    if len(parts) == 1:
        return {float(shown)}
    readings = set()
    if all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3:
        readings.add(float("".join(parts)))
    readings.add(float(f"{parts[0]}.{parts[1]}"))
    if len(parts) > 2:
        readings.add(float(f"{''.join(parts[:-1])}.{parts[-1]}"))
    return readings


def _romans(text: str, *, certain: bool) -> list[tuple[str, int]]:
    """Roman numerals up to 89 with their values; with `certain`, single letters only before "century"."""
    made: list[tuple[str, int]] = []
    if _ROMAN_LETTERS.isdisjoint(text):
        return made
    for match in _ROMAN.finditer(text):
        letters = match.group().translate(_LETTERS)
        if not _FORM.fullmatch(letters):
            continue
        if certain and len(letters) == 1:
            after = _WORD.search(text, match.end())
            if after is None or not _stem(after.group().casefold(), "centuries"):
                continue
        values = [_VALUES[letter] for letter in letters]
        following = [*values[1:], 0]
        total = sum(-one if one < two else one for one, two in zip(values, following, strict=True))
        made.append((match.group(), total))
    return made


def lost(source: str, target: str) -> list[str]:
    """The numbers of `source`, as written, that `target` has in no form.

    >>> lost("ХХ ғасырда 1,2млн адам", "in the 20th century 1.3 million people")
    ['1,2млн']
    """
    asked = numbers(source)
    if not asked:
        return []
    held = {reading for item in numbers(target) for reading in item.readings}
    open_ = [item for item in asked if held.isdisjoint(item.readings)]
    if not open_:
        return []
    held |= said(target)
    return [item.text for item in open_ if held.isdisjoint(item.readings)]


def said(text: str) -> set[float | str]:
    """All numbers, months and units that a text may express in words, Roman numerals or signs."""
    found: set[float | str] = {float(value) for _, value in _romans(text, certain=False)}
    tens, latest = 0.0, list[float]()
    for word in _WORD.findall(text.casefold()):
        factor = _stem(word, "multipliers")
        if factor is not None:
            found.update(value * float(factor) for value in latest)
        values = latest = [float(value) for value in _all(word, "words")]
        found.update(values)
        found.update(tens + value for value in values if tens and 0 < value < 10)
        tens = next((value for value in values if 10 <= value < 100), 0.0)
        found.update(f"{kind} {name}" for kind in ("units", "months") for name in _all(word, kind))
    found.update(f"units {name}" for mark in "%°$€₸₽" if mark in text for name in _all(mark, "units"))
    return found


def numbers_missing(evidence: Evidence) -> float | None:
    """How many numbers of the source the translation lacks, at most 2."""
    return float(min(2, len(lost(evidence.source, evidence.target))))


def numbers_added(evidence: Evidence) -> float | None:
    """How many numbers of the translation the source lacks, at most 2."""
    return float(min(2, len(lost(evidence.target, evidence.source))))


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    text = files("egiz.parallel.scores").joinpath("data/numbers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _stems(kind: str) -> dict[str, tuple[str, ...]]:
    """By first two letters, the stems that begin so, each as ``stem<TAB>name``."""
    table: dict[str, tuple[str, ...]] = {}
    for name, stems in _table()[kind].items():
        for stem in stems:
            table[stem[:2]] = (*table.get(stem[:2], ()), f"{stem}\t{name}")
    return table


_SHORT = 3
"""Shortest stem that may take endings; shorter ones (``т``, ``он``) must be the whole word."""


def _all(word: str, kind: str) -> list[str]:
    found = []
    for entry in _stems(kind).get(word[:2], ()):
        stem, _, name = entry.partition("\t")
        if word == stem or (len(stem) >= _SHORT and word.startswith(stem)):
            found.append(name)
    return found


def _stem(word: str, kind: str) -> str | None:
    found = _all(word, kind)
    return found[-1] if found else None
