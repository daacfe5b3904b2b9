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

    `form` is the form that a replacement must take; `is_sure` says that the context determines it. If
    `is_direct`, it is uncertain only whether the span is subject or object. If `is_counted`, a numeral or
    another preceding word governs its number.
    """

    start: int
    stop: int
    form: Form
    is_sure: bool
    is_direct: bool = False
    is_counted: bool = False


Finder = Callable[[str], list[Spot]]
"""Returns all spots of a text, in order; they may overlap: a noun alone, and with its adjective."""


Change = tuple[int, int, str]
"""Start and stop in the current text, and the new text."""
Agreement = Callable[[str, Spot, Wording, Form], tuple[Change, ...] | Refusal]
"""Returns the changes needed around a spot when a term replaces it in some form, or a refusal."""
Swap = Callable[[str, Match, Wording, tuple[Form, ...]], tuple[tuple[Change, ...], ...] | Refusal]
"""Returns the possible ways in which another wording replaces a rendering in a text, or why there is none.

Each way is a tuple of changes, of which the first replaces the rendering itself. A single way is certain; if
there are several, the context does not tell which is right. The arguments are the text, the rendering, the
wording and the forms of the term in the source, likeliest first."""

FormFits = Callable[[str, int, int], bool]
"""Whether the form of ``text[start:stop]`` fits its context, as far as is known."""
Dependent = Callable[[str, int], bool]
"""Whether words follow ``text[:stop]`` that may depend on its last word, a noun."""
GovernedCase = Callable[[str, int], str]
"""Returns the case that ``text[:stop]`` governs in the next word; empty if it governs none."""
