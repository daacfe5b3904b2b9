"""Loads the data of the page, from an output folder or from a table alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from egiz.parallel.bitext.segment import Requested, read_lines
from egiz.parallel.bitext.table import read_table
from egiz.parallel.publish import (
    EDITS,
    HISTORY,
    SCORES,
    TABLE_HEAD,
    USES,
    WORDS,
    PublishedRow,
    package_beside,
    read_tsv,
)
from egiz.parallel.publish.names import TABLE
from egiz.parallel.publish.side_tables import side_table_path
from egiz.parallel.publish.tsv import PublishedTarget
from egiz.parallel.reader.records import Reading
from egiz.parallel.reader.side_files import (
    places_of_cells,
    read_edits,
    read_places,
    read_reasons,
    read_reviews,
    read_words,
)
from egiz.translate.errors import InputError
from egiz.translate.languages import known_tag

LARGEST = 100_000
"""The largest number of rows of a page. Such a page has some 42 MB and opens in a second (``python
benchmarks/reader.py 100000``).
"""


def load(path: Path, *, linked: bool = True) -> Reading:
    """Read an output folder of ``egiz build``, the table in it, or any table with language tags in its
    header.

    Files beside a table of Egiz are read if they exist. These are ``datapackage.json``, ``scores.tsv``,
    ``term-uses.tsv``, ``edits.tsv``, ``words.tsv`` and ``review.tsv``. Beside a table ``NAME.tsv``, they are
    also ``NAME.datapackage.json``, ``NAME.words.tsv`` and ``NAME.review.tsv``, which `egiz align` and `egiz
    review` write. Without `linked`, word links are not read. Raises InputError with file and line for a file
    that is malformed or does not fit the table.
    """
    table = path / TABLE if path.is_dir() else path
    if path.is_dir() and not table.is_file():
        raise InputError("no parallel.tsv in this folder", where=str(path), expected="a folder of egiz build")
    terms, edits, scores = (table.with_name(name) for name in (USES, EDITS, SCORES))
    _, package = package_beside(table)
    return load_files(
        table,
        package=package,
        terms=terms if terms.is_file() else None,
        edits=edits if edits.is_file() else None,
        scores=scores if scores.is_file() else None,
        words=_words_beside(table) if linked else None,
        reviews=side_table_path(table, HISTORY),
    )


def _words_beside(table: Path) -> Path | None:
    """Return the path of the file with the word links of a table; None if there is no such file.

    The file is ``NAME.words.tsv``. For the table ``parallel.tsv`` it may also be ``words.tsv``.
    """
    own = table.with_name(f"{table.stem}.{WORDS}")
    places = [own, table.with_name(WORDS)] if table.name == TABLE else [own]
    return next(filter(Path.is_file, places), None)


def load_files(
    table: Path,
    *,
    package: dict[str, Any],
    terms: Path | None = None,
    edits: Path | None = None,
    scores: Path | None = None,
    words: Path | None = None,
    reviews: Path | None = None,
    name: str = "",
) -> Reading:
    """Read a table with the files given for it, in the same way as `load` reads the files that it finds.

    `package` is the data package; it is empty if the table has none. `reviews` is the path of the review
    history; this file need not exist. `name` defaults to the name of the table's file. For a table that Egiz
    did not publish, none of these files is read. For a table that was changed since it was published, word
    links are not read, because it is unknown to which rows they belong.
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
    content = package if scored else {}
    altered = bool(content) and f"sha256:{sha256}" not in _hashes(content)
    return Reading(
        name=name or table.stem,
        sha256=sha256,
        rows=rows,
        scored=scored,
        package=content,
        altered=altered,
        places=tuple(read_places(terms, rows) if terms and scored else places_of_cells(rows)),
        edits=tuple(read_edits(edits, rows)) if edits and scored else (),
        reviews=tuple(read_reviews(reviews, rows)) if reviews and scored else (),
        reasons=tuple(read_reasons(scores, rows)) if scores and scored else (),
        words=tuple(read_words(words, rows)) if words and scored and not altered else (),
        unread=(words,) if words and altered else (),
    )


def _check_twins(rows: Sequence[PublishedRow], table: Path) -> None:
    """Raise InputError if a row id or a language occurs twice. Each id must identify one row, and each
    language one column.
    """
    tags = [rows[0].source_language, *(target.language for target in rows[0].targets)]
    if twice := _twice(tags):
        raise InputError(f"two columns in {twice!r}", where=f"{table}:1", expected="each language once")
    if twice := _twice(row.id for row in rows):
        raise InputError(f"the row {twice!r} stands twice", where=str(table), expected="each id once")


def _twice(names: Iterable[str]) -> str | None:
    """Return the first name that occurs a second time; None if all names are distinct."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _plain_rows(path: Path, head: str) -> Iterator[PublishedRow]:
    """Yield the rows of a table that Egiz did not make. Its first language is taken as the source, the other
    languages as targets.
    """
    if sum(known_tag(name) is not None for name in head.split("\t")) < 2:
        raise InputError(
            "no header with language tags", where=f"{path}:1", expected="a header such as 'kk', a tab, 'ru'"
        )
    segments = read_table(path, Requested(source=None, target=None))
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


def _hashes(package: dict[str, Any]) -> list[Any]:
    resources = package.get("resources")
    return [item.get("hash") for item in resources or [] if isinstance(item, dict)]
