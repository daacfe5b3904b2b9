"""Find terms in running text with an index of a term base; longest matches win, without overlap.

Each word of the text is looked up once by its keys, and only wordings whose keys all match are compared, so
the cost of a text does not depend on the number of terms.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from egiz.glossary.languages import morphology
from egiz.glossary.morphology import Morphology
from egiz.glossary.records import Form, Match, Term, Wording, WordingStatus

STATUSES: tuple[WordingStatus, ...] = ("preferred", "accepted", "forbidden")
_PARTING = "\x1f"
"""Separates the keys of a path; occurs in no word."""
_REMEMBERED = 1 << 17
"""Running words whose keys are cached (about 20 MB when full); a full cache is cleared."""


@dataclass(slots=True, eq=False)
class _Entry:
    """One wording in the index. `order` is the position of its term in the base."""

    order: int
    term: Term
    wording: Wording


@dataclass(slots=True, eq=False)
class _Found:
    """An occurrence that the morphology accepted, before overlaps are resolved."""

    entry: _Entry
    start: int
    stop: int
    forms: tuple[Form, ...]

    @property
    def nearness(self) -> tuple[bool, int]:
        """Ranks wordings that match the same span; the greatest wins."""
        return self.entry.wording.case_sensitive, len(self.entry.wording.text)

    def match(self) -> Match:
        """The occurrence as a public record."""
        entry = self.entry
        return Match(
            term=entry.term, wording=entry.wording, start=self.start, stop=self.stop, forms=self.forms
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
                    self._add(_Entry(order, term, wording))

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
        for keys in filter(None, self._morphology.keys(entry.wording)):
            path = keys[0]
            self._known.add(path)
            for key in keys[1:]:
                self._open.add(path)
                self._known.add(key)
                path += _PARTING + key
            self._entries.setdefault(path, []).append(entry)

    def _found(self, text: str) -> list[_Found]:
        """All accepted occurrences. A wording that reaches the same words by several paths counts once."""
        words = self._morphology.words(text)
        keys = [self._keys_of(word.text) for word in words]
        found: list[_Found] = []
        for first, paths in enumerate(keys):
            last = first + 1
            while paths:
                entries = [entry for path in paths for entry in self._entries.get(path, ())]
                for entry in entries if len(entries) == 1 else dict.fromkeys(entries):
                    accepted = self._morphology.accepts(entry.wording, text, words, first, last)
                    if accepted is not None:
                        found.append(_Found(entry, words[first].start, accepted.stop, accepted.forms))
                if last == len(words):
                    break
                paths = tuple(
                    [path + _PARTING + key for path in paths if path in self._open for key in keys[last]]
                )
                last += 1
        return found

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
