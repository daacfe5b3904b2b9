"""Read one column of a table, a block for each row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from egiz.translate.errors import InputError, OptionError, nearest
from egiz.translate.io.decode import clean, one_line
from egiz.translate.io.tables import Row, filled_sheets, split_rows
from egiz.translate.read.blocks import Block, Content, filled

_BLANK_LINES = re.compile("\n\\s*\n")
_SHOWN, _SHOWN_LENGTH = 20, 30


def read_table(text: str, *, where: str, column: str | int | None, quoted: bool) -> Content:
    """Read one column from top to bottom; each cell becomes a block, so no sentence spans two rows.

    `column` is a name in the header, or a number from 1 in a table without a header (see `ReadOptions`).
    Separators and quotes are recognised as in `egiz.translate.io.tables.split_rows`; `quoted` says that the
    table is a CSV, where quotes always enclose cells. Blank rows and empty cells give no block.

    Raises OptionError if the table lacks the column, InputError if a row ends before the column.
    """
    return _column(split_rows(text, where, is_tsv=not quoted)[0], where, column)


def read_workbook(data: bytes, *, where: str, column: str | int | None) -> Content:
    """Read one column of the first sheet with text, as `read_table` does.

    Other sheets with text are named in `Content.left_out`.
    """
    (_, rows), *others = filled_sheets(data, where).items()
    content = _column(rows, where, column)
    return replace(content, left_out=tuple(f"the sheet {name!r}" for name, _ in others))


def _column(rows: Iterable[Row], where: str, column: str | int | None) -> Content:
    """The content of one column of these rows, a block per cell with text."""
    filled_rows = ((line, cells) for line, cells in rows if any(cells))
    first = next(filled_rows, None)
    if first is None:
        raise InputError("holds no rows", where=where)
    line, header = first
    index, has_header = _find(column, header, where)
    cells = [] if has_header else [_cell(header, index, line, where, len(header))]
    cells.extend(_cell(row, index, line, where, len(header)) for line, row in filled_rows)
    return Content(blocks=filled(Block(text=cell) for cell in cells))


def _find(column: str | int | None, header: Sequence[str], where: str) -> tuple[int, bool]:
    """The index of the column, from 0, and whether the first row is a header that names the column."""
    names = [one_line(name) for name in header]
    shown = ", ".join(repr(_shorten(name)) for name in names[:_SHOWN])
    expected = f"one of {shown}{' …' if len(names) > _SHOWN else ''}, or a number from 1 to {len(names)}"
    if column is None:
        raise OptionError("a table needs --column", where=where, expected=expected)
    wanted = one_line(str(column))
    if isinstance(column, str) and names.count(wanted) > 1:
        raise OptionError(
            f"{names.count(wanted)} columns are called {wanted!r}", where=where, action="Rename all but one."
        )
    if isinstance(column, str) and wanted in names:
        return names.index(wanted), True
    if re.fullmatch("[0-9]{1,9}", wanted) and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1, False
    raise OptionError(f"no column {wanted!r}", where=where, expected=expected, action=nearest(wanted, names))


def _cell(row: Sequence[str], index: int, line: int, where: str, width: int) -> str:
    """The cleaned cell of a row, without blank lines; InputError if the row has too few cells.

    `width` is the number of cells of the first row, for the message.
    """
    if index >= len(row):
        raise InputError(
            f"line {line} has {len(row)} cells, so column {index + 1} is missing",
            where=where,
            expected=f"{width} cells as in the first row",
        )
    return _BLANK_LINES.sub("\n", clean(row[index]))


def _shorten(name: str) -> str:
    return name if len(name) <= _SHOWN_LENGTH else f"{name[: _SHOWN_LENGTH - 1]}…"
