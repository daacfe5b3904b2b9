"""Build all chains of Kazakh endings, of nouns and of verbs, from the rows of `data/kk.toml`.

Each row is a suffix with the state before and after it. A walk through the rows is a chain of suffixes:
plural, possessive, case, and those that may follow. The letters of a suffix depend on the vowels of the stem
(harmony) and on its last sound. So all walks are made once for each combination of harmony and last sound,
and an ending in a text is then found with one dictionary lookup.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from egiz.glossary.records import Form

Harmony = Literal["back", "front"]
Sound = Literal["vowel", "glide", "lateral", "hissing", "nasal", "hard"]
Start = Literal["word", "verb"]

HARMONIES: tuple[Harmony, ...] = ("back", "front")
SOUNDS: tuple[Sound, ...] = ("vowel", "glide", "lateral", "hissing", "nasal", "hard")
Link = tuple[str, str, str, str, str]
"""One suffix, whatever its spelling: the state after it, then the case, the number and the possessor that it
sets (each empty if it sets none). The fifth item is the pattern of its letters. It is empty for most
suffixes, and given only to tell apart suffixes that are recognised but never written."""
Chain = tuple[Link, ...]
"""The suffixes of an ending, from the stem outwards."""
THIRD: Link = ("third", "", "", "3", "")
"""The possessive of the third person."""
PLURAL: Link = ("plural", "", "plural", "", "")
"""The plural suffix."""
BARE = Form(case="nominative", number="singular")
"""The form of a stem without an ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endings:
    """All endings of stems with one last sound and one harmony.

    `forms` has for each ending the grammatical forms that it may express, `written` for each form the ending
    to write. `chains` has for each ending the suffix chains that it may stand for, `by_chain` the ending of
    each chain.
    """

    forms: Mapping[str, tuple[Form, ...]]
    written: Mapping[Form, str]
    chains: Mapping[str, tuple[Chain, ...]]
    by_chain: Mapping[Chain, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A step of a walk through the rows: the state, the ending so far, its last sound, harmony and form.

    `loose` is true if the ending is recognised, but never generated. `chain` has the suffixes so far.
    """

    state: str
    text: str
    sound: Sound
    harmony: Harmony
    form: Form
    loose: bool = False
    chain: Chain = ()


@cache
def table() -> dict[str, Any]:
    """Return the parsed content of `data/kk.toml`."""
    source = files("egiz.glossary.kazakh").joinpath("data", "kk.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def sound_of(letter: str) -> Sound:
    """Return the class of sound of a lower-case letter; ``hard`` for a letter that is in no class."""
    return next((sound for sound in SOUNDS if letter in table()["sounds"][sound]), "hard")


def endings(sound: Sound, harmony: Harmony, start: Start = "word") -> Endings:
    """Return the endings after a last sound and a harmony; `start` is ``verb`` for stems of verbs.

    Stems of nouns also have the empty ending. The forms of an ending are in the order of the rows. A form for
    which the ending is only a case suffix comes before a form for which it has several suffixes.
    """
    return _endings(sound, harmony, start)


@cache
def _endings(sound: Sound, harmony: Harmony, start: Start) -> Endings:
    """Collect the endings of all walks from the state `start`.

    Endings of walks with a `loose` row are recognised, but not put into `written` if there is another ending.
    """
    forms: dict[str, dict[Form, None]] = {}
    written: dict[Form, str] = {}
    chains: dict[str, dict[Chain, None]] = {}
    by_chain: dict[Chain, str] = {}
    form = BARE if start == "word" else Form()
    places = list(_walk(_Place(state=start, text="", sound=sound, harmony=harmony, form=form)))
    for place in sorted(places, key=lambda place: place.loose):
        if start == "verb" and not place.text:
            continue
        forms.setdefault(place.text, {})[place.form] = None
        if not place.loose:
            written.setdefault(place.form, place.text)
        chains.setdefault(place.text, {})[place.chain] = None
        by_chain.setdefault(place.chain, place.text)
    return Endings(
        forms={text: tuple(readings) for text, readings in forms.items()},
        written=written,
        chains={text: tuple(found) for text, found in chains.items()},
        by_chain=by_chain,
    )


@cache
def all_endings() -> Mapping[str, tuple[Form, ...]]:
    """Return all noun endings after stems of any sound and harmony, each with its possible forms.

    They are used to cut possible endings off a word, and for stems whose last sound is unknown.
    """
    merged: dict[str, dict[Form, None]] = {}
    for harmony in HARMONIES:
        for sound in SOUNDS:
            for text, forms in endings(sound, harmony).forms.items():
                merged.setdefault(text, {}).update(dict.fromkeys(forms))
    return {text: tuple(forms) for text, forms in merged.items()}


@cache
def all_verb_endings() -> frozenset[str]:
    """Return all verb endings after stems of any sound and harmony."""
    found = (_tails("verb", sound, harmony) for harmony in HARMONIES for sound in SOUNDS)
    return frozenset[str]().union(*found) - {""}


@cache
def _rows(state: str) -> tuple[dict[str, Any], ...]:
    return tuple(row for row in table()["walk"]["rows"] if state in row["at"].split())


@cache
def _steps(state: str, sound: Sound, harmony: Harmony) -> tuple[tuple[dict[str, Any], str], ...]:
    """Return the rows that may follow in a state, each with its suffix as it is spelt here.

    `sound` and `harmony` of the letters before decide which letters replace the capitals in the pattern of a
    suffix, such as "LAр".
    """
    behind = "vowel" if sound == "vowel" else "other"
    choices = _choices(harmony, sound)
    return tuple(
        (row, "".join(choices.get(letter, letter) for letter in row["add"]))
        for row in _rows(state)
        if row.get("behind", behind) == behind and row.get("harmony", harmony) == harmony
    )


@cache
def _tails(state: str, sound: Sound, harmony: Harmony) -> frozenset[str]:
    """Return the endings of all walks that begin in a state, the empty one included.

    The result is cached for each state, sound and harmony, because the letters of the endings depend on
    nothing else.
    """
    found = {""}
    for row, text in _steps(state, sound, harmony):
        tails = _tails(row["to"], sound_of(text[-1]), row.get("turns", harmony))
        found.update(text + tail for tail in tails)
    return frozenset(found)


def _walk(place: _Place) -> Iterator[_Place]:
    """Yield a step and all steps that may follow it, depth first, in the order of the rows."""
    yield place
    for row, text in _steps(place.state, place.sound, place.harmony):
        given = {name: row[name] for name in ("case", "number", "possessor") if name in row}
        yield from _walk(
            _Place(
                state=row["to"],
                text=place.text + text,
                sound=sound_of(text[-1]),
                harmony=row.get("turns", place.harmony),
                form=replace(place.form, **given) if given else place.form,
                loose=place.loose or row.get("loose", False),
                chain=(*place.chain, _link(row)),
            )
        )


def _link(row: Mapping[str, Any]) -> Link:
    given = [str(row.get(name, "")) for name in ("case", "number", "possessor")]
    letters = str(row["add"]) if row.get("loose", False) and "harmony" not in row else ""
    return str(row["to"]), given[0], given[1], given[2], letters


def suited(pattern: str, word: str, harmony: Harmony) -> str:
    """Return the letters of a suffix pattern of the rows, such as ``QA``, after a folded word.

    They depend on `harmony`, the vowel harmony of the word, and on its last sound.
    """
    choices = _choices(harmony, sound_of(word.rstrip("ьъ")[-1:]))
    return "".join(choices.get(letter, letter) for letter in pattern)


@cache
def _choices(harmony: Harmony, sound: Sound) -> Mapping[str, str]:
    """Return the letter that replaces each capital of the patterns, after a sound and in a harmony."""
    choices = table()["choices"]
    rows = {letter: row for letter, row in choices.items() if isinstance(row, str)} | choices[harmony]
    return {letter: row.split()[SOUNDS.index(sound)] for letter, row in rows.items()}
