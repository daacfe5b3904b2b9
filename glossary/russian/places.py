"""Find the nouns of a Russian sentence that a term may replace, and judge whether their form is right.

A term that replaces a noun takes over its form. If that form is wrong in the sentence ("городская клуба", "с
правилами закон"), the term would be wrong too. So the noun is replaced only if the right case is known. A
form counts as wrong if one of `RULES` rejects it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from egiz.glossary.morphology.base import Change, Refusal, Spot, Word
from egiz.glossary.morphology.spelling import cut_words, fold
from egiz.glossary.records import Form, Wording
from egiz.glossary.russian.agreement import agreeing
from egiz.glossary.russian.clause import agree
from egiz.glossary.russian.context import (
    Governed,
    Surroundings,
    case_asked,
    data,
    governed_form,
    keeps_number,
    surroundings,
    takes_genitive,
    verb_case,
)
from egiz.glossary.russian.lexicon import Shape, is_unknown, readings

_DIRECT = frozenset({"nominative", "accusative"})
_PREDICATES = frozenset({"VERB", "ADJS", "PRTS"})
_NEAR = 3
"""The number of words after a noun in which its predicate is searched for. Verbs after these may have another
subject."""
_MAY_BE_VERB = 0.1
"""The least share of verb analyses, 0..1, with which a noun may be a verb: "начала"."""
_MEASURE = re.compile(r"(?:(?<!\w)(?:тыс|млн|млрд|трлн|кв|куб)\.?|\d[.,]\d+)\s*$", re.IGNORECASE)
_SENTENCE_END = ".!?…;:"
_CLAUSE_END = re.compile(r"[.!?…;:,()—–«»]")
_JOINED = re.compile(r"\s*,?\s*(?:и|или|либо|а также)\s+$|\s*,\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A noun with its adjectives in a text, with its grammatical form and its context."""

    text: str
    governed: Governed
    around: Surroundings

    @property
    def case(self) -> str:
        """The case of the noun, ``prepositional`` for the locative."""
        return self.governed.form.case.replace("locative", "prepositional")

    @property
    def before(self) -> tuple[Shape, ...]:
        """The analyses of the word before the noun and its adjectives."""
        return readings(self.around.before) if self.around.before else ()

    @property
    def words(self) -> tuple[Word, ...]:
        """The noun and its adjectives, in order."""
        return (*reversed(self.around.modifiers), *self.around.span)


def stands_rightly(text: str, start: int, stop: int) -> bool:
    """Whether the form of ``text[start:stop]`` fits its context; also True if it has no noun."""
    governed, around = governed_form(text, start, stop), surroundings(text, start, stop)
    return governed is None or around is None or not is_broken(text, governed, around)


def is_broken(text: str, governed: Governed, around: Surroundings) -> bool:
    """Whether one of `RULES` rejects the form of a noun in its context."""
    place = Place(text=text, governed=governed, around=around)
    return any(rule(place) for rule in RULES)


def case_instead(text: str, governed: Governed, around: Surroundings) -> str:
    """Return the right case for a noun whose form is wrong; empty if it is unknown.

    The case is known only if all rules that reject the form are in `MENDABLE`: those on the preceding
    preposition, noun or verb. After a noun, there must also be no verb that can have this noun as subject or
    object. A subject that does not agree with its verb keeps the nominative; whether the term agrees is
    checked later.
    """
    place = Place(text=text, governed=governed, around=around)
    wrong = {rule for rule in RULES if rule(place)}
    if not wrong or not wrong <= MENDABLE or (behind_noun in wrong and _may_depend_on_verb(place)):
        return ""
    if place.before and place.before[0].part in _PREDICATES and place.case in _DIRECT:
        return "nominative"
    return case_asked(text, place.words[0].start)


def against_preposition(place: Place) -> bool:
    """Whether the case does not fit the preposition: "с закон".

    After a preposition that rarely governs the accusative, an accusative counts as wrong.
    """
    rare = place.case == "accusative" and place.around.before in data()["no_accusative"].split()
    return rare or place.governed.why == "readings against preposition"


def without_preposition(place: Place) -> bool:
    """Whether the noun is in the prepositional without a preposition: "в сентябре Казахстане".

    A coordinated noun may share the preposition of the other one.
    """
    joined = _joined_before(place) is not None
    return place.case == "prepositional" and place.governed.why != "preposition" and not joined


