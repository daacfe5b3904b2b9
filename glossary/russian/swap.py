"""Replace a Russian rendering by another wording in the same form.

The rendering is a form of a known wording, so its possible cases are known. The words around it (a
preposition, adjectives, a numeral, a noun or verb before it, a predicate) exclude some of them. If more than
one case is left, there are several ways to replace the rendering.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from egiz.glossary.morphology.base import Change, Refusal
from egiz.glossary.morphology.spelling import cut_words, fold
from egiz.glossary.records import Form, Match, Wording
from egiz.glossary.russian.agreement import agreeing, heads
from egiz.glossary.russian.clause import agree, clause
from egiz.glossary.russian.context import (
    Surroundings,
    data,
    governed_cases,
    surroundings,
    takes_genitive,
    verb_case,
)
from egiz.glossary.russian.inflect import after_many, after_two, inflected
from egiz.glossary.russian.lexicon import Shape, is_unknown, readings, words_of
from egiz.glossary.russian.paradigms import counted_plural
from egiz.glossary.russian.wording import phrases

_LEAST_COMMON = 3
"""The fewest letters that two unknown names must share at the end to have the same endings."""


def russian_swap(
    text: str, match: Match, wording: Wording, source: tuple[Form, ...]
) -> tuple[tuple[Change, ...], ...] | Refusal:
    """Return the ways to replace the rendering `match` by `wording`, or a refusal.

    See `Swap` in `morphology/base.py`.
    """
    name = _respelt_name(text, match, wording)
    if name is not None:
        return (((match.start, match.stop, name),),)
    found = possible_forms(text, match, source)
    if isinstance(found, str):
        return found
    made: list[tuple[Change, ...]] = []
    refused: Refusal = "no form"
    for form in found.forms:
        changes = _replaced(text, match, wording, form, found)
        if isinstance(changes, str):
            refused = changes
            continue
        made.append(changes)
    distinct = tuple(dict.fromkeys(made))
    return distinct if distinct and len(made) == len(found.forms) else refused


def _replaced(
    text: str, match: Match, wording: Wording, form: Form, found: PossibleForms
) -> tuple[Change, ...] | Refusal:
    """Return the changes that replace a rendering, which has the form `form`, by `wording`; or a refusal.

    They include the changes to the words that must agree with `wording`.
    """
    asked = replace(form, number=wording.number or _fixed_number(wording, match.wording) or form.number)
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
    """Whether a word of indefinite quantity precedes the rendering: "много людей"."""
    around = surroundings(text, match.start, match.stop)
    return around is not None and around.before in words_of("numerals", "vague")


def _fixed_number(wording: Wording, replaced: Wording) -> str:
    """Return ``plural`` if a wording in the plural (сведения) replaces one in the singular, else empty."""
    numbers = [
        {phrase.groups[0].paradigm.reading.number for phrase in phrases(item)} for item in (wording, replaced)
    ]
    return "plural" if numbers[0] == {"plural"} and "plural" not in numbers[1] else ""


def _is_described(text: str, match: Match) -> bool:
    """Whether adjectives stand between a numeral and the rendering: "два новых закона".

    Also true if the word directly before the rendering is not a numeral from two to four. After such a
    numeral, the form of the adjectives depends on the gender of the noun.
    """
    around = surroundings(text, match.start, match.stop)
    return around is not None and (bool(around.modifiers) or not is_few(around.before))


def _is_feminine(text: str, match: Match) -> bool:
    around = surroundings(text, match.start, match.stop)
    return around is not None and any(head.lemma and head.gender == "feminine" for head in around.heads)


def _respelt_name(text: str, match: Match, wording: Wording) -> str | None:
    """Return a name in its new spelling, with the ending that it has in the text: Бокейханова, Букейханова.

    Both spellings must be single words that the dictionary lacks and that end alike. Returns None for other
    words.
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


Key = tuple[str, str]
"""Case and number."""
Count = Literal["", "few", "many"]

