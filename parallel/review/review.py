"""The flow of a review: read edits, decide, revise the table, remember what was approved, publish anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from egiz.glossary.records import TermBase
from egiz.parallel.destination import TABLE, check_destination
from egiz.parallel.published import Published, open_published
from egiz.parallel.review.decide import conflicts, decide
from egiz.parallel.review.edits_file import read_edits
from egiz.parallel.review.history import read_history
from egiz.parallel.review.recheck import Recheck, recheck_of
from egiz.parallel.review.records import Decision, HistoryEntry, HumanEdit
from egiz.parallel.review.remember import remember
from egiz.parallel.review.republish import Revision, republish
from egiz.parallel.review.standing import HumanText, is_human
from egiz.parallel.summary import Provenance
from egiz.translate.errors import InputError
from egiz.translate.memory import MemoryLike, NoMemory


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What a review came to: a decision for each edit in order, and the whole history after it.

    `revised` counts the cells that changed in text or standing; `remembered` the approved translations that
    the memory keeps, `at_odds` those that it does not because one source sentence has several; `unchecked`
    the cells with new words whose terms were not looked for, because the term base was not at hand.
    """

    table: Path
    decisions: tuple[Decision, ...]
    history: tuple[HistoryEntry, ...]
    revised: int
    remembered: int
    at_odds: int
    unchecked: int = 0

    @property
    def conflicts(self) -> tuple[Decision, ...]:
        """The edits that could not be brought in."""
        return conflicts(self.decisions)


def review(
    files: Sequence[Path],
    folder: Path,
    output: Path | None = None,
    *,
    memory: MemoryLike | None = None,
    terms: TermBase | None = None,
    strict: bool = False,
) -> Reviewed:
    """Bring the edits of `files` into the table of `folder`, and publish it there, or in `output`.

    An edit that conflicts with the table or with another edit is left out and told; the others are brought
    in, or, where `strict`, none of them is and nothing is published. The files appear whole or not at all;
    where there is nothing to bring in, those in `folder` stay as they are. Approved translations are put
    into `memory` once the table stands. `terms` is the base that the table was built with; one that ships
    with Egiz need not be given. Raises InputError where a file of edits, the table or its data package is not
    as it should be, OptionError where `terms` is another base, and OutputError as `build` does.
    """
    output = output or folder
    published, provenance = _open(folder)
    recheck = recheck_of(published, terms)
    check_destination(output, ())
    history = read_history(folder)
    read_history(output)
    edits = [edit for file in files for edit in read_edits(file)]
    decisions = decide(edits, published, history)
    if strict and conflicts(decisions):
        return Reviewed(
            table=folder / TABLE, decisions=decisions, history=history, revised=0, remembered=0, at_odds=0
        )
    added = _entries(decisions, published, history)
    texts = _texts(decisions, added, recheck)
    if added or output.resolve() != folder.resolve():
        republish(
            published,
            provenance,
            Revision(texts=texts, history=(*history, *added)),
            output,
        )
    kept = at_odds = 0
    if memory is not None and not isinstance(memory, NoMemory):
        kept, at_odds = remember(decisions, published.source_language, memory)
    return Reviewed(
        table=output / TABLE,
        decisions=decisions,
        history=(*history, *added),
        revised=len({entry.cell for entry in added if not entry.is_remark}),
        remembered=kept,
        at_odds=at_odds,
        unchecked=sum(text.is_new for text in texts.values()) if provenance.terms and not recheck else 0,
    )


def _open(folder: Path) -> tuple[Published, Provenance]:
    """The table of a build, if it is the one that its data package describes."""
    published = open_published(folder)
    where = str(published.table.with_name(published.manifest))
    if published.provenance is None or published.table.name != TABLE:
        raise InputError(
            "is missing, or not about this table", where=where, expected="the output folder of a build"
        )
    with published.table.open("rb") as file:
        found = f"sha256:{file_digest(file, 'sha256').hexdigest()}"
    stated = [item.get("hash") for item in published.descriptor["resources"] if item["path"] == TABLE]
    if found not in stated:
        raise InputError(
            "describes another table",
            where=where,
            expected=f"the hash {found}",
            action="Was the table changed by hand? Build it again and bring changes in as edits.",
        )
    return published, published.provenance


def _entries(
    decisions: Sequence[Decision], published: Published, history: Sequence[HistoryEntry]
) -> list[HistoryEntry]:
    """What the history gains: a line for each edit that is brought in or noted, repeated ones once."""
    taken = [item for item in decisions if item.outcome in ("applied", "noted") and _says(item.edit)]
    machines = _machines(published, history, {item.edit.row for item in taken})
    entries = [
        HistoryEntry(
            row=item.edit.row,
            language=item.edit.language,
            author=item.edit.author,
            time=item.edit.time,
            before=item.edit.before,
            after=item.edit.after,
            approved=item.edit.approved,
            comment=item.edit.comment,
            machine=machines[item.edit.cell],
        )
        for item in taken
    ]
    return list(dict.fromkeys(entries))


def _says(edit: HumanEdit) -> bool:
    """Whether there is anything in it: a text left as it is, not approved, with no comment, says nothing."""
    return not edit.is_remark or bool(edit.comment)


def _machines(
    published: Published, history: Sequence[HistoryEntry], rows: Collection[str]
) -> dict[tuple[str, str], str]:
    """The machine's output for each cell of some rows.

    A cell as a person left it has it in the history; any other in its own column, or is it.
    """
    last = {entry.cell: entry for entry in history if not entry.is_remark}
    found: dict[tuple[str, str], str] = {}
    for row in published.rows():
        for target in row.targets if row.id in rows else ():
            entry = last.get((row.id, target.language))
            stands = entry is not None and is_human(target, entry)
            machine = entry.machine if entry and stands else target.machine or target.text
            found[row.id, target.language] = machine
    return found


def _texts(
    decisions: Sequence[Decision], added: Sequence[HistoryEntry], recheck: Recheck | None
) -> dict[tuple[str, str], HumanText]:
    """What comes into the cells that a person lays claim to; only in new words are terms looked for again."""
    found = {item.edit.cell: item for item in decisions}
    texts = {}
    for entry in added:
        if entry.is_remark:
            continue
        is_new = entry.after != found[entry.cell].stands
        uses = recheck(found[entry.cell].source, entry.language, entry.after) if recheck and is_new else ()
        texts[entry.cell] = HumanText(text=entry.after, machine=entry.machine, is_new=is_new, uses=uses)
    return texts
