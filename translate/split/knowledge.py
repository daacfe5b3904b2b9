"""The tables for splitting, by language; they are read once from the files in `data/`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Behaviour = Literal["never", "before_number", "rarely", "often"]
"""Whether the stop of an abbreviation ends a sentence before a capital letter.

``never``: no, the abbreviation belongs to the next word ("проф. Марғұлан"). ``before_number``: no, if a
number follows ("рис. 5"); otherwise this class decides nothing. ``rarely``: only before a word that commonly
begins sentences ("1465 ж. Осы"). ``often``: yes ("т.б. Осылайша"). Before a small letter or a digit,
abbreviations of these classes do not end a sentence."""

LANGUAGES = ("kk", "ru", "en")
"""The languages with a data file of their own; every other language gets ``generic.toml``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """The tables of one language. Words are in lower case, abbreviations without their last stop.

    The words of `abbreviations` are abbreviations anywhere. Those of four other tables are abbreviations only
    under a condition: `after_number` after a number, `after_year` after a year or century, `capitalised` with
    a capital, `leading` at the beginning of a phrase. `counts` are short forms of numerals ("млн"), `eras`
    follow a year ("н.э"), `openers` begin a date or a measure ("в", "через"). `labels` are beginnings of
    words after which a single letter is a name ("точк" for "точки М"), `units` single capitals that are units
    of measure. `references` are words of bibliographies by kind. `starters` are words that commonly begin
    sentences, `sections` names of numbered parts ("тарау"), `initials` short forms of first names.
    `predicates` are endings of finite verbs, `participles` endings that belong to a finite verb only before a
    stop. `ordinals` is true if ordinals are written "3."; `stops` are signs that end sentences in this
    language only; `lookalikes` maps Latin letters to the Cyrillic letters that look alike.
    """

    language: str
    abbreviations: Mapping[str, Behaviour]
    after_number: Mapping[str, Behaviour]
    after_year: Mapping[str, Behaviour]
    capitalised: Mapping[str, Behaviour]
    leading: Mapping[str, Behaviour]
    counts: frozenset[str]
    eras: frozenset[str]
    openers: frozenset[str]
    labels: tuple[str, ...]
    units: frozenset[str]
    references: Mapping[str, frozenset[str]]
    starters: frozenset[str]
    sections: frozenset[str]
    initials: frozenset[str]
    predicates: tuple[str, ...]
    participles: tuple[str, ...]
    vowels: frozenset[str]
    ordinals: bool
    stops: str
    lookalikes: Mapping[str, str]


def primary(language: str) -> str:
    """Return the language of a BCP-47 tag or of a code such as ``kaz_Cyrl``.

    It has two letters if ISO 639 has a code of two letters.
    """
    subtag = re.split(r"[-_]", language.strip().lower(), maxsplit=1)[0]
    codes: dict[str, str] = _table("generic")["languages"]["codes"]
    return codes.get(subtag, subtag)


def know(language: str) -> Knowledge:
    """Return the tables for a language tag; the generic ones for a language without a file of its own."""
    return _know(primary(language))


@cache
def _know(language: str) -> Knowledge:
    table, generic = _table(language if language in LANGUAGES else "generic"), _table("generic")
    latin = _table("en")["abbreviations"]  # "Dr.", "St.": Latin names have them in any text
    own, words = table["abbreviations"], table["words"]
    english = _table("en")["references"]  # Kazakh and Russian texts quote English works
    references = {name: f"{found} {english[name]}" for name, found in table["references"].items()}
    return Knowledge(
        language=language,
        abbreviations={**_behaviours(latin), **_behaviours(own)},
        after_number=_behaviours(own["after_number"]),
        after_year=_behaviours(own["after_year"]),
        capitalised={**_behaviours(latin["capitalised"]), **_behaviours(own["capitalised"])},
        leading=_behaviours(own["leading"]),
        counts=frozenset(words["counts"].split()),
        eras=frozenset(words["eras"].split()),
        openers=frozenset(words["openers"].split()),
        labels=tuple(words["labels"].split()),
        units=frozenset(words["units"].split()),
        references={name: frozenset(found.split()) for name, found in references.items()},
        starters=frozenset(words["starters"].split()),
        sections=frozenset(words["sections"].split()),
        initials=frozenset(words["initials"].split()),
        predicates=tuple(words["predicates"].split()),
        participles=tuple(words["participles"].split()),
        vowels=frozenset(table["vowels"]),
        ordinals=language in generic["languages"]["ordinals"].split(),
        stops=generic["languages"]["stops"].get(language, ""),
        lookalikes={**_table("letters")["cyrillic"], **_table("letters").get(language, {})},
    )


def _behaviours(section: Mapping[str, Any]) -> dict[str, Behaviour]:
    """Return the class of each word, from the lists of words by class.

    If a word is in the lists of two classes, it gets the class whose words end sentences less often.
    """
    order: tuple[Behaviour, ...] = ("often", "rarely", "before_number", "never")
    return {word: behaviour for behaviour in order for word in section.get(behaviour, "").split()}


@cache
def _table(name: str) -> dict[str, Any]:
    """The content of a file in `data/`."""
    source = files("egiz.translate.split").joinpath("data", f"{name}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))
