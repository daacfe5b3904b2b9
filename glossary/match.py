"""Terms in running text: an index of a term base, and the longest occurrences that do not overlap.

Each word of a text is looked up once by its keys, and only wordings whose keys all fit are compared, so a
text costs the same with a hundred terms as with a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from egiz.glossary.languages import morphology
from egiz.glossary.morphology import Morphology
from egiz.glossary.records import Form, Match, Term, Wording, WordingStatus

STATUSES: tuple[WordingStatus, ...] = ("preferred", "accepted", "forbidden")
_PARTING = "\x1f"
"""Stands between the keys of a path; no word holds it."""
_REMEMBERED = 1 << 17
"""Running words whose keys are kept in mind (about 20 MB when full); then the memory starts anew."""


@dataclass(slots=True, eq=False)
class _Entry:
    """One wording in the index. `order` is the place of its term in the base."""

    order: int
    term: Term
    wording: Wording


@dataclass(slots=True, eq=False)
class _Found:
    """An accepted occurrence, before it is known whether it will be told."""

    entry: _Entry
    start: int
    stop: int
    forms: tuple[Form, ...]

    @property
    def nearness(self) -> tuple[bool, int]:
        """What makes one wording a better match of the same span than another; more is better."""
        return self.entry.wording.case_sensitive, len(self.entry.wording.text)

    def match(self) -> Match:
        """The occurrence as it is told."""
        entry = self.entry
        return Match(
            term=entry.term, wording=entry.wording, start=self.start, stop=self.stop, forms=self.forms
        )


class Matcher:
    """Finds the wordings of terms in one language in texts of that language.

    `statuses` are those of the wordings to look for; by default all: a forbidden wording is found in a
    source like any other, and in a translation so that it can be spoken of.
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
        """The occurrences to go by, in order: the longest first, and none that overlaps one before it.

        All terms that the same span stands for are there, in the order of the base, each once with its best
        wording. A wording whose capitals count goes before one where they do not, and one that is nearer to
        the text before one with more endings: of the terms ой and ойын, "ойынның" is ойын.
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
        """Every occurrence, overlapping ones and those inside a longer one too, by place, then by base."""
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
        """All accepted occurrences. A wording may have several paths to the same words, and counts once."""
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
    """Of what one span may be, the nearest wordings, one a term, in the order of the base."""
    if len(rivals) == 1:
        return rivals
    nearest = max(rival.nearness for rival in rivals)
    best: dict[int, _Found] = {}
    for rival in sorted(rivals, key=lambda one: one.entry.order):
        if rival.nearness == nearest:
            best.setdefault(rival.entry.order, rival)
    return list(best.values())
