"""Other tables of a folder that speak of cells by row and language, and what becomes of them in a review.

The uses of terms and the edits that corrected them point into the words of a cell. Where a person put other
words there, their lines for that cell point at nothing, and are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from shutil import copyfile
from typing import Any

from egiz.parallel.review.standing import lines_of, unmarked
from egiz.translate.errors import InputError

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


def copy_without(source: Path, output: Path, cells: Collection[tuple[str, str]]) -> None:
    """Copy such a table but for its lines about `cells`; any other file, and a table of no cells, as it is.

    Raises InputError where it cannot be read.
    """
    try:
        if not cells or source.suffix != ".tsv":
            copyfile(source, output)
            return
        with output.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(_without(lines_of(source), cells))
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise InputError(
            "is missing, or is not UTF-8", where=str(source), expected="the file that the data package lists"
        ) from error


def _without(lines: Iterator[str], cells: Collection[tuple[str, str]]) -> Iterator[str]:
    header = next(lines, "")
    yield header
    names = header.rstrip("\n").split("\t")
    places = [names.index(key) for key in _KEYS] if set(_KEYS) <= set(names) else []
    for line in lines:
        found = line.rstrip("\n").split("\t")
        cell = tuple(unmarked(found[place]) for place in places if place < len(found))
        if cell not in cells:
            yield line
