"""Russian words that the dictionary lacks: what of them stays, and how they may decline."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from egiz.glossary.morphology.russian_lexicon import Paradigm, Shape, paradigms
from egiz.glossary.morphology.russian_tables import surname_model, words_of
from egiz.glossary.morphology.spelling import fold


@lru_cache(maxsize=1 << 16)
def stems(word: str) -> tuple[str, ...]:
    """What may be the unchanging part of a word that the dictionary lacks: itself less each ending."""
    return _without(fold(word), "endings")


@lru_cache(maxsize=1 << 14)
def first_stems(word: str) -> tuple[str, ...]:
    """What may be the unchanging part of a dictionary form."""
    return _without(fold(word), "first_endings")


def _without(word: str, endings: str) -> tuple[str, ...]:
    known = words_of(endings)
    cuts = [size for size in (1, 2, 3) if len(word) - size >= 2 and word[-size:] in known]
    return (word, *(word[:-size] for size in cuts))


def imitate(word: str, like: str) -> tuple[Paradigm, ...]:
    """The paradigms of a word that declines like another: the endings of `like` on the stem of `word`.

    Empty where `word` does not end as `like` does.
    """
    made = []
    for paradigm in paradigms(like):
        texts = [cell.text for cell in paradigm.cells if not cell.marked] or [like]
        size = _shared(texts)
        ending = fold(like)[size:]
        nominative = paradigm.reading.case == "nominative" and fold(paradigm.reading.text) == fold(like)
        if not nominative or not fold(word).endswith(ending):
            continue
        stem = word.lower()[: len(word) - len(ending)]

        def put(shape: Shape, stem: str = stem, size: int = size) -> Shape:
            return replace(shape, text=stem + shape.text[size:], lemma=fold(word), sure=True)

        cells = tuple(put(cell) for cell in paradigm.cells if cell.text[:size] == texts[0][:size])
        made.append(Paradigm(reading=put(paradigm.reading), cells=cells))
    return tuple(made)


def surnames(word: str) -> tuple[Paradigm, ...]:
    """How a capitalised word declines that is a surname by its ending; empty for any other."""
    like = surname_model(fold(word)) if word[:1].isupper() else ""
    return imitate(word, like) if like else ()


def guesses(word: str) -> tuple[Paradigm, ...]:
    """How a noun that the dictionary lacks may decline, to judge by its last letter."""
    made = (item for like in sorted(words_of("models")) for item in imitate(word, like))
    return tuple(
        Paradigm(
            reading=replace(item.reading, sure=False, animate=None),
            cells=tuple(replace(cell, sure=False) for cell in item.cells),
        )
        for item in made
    )


def _shared(texts: list[str]) -> int:
    """How many letters all of some words begin with."""
    size = min(map(len, texts))
    while any(text[:size] != texts[0][:size] for text in texts):
        size -= 1
    return size
