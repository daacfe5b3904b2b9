"""Places of a target text that a term could be put in place of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from egiz.glossary.records import Form, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Some words, a noun with what goes with it, that stand in a known form.

    `form` is the form they stand in, which what is put there must take; `is_sure` says that the words around
    leave no doubt of it. `is_direct` says that only one doubt is left: whether they are subject or object.
    `is_counted` says that a numeral or another word before rules their number.
    """

    start: int
    stop: int
    form: Form
    is_sure: bool
    is_direct: bool = False
    is_counted: bool = False


Finder = Callable[[str], list[Spot]]
"""All spots of a text, in order; they may overlap: a noun alone, and with its adjective."""


Change = tuple[int, int, str]
"""Start and stop in the text as it stands, and what comes there."""
Agreement = Callable[[str, Spot, Wording, Form], tuple[Change, ...] | None]
"""What must change around a spot when a term in some form takes it; None where that is not sure."""


def agreement(language: str) -> Agreement:
    """The rules of agreement of a language; nothing agrees where Egiz knows of none."""
    if language == "ru":
        from egiz.glossary.correct.russian import russian_agreement

        return russian_agreement
    return _nothing


def _nothing(text: str, spot: Spot, wording: Wording, form: Form) -> tuple[Change, ...]:
    return ()


Fit = Callable[[str, int, int], bool]
"""Whether nothing speaks against the form of ``text[start:stop]`` where it stands."""
Asked = Callable[[str, int], str]
"""The case that ``text[:stop]`` asks of what comes next; empty where it asks for none."""


def fit(language: str) -> Fit:
    """The judge of places of a language; everything fits where Egiz knows of none."""
    if language == "ru":
        from egiz.glossary.correct.russian_places import stands_rightly

        return stands_rightly
    return lambda text, start, stop: True


def asked(language: str) -> Asked:
    """What words ask of the next one in a language; nothing where Egiz does not know."""
    if language == "ru":
        from egiz.glossary.correct.russian_government import case_asked

        return case_asked
    return lambda text, stop: ""


def finder(language: str) -> Finder | None:
    """The finder of a language; None where Egiz does not know how to put a term into its sentences."""
    if language == "ru":
        from egiz.glossary.correct.russian import russian_spots

        return russian_spots
    if language == "en":
        from egiz.glossary.correct.english import english_spots

        return english_spots
    return None