def counts_years(place: Place) -> bool:
    """Whether the noun is a year or century after digits ("1985 год"), which must not be replaced."""
    lemmas = {head.lemma for head in place.around.heads}
    return place.around.before.isdigit() and not lemmas.isdisjoint(data()["years"].split())


def behind_measure(place: Place) -> bool:
    """Whether the noun is a unit of measure, which must not be replaced.

    It is an abbreviation in small letters, or follows "млн.", "кв." or a decimal.
    """
    if any("Abbr" in head.flags for head in place.around.heads) and place.around.span[-1].text.islower():
        return True
    return _MEASURE.search(place.text[: place.words[0].start]) is not None


def behind_adjective(place: Place) -> bool:
    """Whether the adjective or participle before the noun does not agree with it.

    A participle that does not agree may have the noun as its object.
    """
    found = place.before
    guessed = found and not found[0].sure and any(item.part == "ADJF" for item in found)
    part = "ADJF" if guessed else found[0].part if found else ""
    if part not in ("ADJF", "PRTF"):
        return False
    if not place.around.modifiers or part == "ADJF":
        return True
    return place.case == "nominative" or (place.case == "accusative" and "tran" not in found[0].flags)


def against_numeral(place: Place) -> bool:
    """Whether no analysis of the noun fits the digits before it: "121 сумм", "5 закон"."""
    digits = place.around.before
    if not digits.isdigit() or place.governed.why.startswith("numeral"):
        return False
    is_one = digits[-1] == "1" and digits[-2:-1] != "1"
    return not is_one or place.governed.form.number != "singular"


def behind_noun(place: Place) -> bool:
    """Whether the noun is nominative or accusative right after a noun, without being a subject.

    An example is "рабочими класс".
    """
    first, two = place.before[:1], f"{place.around.before_that} {place.around.before}"
    if not first or first[0].part != "NOUN" or place.case not in _DIRECT or not takes_genitive(first[0], two):
        return False
    verbs = [reading.score for reading in place.before if reading.part in _PREDICATES and reading.sure]
    if sum(verbs) >= _MAY_BE_VERB:
        return False
    if any(head.case == "genitive" for head in place.around.heads) and not place.governed.certain:
        return False
    subjects = [head for head in place.around.heads if head.case == "nominative"]
    return not any(agree(head, verb) for head in subjects for verb in _predicates(place))


def against_verb(place: Place) -> bool:
    """Whether the noun can be neither the object nor the subject of the verb directly before it.

    It cannot be the object if the verb requires another case, or takes no object.
    """
    first = place.before[:1]
    if not first or first[0].part not in (*_PREDICATES, "INFN", "GRND"):
        return False
    verb = first[0]
    if verb.part in _PREDICATES and any(agree(h, verb) for h in place.around.heads if h.case == "nominative"):
        return False
    if "tran" in verb.flags and any(head.case == "accusative" for head in place.around.heads):
        return False
    if place.case == "nominative":
        return True
    case = verb_case(verb)
    if case:
        return place.case != case
    negated = place.around.before_that == "не"
    return place.case == "accusative" or (place.case == "genitive" and not negated)


def against_predicate(place: Place) -> bool:
    """Whether the noun is a subject, but the verb after it does not agree: "клиент не удалось"."""
    subjects = [head for head in place.around.heads if head.case == "nominative"]
    named = bool(place.before) and place.before[0].lemma in data()["naming"].split()
    if place.case != "nominative" or not place.governed.certain or place.around.before == "и" or named:
        return False
    verbs = _predicates(place)
    return bool(verbs) and not any(agree(head, verbs[0]) for head in subjects)


def against_joined(place: Place) -> bool:
    """Whether "и" or a comma joins the noun to a noun in another case: "новая политика и руководством"."""
    joined = _joined_before(place)
    if joined is None:
        return False
    found = [r for r in readings(joined) if r.part == "NOUN"]
    if not found or readings(joined)[0].part != "NOUN":
        return False
    cases = {r.case for r in found}
    return place.case not in cases and not (place.case == "nominative" and _predicates(place))


def uncertain_word(place: Place) -> bool:
    """Whether the dictionary lacks the noun, so that its nominative or accusative is a guess."""
    return place.case in _DIRECT and is_unknown(place.around.span[-1].text)


RULES: tuple[Callable[[Place], bool], ...] = (
    against_preposition,
    without_preposition,
    counts_years,
    behind_measure,
    against_numeral,
    behind_adjective,
    behind_noun,
    against_verb,
    against_predicate,
    against_joined,
    uncertain_word,
)


