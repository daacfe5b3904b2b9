"""Replaces a Russian rendering by another wording in the same form."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from egiz.glossary.morphology.base import Change, Refusal, Spot, Word
from egiz.glossary.morphology.spelling import cut_words, fold
from egiz.glossary.records import Form, Match, Wording
from egiz.glossary.russian.agreement import agreeing, heads
from egiz.glossary.russian.context import (
    Governed,
    Surroundings,
    data,
    governed_form,
    keeps_number,
    surroundings,
)
from egiz.glossary.russian.inflect import after_many, after_two, inflected
from egiz.glossary.russian.lexicon import is_unknown, readings, words_of
from egiz.glossary.russian.paradigms import counted_plural
from egiz.glossary.russian.places import case_instead, is_broken
from egiz.glossary.russian.roles import Standing, is_few, standing
from egiz.glossary.russian.wording import phrases

_LEAST_COMMON = 3
"""The fewest letters that two unknown names must share at the end to take the same endings."""


def russian_swap(
    text: str, match: Match, wording: Wording, source: tuple[Form, ...]
) -> tuple[tuple[Change, ...], ...] | Refusal:
    """The ways to put `wording` where `match` stands; see `egiz.glossary.morphology.base.Swap`."""
    name = _carried(text, match, wording)
    if name is not None:
        return (((match.start, match.stop, name),),)
    found = standing(text, match, source)
    if isinstance(found, str):
        return found
    made: list[tuple[Change, ...]] = []
    refused: Refusal = "no form"
    for form in found.forms:
        one = _put(text, match, wording, form, found)
        if isinstance(one, str):
            refused = one
            continue
        made.append(one)
    distinct = tuple(dict.fromkeys(made))
    return distinct if distinct and len(made) == len(found.forms) else refused


def _put(
    text: str, match: Match, wording: Wording, form: Form, found: Standing
) -> tuple[Change, ...] | Refusal:
    """The changes that put the term there in a form, and those of the words that must agree with it."""
    asked = replace(form, number=wording.number or _only(wording, match.wording) or form.number)
    if found.count and asked.number != form.number:
        return "no form"
    if found.count == "few":
        made = after_two(wording)
    elif found.count and counted_plural(fold(wording.text)) and _is_vague(text, match):
        made = None
    else:
        made = after_many(wording) if found.count else inflected(wording, asked)
    if made is None:
        return "no form"
    if found.count == "few" and _is_described(text, match):
        is_same = _is_feminine(text, match) == any(
            head.gender == "feminine" for head in heads(wording, "genitive", "singular")
        )
        return ((match.start, match.stop, made),) if is_same else "agreement"
    around = agreeing(text, match.start, match.stop, wording, asked, before=form)
    if isinstance(around, str):
        return around
    return ((match.start, match.stop, made), *around)


def _is_vague(text: str, match: Match) -> bool:
    """Whether the word of quantity is not a numeral: "много людей", but "пять человек"."""
    around = surroundings(text, match.start, match.stop)
    return around is not None and around.before in words_of("numerals", "vague")


def _only(wording: Wording, replaced: Wording) -> str:
    """``plural`` for a term that is given in the plural, unlike the wording that it replaces: сведения."""
    numbers = [
        {phrase.groups[0].paradigm.reading.number for phrase in phrases(one)} for one in (wording, replaced)
    ]
    return "plural" if numbers[0] == {"plural"} and "plural" not in numbers[1] else ""


def _is_described(text: str, match: Match) -> bool:
    """Whether adjectives, whose case after two to four depends on gender, follow the numeral of the noun."""
    around = surroundings(text, match.start, match.stop)
    return around is not None and (bool(around.modifiers) or not is_few(around.before))


def _is_feminine(text: str, match: Match) -> bool:
    around = surroundings(text, match.start, match.stop)
    return around is not None and any(head.lemma and head.gender == "feminine" for head in around.heads)


def _carried(text: str, match: Match, wording: Wording) -> str | None:
    """A name with the ending of another spelling of it: Бокейханова, Букейханова; None for other words.

    Both are single words that the dictionary lacks and that end alike.
    """
    old, new, now = match.wording.text, wording.text, text[match.start : match.stop]
    if len(cut_words(old)) != 1 or len(cut_words(new)) != 1 or len(cut_words(now)) != 1:
        return None
    if not (old[:1].isupper() and new[:1].isupper() and is_unknown(old) and is_unknown(new)):
        return None
    shared = 0
    while shared < min(len(old), len(new)) - 1 and fold(old[-shared - 1]) == fold(new[-shared - 1]):
        shared += 1
    stem = len(old) - shared
    if shared < _LEAST_COMMON or fold(now[:stem]) != fold(old[:stem]):
        return None
    return new[: len(new) - shared] + now[stem:]


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
