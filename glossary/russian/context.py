"""Determine the case and number of Russian words, and the case that words govern, from their neighbours.

Term correction asks for this before it replaces words by a term. Each analysis of a word has a weight.
Preceding adjectives, numerals and prepositions exclude analyses; a neighbouring noun or verb changes their
weights. If the best analysis has less than `_CERTAIN` of all weights, the result is marked as uncertain.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from egiz.glossary.morphology.base import Word
from egiz.glossary.morphology.spelling import cut_words, fold
from egiz.glossary.records import Form
from egiz.glossary.russian.lexicon import Shape, knowledge, readings, words_of
from egiz.glossary.russian.wording import agrees

_CERTAIN = 0.95
"""The least weight of the best analysis, as a share of the sum of all weights (0..1), for a certain
result."""
_BEHIND_NOUN = {"genitive": 1.0, "instrumental": 0.1, "dative": 0.1}
"""The weight of each case for a noun right after another noun; other cases have the weight `_ELSE`. Such a
noun is mostly an attribute in the genitive."""
_ELSE = 0.02
_FIRST_CASE = 0.8
"""The weight of the first case of a preposition that governs several cases. The other cases share the
rest."""
_DOUBTFUL = ("numeral and adjective", "readings against preposition")
_PLACE = frozenset({"в", "во", "на"})
_MODIFIERS = ("ADJF", "PRTF")
_CASES = ("nominative", "genitive", "dative", "accusative", "instrumental", "prepositional")

Weights = dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Governed:
    """The grammatical form of a span, whether it is certain, and the evidence that decided it.

    `why` is ``readings`` if only the analyses of the span decided; otherwise it names the kind of
    neighbouring word that decided. The prepositional case is given as ``locative`` after в and на, since
    nouns such as год and лес have a form of their own there, and as ``prepositional`` elsewhere. `gender` is
    that of the head, as in `Shape`.
    """

    form: Form
    certain: bool
    why: str
    gender: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The context of a span: the modifiers before it that agree with it, and the neighbouring words.

    In `modifiers` the nearest comes first. `heads` are the possible analyses of the head. `before` is the
    folded word before the modifiers, `before_that` the one before that, and `after` the word after the span;
    they are empty if punctuation separates them from the span.
    """

    span: tuple[Word, ...]
    modifiers: tuple[Word, ...]
    before: str
    before_that: str
    after: str
    heads: tuple[Shape, ...]


def governed_form(text: str, start: int, stop: int) -> Governed | None:
    """Return the case and number of ``text[start:stop]`` (code points), and the evidence for them.

    Returns None if the span has no noun or adjective.
    """
    around = surroundings(text, start, stop)
    if around is None:
        return None
    weights: Weights = {}
    for head in around.heads:
        key = (head.case, head.number)
        weights[key] = weights.get(key, 0.0) + max(head.score, 1e-4)
    weights, why = _weigh(weights, around)
    total = sum(weights.values())
    (case, number), weight = max(weights.items(), key=lambda item: (item[1], item[0]))
    preposition = around.before_that if around.before.isdigit() else around.before
    if case == "prepositional" and preposition in _PLACE:
        case = "locative"
    kept = [
        h for h in around.heads if (h.case, h.number) == (case.replace("locative", "prepositional"), number)
    ]
    return Governed(
        form=Form(case=case, number=number),
        certain=weight >= _CERTAIN * total and why not in _DOUBTFUL,
        why=why,
        gender=kept[0].gender if len({h.gender for h in kept}) == 1 else "",
    )


def surroundings(text: str, start: int, stop: int) -> Surroundings | None:
    """Return the context of ``text[start:stop]`` (code points); None if it has no noun or adjective."""
    words = cut_words(text)
    span = tuple(word for word in words if word.start >= start and word.stop <= stop)
    heads = _heads(span)
    if not heads:
        return None
    place, modifiers, heads = _read_modifiers(text, words, words.index(span[0]), heads)
    near = bool(place) and not text[words[place - 1].stop : words[place].start].strip(' \u00a0\n«„“"(')
    return Surroundings(
        span=span,
        modifiers=modifiers,
        before=fold(words[place - 1].text) if near else "",
        before_that=fold(words[place - 2].text) if near and place > 1 else "",
        after=_word_after(text, words, span[-1]),
        heads=heads,
    )


