"""Repetition guard: loops of words, of phrases and of characters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from egiz.translate.guards.case import Case, letters, words

_LONGEST_BLOCK = 30
_TIMES_ANY = 3
_TIMES_PHRASE = 2
_PHRASE = 3
"""A block of words that follows itself is a loop from three times on ("да, да" is speech). A block of three
words or more is one already when it stands twice, which of 12,000 human corpus rows some three do, and so
is any block that fills the whole output twice."""

_SCATTERED_TIMES = 4
"""Three words in the same order four times, anywhere: a loop that a ban on repeated 4-grams has broken up."""

_RUN = re.compile(r"(\S{1,12}?)\1{3,}")
"""The same characters four times on end: "аааа", "тататата"."""

_DIGITS = re.compile(r"(\d)\1{7}")
"""One digit eight times on end: in none of the corpora's translations, unless the source has it."""


def repeated(case: Case) -> bool | None:
    """Whether the output runs in circles and the source does not.

    As many times as the source says something on end, be it a word or a phrase, the output may. Rows of
    numbers and of punctuation marks are left alone.
    """
    source, output = _folded(case.source), _folded(case.output)
    return _loops(source, output) or _scattered(source, output) or _stutters(case)


def _folded(text: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words(text))


def _loops(source: Sequence[str], output: Sequence[str]) -> bool:
    """Whether a block of words follows itself too often."""
    for size in range(1, min(_LONGEST_BLOCK, len(output) // 2) + 1):
        times = _most_times(output, size)
        phrase = size >= _PHRASE or size * 2 == len(output)
        if times >= (_TIMES_PHRASE if phrase else _TIMES_ANY) and times > _most_times_any(source):
            return True
    return False


def _most_times(items: Sequence[str], size: int) -> int:
    """How many times a block of `size` words stands on end, at most."""
    best = run = 0
    for place in range(len(items) - size):
        run = run + 1 if items[place] == items[place + size] else 0
        if run > best and any(map(letters, items[place - run + 1 : place + 1])):
            best = run
    return best // size + 1


def _most_times_any(items: Sequence[str]) -> int:
    sizes = range(1, min(_LONGEST_BLOCK, len(items) // 2) + 1)
    return max((_most_times(items, size) for size in sizes), default=1)


def _scattered(source: Sequence[str], output: Sequence[str]) -> bool:
    """Whether one phrase comes back again and again, with other words between.

    A list repeats its frame ("2nd place - 2 people"); then some word of the source comes as often.
    """
    grams = Counter(zip(output, output[1:], output[2:], strict=False))
    times = max((count for gram, count in grams.items() if any(map(letters, gram))), default=0)
    return times >= _SCATTERED_TIMES and times > max(Counter(source).values(), default=0)


def _stutters(case: Case) -> bool:
    """Whether characters repeat inside a word where the source has no such run."""
    return _has_run(case.output) and not _has_run(case.source)


def _has_run(text: str) -> bool:
    runs = _RUN.finditer(text.casefold())
    return bool(_DIGITS.search(text)) or any(letters(found.group(1)) for found in runs)
