"""The flow of a review: read edits, find their rows, decide, publish again, put approvals in the memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path

from egiz.glossary.records import TermBase
from egiz.parallel.publish import HISTORY, MANIFEST, PublishedRow
from egiz.parallel.publish.destination import check_destination, refuse_stranger
from egiz.parallel.publish.names import TABLE
from egiz.parallel.publish.published import Published, open_published
from egiz.parallel.publish.side_tables import side_table_path, side_table_prefix
from egiz.parallel.review.carry_over import old_sentences
from egiz.parallel.review.decide import conflicts, decide, entry_trace, trace, unplaced
from egiz.parallel.review.files import read_edits, read_history
from egiz.parallel.review.human_cells import claims, machine_of, target_of, term_finder_of
from egiz.parallel.review.matching import LocatedEdit, Locator, Sentences, carry
from egiz.parallel.review.records import SEEN, SETTLED, Decision, HistoryEntry, HumanEdit
from egiz.parallel.review.republish import republish
from egiz.parallel.summary import Provenance, Summary
from egiz.translate.errors import InputError, OptionError
from egiz.translate.memory import MemoryLike, NoMemory, human_key, human_translation


def remember(decisions: Iterable[Decision], source_language: str, memory: MemoryLike) -> tuple[int, int]:
    """Store every approved translation that is in the table in the memory.

    Returns how many were stored, and how many source sentences were not, because people approved different
    translations of them: which one is right depends on the context, which a memory does not know.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """The result of a review: the decision on each edit, in order, and the whole history after it.

    `revised` counts the cells whose text or status changed; `remembered` the approved translations stored in
    the memory, `at_odds` the source sentences not stored because they have several; `unchecked` the cells
    with a new text whose terms were not looked for because the term base was not available. `summary` has the
    counts of the table, None if nothing was published.
    """

    table: Path
    decisions: tuple[Decision, ...]
    history: tuple[HistoryEntry, ...]
    revised: int
    remembered: int
    at_odds: int
    unchecked: int = 0
    summary: Summary | None = None

    @property
    def conflicts(self) -> tuple[Decision, ...]:
        """The decisions on edits that could not be applied."""
        return conflicts(self.decisions)

    @property
    def unplaced(self) -> tuple[Decision, ...]:
        """The decisions on edits whose sentence has changed or is gone."""
        return unplaced(self.decisions)


def review(
    files: Sequence[Path],
    place: Path,
    output: Path | None = None,
    *,
    memory: MemoryLike | None = None,
    terms: TermBase | None = None,
    strict: bool = False,
) -> Reviewed:
    """Apply the edits of `files` to the table at `place`, and publish it there or as `output`.

    `place` is the folder of a build, or a table with its data package beside it, as `egiz align` makes it;
    `output` is of the same kind. An edit that conflicts with the table or with another edit, or whose
    sentence has changed or is gone, does not change the table; it is kept in the history, so that its text is
    shown beside the current one. With `strict`, nothing is published if there is such an edit. Reviews of a
    table at `output` are carried over. The files appear all or not at all; if there is nothing to apply,
    those at `place` stay as they are. Approved translations are put into `memory` once the table is
    published. `terms` is the term base that the table was built with; one shipped with Egiz need not be
    given. Raises InputError for an invalid file of edits, table or data package, OptionError if `terms` is
    another base, and OutputError as `build` does.
    """
    published, provenance = _open(place)
    term_finder = term_finder_of(published, terms)
    own = read_history(side_table_path(published.table, HISTORY))
    table = _output(published, output)
    rows = _rows(published)
    locator = Locator(rows)
    history = _history(own, published, table, locator.sentences)
    found = [locator(edit) for file in files for edit in read_edits(file)]
    decisions = decide(found, rows, history)
    if strict and (conflicts(decisions) or unplaced(decisions)):
        return Reviewed(
            table=published.table, decisions=decisions, history=history, revised=0, remembered=0, at_odds=0
        )
    added = _entries(found, decisions, rows, history)
    settled = _decided(history, found, decisions)
    summary, unchecked = None, 0
    if added or settled != history or table != published.table:
        carried = republish(published, provenance, (*settled, *added), table, term_finder)
        summary, unchecked = carried.summary, carried.unchecked
    kept = at_odds = 0
    if memory is not None and not isinstance(memory, NoMemory):
        kept, at_odds = remember(decisions, published.source_language, memory)
    return Reviewed(
        table=table,
        decisions=decisions,
        history=(*settled, *added),
        revised=len({entry.cell for entry in added if entry.is_claim}),
        remembered=kept,
        at_odds=at_odds,
        unchecked=unchecked if provenance.terms else 0,
        summary=summary,
    )


