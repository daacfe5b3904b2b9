"""Russian government: the case or number that a preposition, verb, noun or numeral requires of a noun."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from egiz.glossary.morphology.spelling import cut_words, fold
from egiz.glossary.russian.context import Surroundings
from egiz.glossary.russian.lexicon import Shape, governed_cases, readings


def case_asked(text: str, stop: int) -> str:
    """The case that the last word of ``text[:stop]`` requires of a following noun; empty if none."""
    words = cut_words(text[:stop])
    if not words or text[words[-1].stop : stop].strip():
        return ""
    before = fold(words[-1].text)
    two = f"{fold(words[-2].text)} {before}" if len(words) > 1 else ""
    cases = governed_cases(two) or governed_cases(before)
    if cases and ((" " in two and governed_cases(two)) or readings(before)[0].part == "PREP"):
        return "locative" if cases[0] == "prepositional" and before in ("в", "во", "на") else cases[0]
    found = readings(before)[:1]
    if not found:
        return ""
    if found[0].part in ("ADJF", "PRTF") and len({r.case for r in readings(before)}) == 1:
        return found[0].case
    if found[0].part == "NOUN":
        return "genitive" if found[0].sure and takes_genitive(found[0], two) else ""
    return _asks(found[0])


def has_dependent(text: str, stop: int) -> bool:
    """Whether a genitive follows ``text[:stop]``, which may depend on its last word.

    >>> has_dependent("выпуск новых банкнот", 6), has_dependent("выпуск начат", 6)
    (True, False)
    """
    following = cut_words(text[stop:])[:1]
    if not following or text[stop : stop + following[0].start] != " ":
        return False
    parts = ("NOUN", "ADJF", "PRTF")
    return any(one.part in parts and one.case == "genitive" for one in readings(fold(following[0].text)))


def takes_genitive(noun: Shape, two: str) -> bool:
    """Whether a noun takes a genitive; abbreviations, naming nouns and parts of set phrases do not.

    `two` is the noun with the word before it, folded.
    """
    is_set = two in data()["phrases"].split(" | ")
    return not is_set and "Abbr" not in noun.flags and noun.lemma not in data()["naming"].split()


def _asks(verb: Shape) -> str:
    if not verb.sure or "impr" in verb.flags:
        return ""
    if verb.part == "PRTS":
        return "instrumental"
    case = verb_case(verb)
    if case or verb.part not in ("VERB", "INFN", "GRND"):
        return case
    return "accusative" if "tran" in verb.flags else ""


def keeps_number(around: Surroundings, case: str) -> bool:
    """Whether preceding words fix the number: "один из законов", "многие законы", "является законом"."""
    before = readings(around.before)[:1] if around.before else ()
    if around.before == "из" and around.before_that:
        return any(r.lemma in data()["number"]["of_many"].split() for r in readings(around.before_that))
    if case == "instrumental" and before and before[0].lemma in data()["number"]["linking"].split():
        return True
    plural = data()["number"]["plural"].split()
    return any(r.lemma in plural for word in around.modifiers for r in readings(word.text)[:1])


def verb_case(verb: Shape) -> str:
    """The case that a listed verb governs; empty for any other verb."""
    return next((case for case, listed in data()["verbs"].items() if verb.lemma in listed.split()), "")


@cache
def data() -> Mapping[str, Any]:
    """The parsed content of `data/correction.toml`."""
    text = files("egiz.glossary.russian").joinpath("data/correction.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
