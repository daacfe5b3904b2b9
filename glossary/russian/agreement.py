"""Agreement around a replaced Russian noun: change its modifiers, or say that the change is uncertain."""

from __future__ import annotations

import re
from dataclasses import dataclass

from egiz.glossary.morphology.base import Word
from egiz.glossary.morphology.spelling import copy_capitals, cut_words, fold
from egiz.glossary.records import Form, Wording
from egiz.glossary.russian.context import governed_form, surroundings
from egiz.glossary.russian.lexicon import Shape, lexemes, readings
from egiz.glossary.russian.wording import agrees, phrases

_CLAUSE_END = re.compile(r"[.!?…;:—–]")
_RELATIVE = "который"
_PARTS = ("ADJF", "PRTF")
_KIND = frozenset({"actv", "pssv", "pres", "past", "Supr"})
_VARIANT = frozenset({"V-ey", "V-oy", "Arch", "Infr"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """Replace `before` at ``text[start:stop]`` (code points) by `after`."""

    start: int
    stop: int
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The changes that a new noun requires; if not `certain`, there are none and `why` gives the reason."""

    replacements: tuple[Replacement, ...] = ()
    certain: bool = True
    why: str = ""


def agreeing(text: str, start: int, stop: int, wording: Wording, form: Form) -> Agreement:
    """Adapt the adjectives, participles and pronouns before ``text[start:stop]`` to `wording` in `form`.

    Nothing after the span is changed: where a verb, short adjective or relative there would not agree with
    the new noun, the result is uncertain. The caller must make sure that the case of `form` is right there
    (`governed_form`).
    """
    old = governed_form(text, start, stop)
    around = surroundings(text, start, stop)
    if old is None or around is None:
        return Agreement(certain=False, why="no noun is replaced")
    case = form.case.replace("locative", "prepositional") or "nominative"
    head = _new_head(wording, case, form.number)
    if head is None:
        return Agreement(certain=False, why="gender of the new term unknown")
    own = old.form.case.replace("locative", "prepositional")
    heads = [h for h in around.heads if h.case == case] or [h for h in around.heads if h.case == own]
    changed = any(_differs(h, head) for h in heads) or not heads
    if changed and case == "nominative" and _predicate_agrees(text, stop, head):
        return Agreement(certain=False, why="a predicate agrees with the replaced noun")
    if changed and _relative_agrees(text, stop, head):
        return Agreement(certain=False, why="a relative agrees with the replaced noun")
    if around.before and _is_gendered_numeral(around.before) and changed:
        return Agreement(certain=False, why="a numeral agrees with the replaced noun")
    return _replace_all(around.modifiers, heads, head)


def _replace_all(modifiers: tuple[Word, ...], heads: list[Shape], head: Shape) -> Agreement:
    made = []
    for word in reversed(modifiers):
        after = _agreed(word.text, heads, head)
        if after is None:
            return Agreement(certain=False, why=f"no sure form of {word.text}")
        if fold(after) != fold(word.text):
            made.append(Replacement(start=word.start, stop=word.stop, before=word.text, after=after))
    return Agreement(replacements=tuple(made))


def _new_head(wording: Wording, case: str, number: str) -> Shape | None:
    """The form of the new term's head; None if its paradigms differ in gender or animacy, or lack it."""
    found: set[tuple[str, bool | None, bool]] = set()
    shape: Shape | None = None
    for phrase in phrases(wording):
        reading = phrase.groups[0].paradigm.reading
        wanted = number or reading.number
        cells = [c for c in phrase.groups[0].paradigm.cells if (c.case, c.number) == (case, wanted)]
        if reading.part != "NOUN" or not cells or not reading.sure:
            return None
        shape = next((cell for cell in cells if not cell.marked), cells[0])
        found.add((shape.gender if wanted == "singular" else "", shape.animate, reading.sure))
    return shape if len(found) == 1 else None


def _differs(old: Shape, new: Shape) -> bool:
    if old.number != new.number:
        return True
    return new.number == "singular" and old.gender != new.gender


def _agreed(word: str, heads: list[Shape], head: Shape) -> str | None:
    """The form of a modifier that agrees with the new head; None if there is none or several."""
    made: dict[str, str] = {}
    for lexeme in lexemes(word):
        reading = lexeme.reading
        if reading.part in _PARTS and any(agrees(reading, old) for old in heads):
            same = (
                c for c in lexeme.cells if c.part == reading.part and c.flags & _KIND == reading.flags & _KIND
            )
            made.update((fold(c.text), c.text) for c in same if agrees(c, head) and not c.flags & _VARIANT)
    return copy_capitals(word, made.popitem()[1]) if len(made) == 1 else None


def _predicate_agrees(text: str, stop: int, head: Shape) -> bool:
    """Whether a predicate in the rest of the clause, or in the six words before, may not fit the new noun."""
    end = _CLAUSE_END.search(text, stop)
    after = cut_words(text[stop : end.start() if end else len(text)])
    found = [r for word in after for r in readings(word.text)[:1] if r.part in ("VERB", "ADJS", "PRTS")]
    before = cut_words(text[:stop])[-6:]
    found += [r for word in before for r in readings(word.text)[:1] if r.part in ("VERB", "ADJS", "PRTS")]
    return any(
        r.number
        and (r.number != head.number or (r.gender and head.number == "singular" and r.gender != head.gender))
        for r in found
    )


def _relative_agrees(text: str, stop: int, head: Shape) -> bool:
    """Whether "который" or a participle right after a comma does not agree with the new noun."""
    gap = re.match(r"\s*,\s*(?:[а-яё]{1,4}\s+)?", text[stop:], re.IGNORECASE)
    if not gap:
        return False
    following = cut_words(text[stop + gap.end() : stop + gap.end() + 40])[:1]
    found = [r for w in following for r in readings(w.text) if r.part == "PRTF" or r.lemma == _RELATIVE]
    return bool(found) and not any(
        r.number == head.number and (r.number == "plural" or r.gender in ("", head.gender)) for r in found
    )


def _is_gendered_numeral(before: str) -> bool:
    return any(r.part == "NUMR" and r.gender for r in readings(before))
