"""The files of a build: tables written row by row, the provenance, and the reader page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self, TextIO

from egiz.parallel.build.terms import TermStage
from egiz.parallel.publish import (
    EDIT_COLUMNS,
    EDITS,
    HISTORY,
    MANIFEST,
    SCORES,
    USE_COLUMNS,
    USES,
    Column,
    Publication,
    ScoreTable,
    TermTables,
    TsvWriter,
    read_package,
    score_columns,
)
from egiz.parallel.publish.names import PAGE, TABLE
from egiz.parallel.reader import load_files, render
from egiz.parallel.review.files import MEMORY, history_line, history_text
from egiz.parallel.review.records import HistoryEntry
from egiz.parallel.rows import Row, Target
from egiz.parallel.scores.quality import ScoreStage
from egiz.parallel.scores.records import Scale
from egiz.parallel.summary import ModelFacts, NeuralFacts, Provenance, SourceDocument, Tally, TermFacts
from egiz.translate.guards import REASONS
from egiz.translate.models import Manifest
from egiz.translate.records import Approval, LeftOut
from egiz.translate.split import SIGNATURE as SPLITTER
from egiz.translate.text import source_text
from egiz.translate.translator import Translator

Columns = list[tuple[str, Sequence[Column]]]


def table_names(*, terms: bool) -> tuple[str, ...]:
    """Return the names of the files written row by row: the published table, the review history, then the
    side tables (scores and, with `terms`, term uses and edits).

    The review history that is written row by row has only approvals that came from the translation memory.
    Later, `egiz.parallel.review.carry_over` adds the reviews of an earlier table to it.
    """
    return (TABLE, HISTORY, *(name for name, _ in side_table_columns((), terms=terms)))


def side_table_columns(neural: Sequence[str], *, terms: bool) -> Columns:
    """Return the names of the side tables of a build, except the review history, with their columns."""
    found: Columns = [(SCORES, score_columns(neural))]
    return [*found, (USES, USE_COLUMNS), (EDITS, EDIT_COLUMNS)] if terms else found


class Tables:
    """Writes each row to all tables and counts it; a context manager that closes the files."""

    def __init__(
        self,
        opened: Callable[[str], TextIO],
        source: str,
        targets: Sequence[str],
        *,
        neural: Sequence[str] = (),
        terms: bool = False,
    ) -> None:
        """`opened` opens a new text file by name, in UTF-8 with ``\\n`` line ends.

        `neural` are the names of the neural models; the table of scores has a column for each of them. With
        `terms`, the tables of term uses and edits are written too.
        """
        self.tally = Tally(targets)
        with ExitStack() as stack:
            table, history, scores, *term_tables = [
                stack.enter_context(opened(name)) for name in table_names(terms=terms)
            ]
            self._table = TsvWriter(table, source, targets)
            self._scores = ScoreTable(scores, neural)
            self._terms = TermTables(*term_tables) if term_tables else None
            self._history = history
            history.write(history_text(()))
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def write(self, row: Row) -> None:
        """Write and count one row; raises OutputError as `TsvWriter.write` does."""
        self._table.write(row)
        self._scores.write(row)
        if self._terms:
            self._terms.write(row)
        for target in row.targets:
            if target.approval is not None:
                self._history.write(f"{history_line(_remembered(row, target, target.approval))}\n")
        self.tally.add(row)


def _remembered(row: Row, target: Target, approval: Approval) -> HistoryEntry:
    """Return the entry of the review history for a translation that a person approved in an earlier build and
    that this build took from the memory."""
    return HistoryEntry(
        row=row.id,
        language=target.language,
        author=source_text(approval.author, "en"),
        time=approval.time,
        before=target.text,
        after=target.text,
        approved=True,
        comment="",
        machine="",
        source=row.source,
        origin=MEMORY,
    )


PAGE_ROWS = 20_000
"""The most rows of a table for which a build makes the page, because the page holds all rows in memory."""


def publish_page(
    publication: Publication,
    rows: int,
    *,
    terms: str | None = None,
    edits: str | None = None,
    scores: str | None = None,
    words: str | None = None,
    reviews: str | None = None,
) -> None:
    """Make the reader page of the table that `publication` has just written.

    `rows` is the number of rows of the table. If there are more than `PAGE_ROWS`, no page is made, and the
    page of an earlier build is removed. The other arguments are the file names of side tables to read for the
    page; None for a side table that was not written.
    """
    if rows > PAGE_ROWS:
        publication.drop(PAGE)
        return

    def place(name: str | None) -> Path | None:
        return publication.path(name) if name else None

    reading = load_files(
        publication.path(TABLE),
        package=read_package(publication.path(MANIFEST)),
        terms=place(terms),
        edits=place(edits),
        scores=place(scores),
        words=place(words),
        reviews=place(reviews),
        name=TABLE.removesuffix(".tsv"),
    )
    publication.write(PAGE, render(reading))


def provenance_of(
    translator: Translator, manifest: Manifest, terms: TermStage | None, scores: ScoreStage
) -> Provenance:
    """Return the provenance of a table made by these stages, without title and sources.

    See `with_sources`, which adds title and sources.
    """
    engine = translator.engine.facts
    return Provenance(
        title="",
        version=version("egiz"),
        source_language=translator.source,
        target_languages=translator.targets,
        sources=(),
        model=ModelFacts(
            name=manifest.name,
            source=manifest.source,
            revision=manifest.revision,
            fingerprint=manifest.fingerprint,
            licence=manifest.licence,
            precision=engine.precision,
            engine=f"{engine.program} {engine.version}",
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


def with_sources(
    provenance: Provenance, sources: Sequence[SourceDocument], title: str, left_out: Iterable[LeftOut] = ()
) -> Provenance:
    """Return the provenance with sources, title and the files that were `left_out`.

    `title` names the table and, if there is only one source, that source too. If it is empty, the title is
    made from the first source.
    """
    if title and len(sources) == 1:
        sources = [replace(sources[0], title=title)]
    return replace(
        provenance,
        title=title or _title(sources),
        sources=tuple(sources),
        left_out=tuple(sorted(left_out, key=lambda left: left.path)),
    )


def _title(sources: Sequence[SourceDocument]) -> str:
    first = sources[0].title or sources[0].id
    return first if len(sources) == 1 else f"{first} and {len(sources) - 1} more"


def provenance_from_json(value: dict[str, Any]) -> Provenance:
    """Make a provenance from `value`, which was read from JSON and was made by ``asdict(provenance)``.

    The result has no sources and no alignment.

    Raises KeyError or TypeError if `value` has not the keys of a provenance.
    """
    terms = value["terms"]
    return Provenance(
        **value
        | {
            "target_languages": tuple(value["target_languages"]),
            "sources": (),
            "left_out": (),
            "model": ModelFacts(**value["model"]),
            "quality": Scale(**value["quality"] | {"unfitted": tuple(value["quality"]["unfitted"])}),
            "reasons": tuple((code, words) for code, words in value["reasons"]),
            "terms": TermFacts(**terms | {"bases": tuple(terms["bases"])}) if terms else None,
            "neural": tuple(NeuralFacts(**item) for item in value["neural"]),
        }
    )
