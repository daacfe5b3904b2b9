"""Analyse Russian wordings: which of their words inflect, and which agree with each other.

A group is a head and the words that agree with it. "Верховный Совет СССР" has one group (the head "Совет"
with "Верховный") and a fixed genitive; "Михаил Горбачёв" and "наука и техника" have two groups, which are in
the same case. A wording has more than one analysis if its head belongs to several paradigms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import islice, product

from egiz.glossary.morphology.base import Word
from egiz.glossary.morphology.spelling import cut_words, fold, is_acronym
from egiz.glossary.records import Wording
from egiz.glossary.russian.lexicon import Paradigm, Shape, is_unknown, words_of
from egiz.glossary.russian.paradigms import guesses, imitate, paradigms, surnames


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A head and the words that agree with it, as indices of the words of the wording.

    `paradigm` is that of the head. A `loose` group (the name in "станция Алматы") may also stay uninflected.
    """

    head: int
    modifiers: tuple[int, ...]
    paradigm: Paradigm
    loose: bool = False


def agrees(modifier: Shape, head: Shape) -> bool:
    """Whether an adjective in this form agrees with a noun in this form."""
    if modifier.case != head.case or modifier.number != head.number:
        return False
    if modifier.animate is not None and head.animate is not None and modifier.animate != head.animate:
        return not head.sure
    free = modifier.number != "singular" or not modifier.gender or head.gender in ("", "common")
    return free or modifier.gender == head.gender or not head.sure


@lru_cache(maxsize=1 << 13)
def modifier_cells(word: str) -> tuple[Shape, ...]:
    """Return all full forms of the adjectives and participles of which a word may be a nominative."""
    cells: dict[Shape, None] = {}
    for paradigm in paradigms(word):
        if paradigm.reading.part in ("ADJF", "PRTF") and paradigm.reading.case == "nominative":
            cells.update(dict.fromkeys(cell for cell in paradigm.cells if cell.part in ("ADJF", "PRTF")))
    return tuple(cells)


def agreeing_before(words: tuple[Word, ...], first: int, head: int, paradigm: Paradigm) -> tuple[int, ...]:
    """Return the indices of the words before a head that agree with it, in text order.

    The search goes from the head back to `first`. It skips adverbs, and ends at the first other word.
    """
    found: list[int] = []
    for place in range(head - 1, first - 1, -1):
        fits = [c for c in nominative(words[place].text) if agrees(c, paradigm.reading)]
        if not fits and not is_adverb(words[place].text):
            break
        if fits:
            found.append(place)
    return tuple(reversed(found))


def nominative(word: str) -> list[Shape]:
    """Return the analyses of a word as an adjective or participle in the nominative."""
    return [
        cell for cell in modifier_cells(word) if cell.case == "nominative" and fold(cell.text) == fold(word)
    ]


_FUNCTION_SHARE = 0.5
"""The least share of prepositions, conjunctions and particles among the analyses of a word, 0..1, for it to
count as a function word."""


def is_adverb(word: str) -> bool:
    """Whether a word may be an adverb among adjectives: особо in "особо охраняемая территория".

    Particles count as adverbs; but a word that is mostly a preposition, such as на, does not.
    """
    found = paradigms(word)
    prepositions = sum(paradigm.reading.score for paradigm in found if paradigm.reading.part == "PREP")
    return prepositions < _FUNCTION_SHARE and any(p.reading.part in ("ADVB", "PRCL") for p in found)


def is_function_word(word: str) -> bool:
    """Whether a word is mostly a preposition, conjunction or particle.

    The nouns право and благо, which are rarely conjunctions, are not function words.
    """
    function = ("PREP", "CONJ", "PRCL")
    return sum(p.reading.score for p in paradigms(word) if p.reading.part in function) >= _FUNCTION_SHARE


