"""Inflect Russian wordings: in a case and number, and after numerals."""

from __future__ import annotations

from egiz.glossary.morphology.spelling import (
    copy_capitals,
    cut_words,
    fold,
    is_acronym,
)
from egiz.glossary.records import Form, Wording
from egiz.glossary.russian.lexicon import Shape, is_infinitive, readings, words_of
from egiz.glossary.russian.paradigms import chosen_plural, counted_plural
from egiz.glossary.russian.wording import Group, Phrase, phrases

_FAR_LESS = 0.15
"""The least score of an analysis that is considered, as a share of the best score."""


def inflected(wording: Wording, form: Form) -> str | None:
    """Return the wording in a form; `Russian.inflect` describes the result."""
    case = form.case or "nominative"
    if wording.number and form.number not in ("", wording.number):
        return None
    if _is_verb(wording):
        return wording.text
    understood = _likely(phrases(wording))
    if not understood:
        return _unchanged(wording, case)
    made = {_write(wording, phrase, case, form.number or wording.number) for phrase in understood}
    return made.pop() if len(made) == 1 else None


def _is_verb(wording: Wording) -> bool:
    """Whether a wording begins with an infinitive, so that no case changes it.

    This is decided without building the paradigm, because verbs have the largest ones.
    """
    if wording.exact or wording.inflect_like or wording.part_of_speech not in ("", "verb"):
        return False
    words = cut_words(wording.text)
    return bool(words) and is_infinitive(words[0].text)


def _unchanged(wording: Wording, case: str) -> str | None:
    """Return a wording without inflected words as it is; None if it may have to change.

    An exact wording with explicit forms is certain in the nominative only.
    """
    if wording.exact:
        return wording.text if case == "nominative" or not wording.forms else None
    words = cut_words(wording.text)
    return wording.text if words and not wording.inflect_like and _is_fixed(words[0].text) else None


def _is_fixed(word: str) -> bool:
    """Whether the first word shows that no word of a wording inflects.

    Such words are prepositions, adverbs, abbreviations and words in Latin letters.
    """
    fixed = any(
        r.part in ("PREP", "ADVB", "PRED", "PRCL", "CONJ") or "LATN" in r.flags for r in readings(word)
    )
    return fixed or is_acronym(word)


def after_two(wording: Wording) -> str | None:
    """Return a wording as it is after two, three or four ("банковских счёта"); None if that is uncertain."""
    if wording.number == "plural":
        return None
    made = {_write(wording, phrase, "genitive", "singular", few=True) for phrase in _likely(phrases(wording))}
    return made.pop() if len(made) == 1 else None


def after_many(wording: Wording) -> str | None:
    """Return a wording as it is after five and more ("банковских счетов", "лет").

    None if that is uncertain.
    """
    if wording.number == "singular":
        return None
    word = counted_plural(fold(wording.text))
    return (
        copy_capitals(wording.text, word)
        if word
        else inflected(wording, Form(case="genitive", number="plural"))
    )


def _likely(understood: tuple[Phrase, ...]) -> list[Phrase]:
    """Return the analyses whose score is at least `_FAR_LESS` times the best score.

    For "учёный", this is the analysis as a noun. A word that may be a noun is never taken for a short
    adjective: "право", "судно".
    """
    nouns = [phrase for phrase in understood if phrase.groups[0].paradigm.reading.part == "NOUN"]
    short = [phrase for phrase in understood if phrase.groups[0].paradigm.reading.part == "ADJS"]
    understood = tuple(nouns) if nouns and len(nouns) + len(short) == len(understood) else understood
    shares = [phrase.groups[0].paradigm.reading.score for phrase in understood]
    return [p for p, share in zip(understood, shares, strict=True) if share >= _FAR_LESS * max(shares)]


def _write(wording: Wording, phrase: Phrase, case: str, number: str, *, few: bool = False) -> str | None:
    """Return a wording in a case and number; None if a word has no form for them, or has several.

    `phrase` is the analysis of the wording. With `few` its adjectives are in the plural, as after two to
    four.
    """
    own = phrase.groups[0].paradigm.reading.number
    changed = bool(number) and number != own
    if (case == "nominative" and not changed) or phrase.groups[0].paradigm.reading.part == "INFN":
        return wording.text
    if not phrase.sure or (changed and len(phrase.groups) > 1):
        return None
    made = {place: word.text for place, word in enumerate(phrase.words)}
    for group in phrase.groups:
        reading = group.paradigm.reading
        wanted = (number if changed else "") or reading.number
        cells = _head_cells(group, case, wanted, alone=len(phrase.words) == 1)
        if len({cell.text for cell in cells}) != 1:
            return None
        made[group.head] = cells[0].text
        for place in group.modifiers:
            every = tuple(c for shapes in phrase.forms[place].values() for c in shapes)
            agreeing = _as_modifier(every, cells[0], case.replace("locative", "prepositional"), wanted)
            if few:
                own_case = "nominative" if cells[0].gender == "feminine" else "genitive"
                agreeing = _as_modifier(every, cells[0], own_case, "plural")
            if len({cell.text for cell in agreeing}) != 1:
                return None
            made[place] = agreeing[0].text
    return _join_words(wording, phrase, made)


def _head_cells(group: Group, case: str, number: str, *, alone: bool) -> list[Shape]:
    """Return the forms of a head in a case and number.

    There are several if more than one form is in use, and none if it is uncertain which form is right. The
    locative is the second locative (в году) if the noun has one, otherwise the prepositional. A noun with
    a second locative in a wording of several words has no certain form, because the right one depends on its
    attribute.
    """
    reading, paradigm = group.paradigm.reading, group.paradigm
    if paradigm.is_fixed:
        return [paradigm.cells[0]]
    if case == "locative" and reading.lemma in words_of("declension", "plain_locative"):
        case = "prepositional"
    if case == "locative":
        case = "prepositional"
        second = [cell for cell in paradigm.cells_in(case, number) if "loc2" in cell.flags]
        if second:
            return second if alone else []
    found = [cell for cell in paradigm.cells_in(case, number) if not cell.marked]
    plural = chosen_plural(fold(reading.text)) if number == "plural" else None
    if plural is not None:
        own = ("nominative", "accusative") if reading.animate is not True else ("nominative",)
        found = [
            c
            for c in found
            if plural and (c.text == plural or (case not in own and c.text.startswith(plural[:-1])))
        ]
    return _as_modifier(tuple(found), reading, case, number) if reading.part in ("ADJF", "PRTF") else found


def _as_modifier(cells: tuple[Shape, ...], head: Shape, case: str, number: str) -> list[Shape]:
    """Return the forms of an adjective that agree with a head in a case and number."""
    found = [c for c in cells if c.case == case and c.number == number and not c.marked]
    if number == "singular" and head.gender and head.gender != "common":
        found = [c for c in found if c.gender in ("", head.gender)]
    if head.animate is not None:
        found = [c for c in found if c.animate in (None, head.animate)]
    return found


def _join_words(wording: Wording, phrase: Phrase, made: dict[int, str]) -> str:
    heads = {group.head: group.paradigm.reading.text for group in phrase.groups}
    pieces, end = [], 0
    for place, word in enumerate(phrase.words):
        spelt = heads.get(place) or next(
            (cell.text for cell in phrase.forms[place].get(fold(word.text), ())), ""
        )
        pieces += [wording.text[end : word.start], copy_capitals(word.text, made[place], dictionary=spelt)]
        end = word.stop
    return "".join([*pieces, wording.text[end:]])
