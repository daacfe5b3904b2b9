"""Scoring systems against references: overall, by document, by length, by terms, and against each other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from egiz.glossary.check import Checker
from egiz.glossary.records import TermBase
from egiz.parallel.evaluate.texts import Texts, matched, of_machines, read_texts
from egiz.parallel.publish.published import paragraph_of
from egiz.translate.errors import InputError, LanguageError
from egiz.translate.metrics import COMPARED, METRICS, RESAMPLES, Comparison, Score, compare, corpus_scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of the rows under a name: a document, or a bucket of lengths; how they score.

    `length` is the characters of the outputs by those of the references.
    """

    name: str
    rows: int
    length: float
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermScore:
    """How many of the terms in the source are rendered as the term base has them.

    `right` of `occurrences` have a preferred or another accepted wording; `reference` is how many have one
    in the reference, which is what a person makes of the same terms.
    """

    base: str
    occurrences: int
    right: int
    reference: int

    @property
    def accuracy(self) -> float:
        """The share that is right, 0 to 1; 1 where no term occurs."""
        return self.right / self.occurrences if self.occurrences else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One system in one language.

    `skipped` are the rows without a reference, which nothing counts; `empty` the outputs without text, which
    count as they are. `documents` is empty where rows have no ids that name documents, `lengths` where the
    source is not known. `comparisons` are with the first system, in the order of the scores; none for the
    first, nor where there are more rows than can be compared.
    """

    system: str
    language: str
    skipped: int
    empty: int
    whole: Part
    documents: tuple[Part, ...]
    lengths: tuple[Part, ...]
    terms: TermScore | None
    comparisons: tuple[Comparison, ...]


_BOUNDS = (40, 80, 120, 160, 240)
"""Characters of the source at which a bucket of lengths ends; a sentence of FLORES has about 125."""
_BUCKETS = ("1-40", "41-80", "81-120", "121-160", "161-240", "241-")
_RIGHT = ("applied", "variant")
"""Outcomes of a term that a term base asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateOptions:
    """What to score: languages, empty for all that can be; metrics; what knows terms; the source language.

    `source` is the language of the texts that were translated; the reference's first if None.
    """

    languages: tuple[str, ...] = ()
    source: str | None = None
    metrics: tuple[str, ...] = tuple(METRICS)
    terms: TermBase | None = None
    resamples: int = RESAMPLES


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """The rows of one language that have a reference; `sources` empty where they are not known."""

    ids: tuple[str, ...]
    sources: tuple[str, ...]
    references: tuple[str, ...]
    outputs: tuple[str, ...]


def evaluate_texts(systems: Sequence[Texts], reference: Texts, options: EvaluateOptions) -> list[Evaluation]:
    """Score each system in each language against the reference, by language, then in the order given.

    Rows are matched by id, or by place (`matched`). Raises InputError where they do not match or no language
    can be scored, LanguageError where one asked for is missing in a file.
    """
    systems = [matched(system, reference) for system in systems]
    source = _source_language(systems, reference, options)
    languages = options.languages or _common(systems, reference, source)
    found = []
    for language in languages:
        people = frozenset[int]().union(*(system.people.get(language, ()) for system in systems))
        rows = [_rows(system, reference, source, language, people) for system in systems]
        for system, own in zip(systems, rows, strict=True):
            one = _evaluation(system.file, language, own, reference.rows, source, options)
            others = () if own is rows[0] else _compared(rows[0], own, options)
            found.append(replace(one, comparisons=others))
    return found


def _source_language(systems: Sequence[Texts], reference: Texts, options: EvaluateOptions) -> str:
    """What the reference is a translation of; empty where it holds nothing but references."""
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
    """The rows to score: those that have a reference, and that are a machine's in all systems."""
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
    """The rows by the name of each; nothing where a row has none, and where all have the same."""
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
    """The name of the bucket that a length in characters falls in."""
    return _BUCKETS[bisect_left(_BOUNDS, length)]


def _compared(baseline: _Rows, own: _Rows, options: EvaluateOptions) -> tuple[Comparison, ...]:
    if len(own.references) > COMPARED:
        return ()
    return compare(baseline.outputs, own.outputs, own.references, options.metrics, options.resamples)


def _terms(rows: _Rows, source: str, language: str, base: TermBase) -> TermScore:
    checker = Checker(base.terms, source, language)

    def outcomes(targets: Sequence[str]) -> list[bool]:
        pairs = zip(rows.sources, targets, strict=True)
        return [use.outcome in _RIGHT for text, target in pairs for use in checker.check(text, target)]

    own, reference = outcomes(rows.outputs), outcomes(rows.references)
    return TermScore(base=base.name, occurrences=len(own), right=sum(own), reference=sum(reference))


def evaluate(
    systems: str | Path | Sequence[str | Path],
    reference: str | Path,
    options: EvaluateOptions | None = None,
    *,
    columns: Sequence[str] = (),
    approved: bool = False,
) -> list[Evaluation]:
    """Score files of translations against a file of references: chrF++, chrF, BLEU and TER, with signatures.

    Files are tables that Egiz published, other tables with a column per language (named by `columns` where
    they have no header), TMX, XLIFF, PO, or plain lines in the one language of `options`. What people wrote
    or approved in a published table is scored only with `approved`. The first system is the baseline that
    the others are compared with. Raises InputError, OptionError and LanguageError.
    """
    options = options or EvaluateOptions()
    plain = options.languages[0] if len(options.languages) == 1 else None
    paths = [systems] if isinstance(systems, str | Path) else list(systems)
    *read, known = [read_texts(Path(path), columns, plain) for path in (*paths, reference)]
    return evaluate_texts(read if approved else list(map(of_machines, read)), known, options)
