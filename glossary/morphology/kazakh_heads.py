"""What the last word of a Kazakh wording is before it is inflected.

In "халық шаруашылығы" the last word bears the possessive that ties it to the word before: its other forms
are built on шаруашылық (шаруашылықтары, шаруашылығымыз). In "сталиндік репрессиялар" it is a plural. A word
may be read in several ways, and all are kept: қаулы is no possessive though it ends like one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from egiz.glossary.morphology.kazakh_endings import Start, endings, table
from egiz.glossary.morphology.kazakh_sounds import Shape, key, keys, shapes, undropped
from egiz.glossary.records import Form

_THIRD = Form(case="nominative", number="singular", possessor="3")
_PLURAL = Form(case="nominative", number="plural")
_PLURAL_THIRD = Form(case="nominative", number="plural", possessor="3")
_PLURAL_END = re.compile(r"[лдт][ае]р$")
_PLURAL_THIRD_END = re.compile(r"[лдт](?:ары|ері)$")
_SHORTEST = 3
"""Letters a plural's stem must have: қатары is no plural of қа."""
_MANY = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One reading of a last word: its stem, and whether a possessive and a plural are part of the word."""

    stem: str
    possessed: bool = False
    plural: bool = False


def head_keys(word: str, *, phrase: bool) -> tuple[str, ...]:
    """The keys under which all forms of a last word are found; more than are needed, but quick to tell."""
    found = list(keys(word))
    last = word[-1:]
    if last == "р" and _PLURAL_END.search(word):
        found.append(key(word[:-3]))
    if phrase and last in ("ы", "і"):
        found.append(key(word[:-1]))
        stem = undropped(word[:-1])
        if stem is not None:
            found.append(key(stem))
        if word[-2:-1] == "с":
            found.append(key(word[:-2]))
        elif _PLURAL_THIRD_END.search(word):
            found.append(key(word[:-4]))
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=_MANY)
def heads(word: str, *, phrase: bool) -> tuple[Head, ...]:
    """The readings of a last word, the likeliest first. Only in a phrase is it read as a possessive."""
    plain = Head(stem=word)
    plurals = [
        Head(stem=stem, plural=True) for stem in _stems(word, _PLURAL_END) if _PLURAL in readings(stem, word)
    ]
    if not phrase:
        return (*plurals, plain)
    possessed = [
        Head(stem=stem, possessed=True, plural=form.number == "plural")
        for stems, form in (
            (_stems(word, _PLURAL_THIRD_END), _PLURAL_THIRD),
            (_possessed_stems(word), _THIRD),
        )
        for stem in stems
        if form in readings(stem, word)
    ]
    soft = word[:-1] + "ь"  # тілі is of тіл, not of тіль; ролі of роль, as рол would give ролы
    if not possessed and _THIRD in readings(soft, word):
        possessed = [Head(stem=soft, possessed=True)]
    if word.endswith(tuple(table()["stems"]["agents"].split())):
        return (plain, *possessed)
    return (*possessed, *plurals, plain)


def readings(stem: str, word: str, *, name: bool = False) -> tuple[Form, ...]:
    """The forms of a stem that a word may be, best first; none where it is no form of it."""
    return readings_of(shapes(stem, name=name), word)


def readings_of(stem_shapes: tuple[Shape, ...], word: str, start: Start = "word") -> tuple[Form, ...]:
    """The forms that a word may be of a stem with these shapes."""
    found: dict[Form, None] = {}
    for shape in stem_shapes:
        if not word.startswith(shape.text):
            continue
        ending = word[len(shape.text) :]
        if shape.stands_before(ending):
            for harmony in shape.harmonies:
                found.update(dict.fromkeys(endings(shape.sound, harmony, start).forms.get(ending, ())))
    return tuple(found)


def _stems(word: str, end: re.Pattern[str]) -> list[str]:
    found = end.search(word)
    return [word[: found.start()]] if found and found.start() >= _SHORTEST else []


def _possessed_stems(word: str) -> list[str]:
    """What may be left when the possessive is taken off, not yet tried; the likelier first."""
    if word[-1:] not in ("ы", "і"):
        return []
    bare = word[:-1]
    stem = undropped(bare)
    if stem is not None:
        return [stem]
    rules = table()["stems"]
    unvoiced = {voiced: voiceless for voiceless, voiced in rules["voiced"].items()}
    if bare[-1:] in unvoiced and not bare.endswith(tuple(rules["own_voiced"].split())):
        return [bare[:-1] + unvoiced[bare[-1]]]
    if not bare.endswith("с"):
        return [bare]
    closed = bare.endswith(tuple(rules["closed"].split())) or (
        bare[-2:-1] in ("ы", "і") and not bare[:-1].endswith(tuple(rules["open_ends"].split()))
    )
    return [bare, bare[:-1]] if closed else [bare[:-1], bare]
