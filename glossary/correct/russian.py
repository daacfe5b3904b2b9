"""Spots in Russian: nouns that are no names, alone and with the adjectives that agree with them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from egiz.glossary.correct.spots import Spot
from egiz.glossary.morphology.russian_agreement import agreeing
from egiz.glossary.morphology.russian_context import Governed, Surroundings, governed_form, surroundings
from egiz.glossary.morphology.russian_lexicon import readings
from egiz.glossary.morphology.spelling import cut_words, fold
from egiz.glossary.records import Form, Wording

_NAMES = frozenset({"Name", "Surn", "Patr"})
_LIKELY = 0.5
"""Share of a word's readings that are nouns, above which it is taken for one: "стали" is rarely сталь."""
_AGAINST = "readings against preposition"
_YEARS = frozenset({"год", "век"})
_AFTER_PREPOSITION = frozenset({"prepositional", "locative"})
_DIRECT = {"nominative", "accusative"}


def russian_spots(text: str) -> list[Spot]:
    """The nouns of a text in order, each alone, then with its adjectives.

    Where a noun's form leaves open whether it is subject or object, and nothing else, the spot says so.
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
        if around is None or governed is None or _is_broken(governed, around):
            continue
        cases = {head.case for head in around.heads}
        numbers = {head.number for head in around.heads}
        is_open = not governed.certain and cases <= _DIRECT and len(numbers) == 1
        for start in (word.start, _beginning(text, around)):
            if not spots or (spots[-1].start, spots[-1].stop) != (start, word.stop):
                spots.append(
                    Spot(
                        start=start,
                        stop=word.stop,
                        form=governed.form,
                        is_sure=governed.certain,
                        is_direct=is_open,
                        is_counted="numeral" in governed.why,
                    )
                )
    return spots


def _is_broken(governed: Governed, around: Surroundings) -> bool:
    """Whether a noun stands where none of its readings can be right, or counts years.

    What took its place would be as wrong: "городская клуба", "в сентябре Казахстане".
    """
    if governed.why == _AGAINST or (
        governed.why == "noun before" and governed.form.case in _AFTER_PREPOSITION
    ):
        return True
    if around.before.isdigit() and any(head.lemma in _YEARS for head in around.heads):
        return True
    found = readings(around.before) if around.before else ()
    return bool(found) and found[0].part in ("ADJF", "PRTF") and not around.modifiers


@cache
def _fixed() -> dict[str, frozenset[str]]:
    """Nouns that belong to the word before them: "таким образом", "в ходе"."""
    text = files("egiz.glossary.correct").joinpath("data/ru.toml").read_text(encoding="utf-8")
    return {word: frozenset(nouns.split()) for word, nouns in tomllib.loads(text)["fixed"].items()}


def _beginning(text: str, around: Surroundings) -> int:
    """Where the adjectives right before a noun begin."""
    start = around.span[0].start
    for word in around.modifiers:
        if text[word.stop : start] != " ":
            break
        start = word.start
    return start


def russian_agreement(
    text: str, spot: Spot, wording: Wording, form: Form
) -> tuple[tuple[int, int, str], ...] | None:
    """What must change around a spot when a term in this form takes it; None where that is not sure."""
    found = agreeing(text, spot.start, spot.stop, wording, form)
    if not found.certain:
        return None
    return tuple(
        (item.start, item.stop, item.after) for item in found.replacements if item.stop <= spot.start
    )
