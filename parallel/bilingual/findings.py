"""The findings of a term check, with their rows and their places in files, and the counts of a check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol, TextIO

from egiz.glossary.findings import Place, TermUsage
from egiz.glossary.records import Finding, Severity, Term
from egiz.parallel.rows import TermOutcome

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""All severities, the worst first."""


def severities_from(least: Severity) -> tuple[Severity, ...]:
    """Return `least` and the worse severities, the worst first."""
    return SEVERITIES[: SEVERITIES.index(least) + 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The source or target text of a row, with the words that a finding is about: ``text[start:stop]``.

    If there are no such words, `start` and `stop` are 0.
    """

    language: str
    text: str
    start: int = 0
    stop: int = 0

    @property
    def form(self) -> str:
        """The words that the finding is about, as they are in the text; empty if there are none."""
        return self.text[self.start : self.stop]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A place in a file: the line, from 1, and the columns from `start` to before `stop`, in code points,
    from 1."""

    line: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TermFinding:
    """A finding with its row.

    `wording` is the dictionary form of the term in the source language; `expected` are the accepted wordings
    in the target language, preferred ones first. A finding about many rows has empty texts. `words` are the
    spans of the target words that stand in place of a missing term, if word links were requested.

    `fingerprint` depends on the texts of the row, not on the place of the row in the file; two findings never
    have the same. `region` is the place of the words in the file, if requested. `accepted` is the reason why
    a person accepts the finding; None if nobody does.
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
        """The `words` as they are in the target text."""
        return tuple(self.target.text[start:stop] for start, stop in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCounts:
    """The counts of one file: its rows, and its findings by severity.

    `problem` is the reason why the file was not read completely; empty if it was.
    """

    file: str
    rows: int
    severities: tuple[tuple[Severity, int], ...]
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The counts of a check.

    `rows` is the number of rows that were read, without the rows that were skipped as unchanged, whose number
    is `unchanged`. Three kinds of rows are not checked: `untranslated` ones lack source or target, `drafts`
    are marked as unfinished in their file, and `foreign` ones are in a language that the term base lacks.
    `severities` counts all findings, shown or not; `accepted` is the number of findings that the baseline
    accepts. `usages` are the terms that occurred; `files` are the counts of each file in reading order.
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
        """The number of occurrences of terms in the sources of checked rows."""
        return sum(count for _, count in self.outcomes)


Format = Literal["text", "json", "sarif", "tsv", "junit", "github"]


class Writer(Protocol):
    """A function that writes a report to `stream`: the findings, then the summary.

    `summary` is called after the last finding. `linked` says that word links were requested: only then are
    the `words` of findings written.
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
    """Return a file name in a form that UTF-8 can encode.

    Bytes of the name that could not be decoded (lone surrogates) become question marks.
    """
    return text.encode("utf-8", errors="replace").decode("utf-8")


_MAX_LINES_BELOW = 20
"""The number of lines below the line of a row in which the words of a finding are searched for, because units
of XLIFF and PO have several lines."""
_LARGEST = 64 * 2**20
"""The most bytes of a file in which regions are searched for."""


def with_regions(findings: Iterable[TermFinding]) -> Iterator[TermFinding]:
    """Yield the findings, each with the region of its words if these are found in the file.

    For a missing term, the words are those of the source; for other findings, those of the target. A finding
    gets no region if the file has its words in another form: escaped, in another encoding than UTF-8, or in a
    workbook.
    """
    for item in findings:
        region = _region(item)
        yield replace(item, region=region) if region else item


def _region(item: TermFinding) -> Region | None:
    side = item.target if item.target.form else item.source
    if not side.form:
        return None
    lines = _lines(item.place.file)
    for number in range(item.place.line, min(item.place.line + _MAX_LINES_BELOW, len(lines)) + 1):
        at = _column(lines[number - 1], side)
        if at is not None:
            return Region(line=number, start=at + 1, stop=at + 1 + len(side.form))
    return None


def _column(line: str, side: Side) -> int | None:
    """Return the offset, from 0, at which the words of a finding begin in a line of the file.

    If the line contains the whole text of `side`, the offset is that of the words in this text. If it does
    not, but contains the words exactly once, the offset is where they are. Otherwise the result is None.
    """
    at = line.find(side.text)
    if at >= 0:
        return at + side.start
    return line.find(side.form) if line.count(side.form) == 1 else None


@lru_cache(maxsize=2)
def _lines(file: str) -> list[str]:
    """Return the lines of a file; no lines if it is larger than `_LARGEST` or not UTF-8."""
    path = Path(file)
    try:
        if path.stat().st_size > _LARGEST:
            return []
        return path.read_bytes().decode("utf-8-sig").split("\n")
    except (OSError, ValueError):
        return []
