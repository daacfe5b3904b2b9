"""Decides which edits are applied to the table; makes history entries of them, and stores approved
translations in the memory.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime

from egiz.parallel.publish import PublishedRow
from egiz.parallel.review.human_cells import (
    claims,
    is_human,
    machine_of,
    target_of,
)
from egiz.parallel.review.matching import LocatedEdit
from egiz.parallel.review.records import (
    SEEN,
    SETTLED,
    CellKey,
    Conflict,
    Decision,
    HistoryEntry,
    HumanEdit,
    Outcome,
)
from egiz.parallel.summary import HUMAN_STATUSES
from egiz.translate.memory import MemoryLike, human_key, human_translation

Trace = tuple[str, ...]


def decide(
    edits: Sequence[LocatedEdit], rows: Sequence[PublishedRow], history: Sequence[HistoryEntry]
) -> tuple[Decision, ...]:
    """Return the decision on each edit, in order.

    An edit is applied in three cases: the cell still has the text that its author saw; it already has the
    text that its author wants; or it has any machine's text, and its sentence is exactly the one that the
    author saw. If edits want different texts for one cell, none of them is applied. If one author edited the
    same text of a cell several times, only the latest edit counts. An edit that is in the history and whose
    text is still in the cell is ``known`` and not applied again, so importing a file twice does no harm.
    """
    last = claims(history)
    made = _known(edits, rows, last, history)
    latest = _latest((*(entry for entry in history if entry.state == "kept"), *(item.edit for item in edits)))
    wanted: dict[CellKey, set[str]] = {}
    decisions = [_decision_alone(item, _row(item, rows), trace(item) in made, latest) for item in edits]
    for item, decision in zip(edits, decisions, strict=True):
        if decision is None:
            wanted.setdefault(item.edit.cell, set()).add(item.edit.after)
    return tuple(
        decision or _claim(item, rows, wanted[item.edit.cell], last.get(item.edit.cell))
        for item, decision in zip(edits, decisions, strict=True)
    )


def _row(item: LocatedEdit, rows: Sequence[PublishedRow]) -> PublishedRow | None:
    return None if item.place is None else rows[item.place]


def _known(
    edits: Sequence[LocatedEdit],
    rows: Sequence[PublishedRow],
    last: Mapping[CellKey, HistoryEntry],
    history: Sequence[HistoryEntry],
) -> set[Trace]:
    """Return the traces of edits that were imported before and need no new decision, because their text is
    still in the cell, or because a person has settled their conflict.
    """
    entries = {entry_trace(entry): entry for entry in history}

    def stays(item: LocatedEdit) -> bool:
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
    """Return when each author last edited each text of a cell, by the key that `_view` returns."""
    found: dict[Trace, datetime] = {}
    for item in items:
        if not item.is_remark and item.time:
            time = datetime.fromisoformat(item.time)
            found[_view(item)] = max(time, found.get(_view(item), time))
    return found


def _view(item: HumanEdit | HistoryEntry) -> Trace:
    """Return the key that is the same for all edits of one text in one cell by one author."""
    return (*item.cell, item.author, item.before)


def trace(item: LocatedEdit) -> Trace:
    """Return the key of an edit: if two edits have equal keys, they are one edit that was imported twice."""
    edit = item.edit
    words = (edit.author, edit.time, edit.before, edit.after, edit.comment, str(edit.approved))
    return (edit.language, item.sentence.source, edit.row if item.state == "kept" else "", *words)


def entry_trace(entry: HistoryEntry) -> Trace:
    """Return the `trace` of the edit that a history entry was made from."""
    words = (entry.author, entry.time, entry.before, entry.after, entry.comment, str(entry.approved))
    return (entry.language, entry.source, "" if entry.now else entry.row, *words)


def _decision_alone(
    item: LocatedEdit, row: PublishedRow | None, known: bool, latest: Mapping[Trace, datetime]
) -> Decision | None:
    """Return the decision on an edit if it is certain whatever other edits want for the cell;
    otherwise None.
    """
    edit = item.edit
    target = target_of(row, edit.language)
    stands, source = target.text if target else "", row.source if row else ""
    if known:
        return Decision(edit=edit, outcome="known", stands=stands, source=source)
    if item.state != "kept" and edit.sentence is not None:
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
    item: LocatedEdit, rows: Sequence[PublishedRow], wanted: Set[str], last: HistoryEntry | None
) -> Decision:
    """Return the decision on an edit that wants a new text for an existing cell. `wanted` are the texts that
    all edits want for this cell.

    `last` is the history entry whose text belongs in the cell. Its text counts as known to the author of the
    edit if three conditions hold: the same author made the entry, the entry and the edit start from the same
    text, and the cell has the text of the entry. Nobody else has then changed the cell.
    """
    edit, row = item.edit, _row(item, rows)
    target = target_of(row, edit.language)
    assert row is not None
    assert target is not None
    seen = {edit.before, edit.after}
    if edit.sentence is not None and target.status not in HUMAN_STATUSES:
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
    """Return the decisions on edits that could not be applied; `Decision.conflict` says why."""
    return tuple(decision for decision in decisions if decision.outcome == "conflict")


def unplaced(decisions: Collection[Decision]) -> tuple[Decision, ...]:
    """Return the decisions on edits whose sentence has changed, or is no longer in the table."""
    return tuple(decision for decision in decisions if decision.outcome in ("outdated", "orphaned"))


def remember(decisions: Iterable[Decision], source_language: str, memory: MemoryLike) -> tuple[int, int]:
    """Put the approved translations that are in the table into the memory.

    If people approved different translations of a source sentence, none of these is stored, because which one
    is right depends on the context, and the memory has no context. Returns the number of stored translations,
    and the number of source sentences with different approved translations.
    """
    approved: dict[tuple[str, str], dict[str, HumanEdit]] = {}
    for decision in decisions:
        stands = decision.outcome == "known" and decision.stands == decision.edit.after
        if decision.edit.approved and (stands or decision.outcome == "applied"):
            place = (decision.source, decision.edit.language)
            approved.setdefault(place, {})[decision.edit.after] = decision.edit
    settled = {place: next(iter(edits.values())) for place, edits in approved.items() if len(edits) == 1}
    memory.put(
        (human_key(source, source_language, tag), human_translation(edit.after, edit.author, edit.time))
        for (source, tag), edit in settled.items()
    )
    return len(settled), len(approved) - len(settled)


def new_entries(
    found: Sequence[LocatedEdit],
    decisions: Sequence[Decision],
    rows: Sequence[PublishedRow],
    history: Sequence[HistoryEntry],
) -> list[HistoryEntry]:
    """Return the new history entries: one for each edit that changes, approves or comments a text and is not
    in the history yet.
    """
    last = claims(history)
    known = {entry_trace(entry) for entry in history}
    entries = []
    for item, decision in zip(found, decisions, strict=True):
        edit = item.edit
        says = not edit.is_remark or edit.comment
        again = trace(item) in known and decision.outcome != "applied"
        if decision.outcome in ("known", "replaced") or not says or again:
            continue
        row = None if item.place is None else rows[item.place]
        target = target_of(row, edit.language)
        machine = machine_of(target, last.get(edit.cell)) if target and item.state == "kept" else ""
        entries.append(
            HistoryEntry(
                row=edit.row,
                language=edit.language,
                author=edit.author,
                time=edit.time,
                before=edit.before,
                after=edit.after,
                approved=edit.approved,
                comment=edit.comment,
                machine=machine,
                source=item.sentence.source,
                previous=item.sentence.previous,
                following=item.sentence.following,
                now=row.source if row and item.state == "outdated" else "",
                state=item.state if target or item.state != "kept" else "orphaned",
                conflict=decision.conflict or "" if target else "",
            )
        )
    return list(dict.fromkeys(entries))


def settle_entries(
    history: Sequence[HistoryEntry], found: Sequence[LocatedEdit], decisions: Sequence[Decision]
) -> tuple[HistoryEntry, ...]:
    """Return the history in which some entries are marked: those whose text the author of an applied edit has
    seen. An outdated entry gets the mark `SEEN`, an entry in conflict the mark `SETTLED`.
    """
    seen: dict[tuple[str, str], set[str]] = {}
    for item, decision in zip(found, decisions, strict=True):
        if decision.outcome == "applied":
            seen.setdefault(item.edit.cell, set()).update((*item.edit.seen, item.edit.after))

    def decided(entry: HistoryEntry) -> HistoryEntry:
        if entry.after not in seen.get(entry.cell, ()):
            return entry
        if entry.state == "outdated":
            return replace(entry, conflict=SEEN)
        return replace(entry, conflict=SETTLED) if entry.conflict else entry

    return tuple(map(decided, history))
