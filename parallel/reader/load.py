"""What the reader shows, read from an output folder or from a table alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from egiz.parallel.bitext.languages import Wanted, known_tag
from egiz.parallel.bitext.lines import read_lines
from egiz.parallel.bitext.table import read_table
from egiz.parallel.publish import MANIFEST, TABLE_HEAD, PublishedRow, read_tsv
from egiz.parallel.publish.tsv import PublishedTarget
from egiz.parallel.reader.columns import EDIT_COLUMNS, TERM_COLUMNS, read_columns, read_span
from egiz.translate.errors import InputError

TABLE, TERMS, EDITS = "parallel.tsv", "terms.tsv", "edits.tsv"
LARGEST = 100_000
"""Rows of one page: some 45 MB, which a browser opens in about ten times what 10,000 rows take
(``python benchmarks/reader.py 100000``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPlace:
    """One occurrence of a term in a source cell, and what became of it in a target cell.

    `row` counts rows from 0, `target` target languages from 0. The spans are code points of the two cells,
    half-open; (0, 0) where there is none to show.
    """

    row: int
    target: int
    term: str
    source_term: str
    target_term: str
    source: tuple[int, int]
    rendered: tuple[int, int]
    outcome: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineEdit:
    """One correction of the machine output; `row` and `target` as in `TermPlace`."""

    row: int
    target: int
    before: str
    after: str
    term: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A table with all that is known of it.

    `sha256` is of the table's bytes. `scored` is False for a table that Egiz did not publish: it has neither
    quality nor status. `package` is the data package, empty without one; `altered` says that it describes
    other bytes than these, as after an edit by hand.
    """

    name: str
    sha256: str
    rows: tuple[PublishedRow, ...]
    scored: bool
    package: dict[str, Any] = field(default_factory=dict)
    altered: bool = False
    places: tuple[TermPlace, ...] = ()
    edits: tuple[MachineEdit, ...] = ()


def load(path: Path) -> Reading:
    """Read an output folder of ``egiz build``, its table, or any table with language tags in its header.

    Beside a table of Egiz, ``datapackage.json``, ``terms.tsv`` and ``edits.tsv`` are read where they stand.
    Raises InputError with file and line for whatever is not what it claims to be.
    """
    table = path / TABLE if path.is_dir() else path
    if path.is_dir() and not table.is_file():
        raise InputError("no parallel.tsv in this folder", where=str(path), expected="a folder of egiz build")
    package, terms, edits = (table.with_name(name) for name in (MANIFEST, TERMS, EDITS))
    return load_files(
        table,
        package=package if package.is_file() else None,
        terms=terms if terms.is_file() else None,
        edits=edits if edits.is_file() else None,
    )


def load_files(
    table: Path, *, package: Path | None, terms: Path | None, edits: Path | None, name: str = ""
) -> Reading:
    """As `load`, with every file named; None for one that there is not. `name` is the table's own if empty.

    What stands beside a table that Egiz did not publish is not read.
    """
    head = next(read_lines(table), (1, ""))[1]
    scored = TABLE_HEAD.match(f"{head}\n") is not None
    rows = tuple(islice(read_tsv(table) if scored else _plain_rows(table, head), LARGEST + 1))
    if not 0 < len(rows) <= LARGEST:
        raise InputError(
            f"more than {LARGEST:,} rows" if rows else "a table without rows",
            where=str(table),
            expected=f"between 1 and {LARGEST:,}, which a browser can hold",
        )
    with table.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    content = _package(package) if scored and package else {}
    return Reading(
        name=name or table.stem,
        sha256=sha256,
        rows=rows,
        scored=scored,
        package=content,
        altered=bool(content) and f"sha256:{sha256}" not in _hashes(content),
        places=tuple(_places(terms, rows) if terms and scored else _places_of_cells(rows)),
        edits=tuple(_edits(edits, rows)) if edits and scored else (),
    )


def _plain_rows(path: Path, head: str) -> Iterator[PublishedRow]:
    """The rows of a table of anyone's: the first language is the source, the others its translations."""
    if sum(known_tag(name) is not None for name in head.split("\t")) < 2:
        raise InputError(
            "no header with language tags", where=f"{path}:1", expected="a header such as 'kk', a tab, 'ru'"
        )
    segments = read_table(path, Wanted(source=None, target=None))
    for _, found in groupby(segments, key=lambda segment: segment.line):
        sides = list(found)
        targets = [
            PublishedTarget(
                language=side.target_language,
                text=side.target,
                quality=None,
                status="ok",
                flags=(),
                terms="",
                machine="",
            )
            for side in sides
        ]
        first = sides[0]
        yield PublishedRow(
            id=first.id,
            source_language=first.source_language,
            source=first.source,
            targets=tuple(targets),
        )


def _package(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError("not readable as JSON", where=str(path), expected="a data package") from error
    if not isinstance(content, dict):
        raise InputError("not an object", where=str(path), expected="a data package")
    return content


def _hashes(package: dict[str, Any]) -> list[Any]:
    resources = package.get("resources")
    return [item.get("hash") for item in resources or [] if isinstance(item, dict)]


def _places(path: Path, rows: tuple[PublishedRow, ...]) -> Iterator[TermPlace]:
    find = _Finder(rows)
    for where, cells in read_columns(path, TERM_COLUMNS):
        row, target = find(cells, where)
        yield TermPlace(
            row=row,
            target=target,
            term=cells["term"],
            source_term=cells["source_term"],
            target_term=cells["target_term"],
            source=read_span(cells, "source", rows[row].source, where),
            rendered=read_span(cells, "target", rows[row].targets[target].text, where),
            outcome=cells["outcome"],
            note=cells["note"],
        )


def _places_of_cells(rows: tuple[PublishedRow, ...]) -> Iterator[TermPlace]:
    """What the table's own cells say of terms: which and with what outcome, not where."""
    for number, row in enumerate(rows):
        for place, target in enumerate(row.targets):
            for item in filter(None, target.terms.split(",")):
                term, _, outcome = item.rpartition(":")
                yield TermPlace(
                    row=number,
                    target=place,
                    term=term,
                    source_term=term,
                    target_term="",
                    source=(0, 0),
                    rendered=(0, 0),
                    outcome=outcome,
                    note="",
                )


def _edits(path: Path, rows: tuple[PublishedRow, ...]) -> Iterator[MachineEdit]:
    find = _Finder(rows)
    for where, cells in read_columns(path, EDIT_COLUMNS):
        row, place = find(cells, where)
        target = rows[row].targets[place]
        machine = target.machine or target.text
        start, stop = read_span(cells, "", machine, where)
        if machine[start:stop] != cells["before"]:
            raise InputError(
                f"{cells['before']!r} before the edit",
                where=where,
                expected=repr(machine[start:stop]),
                action="The file does not belong to this table; build both again.",
            )
        yield MachineEdit(
            row=row,
            target=place,
            before=cells["before"],
            after=cells["after"],
            term=cells["term"],
            rule=cells["rule"],
        )


class _Finder:
    """Finds the row and target language that a line speaks of; raises InputError where there is none."""

    def __init__(self, rows: tuple[PublishedRow, ...]) -> None:
        self._rows = {row.id: number for number, row in enumerate(rows)}
        self._targets = {target.language: place for place, target in enumerate(rows[0].targets)}

    def __call__(self, cells: dict[str, str], where: str) -> tuple[int, int]:
        row, target = self._rows.get(cells["row"]), self._targets.get(cells["language"])
        if row is None or target is None:
            raise InputError(
                f"row {cells['row']!r} in language {cells['language']!r}",
                where=where,
                expected="a row and a target language of the table",
                action="The file does not belong to this table; build both again.",
            )
        return row, target
