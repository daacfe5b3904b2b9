"""The rows of a table file: CSV with any separator, tab-separated text as Excel writes it, XLSX.

Term bases and bilingual files come as such tables. Here a file becomes rows of cells; what its columns mean
is for the reader of each kind.

``--columns`` says what the columns are where the header does not: ``kk=Term,ru=Translation`` or, by number
from 1, ``en=1,ru=2``. Left stands what Egiz calls it, right the name of the column in the file. ``kk,ru,en``
stands for the first columns in this order.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from egiz.translate.cells import Row, split_rows
from egiz.translate.errors import InputError, OptionError, nearest
from egiz.translate.files import read_whole
from egiz.translate.read.decode import decode, guess_encoding
from egiz.translate.read.workbook import read_sheets
from egiz.translate.text import nfc

_TEXT, _ZIP = "a table with a header", b"PK\x03\x04"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a table, read as they are asked for.

    `assumed` is what was guessed or left out, in words; `about` has the rows of a workbook's sheet `ABOUT`.
    """

    rows: Iterator[Row]
    separator: str
    assumed: tuple[str, ...] = ()
    about: tuple[Row, ...] = ()


def read_table_file(path: Path, where: str, encoding: str | None = None) -> Table:
    """Read a table; `where` names it in messages.

    A workbook gives the rows of its first sheet that has any. Text is decoded as `decode_table` says. The
    separator and quotes are as `egiz.translate.cells.split_rows` says.

    Raises InputError with the line for what is no such table, OptionError for an unknown encoding.
    """
    data = read_whole(path, where=where, expected=_TEXT)
    if not data:
        raise InputError("is empty", where=where, expected=_TEXT)
    if data.startswith(_ZIP):
        return _workbook(data, where)
    text, assumed = decode_table(data, where, encoding)
    rows, separator = split_rows(nfc(text), where, is_tsv=path.suffix.lower() == ".tsv")
    return Table(rows=rows, separator=separator, assumed=assumed)


def decode_table(data: bytes, where: str, encoding: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The text of a table, and what was assumed: UTF-8 or UTF-16, or an 8-bit encoding of Cyrillic.

    Excel saves Russian and Kazakh tables in Windows-1251. Where bytes are no UTF-8 and their other letters
    stand in whole words beside ASCII ones, as in Cyrillic text, the most likely encoding is taken and named.
    """
    try:
        return decode(data, where=where, encoding=encoding), ()
    except InputError:
        guess = "" if encoding else _cyrillic(data)
        if not guess:
            raise
    text = decode(data, where=where, encoding=guess)
    return text, (f"the encoding {guess}, by its letters (--encoding names another one)",)


_MIXED = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
_ASCII_LETTERS = re.compile(rb"[A-Za-z]+")


def _cyrillic(data: bytes) -> str:
    """The 8-bit encoding of a Cyrillic table; empty if the letters are mixed with Latin ones in words."""
    high = sum(byte > 0x7F for byte in data)
    if b"\0" in data or len(_MIXED.findall(data)) * 10 > high:
        return ""
    guess = guess_encoding(_ASCII_LETTERS.sub(b"", data), 0)
    return "" if guess == "cp1252" else guess


ABOUT = "about"
"""The name of the sheet that holds title, licence and origin."""


def _workbook(data: bytes, where: str) -> Table:
    """The rows of the first sheet with cells; other sheets with cells are named in `assumed`."""
    sheets = read_sheets(data, where)
    about = tuple(sheets.pop(ABOUT, []))
    filled = [name for name, rows in sheets.items() if rows]
    if not filled:
        raise InputError("holds no cells", where=where, expected=_TEXT)
    left = tuple(f"the sheet {filled[0]!r}; the sheet {name!r} is not read" for name in filled[1:])
    return Table(rows=iter(sheets[filled[0]]), separator="\t", assumed=left, about=about)


def workbook(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """An XLSX file of sheets of texts. No cell is a formula, and equal sheets give equal bytes."""
    import zipfile
    from datetime import datetime

    import openpyxl  # type: ignore[import-untyped]
    from openpyxl.cell.cell import WriteOnlyCell  # type: ignore[import-untyped]

    book = openpyxl.Workbook(write_only=True)
    book.properties.created = book.properties.modified = datetime(1980, 1, 1)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for row in rows:
            cells = [WriteOnlyCell(sheet, value=None) for _ in row]
            for cell, text in zip(cells, row, strict=True):
                if text:
                    cell.value, cell.data_type = text, "s"
            sheet.append(cells)
    made, stream = io.BytesIO(), io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for member in sorted(old.namelist()):
            content = old.read(member)
            if member == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def parse_columns(text: str | None) -> dict[str, str]:
    """What ``--columns`` says: names of Egiz with the columns of the file, ``{"kk": "Term"}``.

    Raises OptionError for what is no list of ``name=column``, and for a name that stands twice.

    >>> parse_columns("kk=Term, ru=2")
    {'kk': 'Term', 'ru': '2'}
    """
    found: dict[str, str] = {}
    items = [] if text is None else [item.strip() for item in text.split(",")]
    if items and not any("=" in item for item in items):
        items = [f"{item}={number}" for number, item in enumerate(items, start=1)]
    for item in items:
        name, sign, column = (part.strip() for part in item.partition("="))
        if not (name and sign and column) or name in found:
            raise OptionError(
                f"{item!r}" + (" stands twice" if name in found else ""),
                where="--columns",
                expected="name=column, separated by commas, such as kk=Term,ru=Translation, or kk,ru",
            )
        found[name] = column
    return found


def column_of(name: str, header: Sequence[str]) -> int:
    """The index of a column by its name in the header, or by its number from 1.

    Raises OptionError for one that the table does not have, or has twice.
    """
    folded = [" ".join(cell.split()).casefold() for cell in header]
    places = [at for at, cell in enumerate(folded) if cell == " ".join(name.split()).casefold()]
    if len(places) == 1:
        return places[0]
    if not places and name.isdecimal() and 1 <= int(name) <= len(header):
        return int(name) - 1
    raise OptionError(
        f"{len(places)} columns are called {name!r}" if places else f"no column {name!r}",
        where="--columns",
        expected=f"one of {', '.join(repr(cell) for cell in header if cell)}, or a number to {len(header)}",
        action="" if places else nearest(name, header),
    )
