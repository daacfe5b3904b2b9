"""Find terms in running text with an index of a term base; longest matches win, without overlap.

Each word of the text is looked up once by its keys, and only wordings whose keys all match are compared, so
the cost of a text does not depend on the number of terms.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from egiz.glossary.languages import morphology
from egiz.glossary.morphology.base import Morphology, Word
from egiz.glossary.morphology.find import Found, Jump, jumps, occurrence, parted_occurrence
from egiz.glossary.records import Match, Term, Wording, WordingStatus
from egiz.translate.languages import language_of

STATUSES: tuple[WordingStatus, ...] = ("preferred", "accepted", "forbidden")
_PARTING = "\x1f"
"""The separator of the keys in a path (a sequence of keys in the index); it occurs in no word."""
_REMEMBERED = 1 << 17
"""The most running words whose keys and index entries are cached. A full cache is emptied."""


class _Owner(NamedTuple):
    """A wording of a term. `order` is the index of its term in the base, `number` that of the wording.

    The wordings of all terms are numbered together.
    """

    order: int
    number: int
    term: Term
    wording: Wording


class _Terms(NamedTuple):
    """The terms for a span, in the order of the base, each with its id and its best wording."""

    key: tuple[str, ...]
    terms: tuple[Term, ...]
    wordings: tuple[Wording, ...]


def _terms_of(owners: Iterable[_Owner]) -> _Terms:
    best: dict[int, _Owner] = {}
    for owner in sorted(owners, key=lambda owner: owner[:2]):
        best.setdefault(owner.order, owner)
    return _Terms(
        key=tuple([owner.term.id for owner in best.values()]),
        terms=tuple([owner.term for owner in best.values()]),
        wordings=tuple([owner.wording for owner in best.values()]),
    )


class _Entry:
    """A variant of wordings in the index, with all wordings that have this variant.

    So a text is compared only once with equal variants.
    """

    __slots__ = ("_terms", "owners", "reading")

    def __init__(self, reading: Wording) -> None:
        self.reading = reading
        self.owners: list[_Owner] = []
        self._terms: _Terms | None = None

    @property
    def terms(self) -> _Terms:
        """The terms of the wordings, collected at the first use."""
        if self._terms is None:
            self._terms = _terms_of(self.owners)
        return self._terms


class _Found(NamedTuple):
    """An occurrence that the morphology has accepted; occurrences may overlap."""

    entry: _Entry
    place: Found

    @property
    def nearness(self) -> tuple[bool, bool, int]:
        """The rank of the occurrence among those with the same span; that with the greatest rank is taken."""
        reading = self.entry.reading
        return self.place.apart, reading.case_sensitive, len(reading.text)


class TermSpan(NamedTuple):
    """A span of a text and the terms that it may stand for, in the order of the base.

    `key` has the ids of the terms. `wordings` has the best wording of each term, `places` its occurrence with
    the grammatical forms. All of them have the same `start` and `stop` (code points).
    """

    start: int
    stop: int
    key: tuple[str, ...]
    terms: tuple[Term, ...]
    wordings: tuple[Wording, ...]
    places: tuple[Found, ...]

    def match(self, number: int) -> Match:
        """Return the occurrence of the term at the index `number` as a `Match`."""
        return _match(self.terms[number], self.wordings[number], self.places[number])


def _match(term: Term, wording: Wording, place: Found) -> Match:
    return Match(
        term=term,
        wording=wording,
        start=place.start,
        stop=place.stop,
        forms=place.forms,
        apart=place.apart,
    )


class Matcher:
    """Finds the wordings of terms in one language in texts of that language.

    Only wordings with one of `statuses` are searched for, by default all. A check searches the source only
    for ``preferred`` and ``accepted`` ones.
    """

    def __init__(
        self, terms: Iterable[Term], language: str, *, statuses: Collection[WordingStatus] = STATUSES
    ) -> None:
        self._morphology: Morphology = morphology(language)
        self._entries: dict[str, list[_Entry]] = {}
        readings: dict[Wording, _Entry] = {}
        self._open: set[str] = set()
        self._known: set[str] = set()
        self._words: dict[str, tuple[tuple[str, ...], tuple[_Entry, ...]]] = {}
        number, own = 0, language_of(language)
        for order, term in enumerate(terms):
            for wording in term.wordings:
                if wording.language in (own, language) and wording.status in statuses:
                    number += 1
                    for reading in self._morphology.readings(wording):
                        entry = readings.get(reading)
                        if entry is None:
                            entry = readings[reading] = _Entry(reading)
                            self._add(entry)
                        entry.owners.append(_Owner(order, number, term, wording))

    def matches(self, text: str) -> list[Match]:
        """Return the longest occurrences without overlap, in text order; of equally long ones the earlier.

        A span that stands for several terms gives one match per term, with its best wording, in the order of
        the base. If several wordings match the same span, a case-sensitive one is preferred to others, then
        the longer one: "ойынның" is a form of the term ойын, not of ой.
        """
        return [span.match(number) for span in self.spans(text) for number in range(len(span.terms))]

    def spans(self, text: str) -> list[TermSpan]:
        """Return the occurrences that `matches` returns, with one record for all terms of a span."""
        spans: dict[tuple[int, int], list[_Found]] = {}
        for found in self._found(text):
            spans.setdefault((found.place.start, found.place.stop), []).append(found)
        chosen: list[tuple[int, int]] = []
        taken = bytearray(len(text))
        for start, stop in sorted(spans, key=_longest_first):
            if not any(taken[start:stop]):
                taken[start:stop] = b"\x01" * (stop - start)
                chosen.append((start, stop))
        return [_best(spans[span]) for span in sorted(chosen)]

    def occurrences(self, text: str) -> list[Match]:
        """Return every occurrence, overlapping and nested ones included.

        They are sorted by start, stop, and order in the base.
        """
        found = [
            (occurrence.place, owner) for occurrence in self._found(text) for owner in occurrence.entry.owners
        ]
        found.sort(key=lambda item: (item[0].start, item[0].stop, item[1].order, item[1].number))
        return [_match(owner.term, owner.wording, place) for place, owner in found]

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
        """Return all occurrences that the morphology accepts, each once; they may overlap."""
        language = self._morphology
        words = language.words(text)
        keys: list[tuple[str, ...]] = []
        alone: list[tuple[_Entry, ...]] = []
        for word in words:
            found_keys, entries = self._keys_of(word.text)
            keys.append(found_keys)
            alone.append(entries)
        parts = jumps(text, words, [word.text.lower() for word in words], language)
        found: list[_Found] = []
        for first, paths in enumerate(keys):
            last = first + 1
            while paths:
                for entry in alone[first] if last == first + 1 else self._entries_at(paths):
                    place = occurrence(entry.reading, text, words, first, last, language)
                    if place is not None:
                        found.append(_Found(entry, place))
                if last == len(words):
                    break
                for jump in parts.get(last, ()):
                    found += self._parted(text, words, keys, first, jump, paths)
                if self._open.isdisjoint(paths):
                    break
                paths = self._extended(paths, keys[last])
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
        """Return the accepted occurrences that begin with the keys of `paths` and continue after a jump.

        A jump leaves out words of a coordination (see `Jump`).
        """
        found: list[_Found] = []
        last = jump.stop
        while last < len(words) and (paths := self._extended(paths, keys[last])):
            last += 1
            for entry in self._entries_at(paths):
                if not entry.reading.exact:
                    place = parted_occurrence(entry.reading, text, words, first, last, jump, self._morphology)
                    if place is not None:
                        found.append(_Found(entry, place))
        return found

    def _entries_at(self, paths: tuple[str, ...]) -> tuple[_Entry, ...]:
        """Return the index entries at the end of the given paths, without duplicates."""
        return tuple(dict.fromkeys([entry for path in paths for entry in self._entries.get(path, ())]))

    def _extended(self, paths: tuple[str, ...], keys: tuple[str, ...]) -> tuple[str, ...]:
        """Return the paths, each extended by each key of the next word.

        A path that no wording of the index continues is dropped.
        """
        return tuple([path + _PARTING + key for path in paths if path in self._open for key in keys])

    def _keys_of(self, word: str) -> tuple[tuple[str, ...], tuple[_Entry, ...]]:
        """Return the keys of a word, and the index entries of one-word wordings with one of these keys."""
        known = self._words.get(word)
        if known is None:
            if len(self._words) >= _REMEMBERED:
                self._words.clear()
            keys = self._morphology.lookup(word, self._known)
            known = self._words[word] = keys, self._entries_at(keys)
        return known


def _longest_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0] - span[1], span[0]


def _best(rivals: list[_Found]) -> TermSpan:
    """Return the terms of the occurrences of one span that have the greatest `nearness`."""
    if len(rivals) > 1:
        nearest = max(rival.nearness for rival in rivals)
        rivals = [rival for rival in rivals if rival.nearness == nearest]
    start, stop, *_ = rivals[0].place
    if len(rivals) == 1:
        found = rivals[0].entry.terms
        return TermSpan(start, stop, *found, (rivals[0].place,) * len(found.key))
    owners = [(owner, rival.place) for rival in rivals for owner in rival.entry.owners]
    best: dict[int, tuple[_Owner, Found]] = {}
    for owner, place in sorted(owners, key=lambda item: item[0][:2]):
        best.setdefault(owner.order, (owner, place))
    found = _terms_of(owner for owner, _ in best.values())
    return TermSpan(start, stop, *found, tuple([place for _, place in best.values()]))
