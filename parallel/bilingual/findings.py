"""The findings of a term check with their rows, and its counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol, TextIO

from egiz.glossary.consistency import Place, TermUsage
from egiz.glossary.records import Finding, Severity, Term
from egiz.parallel.rows import TermOutcome

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""All severities, the worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One text of a row and the words that a finding is about: ``text[start:stop]``; none if both are 0."""

    language: str
    text: str
    start: int = 0
    stop: int = 0

    @property
    def form(self) -> str:
        """The words as they are in the text; empty if there are none."""
        return self.text[self.start : self.stop]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Words in a file: the line, and the columns from `start` up to before `stop`, in code points from 1."""

    line: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TermFinding:
    """A finding with its row.

    `wording` is the dictionary form of the term in the source language; `expected` are the accepted wordings
    in the target language, preferred ones first. A finding about many rows has empty texts. `words` are the
    places (start, stop) of the target words that render a missing term, if word links were asked for.

    `fingerprint` stays the same as long as the texts of the row do, wherever the row moves; of equal findings
    each has its own. `region` is where the words stand in the file, if that was asked for; `accepted` the
    reason for which a person accepts the finding, None if nobody does.
    """

    place: Place
    finding: Finding
    term: Term
    wording: str
    expected: tuple[str, ...]
    source: Side
    target: Side
    words: tuple[tuple[int, int], ...] = ()
    fingerprint: str = ""
    region: Region | None = None
    accepted: str | None = None

    @property
    def forms(self) -> tuple[str, ...]:
        """The `words` as they are in the target."""
        return tuple(self.target.text[start:stop] for start, stop in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCounts:
    """The counts of one file: its rows and, by severity, its findings. `problem` says why it could not be
    read, or not to its end; empty for a file that was read whole."""

    file: str
    rows: int
    severities: tuple[tuple[Severity, int], ...]
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The counts of a check.

    `rows` are all pairs of texts that were read and, if asked for, have changed; `unchanged` are the others.
    Of these rows, `untranslated` have an empty side, `drafts` are marked as unfinished, and `foreign` are in
    a language that the term base lacks; none of these is checked.
    `severities` counts all findings, shown or not, `accepted` those of them that a baseline accepts; `usages`
    are the terms that occurred, `files` the counts by file, in the order of reading.
    """

    rows: int
    untranslated: int
    drafts: int
    foreign: int
    outcomes: tuple[tuple[TermOutcome, int], ...]
    severities: tuple[tuple[Severity, int], ...]
    usages: tuple[TermUsage, ...]
    files: tuple[FileCounts, ...] = ()
    unchanged: int = 0
    accepted: int = 0

    @property
    def occurrences(self) -> int:
        """The occurrences of terms in the sources of checked rows."""
        return sum(count for _, count in self.outcomes)


Format = Literal["text", "json", "sarif", "tsv", "junit", "github"]


class Writer(Protocol):
    """Writes findings as they come, then the summary, which it calls for after the last finding.

    `linked` says that word links were asked for; only then does the report have a place for `words`.
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
    """A file name that can be written as UTF-8: undecodable bytes (lone surrogates) become question marks."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


_FURTHER = 20
"""Lines after that of the row in which its translation may begin: a unit of XLIFF or PO has a few."""
_LARGEST = 64 * 2**20
"""Bytes of a file beyond which no columns are looked for."""


def with_regions(findings: Iterable[TermFinding]) -> Iterator[TermFinding]:
    """The findings, each with the region of its words where they can be found in the file as they are.

    That is the target's words, or the source's where a term is missing. Words that are escaped, in another
    encoding than UTF-8 or in a workbook have no region.
    """
    for item in findings:
        region = _region(item)
        yield replace(item, region=region) if region else item


def _region(item: TermFinding) -> Region | None:
    side = item.target if item.target.form else item.source
    if not side.form:
        return None
    lines = _lines(item.place.file)
    for number in range(item.place.line, min(item.place.line + _FURTHER, len(lines)) + 1):
        at = _column(lines[number - 1], side)
        if at is not None:
            return Region(line=number, start=at + 1, stop=at + 1 + len(side.form))
    return None


def _column(line: str, side: Side) -> int | None:
    """Where in a line the words begin, from 0: in the text as a whole, else where they stand only once."""
    at = line.find(side.text)
    if at >= 0:
        return at + side.start
    return line.find(side.form) if line.count(side.form) == 1 else None


@lru_cache(maxsize=2)
def _lines(file: str) -> list[str]:
    """The lines of a file; none if it is large, or no UTF-8."""
    path = Path(file)
    try:
        if path.stat().st_size > _LARGEST:
            return []
        return path.read_bytes().decode("utf-8-sig").split("\n")
    except (OSError, ValueError):
        return []
