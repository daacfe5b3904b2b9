"""Edits against the table as it stands: which can be brought in, and why the others cannot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime

from egiz.parallel.publish import PublishedRow
from egiz.parallel.review.matching import Located
from egiz.parallel.review.records import SETTLED, Conflict, Decision, HistoryEntry, HumanEdit, Outcome
from egiz.parallel.review.standing import claims, is_human, target_of
from egiz.parallel.summary import HUMAN_STATUSES

Cell = tuple[str, str]
Trace = tuple[str, ...]


def decide(
    edits: Sequence[Located], rows: Sequence[PublishedRow], history: Sequence[HistoryEntry]
) -> tuple[Decision, ...]:
    """Say of each edit, in order, what becomes of it. Nothing is changed; no edit is dropped.

    An edit is brought in where the cell reads as its author saw it, or already as its author wants it, or
    where it is a machine's and of the very sentence that the author saw. Where edits want one cell
    differently, none of them is; but authors may change their minds: of what one author says of one text, the
    latest counts. What the history has, and the cell still shows, is known and not brought in again, so a
    file may be brought in twice without harm.
    """
    last = claims(history)
    made = _known(edits, rows, last, history)
    latest = _latest((*(entry for entry in history if entry.state == "kept"), *(item.edit for item in edits)))
    wanted: dict[Cell, set[str]] = {}
    decisions = [_settled(item, _row(item, rows), trace(item) in made, latest) for item in edits]
    for item, decision in zip(edits, decisions, strict=True):
        if decision is None:
            wanted.setdefault(item.edit.cell, set()).add(item.edit.after)
    return tuple(
        decision or _claim(item, rows, wanted[item.edit.cell], last.get(item.edit.cell))
        for item, decision in zip(edits, decisions, strict=True)
    )


def _row(item: Located, rows: Sequence[PublishedRow]) -> PublishedRow | None:
    return None if item.place is None else rows[item.place]


def _known(
    edits: Sequence[Located],
    rows: Sequence[PublishedRow],
    last: Mapping[Cell, HistoryEntry],
    history: Sequence[HistoryEntry],
) -> set[Trace]:
    """The traces of edits that were brought in before, and that still show or that a person decided about."""
    entries = {entry_trace(entry): entry for entry in history}

    def stays(item: Located) -> bool:
        entry = entries.get(trace(item))
        if entry is None or (entry.conflict and entry.conflict != SETTLED):
            return False
        if item.state != "kept" or entry.conflict or item.edit.is_remark:
            return True
        target = target_of(_row(item, rows), item.edit.language)
        claim = last.get(item.edit.cell)
        return target is not None and claim is not None and is_human(target, claim)

    return {trace(item) for item in edits if stays(item)}


def _latest(items: Iterable[HumanEdit | HistoryEntry]) -> dict[Trace, datetime]:
    """When each author last laid claim to each cell, by the text that the author saw there."""
    found: dict[Trace, datetime] = {}
    for item in items:
        if not item.is_remark and item.time:
            time = datetime.fromisoformat(item.time)
            found[_view(item)] = max(time, found.get(_view(item), time))
    return found


def _view(item: HumanEdit | HistoryEntry) -> Trace:
    return (*item.cell, item.author, item.before)


def trace(item: Located) -> Trace:
    """What makes two edits the same edit."""
    edit = item.edit
    words = (edit.author, edit.time, edit.before, edit.after, edit.comment, str(edit.approved))
    return (edit.language, item.spot.source, edit.row if item.state == "kept" else "", *words)


def entry_trace(entry: HistoryEntry) -> Trace:
    """The same of an edit that was brought in."""
    words = (entry.author, entry.time, entry.before, entry.after, entry.comment, str(entry.approved))
    return (entry.language, entry.source, "" if entry.now else entry.row, *words)


def _settled(
    item: Located, row: PublishedRow | None, known: bool, latest: Mapping[Trace, datetime]
) -> Decision | None:
    """What becomes of an edit whatever others want; None where it lays claim to a cell that is there."""
    edit = item.edit
    target = target_of(row, edit.language)
    stands, source = target.text if target else "", row.source if row else ""
    if known:
        return Decision(edit=edit, outcome="known", stands=stands, source=source)
    if item.state != "kept" and edit.spot is not None:
        return Decision(edit=edit, outcome=item.state, stands=stands, source=source)
    if target is None:
        gone: Conflict = "row gone" if row is None else "no such language"
        return Decision(edit=edit, outcome="conflict", source=source, conflict=gone)
    outcome: Outcome | None = None
    if edit.is_remark:
        outcome = "noted"
    elif edit.author and datetime.fromisoformat(edit.time) < latest[_view(edit)]:
        outcome = "replaced"
    return outcome and Decision(edit=edit, outcome=outcome, stands=stands, source=source)


def _claim(
    item: Located, rows: Sequence[PublishedRow], wanted: Set[str], last: HistoryEntry | None
) -> Decision:
    """What becomes of an edit that wants the cell so, where these texts are wanted in all.

    `last` is what was brought into the cell last. Where it is the same author's, of the same text, the cell
    has not changed since but by the author.
    """
    edit, row = item.edit, _row(item, rows)
    target = target_of(row, edit.language)
    assert row is not None
    assert target is not None
    seen = {edit.before, edit.after}
    if edit.spot is not None and target.status not in HUMAN_STATUSES:
        seen.add(target.text)
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


def unplaced(decisions: Collection[Decision]) -> tuple[Decision, ...]:
    """The decisions on edits whose sentence is not in the table as its author saw it."""
    return tuple(decision for decision in decisions if decision.outcome in ("outdated", "orphaned"))
