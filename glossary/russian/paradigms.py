"""Paradigms of Russian words as Egiz uses them: from the dictionary, from its own lists, or guessed.

`data/ru.toml` lists nouns that the dictionary lacks or declines wrongly. An unknown surname declines like a
model surname, another unknown noun like one of a few model nouns, judged by its ending.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from egiz.glossary.morphology.spelling import fold
from egiz.glossary.russian.lexicon import (
    CASES,
    NUMBERS,
    Paradigm,
    Shape,
    dictionary_paradigms,
    knowledge,
    words_of,
)


@lru_cache(maxsize=1 << 13)
def paradigms(word: str) -> tuple[Paradigm, ...]:
    """The paradigms of a word: its lexemes without forms of another gender, voice, tense or class."""
    listed = _as_listed(word)
    if listed:
        return listed
    return dictionary_paradigms(word, is_whole=False)


@cache
def _listed(name: str) -> Mapping[str, str]:
    pairs = (pair.split("/") for pair in knowledge()["declension"][name].split())
    return dict(pairs)


def chosen_plural(word: str) -> str | None:
    """The nominative plural to write of a folded noun that has several: "счета".

    Empty if none is certain; None for other nouns.
    """
    return _listed("plurals").get(word)


def counted_plural(word: str) -> str:
    """The form of a folded noun after five and more if it is a special one: "лет"; empty for other nouns."""
    return _listed("counted").get(word, "")


def _as_listed(word: str) -> tuple[Paradigm, ...]:
    """The paradigm of a noun that the dictionary lacks and `data/ru.toml` has; none for other words."""
    folded = fold(word)
    like = _listed("like").get(folded, "")
    if like:
        return imitate(word, like)
    if folded not in words_of("declension", "fixed"):
        return ()
    cells = tuple(
        Shape(
            text=folded,
            lemma=folded,
            part="NOUN",
            case=case,
            number=number,
            gender="masculine",
            animate=False,
        )
        for number in NUMBERS.values()
        for case in dict.fromkeys(CASES.values())
    )
    return (Paradigm(reading=cells[0]._replace(score=1.0), given=cells),)


@lru_cache(maxsize=1 << 14)
def surname_model(word: str) -> str:
    """The model surname that a folded word declines like, by its ending; empty if it looks like none."""
    for like, endings in knowledge()["surnames"]["endings"]:
        if any(word.endswith(ending) and len(word) > len(ending) + 2 for ending in endings.split()):
            return str(like)
    return ""


@lru_cache(maxsize=1 << 16)
def stems(word: str) -> tuple[str, ...]:
    """The possible stems of an unknown word: itself, and itself without each ending that fits."""
    return _without(fold(word), "endings")


@lru_cache(maxsize=1 << 14)
def first_stems(word: str) -> tuple[str, ...]:
    """The possible stems of an unknown word in its dictionary form."""
    return _without(fold(word), "first_endings")


def _without(word: str, endings: str) -> tuple[str, ...]:
    known = words_of(endings)
    cuts = [size for size in (1, 2, 3) if len(word) - size >= 2 and word[-size:] in known]
    return (word, *(word[:-size] for size in cuts))


def imitate(word: str, like: str) -> tuple[Paradigm, ...]:
    """The paradigms of a word that declines like another one: the endings of `like` on the stem of `word`.

    Empty if `word` does not end like `like`.
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
            return shape._replace(text=stem + shape.text[size:], lemma=fold(word), sure=True)

        cells = tuple(put(cell) for cell in paradigm.cells if cell.text[:size] == texts[0][:size])
        made.append(Paradigm(reading=put(paradigm.reading), given=cells))
    return tuple(made)


def surnames(word: str) -> tuple[Paradigm, ...]:
    """The paradigms of a capitalised word that looks like a surname by its ending; empty for others."""
    like = surname_model(fold(word)) if word[:1].isupper() else ""
    return imitate(word, like) if like else ()


def guesses(word: str) -> tuple[Paradigm, ...]:
    """Possible paradigms of an unknown noun, judged by its ending."""
    made = (item for like in sorted(words_of("models")) for item in imitate(word, like))
    return tuple(
        Paradigm(
            reading=item.reading._replace(sure=False, animate=None),
            given=tuple(cell._replace(sure=False) for cell in item.cells),
        )
        for item in made
    )


def _shared(texts: list[str]) -> int:
    """The length of the common prefix of some words."""
    size = min(map(len, texts))
    while any(text[:size] != texts[0][:size] for text in texts):
        size -= 1
    return size
