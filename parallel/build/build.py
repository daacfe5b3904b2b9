"""A build in one process: documents in, published parallel text out.

The steps are: read, split, translate, correct terms, score, publish. The sentences are processed in batches,
called windows; the rows of a window are written as soon as it is translated, and the files appear under their
names only when all are complete. For several processes or machines see `egiz.parallel.build.run`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from egiz.parallel.build.flow import BuildCounts, Progress, Tracker, rows_of, sentences_of
from egiz.parallel.build.tables import Tables, provenance_of, publish_page, side_table_columns, with_sources
from egiz.parallel.build.terms import TermStage
from egiz.parallel.publish import EDITS, HISTORY, MANIFEST, SCORES, USES, Publication, card, datapackage
from egiz.parallel.publish.destination import check_destination, drop_leftovers, is_output, remove_given_up
from egiz.parallel.publish.names import CARD, TABLE
from egiz.parallel.review.carry_over import carry_reviews, people_section, with_people
from egiz.parallel.review.human_cells import TermFinder
from egiz.parallel.scores import EvidenceCollector, QualityScorer, ScoreStage
from egiz.parallel.summary import Provenance, Summary
from egiz.translate.errors import InputError
from egiz.translate.models import Manifest
from egiz.translate.read import ReadOptions, read_all
from egiz.translate.text import single_line
from egiz.translate.translator import Translator

STAGES = ("reading", "translating", "terms", "scores", "publishing", "page")
"""The stages of a build whose time is measured. Reading includes splitting; publishing includes all files
except the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The result of a build.

    `remembered` counts the translations taken from the translation memory, and `translated` the new
    translations. `damaged` counts the damaged entries of the memory; their texts were translated again.
    `warnings` are messages for the user, for example that a document is not in the stated language.

    `seconds` gives the wall-clock time of each of the `STAGES` that ran, summed over all processes. It is not
    published, because the same rows must give the same bytes.
    """

    table: Path
    provenance: Provenance
    summary: Summary
    remembered: int
    translated: int
    damaged: int
    seconds: Mapping[str, float]
    warnings: tuple[str, ...] = ()

    @property
    def attention(self) -> int:
        """The number of translations that are suspect or failed."""
        counts = [dict(target.statuses) for target in self.summary.targets]
        return sum(count["suspect"] + count["failed"] for count in counts)

    @property
    def unread(self) -> int:
        """The number of files in source folders that have a readable format but could not be read."""
        return sum(left.failed for left in self.provenance.left_out)


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

    With `terms`, translations are corrected with a term base, and term uses and edits are published too.
    `scores` is the stage that rates the corrected texts; without it, they are rated with effort ``fast`` and
    without a calibration for the model.

    If `output` holds an earlier table, its reviews are always carried over; see
    `egiz.parallel.review.carry_over`. Its files are replaced only when all new ones are complete.
    Translations are stored in the translator's memory after each window, so a stopped run continues when it
    is started again, and ends with the same bytes. `title` names the table and, if there is only one source
    document, that document too.

    Raises InputError, OptionError, ModelError or OutputError; then nothing is published. An output folder is
    refused if a file that would be overwritten was not made by Egiz, or if the folder lies inside a source.
    """
    sources = tuple(sources)
    check_destination(output, sources)
    tracker, counts = Tracker(report), BuildCounts()
    scores = scores or ScoreStage(QualityScorer(None, "fast"), EvidenceCollector(None, None, "fast"))
    with Publication(output) as publication:
        documents = read_all(
            sources, one_line_options(reading), leave_out=tracker.left_out.append, is_made=is_output
        )
        sentences = sentences_of(documents, counts.stages, tracker.read)
        with Tables(
            publication.open,
            translator.source,
            translator.targets,
            neural=[model.name for model in scores.neural],
            terms=terms is not None,
        ) as tables:
            for row in rows_of(sentences, translator, terms, scores, counts, tracker.finished):
                with counts.stages.stage("publishing"):
                    tables.write(row)
        counts.damaged = translator.damaged
        built = finish(
            publication,
            output,
            provenance_of(translator, manifest, terms, scores),
            tables.tally.summary(),
            counts,
            tracker,
            title=title,
            term_finder=TermFinder(terms.base, translator.source) if terms else None,
        )
    remove_given_up(output)
    return built


def one_line_options(reading: ReadOptions) -> ReadOptions:
    """Return the options with title and licence cleaned so that each fits into one table cell."""
    return replace(reading, title=single_line(reading.title), licence=single_line(reading.licence))


def finish(
    publication: Publication,
    output: Path,
    provenance: Provenance | None,
    summary: Summary,
    counts: BuildCounts,
    tracker: Tracker,
    *,
    title: str,
    term_finder: TermFinder | None,
    other_seconds: Mapping[str, float] = MappingProxyType({}),
) -> Built:
    """Finish a build whose tables are complete: carry over the reviews, and write data package, card and
    page.

    The reviews are taken from the earlier table in `output`. `term_finder` finds the terms in translations
    that a person wrote; None without a term base. `other_seconds` are the seconds that worker processes spent
    in each stage. Raises InputError if the new table has no row.
    """
    if provenance is None or not summary.sentences:
        raise InputError("no sentence in any source", expected="text with at least one word")
    terms = provenance.terms is not None
    drop_leftovers(publication, output)
    provenance = with_sources(provenance, tracker.sources, single_line(title), tracker.left_out)
    side_tables = side_table_columns([item.name for item in provenance.neural], terms=terms)
    with counts.stages.stage("publishing"):
        carried = carry_reviews(
            publication, output, TABLE, [name for name, _ in side_tables], summary, term_finder
        )
    summary, written = carried.summary, publication.written(TABLE)
    others = [(publication.written(name), columns) for name, columns in side_tables]
    publication.write(MANIFEST, with_people(datapackage(provenance, summary, written, others), carried))
    publication.write(CARD, card(provenance, summary, written) + people_section(carried))
    with counts.stages.stage("page"):
        publish_page(
            publication,
            summary.sentences,
            scores=SCORES,
            terms=USES if terms else None,
            edits=EDITS if terms else None,
            reviews=HISTORY if carried.written else None,
        )
    return Built(
        table=output / TABLE,
        provenance=provenance,
        summary=summary,
        remembered=counts.remembered,
        translated=counts.translated,
        damaged=counts.damaged,
        seconds=Counter(counts.stages.seconds) + Counter(other_seconds),
        warnings=tuple(tracker.warnings),
    )