def _read_modifiers(
    text: str, words: Sequence[Word], place: int, heads: tuple[Shape, ...]
) -> tuple[int, tuple[Word, ...], tuple[Shape, ...]]:
    """Find the modifiers before ``words[place]`` that agree with it, nearest first.

    `heads` are the analyses of that word. Returns the index of the farthest modifier (`place` if there is
    none), the modifiers, and those of `heads` that agree with all of them.
    """
    modifiers: list[Word] = []
    at = place - 1
    while at >= 0 and _is_near(text, words[at].stop, words[at + 1].start, listed=bool(modifiers)):
        if modifiers and fold(words[at].text) == "и" and at + 1 == place:
            at -= 1
            continue
        own = _as_modifiers(words[at].text)
        fitting = tuple(head for head in heads if any(agrees(m, head) for m in own))
        if not fitting:
            break
        modifiers.append(words[at])
        heads, place, at = fitting, at, at - 1
    return place, tuple(modifiers), heads


def _word_after(text: str, words: Sequence[Word], last: Word) -> str:
    place = words.index(last) + 1
    near = place < len(words) and not text[last.stop : words[place].start].strip(" \u00a0\n»”")
    return fold(words[place].text) if near else ""


def _is_near(text: str, start: int, stop: int, *, listed: bool) -> bool:
    """Whether two words are separated only by space and opening quotes or, if `listed`, by a comma."""
    gap = text[start:stop].strip(' \u00a0\n«„“"')
    return not gap or (listed and gap == ",")


def _as_modifiers(word: str) -> list[Shape]:
    return [reading for reading in readings(word) if reading.part in _MODIFIERS]


def _heads(span: Sequence[Word]) -> tuple[Shape, ...]:
    """Return the analyses of the first noun of a span that agree with the adjectives before it.

    If the span has no noun, return the analyses of its last adjective.
    """
    before: list[list[Shape]] = []
    for word in span:
        found = readings(word.text)
        nouns = [r for r in found if r.part in ("NOUN", "NUMR", "NPRO") and r.case]
        agreeing = [n for n in nouns if all(any(agrees(m, n) for m in modifiers) for modifiers in before)]
        following = _as_modifiers(word.text)
        if agreeing and not (following and word is not span[-1]):
            return tuple(agreeing)
        if not following:
            return tuple(nouns) if nouns and not before else _unknown(word, found, before)
        before.append(following)
    return tuple(before[-1]) if before else ()


def _unknown(word: Word, found: Sequence[Shape], before: Sequence[Sequence[Shape]]) -> tuple[Shape, ...]:
    """Return one analysis as a noun for each case if a word is unknown or in Latin letters.

    Returns an empty tuple for other words, and if `before` (the analyses of the words before) is not empty.
    """
    if before or not any(r.part == "" or "LATN" in r.flags for r in found):
        return ()
    share = 1 / len(_CASES)
    return tuple(
        Shape(text=word.text, lemma=fold(word.text), part="NOUN", case=case, score=share, sure=False)
        for case in _CASES
    )


def _weigh(weights: Weights, around: Surroundings) -> tuple[Weights, str]:
    """Weigh the cases and numbers by the neighbouring words.

    Returns the new weights, and the name of the evidence that decided (`Governed.why`).
    """
    before = around.before
    cases = governed_cases(f"{around.before_that} {before}") or governed_cases(before)
    if before.isdigit():  # "в 1985 году", "с 32 процентами"
        cases = governed_cases(around.before_that)
    counted = _counted(before)
    if counted in weights:
        oblique = {(case, "plural") for case in cases if case != "accusative"}
        wanted = oblique | ({counted} if not cases or "accusative" in cases else set())
        kept = {key: weight for key, weight in weights.items() if key in wanted}
        if kept:
            return kept, "numeral and adjective" if around.modifiers else "numeral"
    if cases:
        kept = {k: w * _case_weight(k[0], cases) for k, w in weights.items() if k[0] in cases}
        return (kept, "preposition") if kept else (weights, "readings against preposition")
    return _weigh_by_word(weights, around)


def _case_weight(case: str, cases: tuple[str, ...]) -> float:
    if len(cases) == 1:
        return 1.0
    return _FIRST_CASE if case == cases[0] else (1 - _FIRST_CASE) / (len(cases) - 1)


def _counted(before: str) -> tuple[str, str] | None:
    """Return the case and number of a noun after a numeral in the nominative.

    Returns None for a word that is not such a numeral.
    """
    last = before.rpartition("-")[2]
    if last in words_of("numerals", "paucal"):
        return ("genitive", "singular")
    if last in words_of("numerals", "many"):
        return ("genitive", "plural")
    if before.isdigit():
        teens = before[-2:-1] == "1"
        if before[-1] in "234" and not teens:
            return ("genitive", "singular")
        return ("genitive", "plural") if before[-1] != "1" or teens else None
    return None


