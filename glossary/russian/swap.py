"""Replaces a Russian rendering by another wording in the same form."""

from __future__ import annotations

from dataclasses import replace

from egiz.glossary.morphology.base import Change, Refusal
from egiz.glossary.morphology.spelling import cut_words, fold
from egiz.glossary.records import Form, Match, Wording
from egiz.glossary.russian.agreement import agreeing, heads
from egiz.glossary.russian.context import surroundings
from egiz.glossary.russian.inflect import after_many, after_two, inflected
from egiz.glossary.russian.lexicon import counted_plural, is_unknown, words_of
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
