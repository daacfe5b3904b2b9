"""Find terms in running text with an index of a term base; longest matches win, without overlap.

Each word of the text is looked up once by its keys, and only wordings whose keys all match are compared, so
the cost of a text does not depend on the number of terms.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from egiz.glossary.languages import morphology
from egiz.glossary.morphology import Morphology
from egiz.glossary.morphology.base import Word
from egiz.glossary.morphology.coordination import Jump, jumps
from egiz.glossary.morphology.find import Found, occurrence, parted
from egiz.glossary.records import Match, Term, Wording, WordingStatus

STATUSES: tuple[WordingStatus, ...] = ("preferred", "accepted", "forbidden")
_PARTING = "\x1f"
"""Separates the keys of a path; occurs in no word."""
_REMEMBERED = 1 << 17
"""Running words whose keys are cached (about 20 MB when full); a full cache is cleared."""


@dataclass(slots=True, eq=False)
class _Entry:
    """One reading of a wording in the index. `order` is the position of its term in the base."""

    order: int
    term: Term
    wording: Wording
    reading: Wording


@dataclass(slots=True, eq=False)
class _Found:
    """An occurrence that the morphology accepted, before overlaps are resolved."""

    entry: _Entry
    start: int
    stop: int
    place: Found

    @property
    def nearness(self) -> tuple[bool, bool, int]:
        """Ranks wordings that match the same span; the greatest wins."""
        reading = self.entry.reading
        return self.place.apart, reading.case_sensitive, len(reading.text)

    def match(self) -> Match:
        """The occurrence as a public record."""
        entry, place = self.entry, self.place
        return Match(
            term=entry.term,
            wording=entry.wording,
            start=place.start,
            stop=place.stop,
            forms=place.forms,
            apart=place.apart,
        )


class Matcher:
    """Finds the wordings of terms in one language in texts of that language.

    Only wordings with one of `statuses` are looked for, by default all. In a source that is checked only
    `preferred` and `accepted` ones are terms.
    """

    def __init__(
        self, terms: Iterable[Term], language: str, *, statuses: Collection[WordingStatus] = STATUSES
    ) -> None:
        self._morphology: Morphology = morphology(language)
        self._entries: dict[str, list[_Entry]] = {}
        self._open: set[str] = set()
        self._known: set[str] = set()
        self._keys: dict[str, tuple[str, ...]] = {}
        for order, term in enumerate(terms):
            for wording in term.wordings:
                if wording.language == language and wording.status in statuses:
                    for reading in self._morphology.readings(wording):
                        self._add(_Entry(order, term, wording, reading))

    def matches(self, text: str) -> list[Match]:
        """The longest occurrences without overlap, in text order; of equally long ones, the earlier.

        A span that stands for several terms gives one match per term, with its best wording, in the order of
        the base. A case-sensitive wording beats one that is not, and a longer wording beats one with more
        endings: of the terms ой and ойын, "ойынның" is ойын.
        """
        spans: dict[tuple[int, int], list[_Found]] = {}
        for found in self._found(text):
            spans.setdefault((found.start, found.stop), []).append(found)
        chosen: list[tuple[int, int]] = []
        taken = bytearray(len(text))
        for start, stop in sorted(spans, key=_longest_first):
            if not any(taken[start:stop]):
                taken[start:stop] = b"\x01" * (stop - start)
                chosen.append((start, stop))
        return [found.match() for span in sorted(chosen) for found in _best(spans[span])]

    def occurrences(self, text: str) -> list[Match]:
        """Every occurrence, including overlapping and nested ones, by start, stop and order in the base."""
        found = sorted(self._found(text), key=lambda one: (one.start, one.stop, one.entry.order))
        return [one.match() for one in found]

    def _add(self, entry: _Entry) -> None:
        for keys in filter(None, self._morphology.keys(entry.reading)):
            path = keys[0]
            self._known.add(path)
            for key in keys[1:]:
                self._open.add(path)
                self._known.add(key)
                path += _PARTING + key
            self._entries.setdefault(path, []).append(entry)

    def _found(self, text: str) -> list[_Found]:
        """All accepted occurrences. A wording that reaches the same words by several paths counts once."""
        language = self._morphology
        words = language.words(text)
        keys = [self._keys_of(word.text) for word in words]
        parts = jumps(text, words, [word.text.lower() for word in words], language)
        found: list[_Found] = []
        for first, paths in enumerate(keys):
            last = first + 1
            while paths:
                for entry in self._of(paths):
                    place = occurrence(entry.reading, text, words, first, last, language)
                    if place is not None:
                        found.append(_Found(entry, place.start, place.stop, place))
                if last == len(words):
                    break
                for jump in parts.get(last, ()):
                    found += self._parted(text, words, keys, first, jump, paths)
                paths = self._further(paths, keys[last])
                last += 1
        return found

    def _parted(
        self,
        text: str,
        words: list[Word],
        keys: list[tuple[str, ...]],
        first: int,
        jump: Jump,
        paths: tuple[str, ...],
    ) -> list[_Found]:
        """The accepted occurrences that begin with the words of `paths` and go on after a jump."""
        found: list[_Found] = []
        last = jump.stop
        while last < len(words) and (paths := self._further(paths, keys[last])):
            last += 1
            for entry in self._of(paths):
                if not entry.reading.exact:
                    place = parted(entry.reading, text, words, first, last, jump, self._morphology)
                    if place is not None:
                        found.append(_Found(entry, place.start, place.stop, place))
        return found

    def _of(self, paths: tuple[str, ...]) -> Iterable[_Entry]:
        """The entries of some paths, each once."""
        entries = [entry for path in paths for entry in self._entries.get(path, ())]
        return entries if len(entries) < 2 else dict.fromkeys(entries)

    def _further(self, paths: tuple[str, ...], keys: tuple[str, ...]) -> tuple[str, ...]:
        """The paths that lead on by the keys of the next word."""
        return tuple([path + _PARTING + key for path in paths if path in self._open for key in keys])

    def _keys_of(self, word: str) -> tuple[str, ...]:
        keys = self._keys.get(word)
        if keys is None:
            if len(self._keys) >= _REMEMBERED:
                self._keys.clear()
            keys = self._keys[word] = self._morphology.lookup(word, self._known)
        return keys


def _longest_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0] - span[1], span[0]


def _best(rivals: list[_Found]) -> list[_Found]:
    """The best wordings for one span, one per term, in the order of the base."""
    if len(rivals) == 1:
        return rivals
    nearest = max(rival.nearness for rival in rivals)
    best: dict[int, _Found] = {}
    for rival in sorted(rivals, key=lambda one: one.entry.order):
        if rival.nearness == nearest:
            best.setdefault(rival.entry.order, rival)
    return list(best.values())
