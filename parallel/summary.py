"""Facts about a published table as a whole: its provenance and its counts.

The same texts, model and settings must always give the same bytes, so these facts do not depend on the time
of the run, on the machine, or on the rows that came from the translation memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

from egiz.glossary.records import RIGHT_OUTCOMES
from egiz.parallel.rows import TERM_OUTCOMES, Row, RowStatus, Target, TermOutcome
from egiz.parallel.scores.records import LABELS, Label, Scale, label
from egiz.translate.records import Document, LeftOut, Status
from egiz.translate.text import single_line

HUMAN_STATUSES: tuple[RowStatus, ...] = ("edited", "approved")
"""``edited``: a person wrote the translation, but nobody has approved it; ``approved``: a person approved it.
"""
STATUSES: tuple[RowStatus, ...] = (*get_args(Status), *HUMAN_STATUSES)
UNLINKED: RowStatus = "unlinked"
"""The status of a sentence that has no counterpart in an alignment."""
_STEPS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineEntry:
    """A heading of a document: the number of its paragraph, and its level from 1 to 6.

    If the paragraph itself is the heading, `title` is empty. If the heading is not in the text, `title` is
    its text, and the chapter with this title begins at the paragraph.
    """

    paragraph: int
    level: int
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDocument:
    """The origin of one document; `sha256` is that of the bytes that were read. Unknown fields are empty.

    `outline` are its headings, in order; `left_out` are the parts of the file that were not read; `encoding`
    is the encoding if it was guessed, else empty.
    """

    id: str
    language: str
    title: str
    licence: str
    sha256: str
    outline: tuple[OutlineEntry, ...] = ()
    left_out: tuple[str, ...] = ()
    encoding: str = ""


def outline_of(document: Document, starts: Iterable[tuple[int, int]]) -> tuple[OutlineEntry, ...]:
    """Return the headings of a document, in order, each with the number of its paragraph.

    `starts` are pairs: the number of a paragraph, and the offset in the text of the document at which it
    begins.
    """
    entries: list[OutlineEntry] = []
    headings = iter(document.headings)
    heading = next(headings, None)
    for paragraph, start in starts:
        while heading is not None and max(heading.stop, heading.start + 1) <= start:
            heading = next(headings, None)
        while heading is not None and heading.start == heading.stop == start:
            entries.append(
                OutlineEntry(paragraph=paragraph, level=heading.level, title=single_line(heading.title))
            )
            heading = next(headings, None)
        if heading is not None and heading.start <= start < heading.stop:
            entries.append(OutlineEntry(paragraph=paragraph, level=heading.level))
    return tuple(entries)


def source_of(document: Document, outline: tuple[OutlineEntry, ...] = ()) -> SourceDocument:
    """Return the facts about a document without its text."""
    return SourceDocument(
        id=document.id,
        language=document.language,
        title=document.title,
        licence=document.licence,
        sha256=document.sha256,
        outline=outline,
        left_out=document.left_out,
        encoding=document.encoding,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """The model that translated.

    `revision` and `licence` are empty if unknown. `precision` is the number format of the computation,
    `engine` the program that ran the model, with its version.
    """

    name: str
    source: str
    revision: str
    fingerprint: str
    licence: str
    precision: str
    engine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermFacts:
    """The term base used for correction, merged from `bases` (names as they were given to the build).

    `signature` is one line with its name, the hash of its content and the correction method.
    """

    name: str
    bases: tuple[str, ...]
    title: str
    licence: str
    entries: int
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuralFacts:
    """A neural model that gave additional scores; `licence` is empty if the model does not state one."""

    name: str
    kind: str
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignmentFacts:
    """How human translations were aligned with their source.

    `signature` is the method in one line. `model` is the model whose translations of the source were compared
    with the human ones; empty if none was used.
    """

    signature: str
    layers: tuple[str, ...]
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Everything that must be equal for a second run to give the same table.

    `decoding` and `splitter` are signatures: all settings in one line. `reasons` are pairs of a flag code and
    its description, a text that completes the sentence "This translation …". `left_out` are the files of
    source folders from which no document was read.
    """

    title: str
    version: str
    source_language: str
    target_languages: tuple[str, ...]
    sources: tuple[SourceDocument, ...]
    model: ModelFacts
    decoding: str
    splitter: str
    quality: Scale
    reasons: tuple[tuple[str, str], ...] = ()
    terms: TermFacts | None = None
    neural: tuple[NeuralFacts, ...] = ()
    alignment: AlignmentFacts | None = None
    left_out: tuple[LeftOut, ...] = ()

    @property
    def licences(self) -> tuple[tuple[str, str], ...]:
        """Pairs of a licence and the part of the table that it covers: source texts or term base.

        A licence of several sources is listed once. The licences of models are not included, because they are
        terms for using a model; see `model_licences`.
        """
        texts = dict.fromkeys(source.licence for source in self.sources if source.licence)
        pairs = [(licence, "source texts") for licence in texts]
        pairs += [(self.terms.licence, "term base")] if self.terms and self.terms.licence else []
        return tuple(pairs)

    @property
    def model_licences(self) -> tuple[tuple[str, str], ...]:
        """Pairs of a licence and the model that it covers: the translation model, then the scoring models."""
        pairs = [(self.model.licence, f"translation model {self.model.name}")] if self.model.licence else []
        pairs += [(item.licence, f"neural scores of {item.name}") for item in self.neural if item.licence]
        return tuple(pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSummary:
    """The counts of one target language.

    `statuses` counts rows by status: every one of `STATUSES`, in this order, and `UNLINKED` if it occurs.
    `flags` counts rows by flag code, most frequent first. `refused` counts the rows whose first output was
    refused and that were translated again, by the flag codes of the first output. `edited` is the number of
    rows whose text was changed by edits. `thousandths[n]` is the number of rows whose published quality is
    n/1000, with n from 0 to 1000. `terms` counts term uses by outcome, with every outcome; it is empty
    without a term base. `approved` is the number of rows with a translation from the memory that a person had
    approved. `doubted` is the number of rows whose quality is good, but to which a check or a term objects.
    """

    language: str
    statuses: tuple[tuple[RowStatus, int], ...]
    flags: tuple[tuple[str, int], ...]
    edited: int
    thousandths: tuple[int, ...]
    terms: tuple[tuple[TermOutcome, int], ...] = ()
    approved: int = 0
    refused: tuple[tuple[str, int], ...] = ()
    doubted: int = 0

    @property
    def scored(self) -> int:
        """The number of rows that have a quality."""
        return sum(self.thousandths)

    @property
    def labels(self) -> dict[Label, int]:
        """The number of scored rows for each label, from the best label to the worst.

        A row whose quality is good, but which is doubted, counts as ``check``, as on the reader page.
        """
        found = dict.fromkeys(LABELS, 0)
        for step, count in enumerate(self.thousandths):
            found[label(step / _STEPS)] += count
        found["good"] -= self.doubted
        found["check"] += self.doubted
        return found

    def quantile(self, share: float) -> float | None:
        """Return the smallest number q such that at least `share` of the scored rows have a quality of q or
        less.

        For example, ``quantile(0.5)`` is the median. The result is exact, because published qualities have
        three decimals. Returns None if no row is scored.
        """
        needed = max(1.0, share * self.scored)
        passed = 0
        for step, count in enumerate(self.thousandths):
            passed += count
            if passed >= needed:
                return step / _STEPS
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The reviewed cells of one target language: how many a person wrote (`edited`) or approved.

    A cell is the translation of one row. `remembered` counts the approved cells whose text came from the
    translation memory. `outdated` counts the cells whose source sentence has changed since a person wrote a
    text for them. `conflicts` counts the cells for which people wrote different texts.
    """

    language: str
    edited: int
    approved: int
    remembered: int
    outdated: int
    conflicts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The counts of a table; `documents` are pairs of document id and number of sentences, in table order.

    `people` has the counts of reviews; it is empty if nobody has reviewed the table. `orphaned` is the number
    of reviews whose sentence or language is no longer in the table.
    """

    sentences: int
    documents: tuple[tuple[str, int], ...]
    targets: tuple[TargetSummary, ...]
    people: tuple[People, ...] = ()
    orphaned: int = 0


class Tally:
    """Counts rows one by one. Memory use grows with documents and flag codes, not with rows."""

    def __init__(self, languages: Sequence[str]) -> None:
        """`languages` are the target languages, in the order in which every row has them."""
        self._documents: Counter[str] = Counter()
        self._targets = tuple(_TargetTally(language) for language in languages)

    def add(self, row: Row) -> None:
        """Count one row. Raises ValueError if it does not have one translation for each target language."""
        self._documents[row.document] += 1
        for tally, target in zip(self._targets, row.targets, strict=True):
            tally.add(target)

    def include(self, summary: Summary) -> None:
        """Add the counts of another table in the same languages."""
        self._documents.update(dict(summary.documents))
        for tally, target in zip(self._targets, summary.targets, strict=True):
            tally.include(target)

    def summary(self) -> Summary:
        """Return the counts so far."""
        return Summary(
            sentences=self._documents.total(),
            documents=tuple(self._documents.items()),
            targets=tuple(tally.summary() for tally in self._targets),
        )


class _TargetTally:
    def __init__(self, language: str) -> None:
        self._language = language
        self._statuses: Counter[RowStatus] = Counter()
        self._flags: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._edited = 0
        self._approved = 0
        self._thousandths = [0] * (_STEPS + 1)
        self._terms: Counter[TermOutcome] = Counter()
        self._doubted = 0

    def add(self, target: Target) -> None:
        if target.language != self._language:
            raise ValueError(f"target {target.language!r} where {self._language!r} is counted")
        self._statuses[target.status] += 1
        self._flags.update(target.flags)
        self._refused.update(target.refused)
        self._edited += bool(target.machine)
        self._approved += target.approved
        self._terms.update(use.outcome for use in target.terms)
        if target.quality is not None:
            self._thousandths[round(round(target.quality, 3) * _STEPS)] += 1
            self._doubted += label(target.quality) == "good" and (
                target.status == "suspect" or any(use.outcome not in RIGHT_OUTCOMES for use in target.terms)
            )

    def include(self, summary: TargetSummary) -> None:
        if summary.language != self._language:
            raise ValueError(f"target {summary.language!r} where {self._language!r} is counted")
        self._statuses.update(dict(summary.statuses))
        self._flags.update(dict(summary.flags))
        self._refused.update(dict(summary.refused))
        self._edited += summary.edited
        self._approved += summary.approved
        self._doubted += summary.doubted
        self._terms.update(dict(summary.terms))
        self._thousandths = list(map(sum, zip(self._thousandths, summary.thousandths, strict=True)))

    def summary(self) -> TargetSummary:
        return TargetSummary(
            language=self._language,
            statuses=tuple(
                (status, self._statuses[status])
                for status in (*STATUSES, UNLINKED)
                if status != UNLINKED or self._statuses[status]
            ),
            flags=_by_frequency(self._flags),
            edited=self._edited,
            thousandths=tuple(self._thousandths),
            terms=tuple((outcome, self._terms[outcome]) for outcome in TERM_OUTCOMES),
            approved=self._approved,
            refused=_by_frequency(self._refused),
            doubted=self._doubted,
        )


def _by_frequency(codes: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(codes.items(), key=lambda item: (-item[1], item[0])))
