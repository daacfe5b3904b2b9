"""Find wordings in one text, without an index of the base."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from egiz.glossary.morphology.base import Morphology, Word
from egiz.glossary.morphology.coordination import Jump, apart, jumps, shared
from egiz.glossary.morphology.typed import signs
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