def distinct(found: tuple[Paradigm, ...]) -> tuple[Paradigm, ...]:
    """Return the paradigms without those that have the same forms as an earlier one."""
    if len(found) < 2:
        return found
    kept: dict[tuple[tuple[str, str, str, str], ...], Paradigm] = {}
    for paradigm in found:
        kept.setdefault(paradigm.spellings(), paradigm)
    return tuple(kept.values())


NAMES = frozenset({"Name", "Surn", "Patr", "Geox"})
"""pymorphy3's tags of names of persons and places."""
_PERSONS = frozenset({"Name", "Surn", "Patr"})
_CONJUNCTIONS = frozenset({"и", "или"})
_SHORTEST_UNKNOWN = 3
"""An unknown word with at most this number of letters is not inflected."""
_LONGEST_INITIAL = 2
"""The most letters of an initial: "Дж.", "Ю."."""
_GENITIVE = 0.2
"""If the share of the genitive among the analyses of a word, 0..1, is above this, the word is an attribute,
not an apposition."""


def layout(words: tuple[Word, ...], wording: Wording) -> list[list[Group]]:
    """Return the groups of a wording in order, each as a list of its possible analyses.

    The result is empty if nothing inflects.
    """
    return (
        _layout_like(words, wording.inflect_like) if wording.inflect_like else _Layout(words, wording).read()
    )


def _layout_like(words: tuple[Word, ...], like: str) -> list[list[Group]]:
    """Return the only group: the last word, declined like `like`, and the adjectives that agree with it.

    It has one analysis for each paradigm of `like`.
    """
    last = len(words) - 1
    heads = distinct(imitate(words[last].text, like))
    return [
        [Group(head=last, modifiers=agreeing_before(words, 0, last, head), paradigm=head) for head in heads]
    ]


