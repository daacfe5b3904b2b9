"""Paradigms of Russian words as Egiz uses them: from the dictionary, from its own lists, or guessed.

`data/ru.toml` lists nouns that the dictionary lacks or declines wrongly. An unknown surname declines like a
model surname, any other unknown noun like one of a few model nouns; its ending decides which.
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
    """Return the paradigms of a word, each with the forms of one gender, voice, tense and class of word."""
    listed = _listed_paradigm(word)
    if listed:
        return listed
    return dictionary_paradigms(word, is_whole=False)


@cache
def _listed(name: str) -> Mapping[str, str]:
    pairs = (pair.split("/") for pair in knowledge()["declension"][name].split())
    return dict(pairs)


def chosen_plural(word: str) -> str | None:
    """Return the nominative plural to write for a folded noun that has several nominative plurals: "счета".

    The nouns are listed in `data/ru.toml`. The result is empty for a listed noun if none of its plurals is
    certainly right, and None for a noun that is not listed.
    """
    return _listed("plurals").get(word)


def counted_plural(word: str) -> str:
    """Return the form of a folded noun after five and more if it is irregular ("лет"), else empty."""
    return _listed("counted").get(word, "")


def _listed_paradigm(word: str) -> tuple[Paradigm, ...]:
    """Return the paradigm of a noun that `data/ru.toml` lists because the dictionary lacks it.

    The result is empty for other words.
    """
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
    """Return the model surname like which a folded word declines, judged by its ending.

    The result is empty if the word does not look like a surname.
    """
    for like, endings in knowledge()["surnames"]["endings"]:
        if any(word.endswith(ending) and len(word) > len(ending) + 2 for ending in endings.split()):
            return str(like)
    return ""


@lru_cache(maxsize=1 << 16)
def stems(word: str) -> tuple[str, ...]:
    """Return the possible stems of an unknown word.

    They are the word itself, and what is left of it without an ending, for each ending that it may have.
    """
    return _without_endings(fold(word), "endings")


@lru_cache(maxsize=1 << 14)
def first_stems(word: str) -> tuple[str, ...]:
    """Return the possible stems of an unknown word that is in its dictionary form."""
    return _without_endings(fold(word), "first_endings")


def _without_endings(word: str, endings: str) -> tuple[str, ...]:
    known = words_of(endings)
    cuts = [size for size in (1, 2, 3) if len(word) - size >= 2 and word[-size:] in known]
    return (word, *(word[:-size] for size in cuts))


def imitate(word: str, like: str) -> tuple[Paradigm, ...]:
    """Return the paradigms of a word that declines like the word `like`; none if their endings differ.

    They have the endings of `like` on the stem of `word`.
    """
    made = []
    for paradigm in paradigms(like):
        texts = [cell.text for cell in paradigm.cells if not cell.marked] or [like]
        size = _common_length(texts)
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
    """Return the paradigms of a capitalised word that ends like a surname; none for other words."""
    like = surname_model(fold(word)) if word[:1].isupper() else ""
    return imitate(word, like) if like else ()


def guesses(word: str) -> tuple[Paradigm, ...]:
    """Return the possible paradigms of an unknown noun, judged by its ending."""
    made = (item for like in sorted(words_of("models")) for item in imitate(word, like))
    return tuple(
        Paradigm(
            reading=item.reading._replace(sure=False, animate=None),
            given=tuple(cell._replace(sure=False) for cell in item.cells),
        )
        for item in made
    )


def _common_length(texts: list[str]) -> int:
    """Return the length of the common beginning of some words."""
    size = min(map(len, texts))
    while any(text[:size] != texts[0][:size] for text in texts):
        size -= 1
    return size
