"""How a cell stands that a person wrote or approved, and how such cells come into the tables of a folder.

Its status is ``approved``, with a quality of 1.000: a person's word settles what the machine and its checks
could only guess; or it is ``edited``, with no quality: a person wrote it, and nobody has judged it. It has no
flags. Where the text is another one than the machine's, what was said of the machine's words goes with them,
and terms are looked for in the new ones where the term base is at hand. The machine's own output stays beside
it, in the column that is kept for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from egiz.parallel.publish import LINKS, USES, Publication, PublishedRow, read_tsv
from egiz.parallel.publish.columns import Column, columns
from egiz.parallel.publish.tsv import PublishedTarget, marked, unmarked
from egiz.parallel.review.companions import Recheck, copy_uses, copy_without, lines_of
from egiz.parallel.review.records import HistoryEntry
from egiz.parallel.rows import RowStatus, TermRecord
from egiz.parallel.summary import HUMAN_STATUSES

Cell = tuple[str, str]
"""Row and language."""
QUALITY = "1.000"
"""That of what a person approved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanText:
    """What a person has put in a cell; `machine` is the machine's output, empty where it had none.

    `is_new` says that the text is another one than stood there, not only approved; `uses` are the uses of
    terms in it then, empty where they were not looked for.
    """

    text: str
    machine: str
    status: RowStatus
    is_new: bool
    uses: tuple[TermRecord, ...] = ()


def target_of(row: PublishedRow | None, language: str) -> PublishedTarget | None:
    """The side of a row in a language."""
    sides = row.targets if row is not None else ()
    return next((target for target in sides if target.language == language), None)


def claims(history: Iterable[HistoryEntry]) -> dict[Cell, HistoryEntry]:
    """The entry whose text is to stand in each cell: the last one that lays claim to it."""
    return {entry.cell: entry for entry in history if entry.is_claim}


def is_human(target: PublishedTarget, entry: HistoryEntry) -> bool:
    """Whether a cell stands as that entry left it."""
    return target.text == entry.after and target.status in HUMAN_STATUSES


def machine_of(target: PublishedTarget, entry: HistoryEntry | None) -> str:
    """The machine's output for a cell; empty where it is not known.

    `entry` is the last claim to the cell: where the table does not have the output, it may.
    """
    if target.machine or target.status not in HUMAN_STATUSES:
        return target.machine or target.text
    return entry.machine if entry is not None else ""


def with_machines(history: Sequence[HistoryEntry], rows: Iterable[PublishedRow]) -> tuple[HistoryEntry, ...]:
    """The history with the machine's output of the table as it is now, where that is known."""
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
    recheck: Recheck | None,
) -> int:
    """Put what people claim into the tables that are being published: `table`, and those `beside` it.

    Give the number of cells with new words whose terms were not looked for. Lines that nobody claims keep
    their bytes. Raises InputError where a table is not as it should be.
    """
    path = publication.path(table)
    wanted = claims(history)
    texts = dict(_texts(read_tsv(path), wanted, recheck)) if wanted else {}
    if not texts:
        return 0
    first = next(read_tsv(path))
    tags = [target.language for target in first.targets]
    with _anew(path) as (source, output), output.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(_revised(lines_of(source), columns(first.source_language, tags), texts))
    new = {cell: text.uses for cell, text in texts.items() if text.is_new}
    for name in beside if new else ():
        if name.endswith(LINKS):  # of sentences, which stay who they are
            continue
        with _anew(publication.path(name)) as (source, output):
            if name.endswith(USES):
                copy_uses(source, output, read_tsv(path), new)
            else:
                copy_without(source, output, new)
    return len(new) if recheck is None else 0


def _texts(
    rows: Iterable[PublishedRow], wanted: Mapping[Cell, HistoryEntry], recheck: Recheck | None
) -> Iterator[tuple[Cell, HumanText]]:
    """What is to stand in the cells that do not stand so yet."""
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
                uses = recheck(row.source, target.language, entry.after) if recheck and is_new else ()
                yield (
                    (row.id, target.language),
                    HumanText(text=entry.after, machine=machine, status=status, is_new=is_new, uses=uses),
                )


def _revised(
    lines: Iterable[str], table: tuple[Column, ...], texts: Mapping[Cell, HumanText]
) -> Iterator[str]:
    """Yield the lines of a table with `texts` in their cells; the others as they are, to the byte."""
    touched = {row for row, _ in texts}
    for line in lines:
        row = unmarked(line.partition("\t")[0])
        yield _line(line, table, texts) if row in touched else line


def _line(line: str, table: tuple[Column, ...], texts: Mapping[Cell, HumanText]) -> str:
    cells = line.removesuffix("\n").split("\t")
    row, tag = unmarked(cells[0]), ""
    for place, column in enumerate(table):
        tag = column.language if column.kind == "text" else tag
        human = texts.get((row, tag))
        if human is not None:
            cells[place] = marked(_values(human).get(column.kind, cells[place]))
    return "\t".join(cells) + "\n"


def _values(human: HumanText) -> dict[str, str]:
    """What stands in the columns of a cell, by their kind; what is not named stays."""
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
    """A file to read, and another to write, which takes its place."""
    fresh = path.with_name(f"{path.name}.new")
    yield path, fresh
    fresh.replace(path)
