"""Russian wordings put into a case and number, with agreement, or left alone where that is not sure."""

from __future__ import annotations

from egiz.glossary.morphology.russian_lexicon import Shape, readings
from egiz.glossary.morphology.russian_phrase import Group, Phrase, phrases
from egiz.glossary.morphology.spelling import copy_capitals, cut_words, fold, is_acronym
from egiz.glossary.records import Form, Wording

_FAR_LESS = 0.15
"""How likely an understanding must be, as a share of the likeliest one's, to be minded when inflecting."""


def inflected(wording: Wording, form: Form) -> str | None:
    """`Russian.inflect`."""
    case = form.case or "nominative"
    if wording.number and form.number not in ("", wording.number):
        return None
    understood = _likely(phrases(wording))
    if not understood:
        return _unchanged(wording, case)
    made = {_write(wording, phrase, case, form.number or wording.number) for phrase in understood}
    return made.pop() if len(made) == 1 else None


def _unchanged(wording: Wording, case: str) -> str | None:
    """A wording none of whose words inflects: as it is in every case; if it lists forms, only in one."""
    if wording.exact:
        return wording.text if case == "nominative" or not wording.forms else None
    words = cut_words(wording.text)
    return wording.text if words and not wording.inflect_like and _is_fixed(words[0].text) else None


def _is_fixed(word: str) -> bool:
    """Whether a first word shows that nothing inflects: a preposition, an adverb, an abbreviation, Latin."""
    fixed = any(
        r.part in ("PREP", "ADVB", "PRED", "PRCL", "CONJ") or "LATN" in r.flags for r in readings(word)
    )
    return fixed or is_acronym(word)


def _likely(understood: tuple[Phrase, ...]) -> list[Phrase]:
    """Leave out understandings by far less likely than another one: "учёный" is a noun."""
    shares = [phrase.groups[0].paradigm.reading.score for phrase in understood]
    return [p for p, share in zip(understood, shares, strict=True) if share >= _FAR_LESS * max(shares)]


def _write(wording: Wording, phrase: Phrase, case: str, number: str) -> str | None:
    """Put a phrase together from the forms of its words; None where one lacks the form or has several."""
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
            if len({cell.text for cell in agreeing}) != 1:
                return None
            made[place] = agreeing[0].text
    return _spell(wording, phrase, made)


def _head_cells(group: Group, case: str, number: str, *, alone: bool) -> list[Shape]:
    """The forms of a head in a case and number; several where more than one is usual, none where unsure.

    The locative is the second one (в году) of a noun that stands alone, otherwise the prepositional; of a
    noun with both, an attribute decides between them, which is not known here.
    """
    reading, cells = group.paradigm.reading, group.paradigm.cells
    if len({cell.text for cell in cells}) == 1:
        return [cells[0]]
    if case == "locative":
        second = [c for c in cells if "loc2" in c.flags and c.number == number]
        if second:
            return second if alone else []
        case = "prepositional"
    found = [c for c in cells if c.case == case and c.number == number and not c.marked]
    return _as_modifier(tuple(found), reading, case, number) if reading.part in ("ADJF", "PRTF") else found


def _as_modifier(cells: tuple[Shape, ...], head: Shape, case: str, number: str) -> list[Shape]:
    """The forms of an adjective that stand with a head in a case and number."""
    found = [c for c in cells if c.case == case and c.number == number and not c.marked]
    if number == "singular" and head.gender and head.gender != "common":
        found = [c for c in found if c.gender in ("", head.gender)]
    if head.animate is not None:
        found = [c for c in found if c.animate in (None, head.animate)]
    return found


def _spell(wording: Wording, phrase: Phrase, made: dict[int, str]) -> str:
    pieces, end = [], 0
    for place, word in enumerate(phrase.words):
        spelt = next((c.text for c in phrase.forms[place].get(fold(word.text), ())), "")
        pieces += [wording.text[end : word.start], copy_capitals(word.text, made[place], dictionary=spelt)]
        end = word.stop
    return "".join([*pieces, wording.text[end:]])
