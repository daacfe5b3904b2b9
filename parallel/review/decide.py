"""Edits against the table as it stands: which can be brought in, and why the others cannot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime

from egiz.parallel.publish import PublishedRow
from egiz.parallel.published import Published
from egiz.parallel.review.records import Conflict, Decision, HistoryEntry, HumanEdit, Outcome
from egiz.parallel.review.standing import is_human, target_of
from egiz.translate.errors import InputError

Cell = tuple[str, str]
Trace = tuple[str, ...]


def decide(
    edits: Sequence[HumanEdit], published: Published, history: Sequence[HistoryEntry]
) -> tuple[Decision, ...]:
    """Say of each edit, in order, what becomes of it. Nothing is changed; no edit is dropped.

    An edit is brought in where the cell reads as its author saw it, or already as its author wants it. Where
    edits want one cell differently, none of them is; but authors may change their minds: of what one author
    says of one text, the latest counts. What the history has, and the cell still shows, is known and not
    brought in again, so a file may be brought in twice without harm. Raises InputError where the table is
    damaged.
    """
    rows = _rows(published, {edit.row for edit in edits})
    last = {entry.cell: entry for entry in history if not entry.is_remark}
    known = _known(edits, rows, last, {_trace(entry) for entry in history})
    latest = _latest((*history, *edits))
    wanted: dict[Cell, set[str]] = {}
    decisions: list[Decision | None] = [
        _settled(edit, rows.get(edit.row), _trace(edit) in known, latest) for edit in edits
    ]
    for edit, decision in zip(edits, decisions, strict=True):
        if decision is None:
            wanted.setdefault(edit.cell, set()).add(edit.after)
    return tuple(
        decision or _claim(edit, rows[edit.row], wanted[edit.cell], last.get(edit.cell))
        for edit, decision in zip(edits, decisions, strict=True)
    )


def _rows(published: Published, wanted: set[str]) -> dict[str, PublishedRow]:
    """The rows that edits are about."""
    found: dict[str, PublishedRow] = {}
    for row in published.rows():
        if row.id in found:
            raise InputError(
                f"the row {row.id!r} stands twice", where=str(published.table), expected="each id once"
            )
        if row.id in wanted:
            found[row.id] = row
    return found


def _known(
    edits: Sequence[HumanEdit],
    rows: Mapping[str, PublishedRow],
    last: Mapping[Cell, HistoryEntry],
    made: Collection[Trace],
) -> set[Trace]:
    """The traces of edits that were brought in and still show: a table built anew has lost them."""

    def shows(edit: HumanEdit) -> bool:
        target = target_of(rows.get(edit.row), edit.language)
        entry = last.get(edit.cell)
        return edit.is_remark or (target is not None and entry is not None and is_human(target, entry))

    return {_trace(edit) for edit in edits if _trace(edit) in made and shows(edit)}


def _latest(items: Iterable[HumanEdit | HistoryEntry]) -> dict[Trace, datetime]:
    """When each author last laid claim to each cell, by the text that the author saw there."""
    found: dict[Trace, datetime] = {}
    for item in items:
        if not item.is_remark:
            time = datetime.fromisoformat(item.time)
            found[_view(item)] = max(time, found.get(_view(item), time))
    return found


def _view(item: HumanEdit | HistoryEntry) -> Trace:
    return (*item.cell, item.author, item.before)


def _trace(item: HumanEdit | HistoryEntry) -> Trace:
    """What makes two edits the same edit."""
    words = (item.author, item.time, item.before, item.after, item.comment)
    return (*item.cell, *words, str(item.approved))


def _settled(
    edit: HumanEdit, row: PublishedRow | None, known: bool, latest: Mapping[Trace, datetime]
) -> Decision | None:
    """What becomes of an edit whatever others want; None where it lays claim to a cell that is there."""
    target = target_of(row, edit.language)
    if row is None or target is None:
        gone: Conflict = "row gone" if row is None else "no such language"
        return Decision(edit=edit, outcome="conflict", source=row.source if row else "", conflict=gone)
    outcome: Outcome | None = None
    if known:
        outcome = "known"
    elif edit.is_remark:
        outcome = "noted"
    elif edit.author and datetime.fromisoformat(edit.time) < latest[_view(edit)]:
        outcome = "replaced"
    return outcome and Decision(edit=edit, outcome=outcome, stands=target.text, source=row.source)


def _claim(edit: HumanEdit, row: PublishedRow, wanted: Set[str], last: HistoryEntry | None) -> Decision:
    """What becomes of an edit that wants the cell so, where these texts are wanted in all.

    `last` is what was brought into the cell last. Where it is the same author's, of the same text, the cell
    has not changed since but by the author.
    """
    target = target_of(row, edit.language)
    assert target is not None
    seen = {edit.before, edit.after}
    if last and edit.author and _view(last) == _view(edit) and is_human(target, last):
        seen.add(last.after)
    conflict: Conflict | None = None
    if not edit.after:
        conflict = "left empty"
    elif len(wanted) > 1:
        conflict = "edited differently"
    elif target.text not in seen:
        conflict = "changed since"
    return Decision(
        edit=edit,
        outcome="conflict" if conflict else "applied",
        stands=target.text,
        source=row.source,
        conflict=conflict,
    )


def conflicts(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """The decisions on edits that could not be brought in."""
    return tuple(decision for decision in decisions if decision.outcome == "conflict")
