"""Kazakh phonology: vowel harmony, and how stems change before endings.

The spelling of a stem changes before endings: мектеп, мектеб-і; халық, халқ-ы; съезд, съез-ге. A `Shape` is
one such spelling, with the kinds of endings that may follow, its last sound and its harmony; the choice of an
ending needs nothing else. The first shape that fits is the one to write; the others are recognised. Words are
in lower case.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from egiz.glossary.kazakh.endings import HARMONIES, Harmony, Sound, sound_of, table

_NOTHING, _VOWEL, _OTHER = "-", "v", "o"
_ANYTHING = _NOTHING + _VOWEL + _OTHER
_MANY = 65536
"""Size of the caches of stems, more than the number of different stems in a book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A spelling of a stem before certain endings.

    `before` tells what may follow, by these signs: ``-`` nothing, ``v`` a vowel, ``o`` any other letter.
    """

    text: str
    before: str
    sound: Sound
    harmonies: tuple[Harmony, ...]

    def stands_before(self, ending: str) -> bool:
        """Whether this shape may be followed by an ending, judged by the first letter of the ending."""
        return (_NOTHING if not ending else _VOWEL if ending[0] in _vowels() else _OTHER) in self.before


def fold(word: str) -> str:
    """Put a word into lower case, with ё as е, to compare it.

    >>> fold("Актёр")
    'актер'
    """
    return word.lower().replace("ё", "е")


def key(stem: str) -> str:
    """Return the index key of a stem: the stem with a voiceless end, and without a doubled last letter.

    Except for rare ones, all spellings of a stem have the same key.

    >>> key("мектеп") == key("мектеб"), key("класс") == key("клас"), key("съезд") == key("съез")
    (True, True, True)
    """
    tables = _tables()
    last = stem[-1:]
    if last not in tables.changing:
        return stem
    for end, short in tables.shortened:
        if stem.endswith(end) and len(stem) > len(end) + 1:
            return stem[: -len(end)] + short
    if last == "ь":
        stem, last = stem[:-1], stem[-2:-1]
    if last == stem[-2:-1] and last in tables.doubled and len(stem) > len("сс"):
        stem = stem[:-1]
    return stem[:-1] + tables.unvoiced.get(last, last)


def keys(stem: str) -> tuple[str, ...]:
    """Return the keys of all shapes of a stem, without duplicates, the usual one first."""
    tables = _tables()
    if not stem.endswith(tables.linkable) and stem not in tables.dropping and stem not in tables.may_drop:
        return (key(stem),)
    return tuple(dict.fromkeys([key(stem), *(key(shape.text) for shape in shapes(stem))]))


def undropped(text: str) -> str | None:
    """Return the listed stem that becomes `text` by losing its last vowel (халық for халқ), else None."""
    return _tables().undropped.get(text)


@lru_cache(maxsize=_MANY)
def shapes(stem: str, *, name: bool = False) -> tuple[Shape, ...]:
    """Return the shapes of a stem; if several shapes fit an ending, the first one is the one to write.

    If the stem is a `name`, it may keep a voiceless end, and its final у, ю or и may count as a vowel:
    Бакуның, Перусы.
    """
    tables, both = _tables(), harmonies(stem)
    foreign = name or stem.endswith(tables.foreign_ends) or any(letter in tables.foreign for letter in stem)
    sound = _last_sound(stem)
    made = [
        Shape(text=text, before=before, sound=_last_sound(text), harmonies=both)
        for text, before in _spellings(stem, foreign)
    ]
    if stem in tables.may_drop:
        made.append(Shape(text=stem[:-2] + stem[-1], before=_VOWEL, sound=sound, harmonies=both))
    if stem.endswith(tables.linkable):
        linked = Shape(text=stem + "і", before=_VOWEL + _OTHER, sound="vowel", harmonies=("front",))
        made.insert(0 if stem.endswith(tables.linked) else len(made), linked)
    if sound == "glide" and stem[-1] in "иую" and (foreign or stem[-1] != "у"):
        either = HARMONIES if name else both
        made.append(Shape(text=stem, before=_VOWEL + _OTHER, sound="glide", harmonies=either))
        made.append(Shape(text=stem, before=_VOWEL + _OTHER, sound="vowel", harmonies=either))
    return tuple(dict.fromkeys(made))


def like(stem: str, model: str) -> tuple[Shape, ...]:
    """Return the only shape of a stem whose spelling never changes; it takes the endings of `model`."""
    return (Shape(text=stem, before=_ANYTHING, sound=_last_sound(model), harmonies=harmonies(model)),)


@lru_cache(maxsize=_MANY)
def harmonies(stem: str) -> tuple[Harmony, ...]:
    """Return the harmonies of the endings that a stem takes, the likelier one first.

    >>> harmonies("құру"), harmonies("жеделдету"), harmonies("мұғалім")
    (('back',), ('front',), ('front',))
    """
    rules = table()["harmony"]
    first = _by_vowels(stem)
    if first is None:
        return HARMONIES
    soft = stem.endswith(tuple(rules["soft_ends"].split()))
    either = soft or stem.endswith(tuple(rules["either_ends"].split()))
    marked = any(letter in rules["back_marks"] for letter in stem)
    if _last_vowel(stem) == "и" and (marked or stem.endswith(rules["back_ends"])):
        first, either = ("front" if stem.endswith("и") else "back"), True
    if soft:
        first = "front"
    elif stem.endswith(tuple(rules["back_names"].split())):
        first = "back"
    other: Harmony = "front" if first == "back" else "back"
    return (first, other) if either else (first,)


def _by_vowels(stem: str) -> Harmony | None:
    """Return the harmony of a stem by its last vowel that decides it; None if no vowel does."""
    rules = table()["harmony"]
    turning: Harmony | None = None
    for place in range(len(stem) - 1, -1, -1):
        letter = stem[place]
        if letter in rules["back"]:
            return "back"
        if letter in rules["front"]:
            return "front"
        if letter in rules["turning"] and place == len(stem) - 1:
            turning = rules["inside"][letter]
        elif letter in rules["inside"]:
            inside: Harmony = rules["inside"][letter]
            return inside
    return turning


def _last_vowel(stem: str) -> str:
    rules = table()["harmony"]
    vowels = rules["back"] + rules["front"] + "".join(rules["inside"])
    return next((letter for letter in reversed(stem) if letter in vowels), "")


def _last_sound(text: str) -> Sound:
    return sound_of(text.rstrip("ьъ")[-1:])


def _spellings(stem: str, foreign: bool) -> list[tuple[str, str]]:
    """Return the spellings of a stem, each with the signs of what may follow it (see `Shape.before`).

    They are made by the first rule that applies to the stem.
    """
    tables = _tables()
    last, behind_vowel = stem[-1:], stem[-2:-1] in _vowels()
    if stem in tables.dropping:
        voiced = stem[:-1] + tables.voiced.get(last, last)
        return [(stem[:-2] + last, _VOWEL), (stem, _NOTHING + _OTHER), (voiced, _VOWEL)]
    for end, short in tables.shortened:
        if stem.endswith(end) and len(stem) > len(end) + 1:
            return [(stem, _NOTHING), (stem[: -len(end)] + short, _VOWEL + _OTHER), (stem, _VOWEL + _OTHER)]
    if last in tables.doubled and stem[-2:-1] == last and len(stem) > len("сс"):
        return [(stem, _NOTHING), (stem[:-1], _VOWEL + _OTHER), (stem, _VOWEL + _OTHER)]
    if last == "ь":
        return [(stem[:-1], _VOWEL), (stem, _NOTHING + _OTHER)]
    if last in tables.voiced and behind_vowel:
        voiced = stem[:-1] + tables.voiced[last]
        if stem.endswith(tables.unvoiced_ends):
            return [(stem, _ANYTHING), (voiced, _VOWEL)]
        kept = [(stem, _VOWEL)] if foreign else []
        return [(voiced, _VOWEL), (stem, _NOTHING + _OTHER), *kept]
    return [(stem, _ANYTHING)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tables:
    """The lists in ``[stems]`` of `data/kk.toml`, split into words."""

    voiced: dict[str, str]
    unvoiced: dict[str, str]
    unvoiced_ends: tuple[str, ...]
    shortened: tuple[tuple[str, str], ...]
    doubled: str
    linked: tuple[str, ...]
    linkable: tuple[str, ...]
    foreign: str
    foreign_ends: tuple[str, ...]
    dropping: frozenset[str]
    may_drop: frozenset[str]
    undropped: dict[str, str]
    changing: frozenset[str]


@cache
def _tables() -> _Tables:
    stems = table()["stems"]
    dropping, may_drop = stems["dropping"].split(), stems["may_drop"].split()
    return _Tables(
        voiced=stems["voiced"],
        unvoiced={voiced: voiceless for voiceless, voiced in stems["voiced"].items()},
        unvoiced_ends=tuple(stems["unvoiced_ends"].split()),
        shortened=tuple(stems["shortened"].items()),
        doubled=stems["doubled"],
        linked=tuple(stems["linked"].split()),
        linkable=tuple(f"{stems['linked']} {stems['linkable']}".split()),
        foreign=stems["foreign"],
        foreign_ends=tuple(stems["foreign_ends"].split()),
        dropping=frozenset(dropping),
        may_drop=frozenset(may_drop),
        changing=frozenset(
            "".join(stems["shortened"]) + stems["doubled"] + "".join(stems["voiced"].values())
        ),
        undropped={stem[:-2] + stem[-1]: stem for stem in dropping + may_drop},
    )


@cache
def _vowels() -> frozenset[str]:
    sounds = table()["sounds"]
    return frozenset(sounds["vowel"] + "иую")
