"""The spots of a target text that a term could replace, and the types of the functions that judge them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from egiz.glossary.records import Form, Match, Wording

Refusal = Literal[
    "no form", "case", "agreement", "part", "repeated", "several", "compound", "idiom", "uncounted", "article"
]
REFUSALS: dict[Refusal, str] = {
    "no form": "the term has no certain form for its place",
    "case": "the case or number that its place asks for is not certain",
    "agreement": "words around it would have to agree with it, and their forms are not certain",
    "part": "the place is part of another word, a name, a placeholder or a list of alternatives",
    "repeated": "a word of the term already stands nearby",
    "several": "more words than one may render it",
    "compound": "it stands in a compound, which the term may not fit",
    "idiom": "the words to be replaced are part of a set phrase",
    "uncounted": "the sentence uses the word in a sense that is not counted",
    "article": "the sound that decides its article is not known",
}
"""Why a form of a term is not put in a place, in words that complete "left alone: …"."""


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
Agreement = Callable[[str, Spot, Wording, Form], tuple[Change, ...] | Refusal]
"""The changes needed around a spot when a term in some form replaces it, or why they are not certain."""
Swap = Callable[[str, Match, Wording, tuple[Form, ...]], tuple[tuple[Change, ...], ...] | Refusal]
"""How another wording replaces a rendering in a text: each possible way as its changes, the first of which
is that of the rendering itself. One way is certain; of several the context does not say which is right. The
forms are those of the term in the source, likeliest first."""

Fit = Callable[[str, int, int], bool]
"""Whether the form of ``text[start:stop]`` fits its context, as far as is known."""
Dependent = Callable[[str, int], bool]
"""Whether words follow ``text[:stop]`` that may depend on its last word, a noun."""
Asked = Callable[[str, int], str]
"""The case that ``text[:stop]`` governs in the next word; empty where it governs none."""