def _weigh_by_word(weights: Weights, around: Surroundings) -> tuple[Weights, str]:
    """Weigh the cases and numbers by a neighbouring noun or verb: "программа партии", "начать реформу"."""
    found = readings(around.before)[:1] if around.before else ()
    following = readings(around.after)[:1] if around.after else ()
    for verb in following:
        if verb.part == "VERB" and "intr" in verb.flags and any(_is_subject(h, verb) for h in around.heads):
            kept = {k: w for k, w in weights.items() if k[0] != "accusative"}
            return (kept, "verb after") if not any(w.part == "NOUN" for w in found) else (weights, "readings")
    for word in found:
        if word.part == "NOUN" and "Abbr" not in word.flags:
            return {k: w * _BEHIND_NOUN.get(k[0], _ELSE) for k, w in weights.items()}, "noun before"
        if _takes_object(word) and around.before_that != "не":
            kept = {k: w for k, w in weights.items() if k[0] == "accusative"}
            if kept and not _may_be_subject(word, around):
                return kept, "transitive verb"
    return weights, "adjective" if around.modifiers else "readings"


def _takes_object(word: Shape) -> bool:
    verb = word.part in ("INFN", "GRND", "VERB", "PRTF")
    return verb and "tran" in word.flags and "pssv" not in word.flags


def _may_be_subject(verb: Shape, around: Surroundings) -> bool:
    """Whether the noun after a verb may be the subject of this verb.

    False if a word that can only be a nominative precedes the verb, because that word is the subject.
    """
    if verb.part != "VERB" or not any(_is_subject(head, verb) for head in around.heads):
        return False
    before = readings(around.before_that) if around.before_that else ()
    cases = {reading.case for reading in before if reading.part in ("NOUN", "NPRO")}
    return "nominative" not in cases or "accusative" in cases


def _is_subject(head: Shape, verb: Shape) -> bool:
    """Whether a noun in the nominative agrees with a verb, so that it may be its subject."""
    if head.case != "nominative" or head.number != verb.number or verb.flags & {"1per", "2per", "impr"}:
        return False
    return verb.number == "plural" or not verb.gender or not head.gender or verb.gender == head.gender


def case_asked(text: str, stop: int) -> str:
    """Return the case that the last word of ``text[:stop]`` requires of a following noun.

    The result is empty if that is unknown.
    """
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
    return _case_of_verb(found[0])


def has_dependent(text: str, stop: int) -> bool:
    """Whether a word in the genitive directly follows ``text[:stop]``, and so may depend on its last word.

    >>> has_dependent("выпуск новых банкнот", 6), has_dependent("выпуск начат", 6)
    (True, False)
    """
    following = cut_words(text[stop:])[:1]
    if not following or text[stop : stop + following[0].start] != " ":
        return False
    parts = ("NOUN", "ADJF", "PRTF")
    return any(
        reading.part in parts and reading.case == "genitive" for reading in readings(fold(following[0].text))
    )


def takes_genitive(noun: Shape, two: str) -> bool:
    """Whether a noun that follows this one, and depends on it, is in the genitive.

    False for abbreviations, for nouns that a name follows, and for set phrases. `two` is the noun with the
    word before it, folded.
    """
    is_set = two in data()["phrases"].split(" | ")
    return not is_set and "Abbr" not in noun.flags and noun.lemma not in data()["naming"].split()


def _case_of_verb(verb: Shape) -> str:
    if not verb.sure or "impr" in verb.flags:
        return ""
    if verb.part == "PRTS":
        return "instrumental"
    case = verb_case(verb)
    if case or verb.part not in ("VERB", "INFN", "GRND"):
        return case
    return "accusative" if "tran" in verb.flags else ""


def keeps_number(around: Surroundings, case: str) -> bool:
    """Whether preceding words require the number that the noun has: "один из законов", "многие законы"."""
    before = readings(around.before)[:1] if around.before else ()
    if around.before == "из" and around.before_that:
        return any(r.lemma in data()["number"]["of_many"].split() for r in readings(around.before_that))
    if case == "instrumental" and before and before[0].lemma in data()["number"]["linking"].split():
        return True
    plural = data()["number"]["plural"].split()
    return any(r.lemma in plural for word in around.modifiers for r in readings(word.text)[:1])


def verb_case(verb: Shape) -> str:
    """Return the case that a verb of the lists in `data/correction.toml` governs; empty for other verbs."""
    return next((case for case, listed in data()["verbs"].items() if verb.lemma in listed.split()), "")


@cache
def data() -> Mapping[str, Any]:
    """Return the parsed content of `data/correction.toml`."""
    text = files("egiz.glossary.russian").joinpath("data/correction.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def governed_cases(preposition: str) -> tuple[str, ...]:
    """Return the cases that a folded preposition of one or more words governs, the likeliest first.

    Returns none for other words.
    """
    table = knowledge()["prepositions"]
    for cases, listed in table["governing"]:
        if preposition in listed.split():
            return tuple(cases.split())
    for cases, listed in table["phrases"]:
        if preposition in (" ".join(phrase.split()) for phrase in listed.split("|")):
            return tuple(cases.split())
    return ()
