"""The columns of the files that stand beside a published table where a term base was used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from egiz.parallel.publish.term_tables import EDIT_COLUMNS as _EDIT_COLUMNS
from egiz.parallel.publish.term_tables import USE_COLUMNS
from egiz.parallel.publish.tsv import MISSING
from egiz.translate.bounded import read_whole
from egiz.translate.errors import InputError

TERM_COLUMNS = tuple(column.name for column in USE_COLUMNS)
EDIT_COLUMNS = tuple(column.name for column in _EDIT_COLUMNS)


def read_columns(path: Path, wanted: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows of a tab-separated file with the place of each, ``file:line``, as a cell per column.

    Columns may stand in any order, and others among them are not read. Raises InputError with file and line
    where a column is missing, a row has another number of cells, or the file is not UTF-8.
    """
    try:
        lines = read_whole(path).decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start + 1} is not UTF-8", where=str(path)) from error
    names = lines[0].rstrip("\r").split("\t")
    missing = [name for name in wanted if name not in names]
    if missing:
        raise InputError(f"no column {missing[0]!r}", where=f"{path}:1", expected=", ".join(wanted))
    for number, line in enumerate(lines[1:], start=2):
        cells = line.rstrip("\r").split("\t")
        if cells == [""]:
            continue
        where = f"{path}:{number}"
        if len(cells) != len(names):
            raise InputError(f"{len(cells)} cells", where=where, expected=f"{len(names)}, as in the header")
        yield where, dict(zip(names, map(_unmarked, cells), strict=True))


def _unmarked(cell: str) -> str:
    """A cell without the space that keeps pandas from taking it for a missing value."""
    return cell[:-1] if cell.endswith(" ") and cell[:-1] in MISSING else cell


def read_span(cells: dict[str, str], side: str, text: str, where: str) -> tuple[int, int]:
    """The span that ``SIDE_start`` and ``SIDE_stop`` give, code points of `text`; (0, 0) where empty.

    `side` is empty for columns named ``start`` and ``stop``. Raises InputError for anything that is no span
    of the text.
    """
    prefix = f"{side}_" if side else ""
    start, stop = cells[f"{prefix}start"], cells[f"{prefix}stop"]
    if not start and not stop:
        return 0, 0
    if not (_is_number(start) and _is_number(stop)) or not 0 <= int(start) <= int(stop) <= len(text):
        raise InputError(
            f"{prefix}start {start!r} and {prefix}stop {stop!r}",
            where=where,
            expected=f"a span of the {len(text)} characters of the cell",
            action="The file does not belong to this table; build both again.",
        )
    return int(start), int(stop)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
