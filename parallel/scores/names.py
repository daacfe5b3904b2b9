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
"""What it costs if only one of two spellings has a consonant, by class of consonants (`_CLASSES`). The
classes with *h*, *w* and *j* cost less, because these letters are often left out. All other classes cost 1.
"""

_EXCHANGED = 1.5
_MAX_COST = 1.0
"""The highest cost at which two spellings count as the same name. If one of them has only two consonants,
half of this is the highest cost.
"""

_ENDING = 2
"""At the end of a spelling, up to this many additional consonants cost nothing, because they may belong to a
case ending.
"""

_TITLED = 0.6
"""If more than this share of the words after the first is capitalised, and the text has no final punctuation,
the text counts as a title.
"""

_WORLDWIDE = "en"
"""Latin-script words in a Kazakh or Russian text are taken for words of this language. If such a word is a
name, it may be translated by meaning.
"""

_LEAST = 2
"""A name with fewer consonants is not searched for, because a single consonant would match almost any text.
"""

_COMPARED = 4
"""A key (`keys`) has at most this many consonants of a name; later consonants often belong to endings or vary
in spelling.
"""


def names_missing(evidence: Evidence) -> float | None:
    """Return the share of the source's names that the translation lacks; None if the source has no names.

    A name that is translated by its meaning counts as missing if the tables do not have the translation, even
    if it is good. So only a share near 1 is a sign of an error.
    """
    asked = names(evidence.source, evidence.source_language)
    return len(missing(evidence)) / len(asked) if asked else None


def names_changed(evidence: Evidence) -> float | None:
    """Return 1 if the translation lacks a name of the source and has a name that the source lacks, else 0.

    Among the names of each kind there must be a word that is surely a name, and not a capitalised common word
    such as Sea or House. In short texts (`SHORT`) such a word of one kind is enough. A name in letters that
    its language does not use may be translated by its meaning, so English words in such letters do not count
    (Samsung counts, Big Brother does not).
    """
    return float(bool(exchanged(evidence)))


def exchanged(evidence: Evidence) -> tuple[list[str], list[str]] | tuple[()]:
    """Return the names of the source that the translation lacks, and the names of the translation that the
    source lacks.

    The result is empty if it is not certain that names were exchanged; see `names_changed`.
    """
    ours = _native(missing(evidence), evidence.source_language)
    theirs = _native(invented(evidence), evidence.target_language) if ours else []
    known = any(_sure(name, evidence.source_language) for name in ours)
    others = any(_sure(name, evidence.target_language) for name in theirs)
    certain = known or others if evidence.short else known and others
    return (ours, theirs) if certain else ()


def _native(found: list[str], language: str) -> list[str]:
    """Return those of the names in `found` that may count as changed: without English words in letters that
    `language` does not use.
    """
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
    """Whether two sequences of consonants are so similar that they may be spellings of one name. Their
    weighted edit distance must be at most `_MAX_COST`; in it, consonants at the end cost nothing (`_ENDING`).
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
    """Whether the first consonants prove that two spellings are of different names.

    They do under two conditions: neither first consonant is among the first two consonants of the other
    spelling, and each costs more than half of `_MAX_COST` if it is dropped (`_DROPPED`). In all other cases
    the full comparison decides.
    """
    first, second = one[0], other[0]
    if first == second or first == other[1] or second == one[1]:
        return False
    return _DROPPED.get(first, 1.0) > _MAX_COST / 2 and _DROPPED.get(second, 1.0) > _MAX_COST / 2


@lru_cache(maxsize=1 << 15)
def _classes(word: str) -> frozenset[str]:
    """Return the consonants of a word, each replaced by its class; transliterations do not distinguish
    consonants of one class. The result has a string for each way to read the letters of the word.
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
    """Return the keys of a word, by which names are found: two words with a common key may be the same name.
    A word with too few consonants has no keys.

    The first key is the sounds of the word's first consonants (at most `_COMPARED`). If these are more than
    `_LEAST`, a second key leaves out the last one, which may belong to an ending.
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
    """Return the sounds of the consonants of a word. Of equal sounds next to each other only one is returned.

    Some letters can be read in two ways. With `also`, they get the sound of the second reading (*Gingrich*,
    *Schumacher*).
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
