"""Checks the terms of bilingual files, row by row and across all files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from egiz.glossary.check import Checker, Code, TermUse, is_banned
from egiz.glossary.findings import Consistency, Place, TermKey, UseCounts, count_uses, finding, inconsistency
from egiz.glossary.records import Finding, Severity, Term
from egiz.parallel.bilingual.findings import (
    SEVERITIES,
    FileCounts,
    Side,
    Summary,
    TermFinding,
    severities_from,
)
from egiz.parallel.bilingual.links import LinksOf, with_words
from egiz.parallel.bilingual.workers import map_chunks
from egiz.parallel.bitext import Segment
from egiz.parallel.rows import TERM_OUTCOMES, TermOutcome, with_insertions
from egiz.translate.errors import InputError
from egiz.translate.languages import language_of

_FINGERPRINT_DIGITS = 24
"""The number of hexadecimal digits of a fingerprint: 96 bits, so that even among a billion findings no two
have the same fingerprint by chance."""


class _Problem(NamedTuple):
    """A finding in the form in which a worker process sends it: small, with numbers in place of row and term.

    `row` is the index of the row in its chunk, `term` the index of the term in the base, and `wording` the
    index of its source wording. `at` has the fields `start` and `stop` of the finding. `source` and `target`
    are the spans of the words that the finding is about, in the source and in the target; (0, 0) if it is
    about no words of that text. Spans are half-open and in code points.
    """

    row: int
    term: int
    wording: int
    severity: Severity
    code: Code
    message: str
    at: tuple[int, int]
    source: tuple[int, int]
    target: tuple[int, int]


@dataclass(slots=True)
class _Checked:
    """The result for a chunk of rows: its findings and all counts.

    `rows` counts the rows by treatment (checked, untranslated, drafts, foreign), `outcomes` the uses of terms
    by outcome. `hidden` counts the findings that are not severe enough to be shown, by index of the row and
    severity. `usable` says for each pair of languages whether the term base has terms in both languages.
    """

    problems: list[_Problem] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[TermOutcome] = field(default_factory=Counter)
    hidden: Counter[tuple[int, Severity]] = field(default_factory=Counter)
    usages: dict[TermKey, UseCounts[int]] = field(default_factory=dict)
    usable: dict[tuple[str, str], bool] = field(default_factory=dict)


class _RowChecker:
    """Checks chunks of rows against one term base."""

    def __init__(self, terms: Sequence[Term], severities: Sequence[Severity]) -> None:
        """Findings with one of the `severities` are returned; all other findings are only counted."""
        self._terms = terms
        self._severities = severities
        self._numbers = {term.id: number for number, term in enumerate(terms)}
        self._checkers: dict[tuple[str, str], Checker | None] = {}

    def __call__(self, segments: Sequence[Segment]) -> _Checked:
        """Check a chunk of rows.

        Drafts, rows without source or target, and rows in a language that the base lacks are only counted.
        """
        made = _Checked()
        for number, segment in enumerate(segments):
            languages = (segment.source_language, segment.target_language)
            checker = self._checker(*languages)
            made.usable[languages] = checker is not None
            if not segment.source or not segment.target:
                made.rows["untranslated"] += 1
            elif segment.draft:
                made.rows["drafts"] += 1
            elif checker is None:
                made.rows["foreign"] += 1
            else:
                made.rows["checked"] += 1
                self._check(segment, checker, number, made)
        return made

    def _check(self, segment: Segment, checker: Checker, number: int, made: _Checked) -> None:
        uses = checker.check(segment.source, segment.target)
        count_uses(made.usages, uses, number)
        outcomes: Sequence[TermOutcome] = [use.outcome for use in uses]
        if segment.terms:
            found = with_insertions([(use.term.id, use.outcome) for use in uses], segment.terms)
            outcomes = [outcome for _, outcome in found]
        made.outcomes.update(outcomes)
        for use, outcome in zip(uses, outcomes, strict=True):
            use = replace(use, code="term-inserted") if outcome == "inserted" else use
            if use.code is None:
                continue
            problem = finding(use)
            assert problem is not None  # the use has a code
            if problem.severity in self._severities:
                made.problems.append(self._problem(use, problem, use.code, number))
            else:
                made.hidden[number, problem.severity] += 1

    def _problem(self, use: TermUse, problem: Finding, code: Code, number: int) -> _Problem:
        return _Problem(
            row=number,
            term=self._numbers[use.term.id],
            wording=use.term.wordings.index(use.source.wording),
            severity=problem.severity,
            code=code,
            message=problem.message,
            at=(problem.start, problem.stop),
            source=(use.source.start, use.source.stop),
            target=(use.target.start, use.target.stop) if use.target else (0, 0),
        )

    def _checker(self, source: str, target: str) -> Checker | None:
        """Return the checker for two languages; None if the term base lacks one of them."""
        if (source, target) not in self._checkers:
            known, wanted = language_of(source), language_of(target)
            usable = [
                term
                for term in self._terms
                if term.wordings_in(wanted) and (term.wordings_in(known) or is_banned(term))
            ]
            self._checkers[source, target] = Checker(usable, source, target) if usable else None
        return self._checkers[source, target]


class TermCheck:
    """Checks any number of files against one term base, including the consistency of renderings across files.

    With `links`, findings of missing terms name the target words that stand in place of the term. Findings
    less severe than `least` are counted but not yielded. `workers` is the number of processes, as for
    `egiz.parallel.bilingual.workers.map_chunks`; it does not change the findings.
    """

    def __init__(
        self,
        terms: Sequence[Term],
        links: LinksOf | None = None,
        *,
        least: Severity = "note",
        workers: int = 1,
    ) -> None:
        self._terms = terms
        self._links = links
        self._shown = severities_from(least)
        self._workers = workers
        self._usable: dict[tuple[str, str], bool] = {}
        self._consistency = Consistency(terms)
        self._rows: Counter[str] = Counter()
        self._outcomes: Counter[TermOutcome] = Counter()
        self._severities: Counter[Severity] = Counter()
        self._files: dict[str, Counter[str]] = {}
        self._prints: Counter[bytes] = Counter()

    def findings(self, segments: Iterable[Segment]) -> Iterator[TermFinding]:
        """Yield first the findings about single segments, in order, then the findings about terms that are
        rendered in different ways across all segments.

        Call this only once. Drafts, segments without source or target, and segments in a language that the
        base lacks are counted but not checked.

        Raises InputError if no segment is in two languages of the term base.
        """
        found = self._of(segments)
        yield from found if self._links is None else with_words(found, self._links)
        self._check_languages()
        for usage in self._consistency.usages():
            inconsistent = inconsistency(usage)
            if inconsistent is None:
                continue
            problem, place = inconsistent
            self._count(place.file, problem.severity)
            if problem.severity in self._shown:
                source = Side(language=usage.source.language, text="")
                target = Side(language=usage.target_language, text="")
                texts = [rendering.wording.text for rendering in usage.accepted]
                yield TermFinding(
                    place=place,
                    finding=problem,
                    term=usage.term,
                    wording=usage.source.text,
                    expected=_expected(usage.term, usage.target_language),
                    source=source,
                    target=target,
                    fingerprint=self._fingerprint(
                        problem.code, usage.source.text, source, target, *sorted(texts)
                    ),
                )

    def summary(self) -> Summary:
        """Return the counts so far."""
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

    def _of(self, segments: Iterable[Segment]) -> Iterator[TermFinding]:
        """Yield the findings about single rows, and count all rows, term uses and findings."""
        make = partial(_RowChecker, self._terms, self._shown)
        for chunk, made in map_chunks(make, segments, self._workers):
            for segment in chunk:
                self._files.setdefault(segment.file, Counter())["rows"] += 1
            self._rows.update(made.rows)
            self._outcomes.update(made.outcomes)
            self._usable.update(made.usable)
            for (number, severity), count in made.hidden.items():
                self._count(chunk[number].file, severity, count)
            places = [Place(file=item.file, line=item.line, id=item.id) for item in chunk]
            self._consistency.merge(made.usages, places)
            for problem in made.problems:
                self._count(chunk[problem.row].file, problem.severity)
                yield self._located(problem, chunk[problem.row], places[problem.row])

    def _count(self, file: str, severity: Severity, count: int = 1) -> None:
        self._severities[severity] += count
        self._files.setdefault(file, Counter())[severity] += count

    def _located(self, problem: _Problem, segment: Segment, place: Place) -> TermFinding:
        term = self._terms[problem.term]
        source = _side(segment.source_language, segment.source, problem.source)
        target = _side(segment.target_language, segment.target, problem.target)
        wording = term.wordings[problem.wording].text
        return TermFinding(
            place=place,
            finding=Finding(
                severity=problem.severity,
                code=problem.code,
                message=problem.message,
                start=problem.at[0],
                stop=problem.at[1],
            ),
            term=term,
            wording=wording,
            expected=_expected(term, segment.target_language),
            source=source,
            target=target,
            fingerprint=self._fingerprint(problem.code, wording, source, target),
        )

    def _fingerprint(self, code: str, wording: str, source: Side, target: Side, *more: str) -> str:
        """Return the fingerprint of a finding: a hash of its code, the source wording, and the two texts.

        `more` are further texts to hash. A second finding with the same content gets another fingerprint.
        """
        sides = (source.language, source.text, source.form, target.language, target.text, target.form)
        mark = sha256("\x1f".join((code, wording, *sides, *more)).encode("utf-8", "replace"))
        first = mark.digest()
        self._prints[first] += 1
        if (number := self._prints[first]) > 1:
            mark.update(f"\x1f{number}".encode())
        return mark.hexdigest()[:_FINGERPRINT_DIGITS]

    def _check_languages(self) -> None:
        if self._usable and not any(self._usable.values()):
            pairs = ", ".join(f"{source} to {target}" for source, target in sorted(self._usable))
            known = sorted({wording.language for term in self._terms for wording in term.wordings})
            raise InputError(
                f"no term has wordings in the languages of the files ({pairs})",
                where="--terms",
                expected=f"languages of the term base, which are {', '.join(known) or 'none'}",
            )


def _side(language: str, text: str, place: tuple[int, int]) -> Side:
    return Side(language=language, text=text, start=place[0], stop=place[1])


def _expected(term: Term, language: str) -> tuple[str, ...]:
    return tuple([wording.text for wording in term.accepted_in(language_of(language))])