_DIRECT = ("nominative", "accusative")
_PLACE = ("в", "во", "на")
_BY = "по"
_MAY_BE_NOUN = 0.1
"""The least share of noun analyses, 0..1, with which the word before may be a noun: "суть"."""
_CHOICE: dict[str, str] = {"locative": "prepositional", "dative": "accusative"}
"""The Russian case after в and на, by the case that the term has in the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleForms:
    """The forms that a rendering may have; more than one if the context does not decide.

    `count` is ``few`` after two to four, ``many`` after five and more (numerals in the nominative or
    accusative), else empty.
    """

    forms: tuple[Form, ...]
    count: Count = ""


def possible_forms(text: str, match: Match, source: Sequence[Form]) -> PossibleForms | Refusal:
    """Return the possible forms of a rendering, or a refusal.

    `source` has the forms of the term in the source.
    """
    around = surroundings(text, match.start, match.stop)
    keys = _readings(match, text)
    if around is None:
        return PossibleForms(forms=_forms(keys, "")) if keys else "case"
    count = _counted(text, match, around)
    if count:
        number = "singular" if count == "few" else "plural"
        return PossibleForms(forms=(Form(case="genitive", number=number),), count=count)
    seen = [key for key in keys if key in {(head.case, head.number) for head in around.heads}]
    keys = seen or (keys if not around.modifiers else [])
    if not keys or _is_set_phrase(text, match, around):
        return "idiom" if keys else "case"
    kept = _by_word_before(keys, around, source)
    if isinstance(kept, str):
        return kept
    if len(kept) > 1 and {case for case, _ in kept} & set(_DIRECT) and not _may_be_noun(around.before):
        kept = _by_clause(kept, text, match, around, source)
    return PossibleForms(forms=_forms(kept, around.before))


def _forms(keys: Iterable[Key], before: str) -> tuple[Form, ...]:
    return tuple(
        Form(case="locative" if case == "prepositional" and before in _PLACE else case, number=number)
        for case, number in keys
    )


def _readings(match: Match, text: str) -> list[Key]:
    """Return the possible cases and numbers of the rendering.

    If it is written with ё, only the cases and numbers of forms with ё are returned.
    """
    keys = [(form.case, form.number) for form in match.forms if form.case]
    words = [word.text.lower() for word in cut_words(text[match.start : match.stop])]
    if not any("ё" in word for word in words):
        return keys
    cells = [
        (cell.case, cell.number)
        for phrase in phrases(match.wording)
        for cell in phrase.groups[0].paradigm.cells
        if cell.text in words
    ]
    return [key for key in keys if key in cells] or keys


def _counted(text: str, match: Match, around: Surroundings) -> Count:
    """Return ``few`` or ``many`` after a numeral in the nominative or accusative, else empty."""
    before, farther = around.before, around.before_that
    genitive = {form.number for form in match.forms if form.case == "genitive"}
    adjective = readings(before)[:1] if before else ()
    is_adjective = (
        bool(adjective) and adjective[0].part in ("ADJF", "PRTF") and adjective[0].number == "plural"
    )
    if "singular" in genitive and (is_few(before) or (is_adjective and is_few(farther))):
        return "few"
    if "plural" in genitive and _is_many(before):
        prepositions = governed_cases(farther)
        return "many" if not prepositions or "accusative" in prepositions else ""
    return ""


def is_few(word: str) -> bool:
    """Whether a folded word is a numeral from two to four, or ends in such a numeral."""
    if word.isdigit():
        return word[-1] in "234" and word[-2:-1] != "1"
    return word.rpartition("-")[2] in words_of("numerals", "paucal")


def _is_many(word: str) -> bool:
    if word.isdigit():
        return word[-1] in "056789" or word[-2:-1] == "1"
    return word.rpartition("-")[2] in words_of("numerals", "many")


def _is_set_phrase(text: str, match: Match, around: Surroundings) -> bool:
    """Whether the rendering forms a set phrase with the word before it: "за счёт", "железная дорога"."""
    lemmas = {head.lemma for head in around.heads}
    for word in around.modifiers[:1]:
        pairs = {f"{item.lemma} {lemma}" for item in readings(word.text) for lemma in lemmas}
        if not pairs.isdisjoint(" ".join(phrase.split()) for phrase in data()["compounds"].split("|")):
            return True
    words = data()["swapped"].get(around.before, "").split()
    return not around.modifiers and fold(text[match.start : match.stop]) in words


def _by_word_before(keys: list[Key], around: Surroundings, source: Sequence[Form]) -> list[Key] | Refusal:
    """Return the cases and numbers that the word before allows; the refusal ``case`` if it allows none."""
    before, found = around.before, readings(around.before)[:1] if around.before else ()
    two = governed_cases(f"{around.before_that} {before}")
    cases = two or (governed_cases(before) if found and (found[0].part == "PREP" or before in _PLACE) else ())
    if before.isdigit():
        cases = governed_cases(around.before_that)
    if cases:
        kept = [key for key in keys if key[0] in cases]
        if before in data()["no_accusative"].split():
            kept = [key for key in kept if key[0] != "accusative"]
        if before == _BY and any(case == "dative" for case, _ in kept):
            kept = [key for key in kept if key[0] == "dative"]
        if before in _PLACE and {case for case, _ in kept} == {"accusative", "prepositional"}:
            wanted = {_CHOICE.get(form.case, "") for form in source[:1]}
            kept = [key for key in kept if key[0] in wanted] or kept
        return kept or "case"
    keys = [key for key in keys if key[0] != "prepositional"] or keys
    if not found:
        return keys
    if found[0].part == "NUMR":
        fitting = {item.case for item in readings(before) if item.part == "NUMR"}
        return [key for key in keys if key[0] in fitting] or "case"
    if found[0].part in ("ADJF", "PRTF") and not found[0].flags & {"tran"}:
        return "case"
    if before in words_of("clauses", "negations"):
        return [key for key in keys if key[0] == "genitive"] or "case"
    return _by_government(keys, found[0], around)


def _may_be_noun(before: str) -> bool:
    """Whether the word before is most likely a verb or short adjective, but may also be a noun.

    A noun would govern a genitive.
    """
    found = readings(before) if before else ()
    share = sum(item.score for item in found if item.part == "NOUN")
    return bool(found) and found[0].part in ("VERB", "INFN", "ADJS") and share >= _MAY_BE_NOUN


def _by_government(keys: list[Key], before: Shape, around: Surroundings) -> list[Key]:
    """Return the cases and numbers that the noun or verb directly before requires.

    If it requires none, all are returned.
    """
    if before.part == "NOUN":
        wanted = "genitive" if takes_genitive(before, f"{around.before_that} {around.before}") else ""
    else:
        wanted = verb_case(before) if before.part in ("VERB", "INFN", "GRND") else ""
    kept = [key for key in keys if key[0] == wanted]
    if wanted and wanted != "accusative" and kept:
        return kept
    return keys


def _by_clause(
    keys: list[Key], text: str, match: Match, around: Surroundings, source: Sequence[Form]
) -> list[Key]:
    """Return the cases and numbers that fit the role of the noun in its clause.

    If the role is uncertain, all are returned.
    """
    start = around.modifiers[-1].start if around.modifiers else match.start
    heads = tuple(head for head in around.heads if (head.case, head.number) in keys)
    own = clause(text, start, match.stop, heads)
    role = own.role()
    if (
        not role
        and {case for case, _ in keys} == set(_DIRECT)
        and [form.case for form in source[:1]] == ["accusative"]
    ):
        role = "accusative" if own.verbs else ""
    kept = [key for key in keys if key[0] == role]
    if role == "nominative" and own.predicates and not own.is_joined:
        numbers = {head.number for head in heads for item in own.predicates if agree(head, item.reading)}
        kept = [key for key in kept if key[1] in numbers]
    return kept or keys
