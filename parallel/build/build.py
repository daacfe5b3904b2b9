"""The main job: documents in, parallel text out.

Reads like the flow it is: read, split, translate, correct terms, score, publish. Everything streams: a row
is written as soon as its window is translated, and the files appear under their names only when all are
complete. Several processes or machines do the same in shards: see `egiz.parallel.build.sharded`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from egiz.parallel.build.flow import Counts, Progress, Stages, Tracker, rows_of, sentences_of
from egiz.parallel.build.tables import Tables, about, columns_beside, provenance_of, publish_page
from egiz.parallel.build.terms import TermStage
from egiz.parallel.publish import EDITS, HISTORY, MANIFEST, SCORES, USES, Publication, card, datapackage
from egiz.parallel.publish.destination import check_destination, drop_leftovers, remove_given_up
from egiz.parallel.publish.names import CARD, TABLE
from egiz.parallel.review.along import Along, people_section, take_along, with_people
from egiz.parallel.review.companions import Recheck
from egiz.parallel.scores import Judge, ScoreStage, Witness
from egiz.parallel.summary import Provenance, Summary
from egiz.translate.errors import InputError
from egiz.translate.models import Manifest
from egiz.translate.read import ReadOptions, read_all
from egiz.translate.text import single_line
from egiz.translate.translator import Translator

STAGES = ("reading", "translating", "terms", "scores", "publishing", "page")
"""What a build does with its time: reading splits too, publishing writes all but the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build came to; `remembered` and `translated` count translations, out of the memory or new.

    `damaged` counts entries of the memory that were damaged, and so made anew.

    `seconds` says where the time went: `STAGES` that there were, on the clock of the wall, added up over the
    processes that worked at it. It is published nowhere, for the same rows must give the same bytes.
    """

    table: Path
    provenance: Provenance
    summary: Summary
    remembered: int
    translated: int
    damaged: int
    seconds: Mapping[str, float]

    @property
    def attention(self) -> int:
        """The number of translations that are suspect or failed."""
        counts = [dict(target.statuses) for target in self.summary.targets]
        return sum(count["suspect"] + count["failed"] for count in counts)


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

    What people said of the table that stood there comes along, whatever else has changed; see
    `egiz.parallel.review.along`. The rest of it stays until everything new is complete. Translations are kept
    in the translator's memory window by window, so a run that is stopped goes on where it was when it is
    started again, and ends with the same bytes. `title` names the table, and the source where there is one
    only. Raises InputError, OptionError, ModelError or OutputError; then nothing is published. An output
    folder is refused that holds what Egiz has not made, or that lies in a source.
    """
    sources = tuple(sources)
    check_destination(output, sources)
    tracker, counts = Tracker(report), Counts()
    scores = scores or ScoreStage(Judge(None, "fast"), Witness(None, None, "fast"))
    with Publication(output) as publication:
        documents = read_all(sources, one_line(reading))
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
        recheck = Recheck(terms.base, translator.source) if terms else None
        provenance = provenance_of(translator, manifest, terms, scores)
        provenance, along = finish(
            publication, output, provenance, tables.tally.summary(), recheck, tracker, title, counts.stages
        )
    remove_given_up(output)
    return Built(
        table=output / TABLE,
        provenance=provenance,
        summary=along.summary,
        remembered=counts.remembered,
        translated=counts.translated,
        damaged=translator.damaged,
        seconds=counts.stages.seconds,
    )


def one_line(reading: ReadOptions) -> ReadOptions:
    """The same with title and licence as they can stand in a table."""
    return replace(reading, title=single_line(reading.title), licence=single_line(reading.licence))


def finish(
    publication: Publication,
    output: Path,
    provenance: Provenance | None,
    summary: Summary,
    recheck: Recheck | None,
    tracker: Tracker,
    title: str,
    stages: Stages,
) -> tuple[Provenance, Along]:
    """Publish what stands beside the tables, once these are complete: data package, card and page.

    What people said of the table in `output` comes along before that; `recheck` finds terms in their words.
    Gives the provenance as it is published, with sources and title, and what came along. Raises InputError
    where there is no row, and so nobody who says how one was made.
    """
    if provenance is None or not summary.sentences:
        raise InputError("no sentence in any source", expected="text with at least one word")
    terms = provenance.terms is not None
    drop_leftovers(publication, output)
    provenance = about(provenance, tracker.sources, single_line(title))
    beside = columns_beside([item.name for item in provenance.neural], terms=terms)
    with stages.stage("publishing"):
        along = take_along(publication, output, TABLE, [name for name, _ in beside], summary, recheck)
    summary, written = along.summary, publication.written(TABLE)
    others = [(publication.written(name), columns) for name, columns in beside]
    publication.write(MANIFEST, with_people(datapackage(provenance, summary, written, others), along))
    publication.write(CARD, card(provenance, summary, written) + people_section(along))
    with stages.stage("page"):
        publish_page(
            publication,
            summary.sentences,
            scores=SCORES,
            terms=USES if terms else None,
            edits=EDITS if terms else None,
            reviews=HISTORY if along.written else None,
        )
    return provenance, along
