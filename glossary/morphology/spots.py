"""The spots of a target text that a term could replace, and the types of the functions that judge them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from egiz.glossary.records import Form, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A span of words, a noun with its modifiers, in a known grammatical form.

    `form` is the form that a replacement must take; `is_sure` says that the context leaves no doubt of it.
    `is_direct` says that only one doubt is left: whether the span is subject or object. `is_counted` says
    that a numeral or another preceding word governs its number.
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
"""Start and stop in the current text, and the new text."""
Agreement = Callable[[str, Spot, Wording, Form], tuple[Change, ...] | None]
"""The changes needed around a spot when a term in some form replaces it; None where they are uncertain."""

Fit = Callable[[str, int, int], bool]
"""Whether the form of ``text[start:stop]`` fits its context, as far as is known."""
Asked = Callable[[str, int], str]
"""The case that ``text[:stop]`` governs in the next word; empty where it governs none."""
