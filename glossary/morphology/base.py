"""The protocol of a language's morphology: look words up, recognise their forms, inflect wordings.

A term base is indexed by keys. A key stands for all forms of a word: its lemma or its stem. The matcher
follows the keys of running words through the index and calls `accepts` for each candidate, so a language
never sees the whole base, and the cost of a text does not grow with the number of terms.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from egiz.glossary.records import Form, Wording


class Word(NamedTuple):
    """One word of a text with its offsets (code points, half-open)."""

    text: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Words that are a form of a wording: the end of the occurrence, and its possible forms, best first.

    `stop` is an offset into the text. It may be beyond the last word if an ending is separated from its stem,
    as in ``“қайта құру”дың``.
    """

    stop: int
    forms: tuple[Form, ...] = ()


class Morphology(Protocol):
    """The morphology of one language. Implementations are stateless but for caches.

    `heads_first` says whether the head of a phrase may stand before its attributes: Ministry of Finance.
    """

    heads_first: bool

    def readings(self, wording: Wording) -> tuple[Wording, ...]:
        """The wording, and others that it stands for: spelt otherwise, without "to", without brackets."""
        ...

    def conjunctions(self) -> frozenset[str]:
        """The words, in lower case, that join coordinated words."""
        ...

    def bounds(self) -> frozenset[str]:
        """Function words, in lower case, that cannot stand among coordinated words."""
        ...

    def singulars(self, word: str) -> tuple[str, ...]:
        """The singular forms, case kept, of a plural that coordinated words share: язык for языки."""
        ...

    def words(self, text: str) -> list[Word]:
        """Cut a text (or a wording) into words for matching, in order, without overlap."""
        ...

    def keys(self, wording: Wording) -> list[tuple[str, ...]]:
        """The alternative key sequences, one key per word, under which a wording is indexed."""
        ...

    def lookup(self, word: str, known: Container[str]) -> tuple[str, ...]:
        """The keys in `known` of which a running word may be a form; each once, in a fixed order."""
        ...

    def accepts(
        self, wording: Wording, text: str, words: Sequence[Word], first: int, last: int
    ) -> Accepted | None:
        """Whether ``words[first:last]`` of `text`, whose keys match, are a form of `wording`; None if not.

        Checks agreement, suffix order, capitals (`case_sensitive`), `exact`, `number` and explicit `forms`.
        """
        ...

    def inflect(self, wording: Wording, form: Form) -> str | None:
        """`wording` in another form, with the capitals of the wording; None if the form is uncertain."""
        ...
