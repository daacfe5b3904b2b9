"""Find wordings in one text, without an index of the base."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from egiz.glossary.morphology.base import Accepted, Morphology, Word
from egiz.glossary.morphology.spelling import between
from egiz.glossary.records import Form, Wording


class Found(NamedTuple):
    """An occurrence of a wording: ``text[start:stop]`` (code points) and its likely forms, best first.

    If `apart`, a coordination shares one of its words; the span then has only the others.
    """

    start: int
    stop: int
    forms: tuple[Form, ...]
    apart: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A wording prepared for the search: its readings, each with its key sequences.

    `keys` are all keys of these sequences, `firsts` the first ones.
    """

    wording: Wording
    readings: tuple[tuple[Wording, tuple[tuple[str, ...], ...]], ...]
    keys: frozenset[str]
    firsts: frozenset[str]


def wanted(wording: Wording, language: Morphology) -> Wanted:
    """Prepare a wording for `Running.find`."""
    readings = tuple((one, tuple(filter(None, language.keys(one)))) for one in language.readings(wording))
    sequences = [sequence for _, found in readings for sequence in found]
    return Wanted(
        wording=wording,
        readings=readings,
        keys=frozenset(key for sequence in sequences for key in sequence),
        firsts=frozenset(sequence[0] for sequence in sequences),
    )


class Running:
    """A text cut into words, in which wordings can be found; costs one lookup per word.

    Only wordings whose keys are in `known` are found. `places` has, for each of these keys that occurs in the
    text, the indices of its words.
    """

    def __init__(
        self,
        text: str,
        language: Morphology,
        known: Container[str],
        words: Sequence[Word] | None = None,
    ) -> None:
        self.text, self.language = text, language
        self.words = language.words(text) if words is None else words
        self.places: dict[str, list[int]] = {}
        for place, word in enumerate(self.words):
            for key in language.lookup(word.text, known):
                self.places.setdefault(key, []).append(place)
        self._jumps: dict[int, list[Jump]] | None = None

    def find(self, item: Wanted) -> list[Found]:
        """The occurrences of a wording, from left to right, without overlap, the longest at each position."""
        if self.places.keys().isdisjoint(item.firsts):
            return []
        found: list[Found] = []
        for reading, sequences in item.readings:
            for keys in sequences:
                sets = [self.places.get(key, ()) for key in keys]
                if all(sets):
                    found += self._by_keys(reading, sets)
        if len(found) > 1:
            return _without_overlap(found)
        return found

    def _by_keys(self, reading: Wording, sets: Sequence[Sequence[int]]) -> list[Found]:
        """The occurrences of a reading; `sets` has the word indices of each key of one key sequence."""
        found: list[Found] = []
        size = len(sets)
        for first in sets[0]:
            if size == 1 or all(first + at in places for at, places in enumerate(sets)):
                one = occurrence(reading, self.text, self.words, first, first + size, self.language)
                if one is not None:
                    found.append(one)
            if size > 1 and not reading.exact:
                found += self._apart(reading, sets, first)
        return found

    def _apart(self, reading: Wording, sets: Sequence[Sequence[int]], first: int) -> list[Found]:
        """The occurrences that begin at ``words[first]`` and that a coordination separates."""
        found: list[Found] = []
        for own in range(1, len(sets)):
            if any(first + at not in sets[at] for at in range(own)):
                break
            for jump in self.jumps.get(first + own, ()):
                rest = range(own, len(sets))
                if all(jump.stop + at - own in sets[at] for at in rest):
                    last = jump.stop + len(sets) - own
                    one = parted(reading, self.text, self.words, first, last, jump, self.language)
                    if one is not None:
                        found.append(one)
        return found

    @property
    def jumps(self) -> dict[int, list[Jump]]:
        """The coordinations of the text, found at the first use."""
        if self._jumps is None:
            folded = [word.text.lower() for word in self.words]
            self._jumps = jumps(self.text, self.words, folded, self.language)
        return self._jumps


def occurrence(
    reading: Wording, text: str, words: Sequence[Word], first: int, last: int, language: Morphology
) -> Found | None:
    """The occurrence of a reading at ``words[first:last]``, whose keys match; None if they are not one."""
    answer = language.accepts(reading, text, words, first, last)
    if answer is None and last - first > 1 and _is_joined(words, first, language):
        answer = shared(reading, text, words, first, last, language)
    if answer is None:
        return None
    start, stop = words[first].start, words[last - 1].stop
    signed = (start, stop) if reading.forms else signs(reading.text, text, start, stop)
    return None if signed is None else Found(signed[0], max(signed[1], answer.stop), answer.forms)


def parted(
    reading: Wording,
    text: str,
    words: Sequence[Word],
    first: int,
    last: int,
    jump: Jump,
    language: Morphology,
) -> Found | None:
    """The occurrence of a reading whose words a coordination separates; None if they are not a form of it."""
    own = apart(reading, text, words, first, last, jump, language)
    return None if own is None else Found(own[0], own[1], own[2].forms, True)


def _is_joined(words: Sequence[Word], first: int, language: Morphology) -> bool:
    """Whether a conjunction stands before a word."""
    return first > 0 and words[first - 1].text.lower() in language.conjunctions()


def _without_overlap(found: list[Found]) -> list[Found]:
    kept: list[Found] = []
    for one in sorted(found, key=lambda item: (item.start, -item.stop, item.apart)):
        if not kept or one.start >= kept[-1].stop:
            kept.append(one)
    return kept


