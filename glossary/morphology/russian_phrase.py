"""How a Russian wording is built: which of its words inflect, and which of them together.

"Верховный Совет СССР" is one group, the head "Совет" with "Верховный" agreeing, and a fixed genitive;
"Михаил Горбачёв" and "наука и техника" are two groups in the same case. A wording may be understood in more
than one way, where its head belongs to several paradigms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from egiz.glossary.morphology.base import Word
from egiz.glossary.morphology.russian_groups import Group, agrees, modifier_cells
from egiz.glossary.morphology.russian_layout import NAMES, layout
from egiz.glossary.morphology.russian_lexicon import Shape
from egiz.glossary.morphology.spelling import cut_words, fold
from egiz.glossary.records import Wording

__all__ = ["NAMES", "Group", "Phrase", "agrees", "phrases"]

_MOST_READINGS = 12
"""Ways of understanding a wording that are tried; more come only from words the dictionary lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One understanding of a wording. `forms` has, for each word, its forms by their folded text.

    A word without forms is fixed. `sure` is False where the dictionary lacks a head, or where it is not
    known whether a word inflects at all.
    """

    words: tuple[Word, ...]
    groups: tuple[Group, ...]
    forms: tuple[Mapping[str, tuple[Shape, ...]], ...]
    sure: bool


@lru_cache(maxsize=1 << 14)
def phrases(wording: Wording) -> tuple[Phrase, ...]:
    """All understandings of a wording that has inflected words; none for one that is fixed as a whole."""
    words = tuple(cut_words(wording.text))
    if wording.exact or not words or wording.part_of_speech == "adverb":
        return ()
    groups = layout(words, wording)
    if not groups or not groups[0]:
        return ()
    return tuple(islice((_phrase(words, chosen) for chosen in product(*groups)), _MOST_READINGS))


def _phrase(words: tuple[Word, ...], groups: tuple[Group, ...]) -> Phrase:
    forms: list[dict[str, tuple[Shape, ...]]] = [{} for _ in words]
    for group in groups:
        forms[group.head] = _by_text(group.paradigm.cells)
        for place in group.modifiers:
            forms[place] = _by_text(modifier_cells(words[place].text))
    sure = all(group.paradigm.reading.sure and not group.loose for group in groups)
    return Phrase(words=words, groups=groups, forms=tuple(forms), sure=sure)


def _by_text(cells: tuple[Shape, ...]) -> dict[str, tuple[Shape, ...]]:
    found: dict[str, list[Shape]] = {}
    for cell in cells:
        found.setdefault(fold(cell.text), []).append(cell)
    return {text: tuple(shapes) for text, shapes in found.items()}
