"""The main job: documents in, parallel text out.

Reads like the flow it is: read, split, translate, correct terms, score, publish. Everything streams: a row
is written as soon as its window is translated, and the files appear under their names only when all are
complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from itertools import islice
from pathlib import Path

from egiz.parallel.destination import CARD, TABLE, check_destination
from egiz.parallel.page import publish_page
from egiz.parallel.publish import (
    EDIT_COLUMNS,
    EDITS,
    LONGEST_CELL,
    MANIFEST,
    SCORES,
    USE_COLUMNS,
    USES,
    Publication,
    ScoreTable,
    TermTables,
    TsvWriter,
    card,
    datapackage,
)
from egiz.parallel.rows import Row, make_row, single_line
from egiz.parallel.scores import Judge, ScoreStage, Witness
from egiz.parallel.stages import Stages
from egiz.parallel.summary import ModelFacts, NeuralFacts, Provenance, Source, Summary, Tally, source_of
from egiz.parallel.terms import TermStage
from egiz.translate.errors import InputError
from egiz.translate.guards import REASONS
from egiz.translate.models import Manifest
from egiz.translate.read import ReadOptions, read_all
from egiz.translate.records import Document, Sentence, Translation
from egiz.translate.split import SIGNATURE as SPLITTER
from egiz.translate.split import split
from egiz.translate.translator import WINDOW, Translator

STAGES = ("reading", "translating", "terms", "scores", "publishing", "page")
"""What a build does with its time: reading splits too, publishing writes all but the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a build is: documents read, sentences found in them, sentences translated.

    Told whenever a document has been read and whenever a window of sentences is translated, which both
    come in their order. `total` is final once the last document is read.
    """

    documents: int
    total: int
    done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build came to; `remembered` and `translated` count translations, out of the memory or new.

    `seconds` says where the time went: `STAGES` that there were, on the clock of the wall. It is published
    nowhere, for the same rows must give the same bytes.
    """

    table: Path
    summary: Summary
    remembered: int
    translated: int
    seconds: Mapping[str, float]

    @property
    def attention(self) -> int:
        """The number of translations that are suspect or failed."""
        counts = [dict(target.statuses) for target in self.summary.targets]
        return sum(count["suspect"] + count["failed"] for count in counts)


@dataclass(slots=True)
class _Counts:
    """What is counted while rows flow by; the only state of a build."""

    report: Callable[[Progress], None]
    stages: Stages = field(default_factory=Stages)
    sources: list[Source] = field(default_factory=list)
    total: int = 0
    done: int = 0
    remembered: int = 0
    translated: int = 0

    def read(self, document: Document, sentences: int) -> None:
        self.sources.append(source_of(document))
        self.total += sentences
        self._tell()

    def finished(self, sentences: int) -> None:
        self.done += sentences
        self._tell()

    def published(self, translations: tuple[Translation, ...]) -> None:
        remembered = sum(translation.remembered for translation in translations)
        self.remembered += remembered
        self.translated += len(translations) - remembered

    def _tell(self) -> None:
        self.report(Progress(documents=len(self.sources), total=self.total, done=self.done))


def build(
    sources: Iterable[str | Path],
    output: Path,
    translator: Translator,
    *,
    manifest: Manifest,
    reading: ReadOptions,
    terms: TermStage | None = None,
    scores: ScoreStage | None = None,
    title: str = "",
    report: Callable[[Progress], None] = lambda progress: None,
) -> Built:
    """Translate `sources` and publish table, data package, card and page in the folder `output`.

    With `terms`, translations are corrected by a term base, and its uses and edits are published too. With
    `scores`, qualities are what that stage makes of the corrected texts, else cautious guesses.

    What stood there before stays until everything new is complete. Translations are kept in the
    translator's memory window by window, so a run that is stopped goes on where it was when it is started
    again, and ends with the same bytes. `title` names the table, and the source where there is one only.
    Raises InputError, OptionError, ModelError or OutputError; then nothing is published. An output folder
    is refused that holds what Egiz has not made, or that lies in a source.
    """
    sources = tuple(sources)
    check_destination(output, sources)
    reading = replace(reading, title=single_line(reading.title), licence=single_line(reading.licence))
    counts = _Counts(report=report)
    tally = Tally(translator.targets)
    scores = scores or ScoreStage(Judge(None, "fast"), Witness(None, None, "fast"))
    with Publication(output) as publication:
        with (
            publication.open(TABLE) as stream,
            publication.open(SCORES) as scored,
            _term_tables(publication, terms) as beside,
        ):
            table = TsvWriter(stream, translator.source, translator.targets)
            judged = ScoreTable(scored, [model.name for model in scores.neural])
            for row in _rows(read_all(sources, reading), translator, terms, scores, counts):
                with counts.stages.stage("publishing"):
                    table.write(row)
                    judged.write(row)
                    beside.write(row)
                    tally.add(row)
        summary = tally.summary()
        if not summary.sentences:
            raise InputError("no sentence in any source", expected="text with at least one word")
        provenance = _provenance(translator, manifest, terms, scores, counts.sources, single_line(title))
        written = publication.written(TABLE)
        others = [(publication.written(SCORES), judged.columns)]
        others += [(publication.written(name), columns) for name, columns in _BESIDE if terms]
        publication.write(MANIFEST, datapackage(provenance, summary, written, others))
        publication.write(CARD, card(provenance, summary, written))
        with counts.stages.stage("page"):
            publish_page(
                publication,
                summary.sentences,
                scores=SCORES,
                terms=USES if terms else None,
                edits=EDITS if terms else None,
            )
    return Built(
        table=output / TABLE,
        summary=summary,
        remembered=counts.remembered,
        translated=counts.translated,
        seconds=counts.stages.seconds,
    )


