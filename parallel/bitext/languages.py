"""Which language of a file is meant: tags there are written in many ways, and name regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from egiz.translate.errors import InputError, LanguageError, OptionError
from egiz.translate.languages import language

_OPTIONS = {"source": "--from", "target": "--to"}
"""What the command line calls the languages of the two sides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The languages that were asked for; None leaves the choice to the file."""

    source: str | None
    target: str | None


@cache
def plain_tag(tag: str) -> str:
    """A tag as Egiz writes it, regions dropped; one that Egiz does not know as it stands.

    >>> plain_tag("ru_RU"), plain_tag("KK-Cyrl-KZ"), plain_tag("tlh")
    ('ru', 'kk', 'tlh')
    """
    return known_tag(tag) or tag


@cache
def known_tag(text: str) -> str | None:
    """The language that a text names by its tag, with or without a region; None where it names none."""
    parts = text.strip().replace("_", "-").split("-")
    kept = [part for part in parts[1:] if len(part) == 4 and part.isalpha()][:1]
    for name in (text, "-".join(parts[:1] + kept), parts[0]):
        try:
            return language(name).tag
        except LanguageError:
            continue
    return None


def matching(asked: str, found: Sequence[str]) -> list[int]:
    """Where a language stands in a list of tags: those written alike, else those that mean the same."""
    wanted = asked.lower().replace("_", "-")
    exact = [place for place, tag in enumerate(found) if tag.lower().replace("_", "-") == wanted]
    return exact or [place for place, tag in enumerate(found) if plain_tag(tag) == plain_tag(asked)]


def agreed(asked: str | None, said: str | None, *, side: str, where: str) -> str:
    """The language of one side of a file: what was asked for, which must be what the file says, if it does.

    Raises InputError where they differ, OptionError where neither names one.
    """
    if asked is None and not said:
        raise OptionError(
            f"the file does not say its {side} language",
            where=where,
            action=f"Give it with {_OPTIONS[side]}.",
        )
    if asked is not None and said and not matching(asked, [said]):
        raise InputError(f"its {side} language is {said!r}", where=where, expected=f"{asked!r}, as asked for")
    return plain_tag(asked or said or "")
