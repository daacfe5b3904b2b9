"""Updates the tables beside a published one when human texts replace cells, and finds terms in these texts.

Lines about term uses and edits hold offsets into the text of a cell. When a person's text replaces it, the
lines about the old text are removed, and the term uses of the new text are added. Terms are searched for with
the term base that the table was built with; one shipped with Egiz is found automatically.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from shutil import copyfile
from typing import Any

from egiz.glossary.check import Checker
from egiz.glossary.records import TermBase
from egiz.glossary.termbase import load_all, shipped
from egiz.parallel.build.terms import identity, uses_in
from egiz.parallel.publish import PublishedRow
from egiz.parallel.publish.published import Published
from egiz.parallel.publish.side_tables import write_uses
from egiz.parallel.publish.tsv import unmarked
from egiz.parallel.review.records import CellKey
from egiz.parallel.rows import TermRecord
from egiz.translate.errors import InputError, OptionError


class TermFinder:
    """Finds the terms of a table's term base in sentences and their translations."""

    def __init__(self, base: TermBase, source_language: str) -> None:
        self._checker = cache(lambda tag: Checker(base.terms, source_language, tag))

    def __call__(self, source: str, language: str, text: str) -> tuple[TermRecord, ...]:
        """The term uses in one translation of `source`."""
        return uses_in(self._checker(language), source, text)


def term_finder_of(published: Published, base: TermBase | None) -> TermFinder | None:
    """The term finder for a table; None if it was built without a term base, or with one not available here.

    If `base` is None, term bases shipped with Egiz are tried. Raises OptionError if `base` is not the one
    that the table was built with: the table would mix the entries of two bases.
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
    """The files that a data package lists, without `others`.

    Raises InputError for anything but a plain file name: nothing outside the folder is touched.
    """
    names = [item.get("path") for item in descriptor["resources"]]
    for name in names:
        if not isinstance(name, str) or Path(name).name != name:
            raise InputError(f"the data package lists {name!r}", expected="files of its own folder")
    return tuple(name for name in names if name not in others)


def copy_without(source: Path, output: Path, cells: Collection[CellKey]) -> None:
    """Copy a side table without its lines about `cells`; any other file is copied whole.

    A table without the columns ``row`` and ``language`` is copied whole too. Raises InputError if the file is
    missing or not UTF-8.
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
    """Copy the table of term uses, replacing those of the cells in `fresh`; `rows` are all rows of the table.

    Raises InputError if its lines are not in the order of the rows.
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
    """The lines of a table, with their line ends."""
    with path.open(encoding="utf-8", newline="\n") as stream:
        yield from stream


def _keyed(lines: Iterator[str]) -> Iterator[tuple[CellKey, str]]:
    """Pairs of cell and line; the cell is read from the first two columns."""
    for line in lines:
        row, language, *_ = (*line.rstrip("\n").split("\t"), "")
        yield (unmarked(row), unmarked(language)), line


def _without(lines: Iterator[str], cells: Collection[CellKey]) -> Iterator[str]:
    header = next(lines, "")
    yield header
    names = header.rstrip("\n").split("\t")
    places = [names.index(key) for key in _KEYS] if set(_KEYS) <= set(names) else []
    for line in lines:
        found = line.rstrip("\n").split("\t")
        cell = tuple(unmarked(found[place]) for place in places if place < len(found))
        if cell not in cells:
            yield line
