"""Writes cells that a person wrote or approved into the tables of a folder.

Such a cell has the status ``approved`` or ``edited``, and no flags. An approved cell has the quality 1.000,
because a person's approval overrides any estimate; an edited cell has none, because nobody has judged the
text. If the text is new, the lines of side tables about the old text are removed, and terms are searched for
in the new text if the term base is available. The machine's output is kept in its own column.

The term base must be the one that the table was built with; if it is shipped with Egiz, it is found
automatically.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from shutil import copyfile
from typing import Any

from egiz.glossary.check import Checker
from egiz.glossary.records import TermBase
from egiz.glossary.termbase import load_all, shipped
from egiz.parallel.build.terms import identity, uses_in
from egiz.parallel.publish import LINKS, USES, Publication, PublishedRow, read_tsv
from egiz.parallel.publish.columns import Column, columns
from egiz.parallel.publish.published import Published
from egiz.parallel.publish.side_tables import write_uses
from egiz.parallel.publish.tsv import PublishedTarget, marked, unmarked
from egiz.parallel.review.records import CellKey, HistoryEntry
from egiz.parallel.rows import RowStatus, TermRecord
from egiz.parallel.summary import HUMAN_STATUSES
from egiz.translate.errors import InputError, OptionError

QUALITY = "1.000"
"""The quality cell of an approved translation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanText:
    """A text that a person wrote or approved for a cell. `machine` is the machine's output for the cell; it
    is empty if there is none.

    `is_new` says that the text differs from the one in the table. For a new text, `uses` are its term uses;
    they are empty if no terms were searched for.
    """

    text: str
    machine: str
    status: RowStatus
    is_new: bool
    uses: tuple[TermRecord, ...] = ()


def target_of(row: PublishedRow | None, language: str) -> PublishedTarget | None:
    """Return the cell of a row in a language; None if `row` is None or has no cell in this language."""
    sides = row.targets if row is not None else ()
    return next((target for target in sides if target.language == language), None)


def claims(history: Iterable[HistoryEntry]) -> dict[CellKey, HistoryEntry]:
    """Return, for each cell, the entry whose text belongs there: the last entry with `is_claim`."""
    return {entry.cell: entry for entry in history if entry.is_claim}


def is_human(target: PublishedTarget, entry: HistoryEntry) -> bool:
    """Whether the text of the entry is in the cell, with the status of a human text."""
    return target.text == entry.after and target.status in HUMAN_STATUSES


def machine_of(target: PublishedTarget, entry: HistoryEntry | None) -> str:
    """Return the machine's output for a cell. It is taken from the table or, if the table does not have it,
    from `entry`; it is empty if neither has it.

    `entry` is the entry of the cell in `claims`.
    """
    if target.machine or target.status not in HUMAN_STATUSES:
        return target.machine or target.text
    return entry.machine if entry is not None else ""


