"""Find single wordings in a text without an index of the base, even if a coordination separates their words.

"Physical and legal persons" contains the term "physical person", because both adjectives share the noun. So
the text may have a conjunction and words of another term between the words of a term. To find the term, these
are left out of the text. The remaining words must agree as usual, except that a head shared by several terms
may be in the plural ("русский и казахский языки").
"""

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
    """An occurrence of a wording: ``text[start:stop]`` (code points) and its possible forms, best first.

    If `apart`, a coordination separates its words, and the span leaves out the word that it shares with
    another term.
    """

    start: int
    stop: int
    forms: tuple[Form, ...]
    apart: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A wording prepared for the search.

    A search key is what the forms of a word have in common, such as a stem. `readings` has each variant of
    the wording with its sequences of keys, one key for each word; a variant has several sequences if one of
    its words has several keys. `keys` has all keys of these sequences, `firsts` the first key of each.
    """

    wording: Wording
    readings: tuple[tuple[Wording, tuple[tuple[str, ...], ...]], ...]
    keys: frozenset[str]
    firsts: frozenset[str]


def wanted(wording: Wording, language: Morphology) -> Wanted:
    """Prepare a wording for `Running.find`."""
    readings = tuple(
        (reading, tuple(filter(None, language.keys(reading)))) for reading in language.readings(wording)
    )
    sequences = [sequence for _, found in readings for sequence in found]
    return Wanted(
        wording=wording,
        readings=readings,
        keys=frozenset(key for sequence in sequences for key in sequence),
        firsts=frozenset(sequence[0] for sequence in sequences),
    )


class Running:
    """A text cut into words, in which wordings can be searched for; each word is looked up once.

    Only wordings whose keys are in `known` are found. `places` maps each of these keys that occurs in the
    text to the indices of the words that have it.
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
        """Return the occurrences of a wording in text order, without overlap.

        Of occurrences that overlap, the first one is returned; if several begin there, the longest.
        """
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
        """Return the occurrences of a variant of a wording.

        `sets` has one item for each key of a key sequence of this variant: the indices of the words of the
        text that have this key.
        """
        found: list[Found] = []
        size = len(sets)
        for first in sets[0]:
            if size == 1 or all(first + at in places for at, places in enumerate(sets)):
                hit = occurrence(reading, self.text, self.words, first, first + size, self.language)
                if hit is not None:
                    found.append(hit)
            if size > 1 and not reading.exact:
                found += self._apart(reading, sets, first)
        return found

    def _apart(self, reading: Wording, sets: Sequence[Sequence[int]], first: int) -> list[Found]:
        """Return the occurrences that begin at ``words[first]`` and whose words a coordination separates.

        For `sets` see `_by_keys`.
        """
        found: list[Found] = []
        for size in range(1, len(sets)):
            if any(first + at not in sets[at] for at in range(size)):
                break
            for jump in self.jumps.get(first + size, ()):
                rest = range(size, len(sets))
                if all(jump.stop + at - size in sets[at] for at in rest):
                    last = jump.stop + len(sets) - size
                    hit = parted_occurrence(reading, self.text, self.words, first, last, jump, self.language)
                    if hit is not None:
                        found.append(hit)
        return found

    @property
    def jumps(self) -> dict[int, list[Jump]]:
        """The jumps that the coordinations of the text allow, by the index of the first word left out."""
        if self._jumps is None:
            folded = [word.text.lower() for word in self.words]
            self._jumps = jumps(self.text, self.words, folded, self.language)
        return self._jumps


def occurrence(
    reading: Wording, text: str, words: Sequence[Word], first: int, last: int, language: Morphology
) -> Found | None:
    """Return the occurrence of a variant at ``words[first:last]``, whose keys match.

    None if these words are no form of the variant.
    """
    answer = language.accepts(reading, text, words, first, last)
    if answer is None and last - first > 1 and _follows_conjunction(words, first, language):
        answer = accepts_shared(reading, text, words, first, last, language)
    if answer is None:
        return None
    start, stop = words[first].start, words[last - 1].stop
    signed = (start, stop) if reading.forms else signs(reading.text, text, start, stop)
    return None if signed is None else Found(signed[0], max(signed[1], answer.stop), answer.forms)


def parted_occurrence(
    reading: Wording,
    text: str,
    words: Sequence[Word],
    first: int,
    last: int,
    jump: Jump,
    language: Morphology,
) -> Found | None:
    """Return the occurrence of a variant of a wording whose words a coordination separates.

    Returns None if the words are no form of it.
    """
    own = apart(reading, text, words, first, last, jump, language)
    return None if own is None else Found(own[0], own[1], own[2].forms, True)


