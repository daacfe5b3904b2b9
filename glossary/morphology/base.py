"""The protocols of a language package: its morphology, and how a term is put into a sentence.

A term base is indexed by keys. A key is a lemma or a stem, and stands for all forms of a word. The matcher
follows the keys of running words through the index and calls `accepts` for each candidate, so the cost of a
text does not grow with the number of terms. A correction asks for the spots of a text where a term may be
put, and for the changes around them.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from egiz.glossary.records import Form, Match, Wording


class Word(NamedTuple):
    """One word of a text with its offsets (code points, half-open)."""

    text: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The answer for words that are a form of a wording: the end of the occurrence and its possible forms.

    `forms` are likeliest first. `stop` is an offset into the text. It may be beyond the last word if an
    ending is separated from its stem, as in ``“қайта құру”дың``.
    """

    stop: int
    forms: tuple[Form, ...] = ()


class Morphology(Protocol):
    """The morphology of one language. Implementations have no state except caches.

    `heads_first` is true if the head of a phrase may come before its attributes: Ministry of Finance.
    """

    heads_first: bool

    def readings(self, wording: Wording) -> tuple[Wording, ...]:
        """Return the variants of a wording that are searched for, itself included.

        The others are other spellings, and texts without "to" or without brackets.
        """
        ...

    def conjunctions(self) -> frozenset[str]:
        """Return the words, in lower case, that join coordinated words."""
        ...

    def bounds(self) -> frozenset[str]:
        """Return the function words, in lower case, that never occur among coordinated words."""
        ...

    def singulars(self, word: str) -> tuple[str, ...]:
        """Return the singular forms of a plural that coordinated words share (язык for языки).

        They keep the case of the plural.
        """
        ...

    def words(self, text: str) -> list[Word]:
        """Cut a text (or a wording) into words for matching, in order, without overlap."""
        ...

    def keys(self, wording: Wording) -> list[tuple[str, ...]]:
        """Return the key sequences, one key per word, under each of which a wording is indexed."""
        ...

    def lookup(self, word: str, known: Container[str]) -> tuple[str, ...]:
        """Return the keys in `known` under which a running word is to be looked up.

        They are the keys of all words of which the running word may be a form: that of "party" for "parties".
        Each key is returned once, in a fixed order.
        """
        ...

    def accepts(
        self, wording: Wording, text: str, words: Sequence[Word], first: int, last: int
    ) -> Accepted | None:
        """Accept ``words[first:last]`` of `text`, whose keys match, if they are a form of the wording.

        Checks agreement, suffix order, capitals (`case_sensitive`), `exact`, `number` and explicit `forms`.
        Returns None for words that are no form of it.
        """
        ...

    def inflect(self, wording: Wording, form: Form) -> str | None:
        """Return a wording in a form, with its capitals kept; None if that form is uncertain."""
        ...


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
"""The reasons why a term is not put in a place, by code, as words that complete "left alone: …"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A noun with its modifiers in a text that a term may replace, with its grammatical form.

    `form` is the form that the term must take. The form is certain if `is_sure`. If `is_direct`, the only
    doubt is whether the span is subject or object. If `is_counted`, a numeral or another preceding word
    governs its number.
    """

    start: int
    stop: int
    form: Form
    is_sure: bool
    is_direct: bool = False
    is_counted: bool = False


Finder = Callable[[str], list[Spot]]
"""Returns all spots of a text, in order. They may overlap: a noun alone, and the noun with its adjective."""


Change = tuple[int, int, str]
"""Start and stop (code points) in the current text, and the new text."""
Agreement = Callable[[str, Spot, Wording, Form], tuple[Change, ...] | Refusal]
"""Returns the changes to the words around a spot if a term replaces it in a certain form, or a refusal."""
Swap = Callable[[str, Match, Wording, tuple[Form, ...]], tuple[tuple[Change, ...], ...] | Refusal]
"""Returns the possible ways to replace a rendering in a text by another wording, or why there is none.

Each way is a tuple of changes; the first one replaces the rendering itself. A single way is certain; if there
are several, the context does not tell which is right. The arguments are the text, the rendering, the wording
and the forms of the term in the source, likeliest first."""

FormFits = Callable[[str, int, int], bool]
"""Whether the form of ``text[start:stop]`` fits its context; True if that is not known."""
Dependent = Callable[[str, int], bool]
"""Whether the words after ``text[:stop]`` may depend on its last word, a noun."""
GovernedCase = Callable[[str, int], str]
"""Returns the case that the end of ``text[:stop]`` requires of the next word; empty if it requires none."""