def _open(place: Path) -> tuple[Published, Provenance]:
    """Open a table and its provenance; raises InputError if the data package does not state its hash."""
    published = open_published(place)
    where = str(published.table.with_name(published.manifest))
    if published.provenance is None:
        raise InputError(
            "is missing, or not about this table",
            where=where,
            expected="the output folder of a build, or a table with its data package beside it",
        )
    with published.table.open("rb") as file:
        found = f"sha256:{file_digest(file, 'sha256').hexdigest()}"
    name = published.table.name
    stated = [item.get("hash") for item in published.descriptor["resources"] if item["path"] == name]
    if found not in stated:
        raise InputError(
            "describes another table",
            where=where,
            expected=f"the hash {found}",
            action="Was the table changed by hand? Build it again and bring changes in as edits.",
        )
    return published, published.provenance


def _output(published: Published, output: Path | None) -> Path:
    """The path of the table to write; raises OptionError and OutputError if it must not be written."""
    if published.table.name == TABLE:
        folder = published.table.parent if output is None else output
        check_destination(folder, ())
        same = folder.resolve() == published.table.parent.resolve()
        return published.table if same else folder / TABLE
    table = published.table if output is None else output
    if table.suffix.lower() != ".tsv" or table.is_dir() or table.name == TABLE:
        raise OptionError(f"{str(table)!r}", where="--output", expected="the name of a table, NAME.tsv")
    same = table.resolve() == published.table.resolve()
    if not same:
        for name in (
            table.name,
            f"{side_table_prefix(table.name)}{MANIFEST}",
            f"{side_table_prefix(table.name)}{HISTORY}",
        ):
            refuse_stranger(table.with_name(name))
    return published.table if same else table


def _rows(published: Published) -> list[PublishedRow]:
    """All rows of the table; raises InputError if an id occurs twice."""
    rows = list(published.rows())
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise InputError(
                f"the row {row.id!r} stands twice", where=str(published.table), expected="each id once"
            )
        seen.add(row.id)
    return rows


def _history(
    own: Sequence[HistoryEntry], published: Published, table: Path, sentences: Sentences
) -> tuple[HistoryEntry, ...]:
    """The history of the table, followed by that of another table which it will replace.

    If both have a different text for a cell, the replaced table's entry is in conflict.
    """
    tags = published.target_languages
    own = carry(own, sentences, sentences, tags)
    if table == published.table:
        return own
    others = carry(read_history(side_table_path(table, HISTORY)), old_sentences(table), sentences, tags)
    known = {entry_trace(entry) for entry in own}
    standing = claims(own)
    new = []
    for entry in others:
        claim = standing.get(entry.cell)
        if entry_trace(entry) not in known:
            differs = entry.is_claim and claim is not None and claim.after != entry.after
            new.append(replace(entry, conflict="edited differently") if differs else entry)
    return (*own, *new)


def _entries(
    found: Sequence[LocatedEdit],
    decisions: Sequence[Decision],
    rows: Sequence[PublishedRow],
    history: Sequence[HistoryEntry],
) -> list[HistoryEntry]:
    """The new history entries: one for each edit that says something new; repeated edits count once."""
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


def _decided(
    history: Sequence[HistoryEntry], found: Sequence[LocatedEdit], decisions: Sequence[Decision]
) -> tuple[HistoryEntry, ...]:
    """The history, with entries settled whose texts a person has seen when making an applied edit."""
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
