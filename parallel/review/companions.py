"""Other tables of a folder that speak of cells by row and language, and what becomes of them in a review.

The uses of terms and the edits that corrected them point into the words of a cell. Where a person put other
words there, their lines for that cell point at nothing, and are left out; those of the new words' own terms
come in their place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from shutil import copyfile
from typing import Any

from egiz.parallel.publish import PublishedRow
from egiz.parallel.publish.term_tables import write_uses
from egiz.parallel.publish.tsv import unmarked
from egiz.parallel.rows import TermRecord
from egiz.translate.errors import InputError

Cell = tuple[str, str]
"""Row and language."""
Uses = Sequence[TermRecord]
_KEYS = ("row", "language")


def companions(descriptor: dict[str, Any], others: Collection[str]) -> tuple[str, ...]:
    """The files that a data package lists besides `others`, which are dealt with elsewhere.

    Raises InputError for one that is no plain file name: nothing outside the folder is touched.
    """
    names = [item.get("path") for item in descriptor["resources"]]
    for name in names:
        if not isinstance(name, str) or Path(name).name != name:
            raise InputError(f"the data package lists {name!r}", expected="files of its own folder")
    return tuple(name for name in names if name not in others)


def copy_without(source: Path, output: Path, cells: Collection[Cell]) -> None:
    """Copy such a table but for its lines about `cells`; any other file, and a table of no cells, as it is.

    Raises InputError where it cannot be read.
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


def copy_uses(source: Path, output: Path, rows: Iterable[PublishedRow], fresh: Mapping[Cell, Uses]) -> None:
    """Copy the uses of terms, with the `fresh` ones for their cells; `rows` are the table's, all of them.

    Raises InputError where it cannot be read, or its lines do not follow the rows of the table.
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
            f"the row {line[0][0]!r} is out of its place", where=str(source), expected="rows as in the table"
        )


def lines_of(path: Path) -> Iterator[str]:
    """The lines of a table with their ends."""
    with path.open(encoding="utf-8", newline="\n") as stream:
        yield from stream


def _keyed(lines: Iterator[str]) -> Iterator[tuple[Cell, str]]:
    """Lines with the cell that each is about, from its first two columns."""
    for line in lines:
        row, language, *_ = (*line.rstrip("\n").split("\t"), "")
        yield (unmarked(row), unmarked(language)), line


def _without(lines: Iterator[str], cells: Collection[Cell]) -> Iterator[str]:
    header = next(lines, "")
    yield header
    names = header.rstrip("\n").split("\t")
    places = [names.index(key) for key in _KEYS] if set(_KEYS) <= set(names) else []
    for line in lines:
        found = line.rstrip("\n").split("\t")
        cell = tuple(unmarked(found[place]) for place in places if place < len(found))
        if cell not in cells:
            yield line
