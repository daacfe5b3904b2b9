"""Find the clause around a Russian noun: its predicates, their possible subjects, the role of the noun.

Only punctuation ends a clause here. The role (subject or object) is left open if the words of the clause do
not determine it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from egiz.glossary.morphology.base import Word
from egiz.glossary.morphology.spelling import cut_words, fold
from egiz.glossary.russian.lexicon import Shape, readings, words_of
from egiz.glossary.russian.wording import agrees

_END = re.compile(r"(?<!\b[^\W\d])(?<!\b[^\W\d]{2})\.|[!?…;:,()—–\n]|(?<=\s)-(?=\s)")
_PREDICATES = ("VERB", "ADJS", "PRTS")
_QUALIFIERS = ("ADJF", "PRTF", "NUMR")
_NOUNS = ("NOUN", "NPRO")
_ADVERBS = ("ADVB", "PRED", "PRCL")
_OPENING = ("PRCL", "CONJ", "ADVB")
_PERSONS = frozenset({"1per", "2per", "impr"})
_NOT = "не"

Role = Literal["nominative", "accusative", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """A verb or short form of a clause, with its analysis; `is_negated` if "не" precedes it."""

    word: Word
    reading: Shape
    is_negated: bool

    @property
    def is_sure(self) -> bool:
        """Whether the word is most likely not an adverb; "законно" most likely is one."""
        return readings(self.word.text)[0].part not in _ADVERBS

    @property
    def is_transitive(self) -> bool:
        """Whether the predicate may have an object."""
        return self.reading.part in ("VERB", "INFN", "GRND") and any(
            "tran" in item.flags for item in readings(self.word.text) if item.part == self.reading.part
        )


@dataclass(frozen=True, kw_only=True)
class Clause:
    """The context of a noun with its modifiers: the words of its clause before and after it.

    `heads` are the analyses of the noun. `rest` has the words after the clause. `is_first` is true if the
    clause opens a sentence.
    """

    heads: tuple[Shape, ...]
    before: tuple[Word, ...]
    after: tuple[Word, ...]
    rest: tuple[Word, ...]
    is_first: bool

    @cached_property
    def predicates(self) -> tuple[Predicate, ...]:
        """The finite verbs and short forms (adjectives and participles), in text order."""
        return tuple(item for item in self.verbs if item.reading.part in _PREDICATES)

    @cached_property
    def verbs(self) -> tuple[Predicate, ...]:
        """The finite verbs, short forms, infinitives and gerunds, in text order."""
        return tuple(
            Predicate(
                word=word,
                reading=reading,
                is_negated=bool(place) and fold(run[place - 1].text) == _NOT,
            )
            for run in (self.before, self.after)
            for place, word in enumerate(run)
            if (reading := self._verb(word)) is not None
        )

    def _verb(self, word: Word) -> Shape | None:
        """Return the analysis of a word as a verb or short form; None if it is most likely another word.

        If a word has several such analyses, one that agrees with the noun is preferred. So in "Пришли
        документы", the verb is the past tense of прийти, not the imperative of прислать.
        """
        every = readings(word.text)
        found = [item for item in every if item.part in (*_PREDICATES, "INFN", "GRND")]
        if not found or every[0].part not in (*_PREDICATES, "INFN", "GRND", *_ADVERBS):
            return None
        if every[0].part in _ADVERBS and (found[0].part != "ADJS" or not self._is_verbless):
            return None
        return next((item for item in found if _may_be_subject(self.heads, item)), found[0])

    @cached_property
    def _is_verbless(self) -> bool:
        """Whether no word of the clause is most likely a verb.

        Then a word such as "законно" may be its predicate.
        """
        return not any(
            readings(word.text)[0].part in (*_PREDICATES, "INFN", "GRND")
            for word in (*self.before, *self.after)
        )

    @property
    def is_joined(self) -> bool:
        """Whether "и" or "или" stands next to the noun, so that it may have a predicate in the plural."""
        near = (*self.before[-1:], *self.after[:1])
        return any(fold(word.text) in words_of("clauses", "joining") for word in near)

    @cached_property
    def others(self) -> tuple[tuple[Shape, ...], ...]:
        """The analyses of each other noun of the clause that may be subject or object.

        Attributes and nouns after a preposition are left out.
        """
        return (*_free_nouns(self.before), *_free_nouns(self.after, behind_noun=True))

    def rivals(self, verb: Shape) -> bool:
        """Whether another noun may be the subject of this predicate."""
        return any(_may_be_subject(other, verb) for other in self.others)

    def role(self) -> Role:
        """Return ``nominative`` for a subject, ``accusative`` for an object, else an empty string."""
        subjects = [head for head in self.heads if head.case == "nominative"]
        if not self.verbs:
            return "nominative" if self._is_title() or self._has_adjective(subjects) else ""
        own = [
            item
            for item in self.predicates
            if _may_be_subject(subjects, item.reading) or (self.is_joined and item.reading.number == "plural")
        ]
        bound = [item for item in own if not item.is_transitive]
        if bound:
            return "" if any(self.rivals(item.reading) for item in bound) else "nominative"
        found = {self._by_transitive(item, item in own) for item in self.verbs if item.is_transitive}
        return found.pop() if len(found) == 1 else ""

    def _by_transitive(self, verb: Predicate, may_be_subject: bool) -> Role:
        """Return the role of the noun according to a verb that may have an object.

        Empty if it is uncertain.
        """
        is_after = verb.word in self.before
        is_open = any("intr" in item.flags for item in readings(verb.word.text))
        if verb.is_negated and any(head.case == "genitive" for head in self.heads):
            return ""
        if not may_be_subject:
            near = verb.reading.part in _PREDICATES or verb.word in self.before[-1:]
            return "accusative" if near else ""
        subjects = [other for other in self.others if _may_be_subject(other, verb.reading)]
        if any(all(item.case != "accusative" for item in other) for other in subjects):
            return "accusative"
        if is_open and not is_after and not self.others:
            return "nominative"  # "Училище стоит": стоить has an object, стоять has none
        objects = [other for other in self.others if any(item.case == "accusative" for item in other)]
        if subjects:
            return ""
        if objects:
            return "nominative"
        return "accusative" if is_after else ""

    def _is_title(self) -> bool:
        """Whether the noun opens a sentence that has no verb: "План работы", "Вот план", "Это план"."""
        return self.is_first and all(readings(word.text)[0].part in _OPENING for word in self.before)

    def _has_adjective(self, subjects: Sequence[Shape]) -> bool:
        """Whether a full adjective after the noun may be its predicate: "Оклад низкий"."""
        return not self.others and any(
            any(
                item.part in ("ADJF", "PRTF") and any(agrees(item, head) for head in subjects)
                for item in readings(word.text)
            )
            for word in self.after
        )


def clause(text: str, start: int, stop: int, heads: Iterable[Shape]) -> Clause:
    """Return the clause around ``text[start:stop]``, a noun with its modifiers; `heads` are its analyses."""
    ends = [found.end() for found in _END.finditer(text, 0, start)]
    first = ends[-1] if ends else 0
    end = _END.search(text, stop)
    last = end.start() if end else len(text)
    words = cut_words(text)
    return Clause(
        heads=tuple(heads),
        before=tuple(word for word in words if first <= word.start < start),
        after=tuple(word for word in words if stop <= word.start < last),
        rest=tuple(word for word in words if word.start >= last),
        is_first=not cut_words(text[:first]) or text[:first].rstrip()[-1:] in tuple(".!?…"),
    )


def agree(subject: Shape, verb: Shape) -> bool:
    """Whether a noun in the nominative agrees with a predicate in number and gender.

    False for predicates in the first and second person and for imperatives.
    """
    if subject.number != verb.number or verb.flags & _PERSONS:
        return False
    return verb.number == "plural" or not verb.gender or subject.gender in ("", "common", verb.gender)


def _may_be_subject(nouns: Iterable[Shape], verb: Shape) -> bool:
    return any(noun.case == "nominative" and agree(noun, verb) for noun in nouns)


def _free_nouns(words: Sequence[Word], *, behind_noun: bool = False) -> list[tuple[Shape, ...]]:
    """Return the analyses of each noun in a run of words that may be subject or object.

    Left out are nouns after a preposition, and nouns in the genitive that are attributes of another noun.
    `behind_noun` is true if a noun directly precedes the first word.
    """
    found: list[tuple[Shape, ...]] = []
    is_governed, is_behind, is_counted = False, behind_noun, False
    for word in words:
        best = readings(word.text)[:1]
        part = best[0].part if best else ""
        if part == "PREP":
            is_governed, is_behind, is_counted = True, False, False
            continue
        if part in _QUALIFIERS or word.text.isdigit():
            is_counted = is_counted or part == "NUMR" or word.text.isdigit()
            continue
        if part in _NOUNS or part == "":
            nouns = tuple(item for item in readings(word.text) if item.part in _NOUNS and item.case)
            is_attribute = is_behind and not is_counted and any(item.case == "genitive" for item in nouns)
            if is_counted:  # "три этапа" is subject or object as a whole
                nouns = tuple(
                    item._replace(case=case, number="plural")
                    for item in nouns
                    for case in ("nominative", "accusative")
                )
            if not is_governed and not is_attribute:
                found.append(nouns)
            is_governed, is_behind, is_counted = False, True, False
            continue
        is_governed = is_behind = is_counted = False
    return found