def _follows_conjunction(words: Sequence[Word], first: int, language: Morphology) -> bool:
    """Whether a conjunction precedes ``words[first]``."""
    return first > 0 and words[first - 1].text.lower() in language.conjunctions()


def _without_overlap(found: list[Found]) -> list[Found]:
    kept: list[Found] = []
    for hit in sorted(found, key=lambda item: (item.start, -item.stop, item.apart)):
        if not kept or hit.start >= kept[-1].stop:
            kept.append(hit)
    return kept


def find(
    wording: Wording, text: str, language: Morphology, words: Sequence[Word] | None = None
) -> list[Found]:
    """Return the occurrences of a wording in text order, without overlap; the longest at each position.

    `words` is ``language.words(text)``, if that is known already. To find several wordings in a text use
    `Running`, to find many in many texts `egiz.glossary.match.Matcher`.
    """
    item = wanted(wording, language)
    return Running(text, language, item.keys, words).find(item)


_MOST_LEFT_OUT = 2
"""The most words of another term between those of a term: "physical and foreign legal persons" has two."""
_MOST_MEMBERS = 2
"""The most members between the first one of a coordination and its conjunction; a comma precedes each."""
_COMPARED_AFTER = 8
"""The most words after the compared ones that `Morphology.accepts` gets if a jump leaves words out. Some
languages need the following words to judge a form."""


class Jump(NamedTuple):
    """Words to leave out of a text, as half-open word indices.

    Two coordinated terms share one word ("persons" in "physical and legal persons"). If `after` is true, the
    shared word comes after the left-out words, otherwise before them.
    """

    start: int
    stop: int
    after: bool


def jumps(
    text: str, words: Sequence[Word], folded: Sequence[str], language: Morphology
) -> dict[int, list[Jump]]:
    """Return the jumps (`Jump`) in the coordinations of a text, by the index of the first word left out."""
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
    """Yield the jumps over the conjunction ``words[place]`` and over members of its coordination."""

    def gap(at: int) -> str:
        return between(text[words[at - 1].stop : words[at].start]) if 0 < at < len(words) else "."

    if not gap(place + 1).isspace():
        return
    bounds = language.bounds()
    starts = [place]
    while (
        len(starts) <= _MOST_MEMBERS
        and gap(starts[-1] - 1).strip() == ","
        and folded[starts[-1] - 1] not in bounds
    ):
        starts.append(starts[-1] - 1)
    if not gap(place).isspace():
        return
    for size in range(1, _MOST_LEFT_OUT + 1):
        stop = place + 1 + size
        if stop >= len(words) or not gap(stop).isspace() or folded[stop - 1] in bounds:
            break
        yield from (Jump(start, stop, True) for start in starts)
    if language.heads_first:
        for size in range(1, _MOST_LEFT_OUT + 1):
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
    """Compare a wording with ``words[first:last]`` without the words that a jump leaves out.

    Returns start and stop of the occurrence (code points of `text`) and the answer of `accepts`. Returns None
    if the words are no form of the wording.
    """
    joint = words[jump.start - 1].stop
    shift = words[jump.stop].start - joint - 1
    rest = words[jump.stop : last + _COMPARED_AFTER]
    shortened = f"{text[:joint]} {text[words[jump.stop].start :]}"
    left = [*words[: jump.start], *(Word(word.text, word.start - shift, word.stop - shift) for word in rest)]
    size = last - (jump.stop - jump.start)
    answer = language.accepts(wording, shortened, left, first, size) or (
        accepts_shared(wording, shortened, left, first, size, language) if jump.after else None
    )
    if answer is None:
        return None
    if jump.after:
        return words[first].start, joint, answer
    return words[jump.stop].start, answer.stop + shift, answer


def accepts_shared(
    wording: Wording, text: str, words: Sequence[Word], first: int, last: int, language: Morphology
) -> Accepted | None:
    """Compare a singular wording with words whose last one is a plural because several terms share it.

    Returns None if the words are no form of the wording.
    """
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
    """Return the signs directly before and after the words of a wording: ``.`` in .NET, ``++`` in C++."""
    lead = _LEAD.match(wording)
    last = max((at for at, letter in enumerate(wording) if letter.isalnum()), default=-1)
    tail = _TAIL.fullmatch(wording[last + 1 :])
    return lead[0] if lead else "", tail[0] if tail else ""


def signs(wording: str, text: str, start: int, stop: int) -> tuple[int, int] | None:
    """Extend ``text[start:stop]``, the words of a wording, by the signs that the wording has around them.

    Returns start and stop. Returns None if the text lacks the signs of the wording. Also returns None if the
    wording has no signs, but the text has signs of this kind around the words.

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
