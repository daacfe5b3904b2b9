"""The files of a build: its tables, filled row by row, its provenance, and its page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from egiz.parallel.scores.judge import ScoreStage
from egiz.parallel.scores.records import Scale
from egiz.parallel.summary import ModelFacts, NeuralFacts, Provenance, Source, Tally, TermFacts
from egiz.translate.guards import REASONS
from egiz.translate.models import Manifest
from egiz.translate.records import Approval
from egiz.translate.split import SIGNATURE as SPLITTER
from egiz.translate.text import source_text
from egiz.translate.translator import Translator

Columns = list[tuple[str, Sequence[Column]]]


def names(*, terms: bool) -> tuple[str, ...]:
    """The files of a build that have lines for rows, the published table first, then the history.

    The history has what came by the translation memory; see `egiz.parallel.review.along` for the rest.
    """
    return (TABLE, HISTORY, *(name for name, _ in columns_beside((), terms=terms)))


def columns_beside(neural: Sequence[str], *, terms: bool) -> Columns:
    """The tables beside the published one with their columns."""
    found: Columns = [(SCORES, score_columns(neural))]
    return [*found, (USES, USE_COLUMNS), (EDITS, EDIT_COLUMNS)] if terms else found


class Tables:
    """Writes rows one by one; a context manager that closes its files."""

    def __init__(
        self,
        opened: Callable[[str], TextIO],
        source: str,
        targets: Sequence[str],
        *,
        neural: Sequence[str] = (),
        terms: bool = False,
    ) -> None:
        """`opened` gives a new text file of a name, UTF-8 with plain line ends.

        `neural` are the models with columns of their own in the scores; with `terms`, uses and edits are
        written too.
        """
        self.tally = Tally(targets)
        with ExitStack() as stack:
            table, history, scores, *beside = [
                stack.enter_context(opened(name)) for name in names(terms=terms)
            ]
            self._table = TsvWriter(table, source, targets)
            self._scores = ScoreTable(scores, neural)
            self._terms = TermTables(*beside) if beside else None
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
    """What the history says of a translation that a person approved in another project."""
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
"""Rows of a table up to which the page is made unasked: all of them are held at once for it."""


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
    """Make the page of a table that was written just now, from it and the tables beside it, by their names.

    Of a table with more than `PAGE_ROWS` rows none is made, and an older page goes.
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
    """What is said of a table that these make; its title and sources are to be added, see `about`."""
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


def about(provenance: Provenance, sources: Sequence[Source], title: str) -> Provenance:
    """The same of these sources. `title` names the table, and the source where there is one only."""
    if title and len(sources) == 1:
        sources = [replace(sources[0], title=title)]
    return replace(provenance, title=title or _title(sources), sources=tuple(sources))


def _title(sources: Sequence[Source]) -> str:
    first = sources[0].title or sources[0].id
    return first if len(sources) == 1 else f"{first} and {len(sources) - 1} more"


def from_json(value: dict[str, Any]) -> Provenance:
    """What `asdict` gave of one without sources or alignment, by way of JSON.

    Raises KeyError or TypeError where it is something else.
    """
    terms = value["terms"]
    return Provenance(
        **value
        | {
            "target_languages": tuple(value["target_languages"]),
            "sources": (),
            "model": ModelFacts(**value["model"]),
            "quality": Scale(**value["quality"] | {"unfitted": tuple(value["quality"]["unfitted"])}),
            "reasons": tuple((code, words) for code, words in value["reasons"]),
            "terms": TermFacts(**terms | {"bases": tuple(terms["bases"])}) if terms else None,
            "neural": tuple(NeuralFacts(**item) for item in value["neural"]),
        }
    )
