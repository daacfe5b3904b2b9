"""The tables of a build as a whole: each row goes into all of them, and is counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Self, TextIO

from egiz.parallel.destination import TABLE
from egiz.parallel.publish import (
    EDIT_COLUMNS,
    EDITS,
    HISTORY,
    SCORES,
    USE_COLUMNS,
    USES,
    Column,
    ScoreTable,
    TermTables,
    TsvWriter,
    score_columns,
)
from egiz.parallel.review.history import MEMORY, history_line, history_text
from egiz.parallel.review.records import HistoryEntry
from egiz.parallel.rows import Row, Target, source_text
from egiz.parallel.summary import Tally
from egiz.translate.records import Approval

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
