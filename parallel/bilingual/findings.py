"""Checks the terms of bilingual files: takes segments, yields findings one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import groupby, islice
from typing import Literal, Protocol, TextIO

from egiz.glossary.check import Checker, TermUse, finding, is_banned
from egiz.glossary.consistency import Consistency, Place, TermUsage, inconsistency
from egiz.glossary.correct.links import Weights, standing, word_places
from egiz.glossary.records import Finding, Severity, Term
from egiz.parallel.bilingual.links import LinksOf
from egiz.parallel.bitext import Segment
from egiz.parallel.rows import TERM_OUTCOMES, TermOutcome, with_insertions
from egiz.translate.errors import InputError
from egiz.translate.languages import language_of

_PRINT = 24
"""Hexadecimal digits of a fingerprint: 96 bits, so that no two of a billion findings have the same."""
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


_BATCH = 64
"""Findings whose texts are linked together: enough to fill an engine's batches."""
Places = tuple[tuple[int, int], ...]
"""Places of words in a text: start and stop in code points."""


def with_words(findings: Iterable[TermFinding], links: LinksOf) -> Iterator[TermFinding]:
    """The findings in their order; those of missing terms get the words that surely render the term."""
    coming = iter(findings)
    while batch := list(islice(coming, _BATCH)):
        for (source, target), group in groupby(batch, _languages):
            yield from _linked(list(group), source, target, links)


def _languages(item: TermFinding) -> tuple[str, str]:
    return item.source.language, item.target.language


def _linked(group: Sequence[TermFinding], source: str, target: str, links: LinksOf) -> Iterator[TermFinding]:
    missing = [item for item in group if item.finding.code == "term-missing"]
    pairs = list(dict.fromkeys((item.source.text, item.target.text) for item in missing))
    link = links(source, target) if pairs else None
    tables = dict(zip(pairs, link(pairs), strict=True)) if link is not None else {}
    for item in group:
        table = tables.get((item.source.text, item.target.text), ())
        words = _words(item, table) if item.finding.code == "term-missing" else ()
        yield _with_message(replace(item, words=words)) if words else item


def _words(item: TermFinding, table: Weights) -> Places:
    """The places of the words that render a term, neighbours joined; empty if no word is sure."""
    side = item.source
    found = standing(table, side.text, item.target.text, side.start, side.stop)
    places = word_places(item.target.text)
    joined: list[tuple[int, int]] = []
    for at in sorted(found.likely) if found.sure else ():
        start, stop = places[at]
        if joined and not item.target.text[joined[-1][1] : start].strip(" -"):
            start = joined.pop()[0]
        joined.append((start, stop))
    return tuple(joined)


def _with_message(item: TermFinding) -> TermFinding:
    """The finding with its `words` named in the message."""
    named = ", ".join(f"‘{form}’" for form in item.forms)
    verb = "stands" if len(item.words) == 1 else "stand"
    message = f"{item.finding.message}; {named} {verb} for it"
    return replace(item, finding=replace(item.finding, message=message))


