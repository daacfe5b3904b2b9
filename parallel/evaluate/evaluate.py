"""Scores systems against references: over all rows, by document, by length and for terms; compares each with
the first system.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from egiz.glossary.check import Checker
from egiz.glossary.records import RIGHT_OUTCOMES, TermBase
from egiz.parallel.bitext.read import table_in
from egiz.parallel.evaluate.texts import Texts, matched, of_machines, read_texts
from egiz.parallel.publish.published import paragraph_of
from egiz.translate.errors import InputError, LanguageError
from egiz.translate.metrics import (
    MAX_COMPARED,
    METRICS,
    RESAMPLES,
    MetricComparison,
    MetricScore,
    compare,
    corpus_scores,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The scores of a named subset of rows: all, a document, or a bucket of source lengths.

    `length` is the ratio of output characters to reference characters.
    """

    name: str
    rows: int
    length: float
    scores: tuple[MetricScore, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermScore:
    """How many term occurrences of the source are rendered in a way that the term base accepts.

    `occurrences` is the number of all term occurrences, `right` the number that is rendered so in the output,
    and `reference` the number that is rendered so in the reference, which shows what a human translation
    reaches.
    """

    base: str
    occurrences: int
    right: int
    reference: int

    @property
    def accuracy(self) -> float:
        """The share of term occurrences that are rendered right, 0 to 1. If no term occurs, it is 1."""
        return self.right / self.occurrences if self.occurrences else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The evaluation of one system in one language.

    `skipped` counts the rows that are not scored because they have no reference or their machine output is
    unknown. `empty` counts outputs without text, which are scored all the same. `documents` is empty if the
    row ids do not name several documents, `lengths` is empty if the source is unknown. `comparisons` with the
    first system are in the order of the scores. They are empty for the first system itself, and if there are
    more than `MAX_COMPARED` rows.
    """

    system: str
    language: str
    skipped: int
    empty: int
    whole: Part
    documents: tuple[Part, ...]
    lengths: tuple[Part, ...]
    terms: TermScore | None
    comparisons: tuple[MetricComparison, ...]


_BOUNDS = (40, 80, 120, 160, 240)
"""The upper bounds of length buckets, in characters of the source; a sentence of FLORES has about 125."""
_BUCKETS = ("1-40", "41-80", "81-120", "121-160", "161-240", "241-")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateOptions:
    """The languages and metrics to score.

    `languages` are the target languages; if it is empty, all languages that can be scored are taken. `source`
    is the language of the source texts; None means the first language of the reference. `terms` is the term
    base for term accuracy; without a term base, term accuracy is not computed. `resamples` is the number of
    resamples of the significance test.
    """

    languages: tuple[str, ...] = ()
    source: str | None = None
    metrics: tuple[str, ...] = tuple(METRICS)
    terms: TermBase | None = None
    resamples: int = RESAMPLES


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """The rows of one language that are scored; `ids` and `sources` are empty if unknown."""

    ids: tuple[str, ...]
    sources: tuple[str, ...]
    references: tuple[str, ...]
    outputs: tuple[str, ...]


def evaluate_texts(systems: Sequence[Texts], reference: Texts, options: EvaluateOptions) -> list[Evaluation]:
    """Score each system in each language against the reference; results are ordered by language, then by
    system.

    Rows are matched by id or by position (`matched`). Raises InputError if rows do not match or no language
    can be scored, LanguageError if a file lacks a requested language.
    """
    systems = [matched(system, reference) for system in systems]
    source = _source_language(systems, reference, options)
    languages = options.languages or _common(systems, reference, source)
    found = []
    for language in languages:
        people = frozenset[int]().union(*(system.people.get(language, ()) for system in systems))
        rows = [_rows(system, reference, source, language, people) for system in systems]
        for system, own in zip(systems, rows, strict=True):
            evaluation = _evaluation(system.file, language, own, reference.rows, source, options)
            others = () if own is rows[0] else _compared(rows[0], own, options)
            found.append(replace(evaluation, comparisons=others))
    return found


def _source_language(systems: Sequence[Texts], reference: Texts, options: EvaluateOptions) -> str:
    """Return the source language; empty if the reference file has only references."""
    if options.source is not None:
        if not any(options.source in texts.columns for texts in (reference, *systems)):
            raise LanguageError(
                f"no source text in {options.source!r}",
                where=reference.file,
                expected=", ".join(reference.languages),
            )
        return options.source
    first = reference.languages[0]
    return "" if len(reference.languages) == 1 or first in options.languages else first


def _common(systems: Sequence[Texts], reference: Texts, source: str) -> tuple[str, ...]:
    """Return the languages that the reference and all systems have, without the source language."""
    common = tuple(
        tag
        for tag in reference.languages
        if tag != source and all(tag in system.columns for system in systems)
    )
    if not common:
        raise InputError(
            f"no language of {systems[0].file} ({', '.join(systems[0].languages)}) can be scored",
            where=reference.file,
            expected=f"references in one; it has {', '.join(reference.languages)}"
            + (f", and {source} is the source" if source else ""),
        )
    return common


def _rows(system: Texts, reference: Texts, source: str, language: str, people: Set[int]) -> _Rows:
    """Return the rows to score: rows with a reference whose numbers are not in `people` (see `Texts`)."""
    for texts in (reference, system):
        if language not in texts.columns:
            raise LanguageError(
                f"no text in {language!r}", where=texts.file, expected=", ".join(texts.languages)
            )
    known = [place for place, text in enumerate(reference.columns[language]) if text]
    if not known:
        raise InputError(f"no reference in {language!r}", where=reference.file, expected="at least one")
    kept = [place for place in known if place not in people]
    if not kept:
        raise InputError(
            f"people wrote or approved every translation into {language!r}",
            where=system.file,
            expected="at least one of which the machine's output is known",
            action="To score what people wrote, give --approved.",
        )

    def chosen(column: Sequence[str]) -> tuple[str, ...]:
        return tuple(column[place] for place in kept) if column else ()

    return _Rows(
        ids=chosen(reference.ids or system.ids),
        sources=chosen(reference.columns.get(source) or system.columns.get(source) or ()),
        references=chosen(reference.columns[language]),
        outputs=chosen(system.columns[language]),
    )


def _evaluation(
    name: str, language: str, rows: _Rows, total: int, source: str, options: EvaluateOptions
) -> Evaluation:
    everything = range(len(rows.references))
    if options.terms and not rows.sources:
        raise InputError(
            "terms need the source texts",
            where=name,
            expected="a column of them in it or in the reference",
            action="Name their language with --from.",
        )
    return Evaluation(
        system=name,
        language=language,
        skipped=total - len(rows.references),
        empty=sum(not text for text in rows.outputs),
        whole=_part("all", everything, rows, options),
        documents=_parts(rows, [paragraph_of(name)[0] for name in rows.ids], options),
        lengths=_parts(rows, [_bucket(len(text)) for text in rows.sources], options, _BUCKETS),
        terms=_terms(rows, source, language, options.terms) if options.terms else None,
        comparisons=(),
    )


def _parts(
    rows: _Rows, names: Sequence[str], options: EvaluateOptions, order: Iterable[str] = ()
) -> tuple[Part, ...]:
    """Group the rows by name and score each group. `names` has the name of each row. The result is empty if a
    row has no name, or if all rows have the same name.

    Groups are in the order of `order`. Groups that `order` does not contain follow in the order of their
    first rows.
    """
    if not all(names) or len(set(names)) < 2:
        return ()
    groups: dict[str, list[int]] = {name: [] for name in order}
    for place, name in enumerate(names):
        groups.setdefault(name, []).append(place)
    return tuple(_part(name, places, rows, options) for name, places in groups.items() if places)


def _part(name: str, places: Sequence[int], rows: _Rows, options: EvaluateOptions) -> Part:
    outputs = [rows.outputs[place] for place in places]
    references = [rows.references[place] for place in places]
    return Part(
        name=name,
        rows=len(places),
        length=sum(map(len, outputs)) / sum(map(len, references)),
        scores=corpus_scores(outputs, references, options.metrics),
    )


def _bucket(length: int) -> str:
    """Return the name of the bucket for a length in characters."""
    return _BUCKETS[bisect_left(_BOUNDS, length)]


def _compared(baseline: _Rows, own: _Rows, options: EvaluateOptions) -> tuple[MetricComparison, ...]:
    if len(own.references) > MAX_COMPARED:
        return ()
    return compare(baseline.outputs, own.outputs, own.references, options.metrics, options.resamples)


def _terms(rows: _Rows, source: str, language: str, base: TermBase) -> TermScore:
    checker = Checker(base.terms, source, language)

    def outcomes(targets: Sequence[str]) -> list[bool]:
        pairs = zip(rows.sources, targets, strict=True)
        return [
            use.outcome in RIGHT_OUTCOMES for text, target in pairs for use in checker.check(text, target)
        ]

    own, reference = outcomes(rows.outputs), outcomes(rows.references)
    return TermScore(base=base.name, occurrences=len(own), right=sum(own), reference=sum(reference))


def evaluate(
    systems: str | Path | Sequence[str | Path],
    reference: str | Path,
    options: EvaluateOptions | None = None,
    *,
    columns: str | None = None,
    approved: bool = False,
) -> list[Evaluation]:
    """Score files of translations against a file of references: chrF++, chrF, BLEU and TER, with signatures.

    A file is a table that Egiz published, another table with a column per language, TMX, XLIFF, PO, or plain
    lines. Plain lines are in the one language that `options` names. If the header of a table does not name
    its languages, `columns` names them, for example ``kk=1,ru=2``. In a published table, texts that people
    wrote or approved are scored only with `approved`. The first system is the baseline for the comparisons.

    Raises InputError, OptionError and LanguageError.
    """
    options = options or EvaluateOptions()
    plain = options.languages[0] if len(options.languages) == 1 else None
    paths = [systems] if isinstance(systems, str | Path) else list(systems)
    *read, known = [
        read_texts(table_in(Path(path)), columns, plain, options.source) for path in (*paths, reference)
    ]
    return evaluate_texts(read if approved else list(map(of_machines, read)), known, options)
