"""A Russian head with the words that agree with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from egiz.glossary.morphology.base import Word
from egiz.glossary.morphology.russian_lexicon import Paradigm, Shape, paradigms
from egiz.glossary.morphology.spelling import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A head and the words that agree with it, by their places in the wording.

    `loose` groups (the name in "станция Алматы") may also stay as they are in the wording.
    """

    head: int
    modifiers: tuple[int, ...]
    paradigm: Paradigm
    loose: bool = False


def agrees(modifier: Shape, head: Shape) -> bool:
    """Whether an adjective's form can stand with a noun's form."""
    if modifier.case != head.case or modifier.number != head.number:
        return False
    if modifier.animate is not None and head.animate is not None and modifier.animate != head.animate:
        return not head.sure
    free = modifier.number != "singular" or not modifier.gender or head.gender in ("", "common")
    return free or modifier.gender == head.gender or not head.sure


@lru_cache(maxsize=1 << 13)
def modifier_cells(word: str) -> tuple[Shape, ...]:
    """All full forms of the adjectives and participles that a word in the nominative may be."""
    cells: dict[Shape, None] = {}
    for paradigm in paradigms(word):
        if paradigm.reading.part in ("ADJF", "PRTF") and paradigm.reading.case == "nominative":
            cells.update(dict.fromkeys(cell for cell in paradigm.cells if cell.part in ("ADJF", "PRTF")))
    return tuple(cells)


def agreeing_before(words: tuple[Word, ...], first: int, head: int, paradigm: Paradigm) -> tuple[int, ...]:
    found: list[int] = []
    for place in range(head - 1, first - 1, -1):
        fits = [c for c in nominative(words[place].text) if agrees(c, paradigm.reading)]
        if not fits and not is_adverb(words[place].text):
            break
        if fits:
            found.append(place)
    return tuple(reversed(found))


def nominative(word: str) -> list[Shape]:
    """The readings of a wording's word as an adjective in the nominative."""
    return [
        cell for cell in modifier_cells(word) if cell.case == "nominative" and fold(cell.text) == fold(word)
    ]


def is_adverb(word: str) -> bool:
    """Whether a word may stand unchanged between adjectives: особо охраняемая территория."""
    return any(paradigm.reading.part in ("ADVB", "PRCL") for paradigm in paradigms(word))


def is_function_word(word: str) -> bool:
    """Whether a word of a longer wording is a preposition or the like, however it reads besides."""
    return any(paradigm.reading.part in ("PREP", "CONJ", "PRCL") for paradigm in paradigms(word))


def distinct(found: tuple[Paradigm, ...]) -> tuple[Paradigm, ...]:
    """One paradigm of those that have the same forms."""
    kept: dict[tuple[tuple[str, str, str, str], ...], Paradigm] = {}
    for paradigm in found:
        cells = tuple((cell.text, cell.case, cell.number, cell.part) for cell in paradigm.cells)
        kept.setdefault(cells, paradigm)
    return tuple(kept.values())
