"""The sheets of an XLSX workbook as rows of texts."""

from __future__ import annotations

import io
from typing import Any

from egiz.translate.cells import Row
from egiz.translate.errors import InputError
from egiz.translate.read.archive import Archive
from egiz.translate.text import nfc

_MOST_CELLS = 5_000_000
"""Cells of a workbook at most: a list of 100,000 entries with 20 columns has 2 million."""


def read_sheets(data: bytes, where: str) -> dict[str, list[Row]]:
    """The rows with any text of each sheet, by its name; `where` names the file in messages.

    Raises InputError for what is no workbook or too large, ModuleNotFoundError without openpyxl.
    """
    archive = Archive(data, where=where)
    for name in sorted(archive.names):
        if name.endswith((".xml", ".rels")):
            archive.read(name)  # refuses what unpacks to more than a table has
    if "xl/workbook.xml" not in archive:
        raise InputError("is an archive without a workbook", where=where, expected="an XLSX file")
    return _sheets(data, where)


def _sheets(data: bytes, where: str) -> dict[str, list[Row]]:
    import openpyxl  # type: ignore[import-untyped]

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        found: dict[str, list[Row]] = {}
        left = _MOST_CELLS
        for sheet in book.worksheets:
            rows = found.setdefault(sheet.title, [])
            for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                left -= len(cells)
                if left < 0:
                    raise InputError(f"has over {_MOST_CELLS:,} cells", where=where, expected="a table")
                texts = [_cell(value) for value in cells]
                if any(texts):
                    rows.append((number, texts))
    except (KeyError, ValueError, TypeError, AttributeError, SyntaxError) as error:
        raise InputError(f"is no workbook that can be read ({error})", where=where) from error
    return found


def _cell(value: Any) -> str:
    """A value as a person sees it: whole numbers without a point, nothing for an empty cell."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return nfc(str(value))


def filled_sheets(data: bytes, where: str, besides: str = "") -> dict[str, list[Row]]:
    """The sheets that hold text, but for the one called `besides`; raises InputError if there is none."""
    found = {name: rows for name, rows in read_sheets(data, where).items() if rows and name != besides}
    if not found:
        raise InputError("holds no cells", where=where, expected="a sheet with a table")
    return found
