"""Kazakh endings in their order, built from the rows of `data/kk.toml`, and the stems of verbs."""

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
BARE = Form(case="nominative", number="singular")
"""The form of a stem that bears no ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endings:
    """All endings behind one kind of stem: the forms each may stand for, and the one to write for a form."""

    forms: Mapping[str, tuple[Form, ...]]
    written: Mapping[Form, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a walk stands: its state, what is written so far, and what is to be known of it."""

    state: str
    text: str
    sound: Sound
    harmony: Harmony
    form: Form
    loose: bool = False


@cache
def table() -> dict[str, Any]:
    """The data of Kazakh, as it stands in its file."""
    source = files("egiz.glossary.kazakh").joinpath("data", "kk.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def sound_of(letter: str) -> Sound:
    """What kind of sound a small letter stands for; anything that is no letter of the table is hard."""
    return next((sound for sound in SOUNDS if letter in table()["sounds"][sound]), "hard")


def endings(sound: Sound, harmony: Harmony, start: Start = "word") -> Endings:
    """The endings of stems with this last sound and these vowels; `verb` starts from the stem of a verb.

    The empty ending is among those of a word. Readings stand in the order of the rows: the plain case forms
    before what is put together of more.
    """
    return _endings(sound, harmony, start)


@cache
def _endings(sound: Sound, harmony: Harmony, start: Start) -> Endings:
    forms: dict[str, dict[Form, None]] = {}
    written: dict[Form, str] = {}
    form = BARE if start == "word" else Form()
    places = list(_walk(_Place(state=start, text="", sound=sound, harmony=harmony, form=form)))
    for place in sorted(places, key=lambda place: place.loose):
        if start == "verb" and not place.text:
            continue
        forms.setdefault(place.text, {})[place.form] = None
        if not place.loose:
            written.setdefault(place.form, place.text)
    return Endings(forms={text: tuple(readings) for text, readings in forms.items()}, written=written)


@cache
def all_endings() -> Mapping[str, tuple[Form, ...]]:
    """Every ending of a noun behind any stem; for words whose sounds their spelling does not tell."""
    merged: dict[str, dict[Form, None]] = {}
    for harmony in HARMONIES:
        for sound in SOUNDS:
            for text, forms in endings(sound, harmony).forms.items():
                merged.setdefault(text, {}).update(dict.fromkeys(forms))
    return {text: tuple(forms) for text, forms in merged.items()}


@cache
def all_verb_endings() -> frozenset[str]:
    """Every ending of a verb behind any stem."""
    pairs = ((sound, harmony) for harmony in HARMONIES for sound in SOUNDS)
    return frozenset[str]().union(*(endings(sound, harmony, "verb").forms for sound, harmony in pairs))


@cache
def _rows(state: str) -> tuple[dict[str, Any], ...]:
    return tuple(row for row in table()["walk"]["rows"] if state in row["at"].split())


def _walk(place: _Place) -> Iterator[_Place]:
    yield place
    for row in _rows(place.state):
        behind = "vowel" if place.sound == "vowel" else "other"
        if row.get("behind", behind) != behind or row.get("harmony", place.harmony) != place.harmony:
            continue
        choices = _choices(place.harmony, place.sound)
        text = "".join(choices.get(letter, letter) for letter in row["add"])
        told = {name: row[name] for name in ("case", "number", "possessor") if name in row}
        yield from _walk(
            _Place(
                state=row["to"],
                text=place.text + text,
                sound=sound_of(text[-1]),
                harmony=row.get("turns", place.harmony),
                form=replace(place.form, **told),
                loose=place.loose or row.get("loose", False),
            )
        )


@cache
def _choices(harmony: Harmony, sound: Sound) -> Mapping[str, str]:
    """The letter each capital of the rows stands for behind these vowels and this sound."""
    choices = table()["choices"]
    rows = {letter: row for letter, row in choices.items() if isinstance(row, str)} | choices[harmony]
    return {letter: row.split()[SOUNDS.index(sound)] for letter, row in rows.items()}