MENDABLE = frozenset({against_preposition, behind_noun, against_verb})
"""The rules about a preceding preposition, noun or verb that governs a case. If they reject the form of a
noun, the case that the preceding word governs is the right one."""


def _joined_before(place: Place) -> str | None:
    """Return the word that "и", "или" or a comma joins to the noun; None if there is none."""
    start = place.words[0].start
    words = [word for word in cut_words(place.text[:start]) if fold(word.text) not in ("и", "или", "либо")]
    if not words:
        return None
    gap = place.text[words[-1].stop : start]
    return words[-1].text if _JOINED.fullmatch(gap) else None


def _predicates(place: Place) -> list[Shape]:
    """Return the finite verbs and short forms among the next `_NEAR` words of the clause."""
    stop = place.words[-1].stop
    end = _CLAUSE_END.search(place.text, stop)
    following = cut_words(place.text[stop : end.start() if end else len(place.text)])[:_NEAR]
    found = [readings(word.text)[:1] for word in following]
    return [first[0] for first in found if first and first[0].part in _PREDICATES and first[0].number]


def _may_depend_on_verb(place: Place) -> bool:
    """Whether the sentence has a verb of which the noun may be subject or object."""
    start, stop = place.words[0].start, place.words[-1].stop
    first = max(place.text.rfind(mark, 0, start) for mark in _SENTENCE_END) + 1
    last = min((at for mark in _SENTENCE_END if (at := place.text.find(mark, stop)) >= 0), default=None)
    found = [readings(word.text)[:1] for word in cut_words(place.text[first:last])]
    verbs = [
        likeliest[0]
        for likeliest in found
        if likeliest and likeliest[0].part in (*_PREDICATES, "INFN", "GRND")
    ]
    subjects = [head for head in place.around.heads if head.case == "nominative"]
    objects = [head for head in place.around.heads if head.case == "accusative"]
    return any(
        (objects and "tran" in verb.flags and verb.part != "PRTS")
        or (verb.number and any(agree(head, verb) for head in subjects))
        for verb in verbs
    )


_NAMES = frozenset({"Name", "Surn", "Patr"})
_LIKELY = 0.5
"""The least share of noun analyses, 0..1, for a word to count as a noun: "стали" is rarely a form of
сталь."""


def russian_spots(text: str) -> list[Spot]:
    """Return the spots (`Spot`) at the nouns of a text in order: each noun alone, then with its adjectives.

    Names of persons are left out.
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
    """Return the nouns of set phrases ("таким образом", "в ходе"), by the word before them."""
    return {word: frozenset(nouns.split()) for word, nouns in data()["fixed"].items()}


def _spot(text: str, word: Word, governed: Governed, around: Surroundings) -> Spot | None:
    """Return the spot at a noun; None if the form of the noun is wrong and the right case is unknown."""
    form, is_sure, is_open = governed.form, governed.certain, False
    if is_broken(text, governed, around):
        form, is_sure = replace(form, case=case_instead(text, governed, around)), True
        if not form.case:
            return None
    else:
        cases, numbers = {head.case for head in around.heads}, {head.number for head in around.heads}
        is_open = cases == _DIRECT and len(numbers) == 1 and not (is_sure and _is_decided(governed.why))
    return Spot(
        start=word.start,
        stop=word.stop,
        form=form,
        is_sure=is_sure and not is_open,
        is_direct=is_open,
        is_counted="numeral" in governed.why or keeps_number(around, governed.form.case),
    )


def _is_decided(why: str) -> bool:
    """Whether the context, and not only the frequency of forms, tells subject from object."""
    return why not in ("readings", "adjective")


def _is_graded(text: str, start: int) -> bool:
    """Whether a word of degree precedes `start`, so that its adjective must stay: "наиболее важный"."""
    before = cut_words(text[:start])[-1:]
    return any(fold(word.text) in data()["degrees"].split() for word in before)


def _beginning(text: str, around: Surroundings) -> int:
    """Return the start of the adjectives directly before a noun, or of the noun if it has none."""
    start = around.span[0].start
    for word in around.modifiers:
        if text[word.stop : start] != " ":
            break
        start = word.start
    return start


def russian_agreement(text: str, spot: Spot, wording: Wording, form: Form) -> tuple[Change, ...] | Refusal:
    """Return the changes around a spot that `wording` in `form` requires in its place, or a refusal."""
    found = agreeing(text, spot.start, spot.stop, wording, form)
    if isinstance(found, str):
        return found
    return tuple(item for item in found if item[1] <= spot.start or item[0] >= spot.stop)
