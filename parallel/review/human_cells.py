"""Writes cells that a person wrote or approved into the tables of a folder.

Such a cell has the status ``approved``, with a quality of 1.000 because a person's approval overrides any
estimate, or ``edited``, with no quality because nobody has judged it. It has no flags. If the text differs
from the machine's, side-table lines about the machine's text are removed, and terms are searched for in the
new text if the term base is available. The machine's output is kept in its own column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from egiz.parallel.publish import LINKS, USES, Publication, PublishedRow, read_tsv
from egiz.parallel.publish.columns import Column, columns
from egiz.parallel.publish.tsv import PublishedTarget, marked, unmarked
from egiz.parallel.review.companions import TermFinder, copy_uses, copy_without, lines_of
from egiz.parallel.review.records import CellKey, HistoryEntry
from egiz.parallel.rows import RowStatus, TermRecord
from egiz.parallel.summary import HUMAN_STATUSES

QUALITY = "1.000"
"""The quality cell of an approved translation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanText:
    """A human text for a cell; `machine` is the machine's output, empty if there is none.

    `is_new` is true if the text differs from the one in the table; `uses` are then its term uses, empty if
    they were not searched for.
    """

    text: str
    machine: str
    status: RowStatus
    is_new: bool
    uses: tuple[TermRecord, ...] = ()


def target_of(row: PublishedRow | None, language: str) -> PublishedTarget | None:
    """The side of a row in a language; None without a row or such a side."""
    sides = row.targets if row is not None else ()
    return next((target for target in sides if target.language == language), None)


def claims(history: Iterable[HistoryEntry]) -> dict[CellKey, HistoryEntry]:
    """For each cell, the entry whose text belongs there: the last one with `is_claim`."""
    return {entry.cell: entry for entry in history if entry.is_claim}


def is_human(target: PublishedTarget, entry: HistoryEntry) -> bool:
    """Whether a cell still has that entry's text, with a human status."""
    return target.text == entry.after and target.status in HUMAN_STATUSES


def machine_of(target: PublishedTarget, entry: HistoryEntry | None) -> str:
    """The machine's output for a cell, from the table or else from `entry`; empty if unknown.

    `entry` is the last claim to the cell.
    """
    if target.machine or target.status not in HUMAN_STATUSES:
        return target.machine or target.text
    return entry.machine if entry is not None else ""


def with_machines(history: Sequence[HistoryEntry], rows: Iterable[PublishedRow]) -> tuple[HistoryEntry, ...]:
    """The history, with the machine's output updated from the table where it is known."""
    wanted = {entry.cell for entry in history if entry.state == "kept"}
    last = claims(history)
    found = {
        (row.id, target.language): machine_of(target, last.get((row.id, target.language)))
        for row in rows
        for target in row.targets
        if (row.id, target.language) in wanted
    }
    return tuple(
        replace(entry, machine=found[entry.cell])
        if entry.state == "kept" and found.get(entry.cell)
        else entry
        for entry in history
    )


def put_claims(
    publication: Publication,
    table: str,
    beside: Iterable[str],
    history: Sequence[HistoryEntry],
    term_finder: TermFinder | None,
) -> int:
    """Write the human texts of a history into the tables being published: `table`, and those `beside` it.

    Returns the number of cells with a new text whose terms were not searched for. All other lines keep their
    bytes. Raises InputError for an invalid table.
    """
    path = publication.path(table)
    wanted = claims(history)
    texts = dict(_texts(read_tsv(path), wanted, term_finder)) if wanted else {}
    if not texts:
        return 0
    first = next(read_tsv(path))
    tags = [target.language for target in first.targets]
    with _anew(path) as (source, output), output.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(_revised(lines_of(source), columns(first.source_language, tags), texts))
    new = {cell: text.uses for cell, text in texts.items() if text.is_new}
    for name in beside if new else ():
        if name.endswith(LINKS):  # between sentences, which do not change
            continue
        with _anew(publication.path(name)) as (source, output):
            if name.endswith(USES):
                copy_uses(source, output, read_tsv(path), new)
            else:
                copy_without(source, output, new)
    return len(new) if term_finder is None else 0


def _texts(
    rows: Iterable[PublishedRow], wanted: Mapping[CellKey, HistoryEntry], term_finder: TermFinder | None
) -> Iterator[tuple[CellKey, HumanText]]:
    """The human texts for cells that must change in text, status or machine output."""
    for row in rows:
        for target in row.targets:
            entry = wanted.get((row.id, target.language))
            if entry is None:
                continue
            machine = machine_of(target, entry)
            is_new = entry.after != target.text
            status: RowStatus = "approved" if entry.approved else "edited"
            if (
                is_new
                or target.status != status
                or (machine or entry.after) != (target.machine or target.text)
            ):
                uses = term_finder(row.source, target.language, entry.after) if term_finder and is_new else ()
                yield (
                    (row.id, target.language),
                    HumanText(text=entry.after, machine=machine, status=status, is_new=is_new, uses=uses),
                )


def _revised(
    lines: Iterable[str], table: tuple[Column, ...], texts: Mapping[CellKey, HumanText]
) -> Iterator[str]:
    """The lines of a table, with `texts` put into their cells; all other lines are kept byte for byte."""
    touched = {row for row, _ in texts}
    for line in lines:
        row = unmarked(line.partition("\t")[0])
        yield _line(line, table, texts) if row in touched else line


def _line(line: str, table: tuple[Column, ...], texts: Mapping[CellKey, HumanText]) -> str:
    cells = line.removesuffix("\n").split("\t")
    row, tag = unmarked(cells[0]), ""
    for place, column in enumerate(table):
        tag = column.language if column.kind == "text" else tag
        human = texts.get((row, tag))
        if human is not None:
            cells[place] = marked(_values(human).get(column.kind, cells[place]))
    return "\t".join(cells) + "\n"


def _values(human: HumanText) -> dict[str, str]:
    """The new values of a cell's columns, by kind; columns not named keep their values."""
    values = {
        "text": human.text,
        "quality": QUALITY if human.status == "approved" else "",
        "status": human.status,
        "flags": "",
        "mt": human.machine if human.machine != human.text else "",
    }
    terms = ",".join(f"{use.term}:{use.outcome}" for use in human.uses)
    return values | {"terms": terms} if human.is_new else values


@contextmanager
def _anew(path: Path) -> Iterator[tuple[Path, Path]]:
    """Yield the file to read and a new file to write, which replaces the first if the block succeeds."""
    fresh = path.with_name(f"{path.name}.new")
    yield path, fresh
    fresh.replace(path)
