"""Features for missing and changed names: compared across alphabets by the sounds of their consonants."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from egiz.parallel.scores.lexicon import is_word, lexicon, name_stems, plain_words, stem, vocabulary
from egiz.parallel.scores.records import Evidence
from egiz.translate.guards.case import headline
from egiz.translate.protected import without_pieces

_SENTENCE = re.compile(r"[.!?…:]\s*[\"«“„'—–-]*\s*$")
_CAPITALISED = re.compile(r"(?<!\w)[^\W\d_]\w{2,}")
_TITLED = 0.6
"""Share of capitalised words from which a text is a title, in which they mark no names."""

_LEAST = 2
"""Fewest consonants of a name that is looked for: a single one is found anywhere."""

_COMPARED = 4
"""Number of first consonants that are compared: later ones belong to endings or vary in spelling."""


def names_missing(evidence: Evidence) -> float | None:
    """The share of the source's names that the translation lacks; None without names.

    Names that languages translate and the tables do not know count as missing in sound translations too, so a
    low share says nothing and a full one says much.
    """
    asked = names(evidence.source, evidence.source_language)
    return len(missing(evidence)) / len(asked) if asked else None


def names_changed(evidence: Evidence) -> float | None:
    """1 if the translation lacks a name of the source and has one that the source lacks."""
    return float(bool(missing(evidence)) and bool(invented(evidence)))


def missing(evidence: Evidence) -> list[str]:
    """The names of the source that the translation lacks."""
    return _lost(evidence.source, evidence.source_language, evidence.target, evidence.target_language)


def invented(evidence: Evidence) -> list[str]:
    """The names of the translation that the source lacks."""
    return _lost(evidence.target, evidence.target_language, evidence.source, evidence.source_language)


@lru_cache(maxsize=16)
def _lost(text: str, language: str, other: str, other_language: str) -> list[str]:
    """The names of `text` for which no word of `other` sounds alike or is a translation."""
    asked = names(text, language)
    if not asked:
        return []
    words = plain_words(other)
    sounds = {sound for word in words for sound in keys(word)}
    held = frozenset(map(stem, words))
    table = lexicon(language, other_language)
    links = {name: table.entries.get(stem(name)) if table else None for name in asked}
    return [
        name
        for name, entry in links.items()
        if sounds.isdisjoint(keys(name)) and (entry is None or entry[1].isdisjoint(held))
    ]


@lru_cache(maxsize=64)
def names(text: str, language: str) -> list[str]:
    """The names in a text, each once, in order; none in a headline.

    A name is a capitalised word that does not begin a sentence; one that does is a name where the tables have
    it as one, or not at all.

    >>> names("Ол кезде Мәскеуде Горбачев билік етті. Соғыс та болды.", "kk")
    ['Мәскеуде', 'Горбачев']
    """
    if headline(text):
        return []
    text = without_pieces(text)
    long = list(_CAPITALISED.finditer(text))
    capitals = [match for match in long if match.group()[0].isupper()]
    if len(long) > _LEAST and len(capitals) > _TITLED * len(long):
        return []
    found: dict[str, None] = {}
    for match in capitals:
        word = match.group()
        if any(map(str.islower, word)) and len(_sounds(word)) >= _LEAST:
            before = text[max(0, match.start() - 6) : match.start()]
            inside = before.strip("\"«“„'’—–- (") and not _SENTENCE.search(before)
            if inside or _sure(word, language):
                found[word] = None
    return list(found)


def _sure(word: str, language: str) -> bool:
    """Whether a capitalised word is a name wherever it stands."""
    known = vocabulary(language)
    return bool(known) and (stem(word) in name_stems(language) or not is_word(word, language))


@lru_cache(maxsize=1 << 15)
def keys(word: str) -> tuple[str, ...]:
    """The keys by which words match: the sounds of the first consonants, with and without the last of them,
    which may belong to an ending; none if there are too few.
    """
    sounds = _sounds(word)
    if len(sounds) < _LEAST:
        return ()
    whole = sounds[:_COMPARED]
    return (whole, whole[:-1]) if len(whole) > _LEAST else (whole,)


def _sounds(word: str) -> str:
    text = word.casefold()
    for letters, sound in _several():
        if letters in text:
            text = text.replace(letters, sound.upper())
    made: list[str] = []
    for letter in text:
        for sound in letter.lower() if letter.isupper() else _single().get(letter, ""):
            if not made or made[-1] != sound:
                made.append(sound)
    return "".join(made)


@cache
def _single() -> dict[str, str]:
    return dict(_rows("letters.tsv"))


@cache
def _several() -> tuple[tuple[str, str], ...]:
    return tuple(_rows("sounds.tsv"))


def _rows(name: str) -> list[tuple[str, str]]:
    text = files("egiz.parallel.scores").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return [(cells[0], cells[1]) for line in text.splitlines()[1:] for cells in [line.split("\t")]]