class _Layout:
    """Parses a wording from left to right into groups; words in no group are not inflected."""

    def __init__(self, words: tuple[Word, ...], wording: Wording) -> None:
        self.words = words
        self.wording = wording
        self.fixed = _quoted(wording.text, words)

    def read(self) -> list[list[Group]]:
        """Return the possible analyses of each group, in order; none if nothing inflects."""
        groups = self.group(self.initials())
        layout: list[list[Group]] = []
        while groups:
            layout.append(groups)
            groups = self.following(groups)
        for place, groups in enumerate(layout[:-1]):
            persons = [_as_sure(group) for group in groups if group.paradigm.reading.flags & _PERSONS]
            if persons and all(group.paradigm.reading.flags & _PERSONS for group in layout[place + 1]):
                layout[place] = groups = persons
            name = self.words[groups[0].head].text[:1].isupper()
            if layout[place + 1][0].loose and (name or not groups[0].paradigm.reading.sure):
                layout[place] = [replace(group, loose=True) for group in groups]
        return layout

    def initials(self) -> int:
        """Return the number of initials at the beginning: М. С. Горбачёв."""
        text, count = self.wording.text, 0
        while count + 1 < len(self.words) and _is_initial(text, self.words[count]):
            count += 1
        return count

    def group(self, first: int) -> list[Group]:
        """Return the possible analyses of the group that begins at a word: a noun, an adjective or a verb.

        A noun and the adjectives before it are one group.
        """
        if first >= len(self.words):
            return []
        return self.nominal(first) or self.adjectival(first) or self.verbal(first)

    def heads(self, place: int, part: str) -> tuple[Paradigm, ...]:
        """Return the paradigms, with part of speech `part`, of a word that may be the head of a group.

        The word must be in its dictionary form or another nominative. Unknown words are guessed to be nouns.
        """
        word = self.words[place].text
        found = [p for p in paradigms(word) if p.reading.part == part and _is_first(p.reading)]
        if place in self.fixed or not (found or part == "NOUN"):
            return ()
        if not self._fits(part) if len(self.words) == 1 else is_function_word(word):
            return ()
        found = [p for p in found if p.reading.lemma == fold(word)] or found
        if not found and part == "NOUN":
            found = list(surnames(word))
        if not found and part == "NOUN" and len(word) > _SHORTEST_UNKNOWN and is_unknown(word):
            found = [p for p in guesses(word) if p.reading.case == "nominative"]
        common = [p for p in found if not p.reading.flags & NAMES]
        if word.islower() and common:
            found = common
        if is_acronym(word):
            found = [p for p in found if "Abbr" in p.reading.flags] or found
        return distinct(tuple(found))

    def _fits(self, part: str) -> bool:
        """Whether the part of speech given for a wording of one word allows an analysis as `part`."""
        said = self.wording.part_of_speech
        if said in ("noun", "proper"):
            nouns = any(p.reading.part == "NOUN" for p in paradigms(self.words[0].text))
            return part == "NOUN" or (not nouns and part == "ADJF")
        wanted = {"adjective": ("ADJF", "PRTF"), "verb": ("INFN",)}
        return part in wanted.get(said, (part,))

    def nominal(self, first: int) -> list[Group]:
        """Return the analyses of a group of a noun and as many agreeing adjectives before it as possible."""
        last = first
        while last + 1 < len(self.words) and (
            nominative(self.words[last].text) or is_adverb(self.words[last].text)
        ):
            last += 1
        for head in range(last, first - 1, -1):
            found = []
            for paradigm in (*self.heads(head, "NOUN"), *self.heads(head, "NUMR")):
                before = agreeing_before(self.words, first, head, paradigm)
                unread = [
                    p for p in range(first, head) if p not in before and not is_adverb(self.words[p].text)
                ]
                if not unread and (before or first == head or is_adverb(self.words[first].text)):
                    found.append(self.postposed(Group(head=head, modifiers=before, paradigm=paradigm)))
            if found:
                return [*found, *self.adjectival(first)] if len(self.words) == 1 else found
        return []

    def postposed(self, group: Group) -> Group:
        """Return the group, with the adjective after its noun if there is one: имя собственное."""
        place = group.head + 1
        if place >= len(self.words) or place in self.fixed:
            return group
        cells = nominative(self.words[place].text)
        if surnames(self.words[place].text):
            return group
        if any(agrees(cell, group.paradigm.reading) for cell in cells) and not self.group(place + 1):
            return replace(group, modifiers=(*group.modifiers, place))
        return group

    def adjectival(self, first: int) -> list[Group]:
        """Return the analyses of a group of adjectives without a noun; the last adjective is its head."""
        last = first
        while last + 1 < len(self.words) and is_adverb(self.words[last].text):
            last += 1
        while last + 1 < len(self.words) and nominative(self.words[last + 1].text):
            last += 1
        found = (*self.heads(last, "ADJF"), *self.heads(last, "PRTF"))
        if not found and len(self.words) == 1 and not is_adverb(self.words[0].text):
            found = self.heads(last, "ADJS")
        return [
            Group(head=last, modifiers=agreeing_before(self.words, first, last, paradigm), paradigm=paradigm)
            for paradigm in found
        ]

    def verbal(self, first: int) -> list[Group]:
        """Return the analyses of a group that is an infinitive at the beginning.

        Words after it do not inflect.
        """
        if first > 0:
            return []
        return [Group(head=first, modifiers=(), paradigm=p) for p in self.heads(first, "INFN")]

    def following(self, groups: list[Group]) -> list[Group]:
        """Return the analyses of the next group in the same case: after "и" or "или", or an apposition."""
        before = next((g for g in groups if g.paradigm.reading.flags & _PERSONS), groups[0])
        place = max(before.head, *before.modifiers, 0) + 1
        if place >= len(self.words) or place in self.fixed or before.paradigm.reading.part == "INFN":
            return []
        if fold(self.words[place].text) in _CONJUNCTIONS:
            return [
                g for g in self.group(place + 1) if g.paradigm.reading.part == before.paradigm.reading.part
            ]
        return self.apposition(before, place)

    def apposition(self, before: Group, place: int) -> list[Group]:
        """Return the analyses of a group with a noun in the nominative that directly follows a noun.

        It is a name that agrees with the first noun, stays uninflected, or may do either (`loose`).
        """
        head = before.paradigm.reading
        if head.part != "NOUN":
            return []
        found = [g for g in self.nominal(place) if g.paradigm.reading.number == head.number]
        persons = [g for g in found if g.paradigm.reading.flags & _PERSONS]
        if persons and head.flags & _PERSONS:
            return persons
        attribute = head.sure and any(
            p.reading.case == "genitive" and p.reading.score > _GENITIVE
            for p in paradigms(self.words[place].text)
        )
        title = head.lemma in words_of("apposition", "agreeing")
        if head.lemma in words_of("apposition", "fixed") or (attribute and not (title and persons)):
            return []
        if title and not attribute:
            return persons or found
        return [replace(group, loose=True) for group in found]