_BESIDE = ((USES, USE_COLUMNS), (EDITS, EDIT_COLUMNS))


class _NoTables:
    """Takes the place of the tables of terms where no term base is used."""

    def write(self, row: Row) -> None:
        """Nothing."""


@contextmanager
def _term_tables(publication: Publication, terms: TermStage | None) -> Iterator[TermTables | _NoTables]:
    if terms is None:
        for name, _ in _BESIDE:
            publication.drop(name)
        yield _NoTables()
    else:
        with publication.open(USES) as uses, publication.open(EDITS) as edits:
            yield TermTables(uses, edits)


def _rows(
    documents: Iterable[Document],
    translator: Translator,
    terms: TermStage | None,
    scores: ScoreStage,
    counts: _Counts,
) -> Iterator[Row]:
    stages = counts.stages
    stream = stages.over("translating", translator.translate(_sentences(documents, counts), counts.finished))
    while batch := list(islice(stream, WINDOW)):
        rows = []
        for translations in batch:
            counts.published(translations)
            rows.append(make_row(translations[0].sentence, translator.source, translations))
        if terms is not None:
            with stages.stage("terms"):
                rows = terms.apply(rows, batch)
        with stages.stage("scores"):
            rows = scores.apply(rows, batch)
        yield from rows


def _sentences(documents: Iterable[Document], counts: _Counts) -> Iterator[Sentence]:
    for document in counts.stages.over("reading", documents):
        with counts.stages.stage("reading"):
            sentences = list(split(document))
        for sentence in sentences:
            _check_length(sentence)
        counts.read(document, len(sentences))
        yield from sentences


def _check_length(sentence: Sentence) -> None:
    """Refuse what no table reader would take, before any time is spent on it."""
    if len(sentence.text) > LONGEST_CELL:
        raise InputError(
            f"a sentence of {len(sentence.text):,} characters",
            where=f"{sentence.id} (characters {sentence.start} to {sentence.stop})",
            expected=f"at most {LONGEST_CELL:,}",
            action="Is this running text? Put line breaks or full stops between its sentences.",
        )


def _provenance(
    translator: Translator,
    manifest: Manifest,
    terms: TermStage | None,
    scores: ScoreStage,
    sources: list[Source],
    title: str,
) -> Provenance:
    identity, _, _ = translator.identity.partition(" ")
    _, engine, precision = identity.split("+")
    if title and len(sources) == 1:
        sources = [replace(sources[0], title=title)]
    return Provenance(
        title=title or _title(sources),
        version=version("egiz"),
        source_language=translator.source,
        target_languages=translator.targets,
        sources=tuple(sources),
        model=ModelFacts(
            name=manifest.name,
            source=manifest.source,
            revision=manifest.revision,
            fingerprint=manifest.fingerprint,
            licence=manifest.licence,
            precision=precision,
            engine=engine.replace("-", " ", 1),
        ),
        decoding=translator.settings,
        splitter=SPLITTER,
        quality=scores.scale(translator.source, translator.targets),
        reasons=tuple(REASONS.items()),
        terms=terms.facts if terms else None,
        neural=tuple(
            NeuralFacts(name=item.name, kind=item.kind, licence=item.licence) for item in scores.neural
        ),
    )


def _title(sources: list[Source]) -> str:
    first = sources[0].title or sources[0].id
    return first if len(sources) == 1 else f"{first} and {len(sources) - 1} more"
