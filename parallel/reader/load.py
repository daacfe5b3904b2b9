"""What the reader shows, read from an output folder or from a table alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from egiz.parallel.bitext.languages import Wanted, known_tag
from egiz.parallel.bitext.lines import read_lines
from egiz.parallel.bitext.table import read_table
from egiz.parallel.publish import EDITS, MANIFEST, SCORES, TABLE_HEAD, USES, PublishedRow, read_tsv
from egiz.parallel.publish.tsv import PublishedTarget
from egiz.parallel.reader.beside import (
    places_of_cells,
    read_edits,
    read_places,
    read_reasons,
    read_reviews,
)
from egiz.parallel.reader.records import Reading
from egiz.translate.errors import InputError
from egiz.translate.json_file import read_json

TABLE = "parallel.tsv"
LARGEST = 100_000
"""Rows of one page: some 42 MB, opened in a second (``python benchmarks/reader.py 100000``)."""


def load(path: Path) -> Reading:
    """Read an output folder of ``egiz build``, its table, or any table with language tags in its header.

    Beside a table of Egiz, ``datapackage.json``, ``scores.tsv``, ``term-uses.tsv``, ``edits.tsv`` and
    ``review.tsv`` are read where they stand. Raises InputError with file and line for whatever is not what
    it claims to be.
    """
    table = path / TABLE if path.is_dir() else path
    if path.is_dir() and not table.is_file():
        raise InputError("no parallel.tsv in this folder", where=str(path), expected="a folder of egiz build")
    package, terms, edits, scores = (table.with_name(name) for name in (MANIFEST, USES, EDITS, SCORES))
    return load_files(
        table,
        package=package if package.is_file() else None,
        terms=terms if terms.is_file() else None,
        edits=edits if edits.is_file() else None,
        scores=scores if scores.is_file() else None,
        reviews=table.parent,
    )


def load_files(
    table: Path,
    *,
    package: Path | None,
    terms: Path | None,
    edits: Path | None,
    scores: Path | None = None,
    reviews: Path | None = None,
    name: str = "",
) -> Reading:
    """As `load`, with every file named; None for one that there is not. `name` is the table's own if empty.

    `reviews` is the folder in which ``review.tsv`` may stand. Nothing is read beside a table that Egiz did
    not publish.
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
    _check_twins(rows, table)
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
        places=tuple(read_places(terms, rows) if terms and scored else places_of_cells(rows)),
        edits=tuple(read_edits(edits, rows)) if edits and scored else (),
        reviews=tuple(read_reviews(reviews, rows)) if reviews and scored else (),
        reasons=tuple(read_reasons(scores, rows)) if scores and scored else (),
    )


def _check_twins(rows: Sequence[PublishedRow], table: Path) -> None:
    """Rows are found by their ids and columns by their languages: neither may stand twice."""
    tags = [rows[0].source_language, *(target.language for target in rows[0].targets)]
    if twice := _twice(tags):
        raise InputError(f"two columns in {twice!r}", where=f"{table}:1", expected="each language once")
    if twice := _twice(row.id for row in rows):
        raise InputError(f"the row {twice!r} stands twice", where=str(table), expected="each id once")


def _twice(names: Iterable[str]) -> str | None:
    """The first name that has come before."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


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
    content = read_json(path)
    if not isinstance(content, dict):
        raise InputError("not an object", where=str(path), expected="a data package")
    return content


def _hashes(package: dict[str, Any]) -> list[Any]:
    resources = package.get("resources")
    return [item.get("hash") for item in resources or [] if isinstance(item, dict)]