def _is_initial(text: str, word: Word) -> bool:
    return len(word.text) <= _LONGEST_INITIAL and word.text[:1].isupper() and text[word.stop :][:1] == "."


def _as_sure(group: Group) -> Group:
    """Return the group marked as sure; used for an unknown first name, because a surname follows it."""
    reading, cells = group.paradigm.reading, group.paradigm.cells
    known = Paradigm(
        reading=reading._replace(sure=True), given=tuple(cell._replace(sure=True) for cell in cells)
    )
    return replace(group, paradigm=known)


def _is_first(reading: Shape) -> bool:
    """Whether an analysis may be a dictionary form: an infinitive, a short adjective or a nominative."""
    return reading.part in ("INFN", "ADJS") or (reading.case == "nominative" and "voct" not in reading.flags)


def _quoted(text: str, words: tuple[Word, ...]) -> frozenset[int]:
    """Return the indices of words in quotation marks; none if the marks enclose the whole wording."""
    if not any(mark in text for mark in "«“„"):
        return frozenset()
    inside = set()
    for place, word in enumerate(words):
        before = text[: word.start]
        if sum(before.count(mark) for mark in "«“„") > sum(before.count(mark) for mark in "»”"):
            inside.add(place)
    return frozenset(inside) if len(inside) < len(words) else frozenset()


_MOST_READINGS = 12
"""The most analyses of a wording that are tried. Only wordings with unknown words have more."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Phrase:
    """One analysis of a wording: its words and its groups.

    `sure` is False if the dictionary lacks a head, or if it is unknown whether a group inflects.
    """

    words: tuple[Word, ...]
    groups: tuple[Group, ...]
    sure: bool

    @cached_property
    def forms(self) -> tuple[Mapping[str, tuple[Shape, ...]], ...]:
        """The forms of each word by folded text, made at the first use.

        A word without forms is not inflected.
        """
        forms: list[Mapping[str, tuple[Shape, ...]]] = [{} for _ in self.words]
        for group in self.groups:
            forms[group.head] = _by_text(group.paradigm.cells)
            for place in group.modifiers:
                forms[place] = _by_text(modifier_cells(self.words[place].text))
        return tuple(forms)


@lru_cache(maxsize=1 << 14)
def phrases(wording: Wording) -> tuple[Phrase, ...]:
    """Return the analyses of a wording, at most `_MOST_READINGS`.

    There are none for a wording that does not inflect.
    """
    words = tuple(cut_words(wording.text))
    if wording.exact or not words or wording.part_of_speech == "adverb":
        return ()
    groups = layout(words, wording)
    if not groups or not groups[0]:
        return ()
    return tuple(islice((_phrase(words, chosen) for chosen in product(*groups)), _MOST_READINGS))


def _phrase(words: tuple[Word, ...], groups: tuple[Group, ...]) -> Phrase:
    sure = all(group.paradigm.reading.sure and not group.loose for group in groups)
    return Phrase(words=words, groups=groups, sure=sure)


def _by_text(cells: tuple[Shape, ...]) -> dict[str, tuple[Shape, ...]]:
    found: dict[str, list[Shape]] = {}
    for cell in cells:
        found.setdefault(fold(cell.text), []).append(cell)
    return {text: tuple(shapes) for text, shapes in found.items()}
