"""What term work asks of a language: how its words are looked up, recognised and inflected.

A term base is indexed by keys. A key stands for all forms of a word: its lemma, or its stem. The matcher
walks the keys of running words through the index and asks `accepts` about each candidate, so a language
never sees the whole base, and the cost of a text does not grow with the number of terms.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Protocol

from egiz.glossary.records import Form, Wording


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text with its place (code points, half-open)."""

    text: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """That some words are a form of a wording: where the occurrence ends, and its likely forms, best first.

    `stop` is an offset into the text. It may lie beyond the last word where an ending stands apart from its
    stem, as in ``“қайта құру”дың``.
    """

    stop: int
    forms: tuple[Form, ...] = ()


class Morphology(Protocol):
    """The knowledge of one language. Implementations are stateless but for caches."""

    def words(self, text: str) -> list[Word]:
        """Cut a text (or a wording) into the words that are matched, in order, without overlap."""
        ...

    def keys(self, wording: Wording) -> list[tuple[str, ...]]:
        """Under which sequences of keys, one key a word, a wording is to be found; alternatives."""
        ...

    def lookup(self, word: str, known: Container[str]) -> tuple[str, ...]:
        """The keys in `known` that a running word may be a form of; each once, in a fixed order."""
        ...

    def accepts(
        self, wording: Wording, text: str, words: Sequence[Word], first: int, last: int
    ) -> Accepted | None:
        """Whether ``words[first:last]`` of `text`, whose keys fit, really are a form of `wording`.

        Here agreement, suffix order, capitals (`case_sensitive`), `exact`, `number` and explicit `forms`
        are checked. None where they are not.
        """
        ...

    def inflect(self, wording: Wording, form: Form) -> str | None:
        """`wording` in another form, capitals as in the wording; None where that cannot be done surely."""
        ...