def with_machines(history: Sequence[HistoryEntry], rows: Iterable[PublishedRow]) -> tuple[HistoryEntry, ...]:
    """Return the history in which each entry has the machine's output from the table; an entry for whose cell
    the table has none keeps its own.
    """
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
    """Write the texts of `claims` into the tables being published: `table`, and the side tables `beside` it.

    Lines that do not describe a changed cell keep their bytes. Returns the number of cells with a new text in
    which no terms were searched for. Raises InputError for an invalid table.
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
        if name.endswith(LINKS):  # sentences do not change, so their links do not
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
    """Yield the human texts of the cells whose text, status or machine output has to change."""
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
    """Yield the lines of a table with `texts` put into their cells; other lines keep their bytes."""
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
    """Return the values that change in the columns of a cell, by the kind of column. Columns of other kinds
    keep their values.
    """
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
    """Yield `path`, and the path of a new file in which to write. If the block ends without an error, the new
    file replaces the old one.
    """
    fresh = path.with_name(f"{path.name}.new")
    yield path, fresh
    fresh.replace(path)


class TermFinder:
    """Finds the terms of a term base in sentences and their translations."""

    def __init__(self, base: TermBase, source_language: str) -> None:
        self._checker = cache(lambda tag: Checker(base.terms, source_language, tag))

    def __call__(self, source: str, language: str, text: str) -> tuple[TermRecord, ...]:
        """Return the term uses in one translation of `source`."""
        return uses_in(self._checker(language), source, text)


def term_finder_of(published: Published, base: TermBase | None) -> TermFinder | None:
    """Return the term finder for a table.

    It is None if the table was built without a term base, or with a term base that is not available. If
    `base` is None, the term base is looked for among those shipped with Egiz. Raises OptionError if `base` is
    not the one that the table was built with, because the table would then have terms of two bases.
    """
    facts = published.provenance.terms if published.provenance else None
    if facts is None:
        if base is not None:
            raise OptionError("the table was built without a term base", where="--terms")
        return None
    if base is None:
        base = load_all(facts.bases) if set(facts.bases) <= set(shipped()) else None
        if base is None or not _is_same(base, facts.signature):
            return None
    if not _is_same(base, facts.signature):
        raise OptionError(
            f"the term base {identity(base)}",
            where="--terms",
            expected=f"the one that the table was built with, {';'.join(facts.signature.split(';')[:2])}",
        )
    return TermFinder(base, published.source_language)


def _is_same(base: TermBase, signature: str) -> bool:
    return signature.startswith(f"{identity(base)};")


Uses = Sequence[TermRecord]
_KEYS = ("row", "language")


def companions(descriptor: dict[str, Any], others: Collection[str]) -> tuple[str, ...]:
    """Return the names of the files that a data package lists, except those in `others`.

    Raises InputError if a name is not a plain file name, so that nothing outside the folder is touched.
    """
    names = [item.get("path") for item in descriptor["resources"]]
    for name in names:
        if not isinstance(name, str) or Path(name).name != name:
            raise InputError(f"the data package lists {name!r}", expected="files of its own folder")
    return tuple(name for name in names if name not in others)


def copy_without(source: Path, output: Path, cells: Collection[CellKey]) -> None:
    """Copy a side table without its lines about `cells`.

    A file that is no table, or lacks the column ``row`` or ``language``, is copied whole. Raises InputError
    if the file is missing or not UTF-8.
    """
    try:
        if not cells or ".tsv" not in source.suffixes:
            copyfile(source, output)
            return
        with output.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(_without(lines_of(source), cells))
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise InputError(
            "is missing, or is not UTF-8", where=str(source), expected="the file that the data package lists"
        ) from error


def copy_uses(
    source: Path, output: Path, rows: Iterable[PublishedRow], fresh: Mapping[CellKey, Uses]
) -> None:
    """Copy the table of term uses. The uses of the cells in `fresh` are replaced by the uses in `fresh`.
    `rows` are all rows of the table.

    Raises InputError if the lines of the file are not in the order of the rows.
    """
    held = _keyed(lines_of(source))
    with output.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(next(held)[1])
        line = next(held, None)
        for row in rows:
            for cell in ((row.id, target.language) for target in row.targets):
                while line and line[0] == cell:
                    if cell not in fresh:
                        stream.write(line[1])
                    line = next(held, None)
                write_uses(stream, *cell, fresh.get(cell, ()))
    if line:
        raise InputError(
            f"the row {line[0][0]!r} is not in the order of the table",
            where=str(source),
            expected="rows as in the table",
        )


def lines_of(path: Path) -> Iterator[str]:
    """Yield the lines of a table, with their line ends."""
    with path.open(encoding="utf-8", newline="\n") as stream:
        yield from stream


def _keyed(lines: Iterator[str]) -> Iterator[tuple[CellKey, str]]:
    """Yield each line with the cell that it describes. A cell is identified by the row id and the language in
    the first two columns of the line.
    """
    for line in lines:
        row, language, *_ = (*line.rstrip("\n").split("\t"), "")
        yield (unmarked(row), unmarked(language)), line


def _without(lines: Iterator[str], cells: Collection[CellKey]) -> Iterator[str]:
    """Yield the lines of a table, except the lines that describe one of `cells`."""
    header = next(lines, "")
    yield header
    names = header.rstrip("\n").split("\t")
    places = [names.index(key) for key in _KEYS] if set(_KEYS) <= set(names) else []
    for line in lines:
        found = line.rstrip("\n").split("\t")
        cell = tuple(unmarked(found[place]) for place in places if place < len(found))
        if cell not in cells:
            yield line
