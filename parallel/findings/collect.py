"""Checking the terms of bilingual files: segments in, findings out as they are made, numbers at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from egiz.glossary.check import OUTCOMES, Checker, Outcome, TermUse, finding
from egiz.glossary.consistency import Consistency, Place, inconsistency
from egiz.glossary.records import Severity, Term
from egiz.parallel.bitext import Segment
from egiz.parallel.findings.linked import with_words
from egiz.parallel.findings.records import SEVERITIES, Side, Summary, TermFinding
from egiz.parallel.word_links import LinksOf
from egiz.translate.errors import InputError


class TermCheck:
    """One check of any number of files by one term base; renderings are compared throughout all of them.

    With `links`, findings of missing terms say which words of the target stand for them.
    """

    def __init__(self, terms: Sequence[Term], links: LinksOf | None = None) -> None:
        self._terms = terms
        self._links = links
        self._checkers: dict[tuple[str, str], Checker | None] = {}
        self._consistency = Consistency()
        self._rows: Counter[str] = Counter()
        self._outcomes: Counter[Outcome] = Counter()
        self._severities: Counter[Severity] = Counter()

    def findings(self, segments: Iterable[Segment]) -> Iterator[TermFinding]:
        """Check segments; findings come in their order, and after the last those about all of them.

        Empty sides, drafts and languages that the base lacks are counted, not checked. To be called once.

        Raises InputError where no segment at all is in two languages of the base.
        """
        found = (item for segment in segments for item in self._of_segment(segment))
        for item in found if self._links is None else with_words(found, self._links):
            self._severities[item.finding.severity] += 1
            yield item
        self._check_languages()
        for usage in self._consistency.usages():
            told = inconsistency(usage)
            if told is None:
                continue
            self._severities[told[0].severity] += 1
            yield TermFinding(
                place=told[1],
                finding=told[0],
                term=usage.term,
                wording=usage.source.text,
                expected=_expected(usage.term, usage.target_language),
                source=Side(language=usage.source.language, text=""),
                target=Side(language=usage.target_language, text=""),
            )

    def summary(self) -> Summary:
        """The numbers so far."""
        return Summary(
            rows=self._rows.total(),
            untranslated=self._rows["untranslated"],
            drafts=self._rows["drafts"],
            foreign=self._rows["foreign"],
            outcomes=tuple((name, self._outcomes[name]) for name in OUTCOMES),
            severities=tuple((name, self._severities[name]) for name in SEVERITIES),
            usages=self._consistency.usages(),
        )

    def _of_segment(self, segment: Segment) -> Iterator[TermFinding]:
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
            self._outcomes.update(use.outcome for use in uses)
            self._consistency.add(uses, place)
            for use in uses:
                if use.code is not None:
                    yield _located(use, segment, place)

    def _checker(self, source: str, target: str) -> Checker | None:
        """The checker of two languages, made when they are met first; None where the base lacks them."""
        if (source, target) not in self._checkers:
            usable = [term for term in self._terms if term.wordings_in(source) and term.wordings_in(target)]
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
    told = finding(use)
    assert told is not None  # the use has a code
    start, stop = (use.target.start, use.target.stop) if use.target else (0, 0)
    return TermFinding(
        place=place,
        finding=told,
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
    return tuple(wording.text for wording in term.accepted_in(language))
