"""Taking Kazakh words apart without a dictionary: which stem and plain ending a word may consist of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import product

from egiz.glossary.morphology.kazakh_endings import HARMONIES, SOUNDS, Harmony, Sound, endings, table
from egiz.glossary.morphology.kazakh_sounds import shapes
from egiz.glossary.records import Form

_CASES = ("nominative", "genitive", "dative", "accusative", "locative", "ablative", "instrumental")
_NUMBERS = ("singular", "plural")
_POSSESSORS = ("", "3", "1p", "2p")
_MANY = 1 << 18
SURNAMES = "ев"
"""Such names take endings by the vowel before: Назарбаевтың beside Горбачевтің."""
SHORTEST_STEM = 2
"""Letters: ел, ақ."""


def splits(word: str) -> tuple[tuple[str, Form], ...]:
    """The stems that a word in lower case may be built on, with the form that it then is, shortest first.

    Only plain endings are known: number, possessive of the third person, of us and of you, case. The word
    itself is not among its stems. Nothing asks whether there is such a stem.

    >>> [stem for stem, _ in splits("дәрежеге")]
    ['дәреже']
    """
    found = []
    for stop in range(SHORTEST_STEM, len(word)):
        if word[stop:] in _anywhere():
            for stem in _stems(word[:stop], word[stop]):
                found += [(stem, form) for form in _forms(stem, word[:stop], word[stop:])]
    return tuple(found)


def attach(stem: str, form: Form) -> str | None:
    """A stem in lower case in another form; None where no ending is known for it.

    >>> attach("дәреже", Form(case="nominative", number="singular", possessor="3"))
    'дәрежесі'
    """
    for shape in shapes(stem):
        ending = _plain(shape.sound, shape.harmonies[0])[1].get(form)
        if ending is not None and shape.stands_before(ending):
            return shape.text + ending
    return None


def _stems(base: str, following: str) -> Iterator[str]:
    """What a stem may be that is written `base` before this letter: its end may have been voiced or lost."""
    yield base
    stems = table()["stems"]
    for voiceless, voiced in stems["voiced"].items():
        if base.endswith(voiced):
            yield base[:-1] + voiceless
    for whole, short in stems["shortened"].items():
        if base.endswith(short) and len(base) > len(short) + 1:
            yield base[: -len(short)] + whole
    if base[-1] in stems["doubled"]:
        yield base + base[-1]
    yield from _dropped().get(base, ())


@lru_cache(maxsize=_MANY)
def _forms(stem: str, base: str, ending: str) -> tuple[Form, ...]:
    """The forms that a stem written so has with an ending; none where the two do not go together."""
    found: dict[Form, None] = {}
    for shape in shapes(stem):
        if shape.text == base and shape.stands_before(ending):
            for harmony in HARMONIES if stem.endswith(SURNAMES) else shape.harmonies:
                found.update(dict.fromkeys(_plain(shape.sound, harmony)[0].get(ending, ())))
    return tuple(found)


@cache
def _dropped() -> Mapping[str, tuple[str, ...]]:
    """The stems that lose a vowel, by what is left of them: мүлк → мүлік."""
    found: dict[str, tuple[str, ...]] = {}
    for stem in f"{table()['stems']['dropping']} {table()['stems']['may_drop']}".split():
        for shape in shapes(stem):
            if shape.text != stem:
                found[shape.text] = (*found.get(shape.text, ()), stem)
    return found


@cache
def _plain(sound: Sound, harmony: Harmony) -> tuple[Mapping[str, tuple[Form, ...]], Mapping[Form, str]]:
    """The plain endings behind a sound and the vowels of a stem: forms by ending, ending by form."""
    written = endings(sound, harmony).written
    forms: dict[str, tuple[Form, ...]] = {}
    chosen: dict[Form, str] = {}
    for case, number, possessor in product(_CASES, _NUMBERS, _POSSESSORS):
        form = Form(case=case, number=number, possessor=possessor)
        if form in written:
            chosen[form] = written[form]
            if written[form]:
                forms[written[form]] = (*forms.get(written[form], ()), form)
    return forms, chosen


@cache
def _anywhere() -> frozenset[str]:
    """All plain endings."""
    return frozenset(
        text for sound, harmony in product(SOUNDS, HARMONIES) for text in _plain(sound, harmony)[0]
    )
