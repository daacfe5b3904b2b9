"""Places of a target text that a term could be put in place of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from egiz.glossary.records import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Some words, a noun with what goes with it, that stand in a known form.

    `form` is the form they stand in, which what is put there must take; `is_sure` says that the words around
    leave no doubt of it. `number_free` says that nothing around agrees with their number.
    """

    start: int
    stop: int
    form: Form
    is_sure: bool
    number_free: bool = True


Finder = Callable[[str], list[Spot]]
"""All spots of a text, in order; they may overlap: a noun alone, and with its adjective."""


def finder(language: str) -> Finder | None:
    """The finder of a language; None where Egiz does not know how to put a term into its sentences."""
    if language == "ru":
        from egiz.glossary.correct.russian import russian_spots

        return russian_spots
    if language == "en":
        from egiz.glossary.correct.english import english_spots

        return english_spots
    return None
