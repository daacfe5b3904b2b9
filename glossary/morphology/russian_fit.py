"""Whether running words are a form of a Russian phrase, and in which cases and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from egiz.glossary.morphology.base import Word
from egiz.glossary.morphology.russian_lexicon import readings
from egiz.glossary.morphology.russian_phrase import NAMES, Group, Phrase, agrees
from egiz.glossary.morphology.russian_tables import governed_cases, words_of
from egiz.glossary.morphology.spelling import fold, is_acronym

_LEAST_SHARE = 0.1
"""Share, 0..1, of the wording's own lemma and part of speech among a running word's readings, below which
the word before must bear it out. pymorphy3 gives "стали" to сталь with 0.02, "уже" to уж with 0.08."""

Options = dict[tuple[str, str], float]
"""(case, number) → share among the readings, 0..1."""


def fit(phrase: Phrase, folded: Sequence[str], *, paucal: bool) -> Options | None:
    """The readings under which words are a form of a phrase; None where they are not.

    Empty where they are one but have no case: verbs, short adjectives, numerals' company.
    """
    loose = {group.head for group in phrase.groups if group.loose}
    for place, (word, forms) in enumerate(zip(phrase.words, phrase.forms, strict=True)):
        literal = fold(word.text) == folded[place] and (not forms or place in loose)
        if not literal and folded[place] not in forms:
            return None
    found: Options | None = None
    for group in phrase.groups:
        options = _group_options(phrase, group, folded, paucal=paucal)
        if options is None:
            return None
        alone = len(phrase.forms[group.head]) == 1 and not group.modifiers
        if alone or (group.loose and _is_literal(phrase, group, folded)):
            continue
        found = options if found is None else _same_case(found, options)
        if not found and options:
            return None
    return found if found is not None else {}


def _is_literal(phrase: Phrase, group: Group, folded: Sequence[str]) -> bool:
    return fold(phrase.words[group.head].text) == folded[group.head]


def _same_case(found: Options, other: Options) -> Options:
    cases = {case for case, _ in other}
    return {key: share for key, share in found.items() if key[0] in cases}


def _group_options(phrase: Phrase, group: Group, folded: Sequence[str], *, paucal: bool) -> Options | None:
    """The cases and numbers in which a head and its modifiers agree; None where they do not."""
    heads = phrase.forms[group.head].get(folded[group.head], ())
    modifiers = [phrase.forms[place][folded[place]] for place in group.modifiers]
    shares = _shares(folded[group.head], group)
    options: Options = {}
    for head in heads:
        if all(any(agrees(cell, head) for cell in cells) for cells in modifiers) and head.case:
            key = (head.case, head.number)
            options[key] = max(shares.get(key, 0.0), options.get(key, 0.0))
    if options or (not modifiers and any(not head.case for head in heads)):
        return options
    if paucal and any(head.case == "genitive" and head.number == "singular" for head in heads):
        plural = [any(c.case == "genitive" and c.number == "plural" for c in cells) for cells in modifiers]
        return {} if all(plural) else None
    return {} if group.loose and not heads else None


@lru_cache(maxsize=1 << 16)
def _lemma_shares(word: str, lemma: str, part: str) -> tuple[tuple[tuple[str, str], float], ...]:
    found: Options = {}
    for reading in readings(word):
        same = reading.lemma == lemma and (reading.part == part or part not in ("NOUN",))
        if same or not reading.sure:
            key = (reading.case, reading.number)
            found[key] = found.get(key, 0.0) + reading.score
    return tuple(found.items())


def _shares(word: str, group: Group) -> Options:
    reading = group.paradigm.reading
    return dict(_lemma_shares(word, reading.lemma, reading.part))


def is_name_in_small_letters(phrase: Phrase, span: Sequence[Word]) -> bool:
    """Whether a person's or a place's name would be read into a common word: "кубы" is not Куба."""
    return any(
        group.paradigm.reading.flags & NAMES
        and group.paradigm.reading.sure
        and phrase.words[group.head].text[0].isupper()
        and not is_acronym(phrase.words[group.head].text)
        and span[group.head].text.islower()
        for group in phrase.groups
    )


def word_before(text: str, words: Sequence[Word], first: int) -> str:
    """The word, folded, from which nothing but space parts the words; empty where there is none."""
    if not first or text[words[first - 1].stop : words[first].start].strip():
        return ""
    return fold(words[first - 1].text)


def is_paucal(before: str) -> bool:
    """Whether a numeral from two to four stands before: три экономических реформы."""
    return before in words_of("numerals", "paucal") or (before[-1:] in tuple("234") and before[-2:-1] != "1")


def is_likely(phrase: Phrase, folded: Sequence[str], options: Options, before: str) -> bool:
    """Whether a form that is mostly one of another word may be meant: "из стали", but not "они стали".

    Asked of single dictionary words; a preposition or an adjective before must bear the rare reading out.
    """
    reading = phrase.groups[0].paradigm.reading
    if len(phrase.words) > 1 or not reading.sure:
        return True
    if sum(_shares(folded[0], phrase.groups[0]).values()) >= _LEAST_SHARE:
        return True
    cases = governed_cases(before)
    attributes = [r for r in readings(before) if r.part in ("ADJF", "PRTF")] if before else []
    return any(case in cases for case, _ in options) or any(
        agrees(attribute, head) for head in phrase.forms[0].get(folded[0], ()) for attribute in attributes
    )
