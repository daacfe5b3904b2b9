"""Edits against the table as it stands: which can be brought in, and why the others cannot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from egiz.parallel.publish import PublishedRow
from egiz.parallel.published import Published
from egiz.parallel.review.records import Conflict, Decision, HistoryEntry, HumanEdit
from egiz.parallel.review.standing import is_human, target_of
from egiz.translate.errors import InputError

Cell = tuple[str, str]
Trace = tuple[str, ...]


def decide(
    edits: Sequence[HumanEdit], published: Published, history: Sequence[HistoryEntry]
) -> tuple[Decision, ...]:
    """Say of each edit, in order, what becomes of it. Nothing is changed; no edit is dropped.

    An edit is brought in where the cell reads as its author saw it, or already as its author wants it. Where
    edits want one cell differently, none of them is. What the history has, and the cell still shows, is known
    and not brought in again, so a file may be brought in twice without harm. Raises InputError where the
    table is damaged.
    """
    rows = _rows(published, {edit.row for edit in edits})
    known = _known(edits, rows, history)
    wanted: dict[Cell, set[str]] = {}
    for edit in edits:
        if not edit.is_remark and _trace(edit) not in known:
            wanted.setdefault(edit.cell, set()).add(edit.after)
    return tuple(
        _decision(edit, rows.get(edit.row), _trace(edit) in known, wanted.get(edit.cell, set()))
        for edit in edits
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
    edits: Sequence[HumanEdit], rows: Mapping[str, PublishedRow], history: Sequence[HistoryEntry]
) -> set[Trace]:
    """The traces of edits that were brought in and still show: a table built anew has lost them."""
    last = {entry.cell: entry for entry in history if not entry.is_remark}
    made = {_trace(entry) for entry in history}

    def shows(edit: HumanEdit) -> bool:
        if edit.is_remark:
            return True
        target = target_of(rows.get(edit.row), edit.language)
        entry = last.get(edit.cell)
        return entry is not None and target is not None and is_human(target, entry)

    return {_trace(edit) for edit in edits if _trace(edit) in made and shows(edit)}


def _trace(item: HumanEdit | HistoryEntry) -> Trace:
    """What makes two edits the same edit."""
    words = (item.author, item.time, item.before, item.after, item.comment)
    return (*item.cell, *words, str(item.approved))


def _decision(edit: HumanEdit, row: PublishedRow | None, known: bool, wanted: set[str]) -> Decision:
    target = target_of(row, edit.language)
    if row is None or target is None:
        gone: Conflict = "row gone" if row is None else "no such language"
        return Decision(edit=edit, outcome="conflict", source=row.source if row else "", conflict=gone)
    conflict = None if known else _conflict(edit, target.text, wanted)
    return Decision(
        edit=edit,
        outcome="known" if known else "conflict" if conflict else "noted" if edit.is_remark else "applied",
        stands=target.text,
        source=row.source,
        conflict=conflict,
    )


def _conflict(edit: HumanEdit, stands: str, wanted: set[str]) -> Conflict | None:
    """Why an edit cannot be brought in; None where it can. A remark claims no text, so it always can."""
    if edit.is_remark:
        return None
    if not edit.after:
        return "left empty"
    if len(wanted) > 1:
        return "edited differently"
    if stands not in (edit.before, edit.after):
        return "changed since"
    return None


def conflicts(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """The decisions on edits that could not be brought in."""
    return tuple(decision for decision in decisions if decision.outcome == "conflict")
