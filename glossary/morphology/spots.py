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

Fit = Callable[[str, int, int], bool]
"""Whether nothing speaks against the form of ``text[start:stop]`` where it stands."""
Asked = Callable[[str, int], str]
"""The case that ``text[:stop]`` asks of what comes next; empty where it asks for none."""
