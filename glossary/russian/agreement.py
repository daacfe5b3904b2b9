"""Make words agree with a Russian noun that replaces another one, or refuse if that is uncertain.

If the new noun has the same gender and number, little changes. Otherwise its adjectives, the numerals два and
оба and, if it is the subject, the predicates of its clause change too: "Первый пункт был важен" becomes
"Первая статья была важна". Words outside the clause that refer to the noun (который, он, a verb after a
comma) are not rewritten. If they would have to change, the noun is not replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from egiz.glossary.morphology.base import Change, Refusal, Word
from egiz.glossary.morphology.spelling import copy_capitals, fold
from egiz.glossary.records import Form, Wording
from egiz.glossary.russian.clause import Clause, Predicate, agree, clause
from egiz.glossary.russian.context import Surroundings, surroundings
from egiz.glossary.russian.lexicon import Shape, lexemes, readings, words_of
from egiz.glossary.russian.wording import agrees, phrases

_RELATIVE = "который"
_PARTS = ("ADJF", "PRTF")
_PREDICATES = ("VERB", "ADJS", "PRTS")
_KIND = frozenset({"actv", "pssv", "pres", "past", "Supr"})
_GENDERS = frozenset({"masculine", "neuter", "feminine"})
_PERSONS = frozenset({"1per", "2per", "impr"})
_OF_NUMBER = frozenset({"masc", "femn", "neut", "sing", "plur", "GNdr", "ms-f", "Ms-f"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """A noun in a text: its context, its clause, and its analyses in its present form."""

    text: str
    around: Surroundings
    clause: Clause
    shapes: tuple[Shape, ...]


def agreeing(
    text: str, start: int, stop: int, wording: Wording, form: Form, before: Form | None = None
) -> tuple[Change, ...] | Refusal:
    """Return the changes around ``text[start:stop]`` when `wording` in `form` replaces it, or a refusal.

    The caller must make sure that the case of `form` is right in this place. `before` is the present form of
    the noun; by default it is taken to be in the case of `form`.
    """
    around = surroundings(text, start, stop)
    if around is None:
        return "case"
    case = form.case.replace("locative", "prepositional") or "nominative"
    was = before.case.replace("locative", "prepositional") if before else case
    shapes = [
        h for h in around.heads if h.case == was and (before is None or h.number in ("", before.number))
    ]
    first = around.modifiers[-1].start if around.modifiers else around.span[0].start
    noun = Noun(
        text=text,
        around=around,
        clause=clause(text, min(first, start), stop, around.heads),
        shapes=tuple(shapes or around.heads),
    )
    new = heads(wording, case, form.number)
    if not new:
        return _unknown(noun)
    if len({(head.gender, head.number) for head in new}) > 1:
        return "agreement" if _dependents(noun, case) else ()
    return _adapted(noun, new[0], case)


def _unknown(noun: Noun) -> tuple[Change, ...] | Refusal:
    """Return no changes for a term of unknown gender, or the refusal ``agreement``.

    It is a refusal if some word agrees with the noun, because the right form of this word is unknown.
    """
    return "agreement" if _dependents(noun, "nominative") else ()


def _dependents(noun: Noun, case: str) -> bool:
    is_subject = case == "nominative" and bool(_own_predicates(noun))
    return bool(noun.around.modifiers) or is_subject or _is_referred_to(noun, None, case)


def _adapted(noun: Noun, new: Shape, case: str) -> tuple[Change, ...] | Refusal:
    """Return the changes to the words that agree with a noun, if a head of the form `new` replaces it."""
    if _is_chosen_from(noun, new):
        return "agreement"
    changes = _modified(noun.around.modifiers, noun.shapes, new)
    if changes is None:
        return "agreement"
    if not any(_differs(old, new) for old in noun.shapes):
        return changes
    if (new.number == "plural" and _is_single(noun)) or _is_far_described(noun, new):
        return "agreement"
    numeral = _numeral(noun, new)
    is_described = case == "accusative" and _adjectives(noun, new, ("instrumental",)) != ()
    if numeral is None or is_described or _is_referred_to(noun, new, case):
        return "agreement"  # "признал договор недействительным"
    changes = (*changes, *numeral)
    if case != "nominative":
        return changes
    predicates = _predicates(noun, new)
    return "agreement" if predicates is None else (*changes, *predicates)


def heads(wording: Wording, case: str, number: str) -> list[Shape]:
    """Return the possible forms of the head of a term in a case and number; none if they are uncertain."""
    found: dict[tuple[str, bool | None], Shape] = {}
    nouns = [phrase for phrase in phrases(wording) if phrase.groups[0].paradigm.reading.part == "NOUN"]
    for phrase in nouns or phrases(wording):
        reading = phrase.groups[0].paradigm.reading
        if not reading.sure or reading.part not in ("NOUN", *_PARTS):
            return []
        wanted = number or reading.number
        cells = [c for c in phrase.groups[0].paradigm.cells if (c.case, c.number) == (case, wanted)]
        cells = [c for c in cells if not c.marked] or cells
        if not cells:
            return []
        found.setdefault((cells[0].gender if wanted == "singular" else "", cells[0].animate), cells[0])
    return list(found.values())


def _differs(old: Shape, new: Shape) -> bool:
    if old.number != new.number:
        return True
    return new.number == "singular" and old.gender != new.gender


def _modified(modifiers: Sequence[Word], old: Sequence[Shape], new: Shape) -> tuple[Change, ...] | None:
    """Return the changes to the adjectives, participles and pronouns before the noun.

    None if one of them has no certain form that agrees with `new`.
    """
    made = []
    for word in reversed(modifiers):
        after = _agreed(word.text, old, new)
        if after is None:
            return None
        if fold(after) != fold(word.text):
            made.append((word.start, word.stop, after))
    return tuple(made)


def _agreed(word: str, old: Iterable[Shape], new: Shape) -> str | None:
    """Return the form of a modifier that agrees with the new head.

    None if there is none, or if there are several.
    """
    if fold(word) in words_of("pronouns", "unchanging"):
        return word
    made: dict[str, str] = {}
    for lexeme in lexemes(word):
        reading = lexeme.reading
        if reading.part in _PARTS and any(agrees(reading, head) for head in old):
            same = (
                c for c in lexeme.cells if c.part == reading.part and c.flags & _KIND == reading.flags & _KIND
            )
            made.update((fold(c.text), c.text) for c in same if agrees(c, new) and not c.marked)
    return _only_form(word, made)


def _only_form(word: str, made: dict[str, str]) -> str | None:
    if len(made) != 1:
        return None
    (form,) = made.values()
    return form.upper() if word.isupper() and len(word) > 1 else copy_capitals(word, form)


def _numeral(noun: Noun, new: Shape) -> tuple[Change, ...] | None:
    """Return the change to два or оба before the noun, as a tuple; None if it is uncertain.

    The tuple is empty if the form of the numeral does not depend on gender.
    """
    before = noun.around.before
    if not before or not any(r.part == "NUMR" and r.gender for r in readings(before)):
        return ()
    if noun.around.modifiers:
        return None  # "две новые программы", "два новых плана"
    word = noun.clause.before[-1]
    pairs = dict(pair.split("/") for pair in words_of("numerals", "gendered"))
    wanted = pairs.get(before, before) if new.gender == "feminine" else _reverse(pairs).get(before, before)
    if before not in {*pairs, *pairs.values()} or fold(word.text) != before:
        return None
    return () if wanted == before else ((word.start, word.stop, copy_capitals(word.text, wanted)),)


def _is_chosen_from(noun: Noun, new: Shape) -> bool:
    """Whether a word before "из" has the gender of the noun, and `new` has another: "один из планов".

    Then that word would have to change, too.
    """
    if noun.around.before != "из" or not noun.around.before_that:
        return False
    chosen = readings(noun.around.before_that)[:1]
    has_gender = any(item.part in (*_PARTS, "NUMR") and item.gender for item in chosen)
    return has_gender and any(old.gender != new.gender for old in noun.shapes)


def _is_far_described(noun: Noun, new: Shape) -> bool:
    """Whether a participle modifies the noun from a distance, and does not agree with `new`.

    An example is "подписанный сторонами договор".
    """
    before = noun.clause.before
    for place, word in enumerate(before):
        found = [item for item in readings(word.text) if item.part in _PARTS and "Apro" not in item.flags]
        if not any(agrees(item, old) for item in found for old in noun.shapes):
            continue
        own = [
            other
            for following in before[place + 1 : place + 4]
            for other in readings(following.text)[:2]
            if other.part == "NOUN" and any(agrees(item, other) for item in found)
        ]
        if not own and not any(agrees(item, new) for item in found):
            return True
    return False


def _is_single(noun: Noun) -> bool:
    """Whether a modifier requires a singular: "каждый", "один"."""
    single = words_of("pronouns", "single")
    return any(
        item.lemma in single
        for word in noun.around.modifiers
        for item in readings(word.text)
        if item.part == "ADJF"
    ) and any(head.number == "singular" for head in noun.shapes)


def _reverse(pairs: dict[str, str]) -> dict[str, str]:
    return {feminine: other for other, feminine in pairs.items()}


def _own_predicates(noun: Noun) -> list[Predicate]:
    """Return the predicates of the clause that agree with the noun."""
    return [item for item in noun.clause.predicates if any(agree(old, item.reading) for old in noun.shapes)]


def _predicates(noun: Noun, new: Shape) -> tuple[Change, ...] | None:
    """Return the changes to the predicates of a subject; None if one of them is uncertain."""
    made: list[Change] = []
    for item in _own_predicates(noun):
        if agree(new, item.reading):
            continue
        is_sure = item.is_sure and not noun.clause.rivals(item.reading)
        after = None if not is_sure else _conjugated(item.word.text, noun.shapes, new)
        if after is None:
            return None
        made.append((item.word.start, item.word.stop, after))
    adjectives = _adjectives(noun, new)
    return None if adjectives is None else (*made, *adjectives)


def _conjugated(word: str, old: Iterable[Shape], new: Shape) -> str | None:
    """Return the form of a verb or short adjective that agrees with the new subject.

    None if it is uncertain.
    """
    made: dict[str, str] = {}
    found = [item for item in lexemes(word) if item.reading.part in _PREDICATES]
    participles = [item for item in found if item.reading.part == "PRTS"]
    for lexeme in participles or found:  # "реализована", not "реализованна"
        reading = lexeme.reading
        if not any(agree(head, reading) for head in old):
            continue
        kept = reading.flags - _OF_NUMBER
        for cell in lexeme.cells:
            is_same = cell.part == reading.part and cell.flags - _OF_NUMBER == kept
            has_gender = new.number == "plural" or cell.gender or not reading.gender
            if is_same and has_gender and agree(new, cell):
                made[fold(cell.text)] = cell.text
    return _only_form(word, made)


def _adjectives(
    noun: Noun, new: Shape, cases: Sequence[str] = ("nominative", "instrumental")
) -> tuple[Change, ...] | None:
    """Return the changes to full adjectives after the noun that are its predicate.

    The adjectives are in the case of the subject ("Оклад низкий") or, with a verb, in the instrumental ("План
    был важным"). Returns None if the changes are not certain.
    """
    made: list[Change] = []
    after = noun.clause.after
    for place, word in enumerate(after):
        found = [item for item in readings(word.text) if item.part in _PARTS]
        best = readings(word.text)[:1]
        if not best or best[0].part not in _PARTS or fold(word.text) in words_of("pronouns", "unchanging"):
            continue
        following = after[place + 1 : place + 3]
        if any(
            item.part == "NOUN" and any(agrees(own, item) for own in found)
            for other in following
            for item in readings(other.text)
        ):
            continue  # it is an attribute of the next noun
        for case in cases:
            old = [_with_case(head, case) for head in noun.shapes]
            if any(agrees(item, head) for item in found for head in old):
                changed = _agreed(word.text, old, _with_case(new, case))
                if changed is None or (case == "instrumental" and not _own_predicates(noun)):
                    return None
                made.append((word.start, word.stop, changed))
                break
    return tuple(made)


def _with_case(head: Shape, case: str) -> Shape:
    return Shape(
        text=head.text,
        lemma=head.lemma,
        part=head.part,
        case=case,
        number=head.number,
        gender=head.gender,
        animate=head.animate,
    )


def _is_referred_to(noun: Noun, new: Shape | None, case: str) -> bool:
    """Whether words after the noun refer to it in its old gender or number, which `new` does not have.

    Such a word is a pronoun or, after the clause, "который" or a participle right after the comma. If the
    noun is a subject, it may also be a verb after the clause.
    """
    genders = {head.gender for head in noun.shapes if head.number == "singular"}
    pronouns = frozenset[str]().union(*(words_of("pronouns", gender) for gender in genders & _GENDERS))
    if any(fold(word.text) in pronouns for word in (*noun.clause.after, *noun.clause.rest)):
        return True
    for place, word in enumerate(noun.clause.rest):
        for item in readings(word.text)[:2]:
            is_verb = case == "nominative" and item.part in _PREDICATES
            is_participle = item.part == "PRTF" and place == 0
            if not (is_verb or is_participle or item.lemma == _RELATIVE) or item.flags & _PERSONS:
                continue
            fits = item.number and any(_refers(item, head) for head in noun.shapes)
            if fits and (new is None or not _refers(item, new)):
                return True
    return False


def _refers(item: Shape, head: Shape) -> bool:
    if item.number != head.number:
        return False
    return item.number == "plural" or not item.gender or head.gender in ("", "common", item.gender)