class TermCheck:
    """Checks any number of files by one term base, and the consistency of renderings across all of them.

    With `links`, findings of missing terms name the target words that render them.
    """

    def __init__(self, terms: Sequence[Term], links: LinksOf | None = None) -> None:
        self._terms = terms
        self._links = links
        self._checkers: dict[tuple[str, str], Checker | None] = {}
        self._consistency = Consistency()
        self._rows: Counter[str] = Counter()
        self._outcomes: Counter[TermOutcome] = Counter()
        self._severities: Counter[Severity] = Counter()
        self._files: dict[str, Counter[str]] = {}
        self._prints: Counter[str] = Counter()

    def findings(self, segments: Iterable[Segment]) -> Iterator[TermFinding]:
        """Yield the findings of segments in their order, then those about all of them. Call it only once.

        Segments with an empty side, drafts and languages that the base lacks are counted, not checked.

        Raises InputError if no segment is in two languages of the term base.
        """
        found = (item for segment in segments for item in self._of_segment(segment))
        for item in found if self._links is None else with_words(found, self._links):
            yield self._counted(item)
        self._check_languages()
        for usage in self._consistency.usages():
            inconsistent = inconsistency(usage)
            if inconsistent is None:
                continue
            problem, place = inconsistent
            item = TermFinding(
                place=place,
                finding=problem,
                term=usage.term,
                wording=usage.source.text,
                expected=_expected(usage.term, usage.target_language),
                source=Side(language=usage.source.language, text=""),
                target=Side(language=usage.target_language, text=""),
            )
            yield self._counted(item, *(rendering.wording.text for rendering in usage.accepted))

    def _counted(self, item: TermFinding, *more: str) -> TermFinding:
        """Count a finding and give it its fingerprint; `more` is what else makes it the same."""
        self._severities[item.finding.severity] += 1
        self._files.setdefault(item.place.file, Counter())[item.finding.severity] += 1
        sides = (
            text for side in (item.source, item.target) for text in (side.language, side.text, side.form)
        )
        mark = "\x1f".join((item.finding.code, item.wording, *sides, *sorted(more)))
        self._prints[mark] += 1
        if (number := self._prints[mark]) > 1:
            mark += f"\x1f{number}"
        made = sha256(mark.encode("utf-8", "replace")).hexdigest()[:_PRINT]
        return replace(item, fingerprint=made)

    def summary(self) -> Summary:
        """The counts so far."""
        return Summary(
            rows=self._rows.total(),
            untranslated=self._rows["untranslated"],
            drafts=self._rows["drafts"],
            foreign=self._rows["foreign"],
            outcomes=tuple((name, self._outcomes[name]) for name in TERM_OUTCOMES),
            severities=tuple((name, self._severities[name]) for name in SEVERITIES),
            usages=self._consistency.usages(),
            files=tuple(
                FileCounts(
                    file=file,
                    rows=counts["rows"],
                    severities=tuple((name, counts[name]) for name in SEVERITIES),
                )
                for file, counts in self._files.items()
            ),
        )

    def _of_segment(self, segment: Segment) -> Iterator[TermFinding]:
        self._files.setdefault(segment.file, Counter())["rows"] += 1
        checker = self._checker(segment.source_language, segment.target_language)
        if not segment.source or not segment.target:
            self._rows["untranslated"] += 1
        elif segment.draft:
            self._rows["drafts"] += 1
        elif checker is None:
            self._rows["foreign"] += 1
        else:
            self._rows["checked"] += 1
            uses = checker.check(segment.source, segment.target)
            place = Place(file=segment.file, line=segment.line, id=segment.id)
            found = with_insertions([(use.term.id, use.outcome) for use in uses], segment.terms)
            self._consistency.add(uses, place)
            for use, (_, outcome) in zip(uses, found, strict=True):
                self._outcomes[outcome] += 1
                if outcome == "inserted":
                    yield _located(replace(use, code="term-inserted"), segment, place)
                elif use.code is not None:
                    yield _located(use, segment, place)

    def _checker(self, source: str, target: str) -> Checker | None:
        """The checker for two languages, made when first needed; None if the base lacks one of them."""
        if (source, target) not in self._checkers:
            known, wanted = language_of(source), language_of(target)
            usable = [
                term
                for term in self._terms
                if term.wordings_in(wanted) and (term.wordings_in(known) or is_banned(term))
            ]
            self._checkers[source, target] = Checker(usable, source, target) if usable else None
        return self._checkers[source, target]

    def _check_languages(self) -> None:
        if self._checkers and not any(self._checkers.values()):
            pairs = ", ".join(f"{source} to {target}" for source, target in sorted(self._checkers))
            known = sorted({wording.language for term in self._terms for wording in term.wordings})
            raise InputError(
                f"no term has wordings in the languages of the files ({pairs})",
                where="--terms",
                expected=f"languages of the term base, which are {', '.join(known) or 'none'}",
            )


def _located(use: TermUse, segment: Segment, place: Place) -> TermFinding:
    found = finding(use)
    assert found is not None  # the use has a code
    start, stop = (use.target.start, use.target.stop) if use.target else (0, 0)
    return TermFinding(
        place=place,
        finding=found,
        term=use.term,
        wording=use.source.wording.text,
        expected=_expected(use.term, segment.target_language),
        source=Side(
            language=segment.source_language,
            text=segment.source,
            start=use.source.start,
            stop=use.source.stop,
        ),
        target=Side(language=segment.target_language, text=segment.target, start=start, stop=stop),
    )


def _expected(term: Term, language: str) -> tuple[str, ...]:
    return tuple(wording.text for wording in term.accepted_in(language_of(language)))
