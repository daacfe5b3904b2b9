"""Features for missing and changed names: names are compared across alphabets by the sounds of their
consonants."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain

from egiz.parallel.scores.lexicon import is_word, lexicon, name_stems, plain_words, stem, stem_set, vocabulary
from egiz.parallel.scores.records import Evidence
from egiz.translate.guards.case import headline
from egiz.translate.guards.language import families, written_in
from egiz.translate.guards.rules import finished
from egiz.translate.protected import without_pieces
from egiz.translate.text import PerWord

_SENTENCE = re.compile(r"[.!?…:]\s*[\"«“„'—–-]*\s*$")
_CAPITALISED = re.compile(r"[A-ZА-ЯЁӘҒҚҢӨҰҮҺІÀ-ÞŠŽ](?<!\w.)\w{2,}")
_CLASSES = str.maketrans("bvwgkhxzcjd", "pffkkkkssst")
_DROPPED = {"k": 0.5, "f": 0.5, "s": 0.6}
"""Cost of a consonant that only one spelling has, in the classes of `_CLASSES`: less for those with *h*, *w*
and *j*, which are often left out; 1 for all others.
"""

_EXCHANGED = 1.5
_MAX_COST = 1.0
"""The highest cost at which two spellings count as the same name; half of it if one has only two consonants.
"""

_ENDING = 2
"""The most consonants at the end of a spelling that cost nothing, because they may belong to a case ending.
"""

_TITLED = 0.6
"""A text without final punctuation counts as a title if more than this share of its words, without the first
one, is capitalised.
"""

_WORLDWIDE = "en"
"""The language that Latin-script words in a Kazakh or Russian text are taken for. Such names may be
translated by meaning.
"""

_LEAST = 2
"""The fewest consonants of a name that is searched for, because a single one would match almost any text."""

_COMPARED = 4
"""The most consonants of a key (`keys`); later ones often belong to endings or vary in spelling."""


def names_missing(evidence: Evidence) -> float | None:
    """Return the share of the source's names that the translation lacks; None without names.

    Names that are translated by meaning and are not in the tables count as missing even in good translations.
    So only a share near 1 is a sign of an error.
    """
    asked = names(evidence.source, evidence.source_language)
    return len(missing(evidence)) / len(asked) if asked else None


def names_changed(evidence: Evidence) -> float | None:
    """Return 1 if the translation lacks a name of the source and has one that the source lacks.

    A word that is surely a name, and not a capitalised common word such as Sea or House, must be among the
    names of both kinds; in short texts (`SHORT`) one kind is enough. Names in letters that their language
    does not use may be translated by meaning, so they count only if they are not English words (Samsung
    counts, Big Brother does not).
    """
    return float(bool(exchanged(evidence)))


def exchanged(evidence: Evidence) -> tuple[list[str], list[str]] | tuple[()]:
    """Return the names of the source that the translation lacks, and those that it has instead.

    The result is empty if no exchange is certain; see `names_changed`.
    """
    ours = _native(missing(evidence), evidence.source_language)
    theirs = _native(invented(evidence), evidence.target_language) if ours else []
    known = any(_sure(name, evidence.source_language) for name in ours)
    others = any(_sure(name, evidence.target_language) for name in theirs)
    certain = known or others if evidence.short else known and others
    return (ours, theirs) if certain else ()


def _native(found: list[str], language: str) -> list[str]:
    """Return the names, without English words in letters that `language` does not use."""
    own = families(language)
    return [name for name in found if not own or written_in(name, own) or _sure(name, _WORLDWIDE)]


def missing(evidence: Evidence) -> list[str]:
    """Return the names of the source that the translation lacks."""
    return _lost(evidence.source, evidence.source_language, evidence.target, evidence.target_language)


def invented(evidence: Evidence) -> list[str]:
    """Return the names of the translation that the source lacks."""
    return _lost(evidence.target, evidence.target_language, evidence.source, evidence.source_language)


@lru_cache(maxsize=16)
def _lost(text: str, language: str, other: str, other_language: str) -> list[str]:
    """Return the names of `text` for which `other` has neither a word that sounds alike nor a translation."""
    asked = names(text, language)
    if not asked:
        return []
    held, table = stem_set(other), lexicon(language, other_language)
    made = []
    for name in asked:
        entry = table.entries.get(stem(name)) if table else None
        if (entry is None or entry[1].isdisjoint(held)) and _sounds_of(other).isdisjoint(keys(name)):
            made.append(name)
    capitals = [word for word in plain_words(other) if word[0].isupper()] if made else []
    return [name for name in made if not any(_alike(name, word) for word in capitals)]


@lru_cache(maxsize=64)
def _sounds_of(text: str) -> frozenset[str]:
    return frozenset(chain.from_iterable(map(_KEYS.__getitem__, plain_words(text))))


@lru_cache(maxsize=1 << 14)
def _alike(name: str, word: str) -> bool:
    """Whether two spellings may be of one name: their consonants differ no more than transliterations do.

    >>> _alike("Ганновер", "Hanover"), _alike("Иерусалим", "Jerusalem"), _alike("Серік", "Берик")
    (True, True, False)
    """
    return any(_near(one, other) for one in _classes(name) for other in _classes(word))


def _near(one: str, other: str) -> bool:
    """Whether two sequences of consonants differ no more than spellings of one name do: by at most
    `_MAX_COST` in a weighted edit distance that permits endings (`_ENDING`).
    """
    if min(len(one), len(other)) < _LEAST or _begin_differently(one, other):
        return False
    row = [0.0]
    for sound in other:
        row.append(row[-1] + _DROPPED.get(sound, 1.0))
    ends = [row[-1]]
    for left, sound in zip(range(len(one) - 1, -1, -1), one, strict=True):
        cost = _DROPPED.get(sound, 1.0)
        above, row = row, [row[0] + cost]
        for place, theirs in enumerate(other):
            changed = above[place] + (0.0 if sound == theirs else _EXCHANGED)
            row.append(min(changed, above[place + 1] + cost, row[place] + _DROPPED.get(theirs, 1.0)))
        if left >= _ENDING and min(row) > _MAX_COST:
            return False  # costs only grow, and no permitted end was reached
        ends.append(row[-1])
    endings = [*ends[_LEAST:][-_ENDING - 1 :], *row[_LEAST:][-_ENDING - 1 :]]
    return min(endings) <= (_MAX_COST if min(len(one), len(other)) > _LEAST else _MAX_COST / 2)


def _begin_differently(one: str, other: str) -> bool:
    """Whether the first consonants prove that two spellings differ.

    They do if neither is among the first two consonants of the other spelling and dropping either costs more
    than half of `_MAX_COST` (`_DROPPED`). In all other cases the full comparison decides.
    """
    first, second = one[0], other[0]
    if first == second or first == other[1] or second == one[1]:
        return False
    return _DROPPED.get(first, 1.0) > _MAX_COST / 2 and _DROPPED.get(second, 1.0) > _MAX_COST / 2


@lru_cache(maxsize=1 << 15)
def _classes(word: str) -> frozenset[str]:
    """Return the consonants of a word, as classes that transliterations do not distinguish; one string for
    each way to read the letters.
    """
    made = set()
    for sounds in {_sounds(word), _sounds(word, also=True)}:
        classes = ""
        for sound in sounds.translate(_CLASSES):
            if not classes.endswith(sound):
                classes += sound
        made.add(classes)
    return frozenset(made)


@lru_cache(maxsize=64)
def names(text: str, language: str) -> list[str]:
    """Return the distinct names in a text, in order; none if the text is a headline or title.

    A capitalised word that does not begin a sentence is a name. A word that begins a sentence is a name if
    the tables mark it as a name or do not have it.

    >>> names("Ол кезде Мәскеуде Горбачев билік етті. Соғыс та болды.", "kk")
    ['Мәскеуде', 'Горбачев']
    """
    if headline(text):
        return []
    text = without_pieces(text)
    capitals = list(_CAPITALISED.finditer(text))
    if len(capitals) > _LEAST and len(capitals) - 1 > _TITLED * text.count(" ") and not finished(text):
        return []
    found: dict[str, None] = {}
    for match in capitals:
        word = match.group()
        if _SOUNDED[word]:
            before = text[max(0, match.start() - 6) : match.start()]
            inside = before.strip("\"«“„'’—–- (") and not _SENTENCE.search(before)
            if inside or _sure(word, language):
                found[word] = None
    return list(found)


def _sure(word: str, language: str) -> bool:
    """Whether a capitalised word is a name even at the beginning of a sentence."""
    return _names(language)[word]


@cache
def _names(language: str) -> PerWord[bool]:
    known = bool(vocabulary(language))
    return PerWord(lambda word: known and (stem(word) in name_stems(language) or not is_word(word, language)))


def keys(word: str) -> tuple[str, ...]:
    """Return the keys of a word: two words with a common key may be the same name. There are none if it has
    too few consonants.

    A key has the sounds of the first consonants (at most `_COMPARED`). If there are more than `_LEAST`, a
    second key leaves out the last one, which may belong to an ending.
    """
    return _KEYS[word]


def _keys(word: str) -> tuple[str, ...]:
    sounds = _sounds(word)
    if len(sounds) < _LEAST:
        return ()
    whole = sounds[:_COMPARED]
    return (whole, whole[:-1]) if len(whole) > _LEAST else (whole,)


_KEYS = PerWord(_keys)


@lru_cache(maxsize=1 << 15)
def _sounds(word: str, *, also: bool = False) -> str:
    """Return the consonants of a word; of equal neighbours only one.

    With `also`, letters with a second reading have the sound of that reading (*Gingrich*, *Schumacher*).
    """
    text = word.casefold()
    for letters, sound, other in _several():
        if letters in text:
            text = text.replace(letters, (other or sound if also else sound).upper())
    made, before = "", ""
    for letter in text:
        sounds = letter.lower() if letter.isupper() else _single().get(letter, "")
        for sound in sounds:
            if sound != before:
                made += sound
            before = sound
        if not sounds:
            before = ""
    return made


def _has_sounds(word: str) -> bool:
    """Whether a capitalised word has enough consonants for a name and is not an abbreviation."""
    return any(map(str.islower, word)) and len(_sounds(word)) >= _LEAST


_SOUNDED = PerWord(_has_sounds)


@cache
def _single() -> dict[str, str]:
    return {row[0]: row[1] for row in _rows("letters.tsv")}


@cache
def _several() -> tuple[tuple[str, str, str], ...]:
    return tuple((letters, sound, also) for letters, sound, also in _rows("sounds.tsv"))


def _rows(name: str) -> list[list[str]]:
    text = files("egiz.parallel.scores").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()[1:]]