def find(
    wording: Wording, text: str, language: Morphology, words: Sequence[Word] | None = None
) -> list[Found]:
    """Find a wording in a text, from left to right, without overlap, the longest at each position.

    `words` may give ``language.words(text)`` if already computed. Costs one lookup per word of the text; for
    several wordings use `Running`, for many in many texts `egiz.glossary.match.Matcher`.
    """
    item = wanted(wording, language)
    return Running(text, language, item.keys, words).find(item)


_MOST = 2
"""The most words of another term between those of a term: "physical and foreign legal persons" has two."""
_LISTED = 2
"""The most further members before the conjunction, separated by commas."""
_KEPT = 8
"""The most words after the gap that are compared: the rest of a term, and words that may follow it."""


class Jump(NamedTuple):
    """Words that may be left out, with half-open indices; if `after`, the shared word follows them."""

    start: int
    stop: int
    after: bool


def jumps(
    text: str, words: Sequence[Word], folded: Sequence[str], language: Morphology
) -> dict[int, list[Jump]]:
    """The words that may be left out of a text, by the index of the first of them."""
    joining = language.conjunctions()
    found: dict[int, list[Jump]] = {}
    if joining.isdisjoint(folded):
        return found
    for place in range(1, len(words) - 1):
        if folded[place] in joining:
            for jump in _around(text, words, folded, place, language):
                found.setdefault(jump.start, []).append(jump)
    return found


def _around(
    text: str, words: Sequence[Word], folded: Sequence[str], place: int, language: Morphology
) -> Iterator[Jump]:
    """The jumps over the conjunction ``words[place]`` and members of the coordination beside it."""

    def gap(at: int) -> str:
        return between(text[words[at - 1].stop : words[at].start]) if 0 < at < len(words) else "."

    if not gap(place + 1).isspace():
        return
    bounds = language.bounds()
    starts = [place]
    while (
        len(starts) <= _LISTED and gap(starts[-1] - 1).strip() == "," and folded[starts[-1] - 1] not in bounds
    ):
        starts.append(starts[-1] - 1)
    if not gap(place).isspace():
        return
    for size in range(1, _MOST + 1):
        stop = place + 1 + size
        if stop >= len(words) or not gap(stop).isspace() or folded[stop - 1] in bounds:
            break
        yield from (Jump(start, stop, True) for start in starts)
    if language.heads_first:
        for size in range(1, _MOST + 1):
            start = place - size
            if start < 1 or not gap(start).isspace() or folded[start] in bounds:
                break
            yield Jump(start, place + 1, False)


def apart(
    wording: Wording,
    text: str,
    words: Sequence[Word],
    first: int,
    last: int,
    jump: Jump,
    language: Morphology,
) -> tuple[int, int, Accepted] | None:
    """Start, stop and answer for a wording whose words are ``words[first:last]`` without those of a jump.

    Offsets are code points of `text`; None if the words are not a form of the wording.
    """
    joint = words[jump.start - 1].stop
    shift = words[jump.stop].start - joint - 1
    rest = words[jump.stop : last + _KEPT]
    shortened = f"{text[:joint]} {text[words[jump.stop].start :]}"
    left = [*words[: jump.start], *(Word(word.text, word.start - shift, word.stop - shift) for word in rest)]
    size = last - (jump.stop - jump.start)
    answer = language.accepts(wording, shortened, left, first, size) or (
        shared(wording, shortened, left, first, size, language) if jump.after else None
    )
    if answer is None:
        return None
    if jump.after:
        return words[first].start, joint, answer
    return words[jump.stop].start, answer.stop + shift, answer


def shared(
    wording: Wording, text: str, words: Sequence[Word], first: int, last: int, language: Morphology
) -> Accepted | None:
    """The answer for words whose last one is a plural because several terms share it; None if not a form."""
    head = words[last - 1]
    for form in language.singulars(head.text):
        made = f"{text[: head.start]}{form}{text[head.stop :]}"
        longer = len(form) - (head.stop - head.start)
        after = (Word(word.text, word.start + longer, word.stop + longer) for word in words[last:])
        changed = [*words[: last - 1], Word(form, head.start, head.start + len(form)), *after]
        answer = language.accepts(wording, made, changed, first, last)
        if answer is not None:
            return Accepted(stop=head.stop, forms=answer.forms)
    return None


_LEAD = re.compile(r"[.#@]+(?=[^\W_])")
_TAIL = re.compile(r"\+{1,2}|#")
_OTHER_TAIL = re.compile(r"(?:\+\+|#)(?!\w)")


@lru_cache(maxsize=1 << 16)
def _signs(wording: str) -> tuple[str, str]:
    """The signs that belong to the first and last word of a wording: ``.`` of .NET, ``++`` of C++."""
    lead = _LEAD.match(wording)
    last = max((at for at, letter in enumerate(wording) if letter.isalnum()), default=-1)
    tail = _TAIL.fullmatch(wording[last + 1 :])
    return lead[0] if lead else "", tail[0] if tail else ""


def signs(wording: str, text: str, start: int, stop: int) -> tuple[int, int] | None:
    """Start and stop of ``text[start:stop]``, the words of a wording, with its signs; None if they lack them.

    >>> signs("C++", "use C++.", 4, 5), signs("C", "use C++.", 4, 5), signs(".NET", "use NET", 4, 7)
    ((4, 7), None, None)
    """
    lead, tail = _signs(wording)
    if not lead and not tail:
        follows = text[stop : stop + 1]
        return None if follows in ("+", "#") and _OTHER_TAIL.match(text, stop) else (start, stop)
    begin = start - len(lead)
    if not text.startswith(tail, stop) or begin < 0 or text[begin:start] != lead:
        return None
    if (lead and text[begin - 1 : begin].isalnum()) or (tail and text[stop + len(tail) :][:1] in ("+", "#")):
        return None
    return begin, stop + len(tail)
