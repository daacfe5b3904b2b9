"""The records that reports are made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, TextIO

from egiz.glossary.check import Outcome
from egiz.glossary.consistency import Place, TermUsage
from egiz.glossary.records import Finding, Severity, Term

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""All severities, the worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One text of a row with the words in it that are spoken of: ``text[start:stop]``, none if both are 0."""

    language: str
    text: str
    start: int = 0
    stop: int = 0

    @property
    def form(self) -> str:
        """The words as they stand there; empty where there are none."""
        return self.text[self.start : self.stop]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermFinding:
    """A finding with the row it stands in.

    `wording` is the dictionary form of the term in the source language, `expected` are the accepted wordings
    in the target language, the preferred ones first. A finding about many rows has empty texts. `words` are
    the places of words of the target that stand for a missing term, as far as links of words were asked for.
    """

    place: Place
    finding: Finding
    term: Term
    wording: str
    expected: tuple[str, ...]
    source: Side
    target: Side
    words: tuple[tuple[int, int], ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """The `words` as they stand in the target."""
        return tuple(self.target.text[start:stop] for start, stop in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was looked at, and how it came out, in numbers.

    `rows` are all pairs of texts; of these `untranslated` have an empty side, `drafts` are marked as not
    finished, and `foreign` are in languages that the term base does not have both of: none of them is
    checked. `severities` counts all findings, whatever is shown of them; `usages` are the terms that
    occurred.
    """

    rows: int
    untranslated: int
    drafts: int
    foreign: int
    outcomes: tuple[tuple[Outcome, int], ...]
    severities: tuple[tuple[Severity, int], ...]
    usages: tuple[TermUsage, ...]

    @property
    def occurrences(self) -> int:
        """How often terms occurred in the sources of rows that were checked."""
        return sum(count for _, count in self.outcomes)


Format = Literal["text", "json", "sarif", "tsv"]


class Writer(Protocol):
    """Writes findings as they come, then the summary, which is asked for when they have all come.

    `linked` says that the words of findings were asked for: only then is there a place for them.
    """

    def __call__(
        self,
        findings: Iterable[TermFinding],
        summary: Callable[[], Summary],
        stream: TextIO,
        *,
        linked: bool = False,
    ) -> None: ...


def printable(text: str) -> str:
    """A file's name as UTF-8 can hold it: bytes of it that are no text become question marks."""
    return text.encode("utf-8", errors="replace").decode("utf-8")
