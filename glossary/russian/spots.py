"""Spots in a Russian sentence where a term can be put: nouns other than names, with their adjectives."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from egiz.glossary.morphology.base import Change, Refusal, Spot, Word
from egiz.glossary.morphology.spelling import cut_words, fold
from egiz.glossary.records import Form, Wording
from egiz.glossary.russian.agreement import agreeing
from egiz.glossary.russian.context import (
    Governed,
    Surroundings,
    data,
    governed_form,
    keeps_number,
    surroundings,
)
from egiz.glossary.russian.lexicon import readings
from egiz.glossary.russian.places import case_instead, is_broken

_NAMES = frozenset({"Name", "Surn", "Patr"})
_LIKELY = 0.5
"""The least share of noun readings, 0..1, for a word to be taken for a noun: "стали" is rarely сталь."""
_DIRECT = {"nominative", "accusative"}


def russian_spots(text: str) -> list[Spot]:
    """The spots at the nouns of a text in order, each noun alone, then with its adjectives.

    `is_direct` is true if the only doubt is whether the noun is subject or object.
    """
    spots: list[Spot] = []
    before = ""
    for word in cut_words(text):
        is_fixed, before = fold(word.text) in _fixed().get(before, ()), fold(word.text)
        if is_fixed:
            continue
        found = readings(word.text)
        share = sum(item.score for item in found if item.part == "NOUN" and not item.flags & _NAMES)
        if share < _LIKELY * sum(item.score for item in found) or len(word.text) < 3:
            continue
        around = surroundings(text, word.start, word.stop)
        governed = governed_form(text, word.start, word.stop)
        if around is None or governed is None:
            continue
        spot = _spot(text, word, governed, around)
        if spot is None:
            continue
        for start in (word.start, _beginning(text, around)):
            if start < word.start and _is_graded(text, start):
                continue
            if not spots or (spots[-1].start, spots[-1].stop) != (start, word.stop):
                spots.append(replace(spot, start=start))
    return spots


@cache
def _fixed() -> dict[str, frozenset[str]]:
    """Nouns that form a set phrase with the word before, by that word: "таким образом", "в ходе"."""
    return {word: frozenset(nouns.split()) for word, nouns in data()["fixed"].items()}


def _spot(text: str, word: Word, governed: Governed, around: Surroundings) -> Spot | None:
    """The spot at a noun; None if its form does not fit the context and the right case is unknown."""
    form, is_sure, is_open = governed.form, governed.certain, False
    if is_broken(text, governed, around):
        form, is_sure = replace(form, case=case_instead(text, governed, around)), True
        if not form.case:
            return None
    else:
        cases, numbers = {head.case for head in around.heads}, {head.number for head in around.heads}
        is_open = cases == _DIRECT and len(numbers) == 1 and not (is_sure and _is_told(governed.why))
    return Spot(
        start=word.start,
        stop=word.stop,
        form=form,
        is_sure=is_sure and not is_open,
        is_direct=is_open,
        is_counted="numeral" in governed.why or keeps_number(around, governed.form.case),
    )


def _is_told(why: str) -> bool:
    """Whether the context, and not only the frequency of readings, distinguished subject from object."""
    return why not in ("readings", "adjective")


def _is_graded(text: str, start: int) -> bool:
    """Whether a word of degree, which needs its adjective, precedes `start`: "наиболее важный"."""
    before = cut_words(text[:start])[-1:]
    return any(fold(word.text) in data()["degrees"].split() for word in before)


def _beginning(text: str, around: Surroundings) -> int:
    """The start of the adjectives directly before a noun, or of the noun."""
    start = around.span[0].start
    for word in around.modifiers:
        if text[word.stop : start] != " ":
            break
        start = word.start
    return start


def russian_agreement(text: str, spot: Spot, wording: Wording, form: Form) -> tuple[Change, ...] | Refusal:
    """The changes needed around a spot when a term in this form replaces it, or why they are not certain."""
    found = agreeing(text, spot.start, spot.stop, wording, form)
    if isinstance(found, str):
        return found
    return tuple(item for item in found if item[1] <= spot.start or item[0] >= spot.stop)
