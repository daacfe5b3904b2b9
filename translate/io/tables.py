"""Tables as rows of cells: CSV with any separator, tab-separated text with or without quotes, XLSX.

Term bases, bilingual files and columns of source text come as such tables. What the columns mean is decided
by the reader of each kind of file.

There are two kinds of tab-separated text, and no file says which it is. Egiz, Moses tools and many scripts
write cells as they are; pandas, R, Excel and Google Sheets quote cells and double the quotes within.
`is_quoted` tells them apart.

``--columns`` names the columns where the header does not: ``kk=Term,ru=Translation`` or, by number from 1,
``en=1,ru=2``. The left side is Egiz's name, the right side the name of the column in the file. ``kk,ru,en``
names the first columns in this order.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from egiz.translate.errors import InputError, OptionError, nearest
from egiz.translate.io.archive import Archive
from egiz.translate.io.decode import decode, guess_encoding
from egiz.translate.io.files import read_whole
from egiz.translate.text import nfc

SEPARATORS = "\t;,|"
"""The separators of cells. If a header has two of them equally often, the earlier one in this text is taken.
The bar separates cells only if the header has none of the others."""
_SEP_LINE = re.compile(r'"?sep=(.)"?')
_LINE_END = re.compile("\r\n|\n|\r")

Row = tuple[int, list[str]]
"""The number of the first line of a row, from 1, and its cells."""


def split_rows(text: str, where: str, *, is_tsv: bool) -> tuple[Iterator[Row], str]:
    """The rows of a table, blank lines included, and the separator of its cells.

    The separator is stated by a first line such as ``sep=;``; otherwise it is the most frequent one in the
    header (see `SEPARATORS`). `is_tsv` says that the name of the table ends in ``.tsv``: quotes in such a
    table enclose cells only if `is_quoted` finds so; in all other tables they always do. `where` names the
    table in messages. Raises InputError with the line for a quote that is left open or closed inside a cell.
    """
    first = _LINE_END.split(text, maxsplit=1)
    skipped = 0
    if found := _SEP_LINE.fullmatch(first[0].strip()):
        separator, skipped = found[1], 1
        text = "".join(first[1:])
    else:
        separator = _separator(text)
    if is_tsv and separator == "\t" and not is_quoted(_LINE_END.split(text)):
        lines = enumerate(_LINE_END.split(text), start=1 + skipped)
        return ((number, line.split("\t")) for number, line in lines), separator
    return _quoted(text, separator, skipped, where), separator


def _separator(text: str) -> str:
    """The separator of the header, the first line that is neither blank nor a comment (see `SEPARATORS`)."""
    for line in io.StringIO(text):
        if line.strip() and not line.startswith(("#", '"#')):
            return (
                max(SEPARATORS[:-1], key=line.count) if any(map(line.count, "\t;,")) else _bar_or_comma(line)
            )
    return ","


def _bar_or_comma(line: str) -> str:
    """The bar, if a header without other separators has one; else the comma."""
    return "|" if "|" in line else ","


def _quoted(text: str, separator: str, skipped: int, where: str) -> Iterator[Row]:
    """Yield the rows of a table with quoted cells; `skipped` is the number of lines before `text`."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for row in reader:
            yield line + skipped, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"is not CSV ({error})",
            where=f"{where}:{line + skipped}",
            action="Is a quote left open, or is it a TSV?",
        ) from error


_CELL = re.compile(r'(?P<quoted>"(?P<inside>(?:[^"]|"")*+)")(?=\t|\Z)|(?P<bare>[^"\t]*+)(?=\t|\Z)')
_LETTER = re.compile(r"[^\W\d_]")
_MISSING = "NA"
"""The text that R writes, without quotes, for a cell without a value."""
_LONGEST_ROW = 1_000_000
"""The most characters of a row with quoted cells. Without this limit, a stray quote would make the rest of a
file one cell."""
_FEWEST_COMMAS = 3
"""If only cells with a comma are quoted, and there are at least this many of them, Excel wrote the table."""


@dataclass(slots=True)
class _Signs:
    """Counts over a table that show whether quotes enclose its cells.

    `proven` says that this is certain, because a quoted cell contains a doubled quote, a tab or a line end.
    `words_bare` counts the unquoted cells that contain a letter. `commas_bare` counts the unquoted cells, and
    `commas_quoted` the quoted cells, that contain a comma. `quoted_without` counts the quoted cells that
    contain no comma.
    """

    proven: bool = False
    rows: int = 0
    words_bare: int = 0
    commas_bare: int = 0
    commas_quoted: int = 0
    quoted_without: int = 0

    def take(self, row: str) -> bool:
        """Count the cells of a row; return False if it cannot be a row of quoted cells.

        It cannot be one if a cell contains a quote without being enclosed in quotes.
        """
        at = 0
        while at <= len(row):
            found = _CELL.match(row, at)
            if found is None:
                return False
            self._count(found)
            at = found.end() + 1
        self.rows += 1
        return True

    def _count(self, found: re.Match[str]) -> None:
        """Count one cell, a match of `_CELL`."""
        if found["quoted"] is None:
            bare = found["bare"]
            self.words_bare += _LETTER.search(bare) is not None and bare != _MISSING
            self.commas_bare += "," in bare
            return
        inside = found["inside"]
        self.proven |= '""' in inside or "\t" in inside or "\n" in inside
        self.commas_quoted += "," in inside
        self.quoted_without += "," not in inside

    def are_quoted(self) -> bool:
        """Whether quotes enclose cells, by the counts of all rows; for the reasons see `is_quoted`."""
        if self.proven or (
            self.rows > 1 and not self.words_bare and self.commas_quoted + self.quoted_without
        ):
            return True
        is_excel = not self.commas_bare and not self.quoted_without
        return is_excel and self.commas_quoted >= _FEWEST_COMMAS


def is_quoted(lines: Iterable[str]) -> bool:
    r"""Whether the quotes in the `lines` of a tab-separated table enclose cells; if not, they are text.

    A program that quotes cells also quotes every cell that contains a quote. So one unquoted cell with a
    quote in it shows that quotes are text. Without such a cell, quotes enclose cells in three cases: a quoted
    cell contains a doubled quote, a tab or a line end; every cell with letters is quoted (as R does); or the
    cells with a comma are quoted and no others (as Excel does).

    >>> is_quoted(['kk\tru', '"Ол ""сөз"" айтты."\tОн сказал.'])
    True
    >>> is_quoted(['kk\tru', '"Сәлем!" деді ол.\t"Привет!" сказал он.'])
    False
    """
    signs, held, size, quotes = _Signs(), list[str](), 0, 0
    for line in lines:
        if not held and '"' not in line:
            signs.commas_bare += "," in line
            signs.words_bare = signs.words_bare or int(_LETTER.search(line) is not None)
            signs.rows += 1
            continue
        held.append(line.rstrip("\r\n"))
        size += len(line)
        quotes += line.count('"')
        if size > _LONGEST_ROW:
            return False
        if quotes % 2 == 0:
            if not signs.take("\n".join(held)):
                return False
            held, size, quotes = [], 0, 0
    return not held and signs.are_quoted()


_MOST_CELLS = 5_000_000
"""The most cells of a workbook: a list of 100,000 entries with 20 columns has 2 million."""


def read_sheets(data: bytes, where: str) -> dict[str, list[Row]]:
    """The rows with text of each sheet of an XLSX workbook, by the name of the sheet.

    `where` names the workbook in messages. Raises InputError if the bytes are not a workbook or if the
    workbook is too large, and ModuleNotFoundError if openpyxl is not installed.
    """
    archive = Archive(data, where=where)
    for name in sorted(archive.names):
        if name.endswith((".xml", ".rels")):
            archive.read(name)  # raises for a member that unpacks to more than a table has
    if "xl/workbook.xml" not in archive:
        raise InputError("is an archive without a workbook", where=where, expected="an XLSX file")
    return _sheets(data, where)


def _sheets(data: bytes, where: str) -> dict[str, list[Row]]:
    """Read a workbook with openpyxl; return the rows with text of each sheet, by the name of the sheet.

    Raises InputError if openpyxl cannot read the workbook.
    """
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
    """A value as a person sees it: whole numbers without a decimal point, an empty cell as empty text."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return nfc(str(value))


def filled_sheets(data: bytes, where: str, besides: str = "") -> dict[str, list[Row]]:
    """The rows of each sheet that has text, by the name of the sheet; the sheet named `besides` is left out.

    Raises InputError if no other sheet has text.
    """
    found = {name: rows for name, rows in read_sheets(data, where).items() if rows and name != besides}
    if not found:
        raise InputError("holds no cells", where=where, expected="a sheet with a table")
    return found


_TEXT, _ZIP = "a table with a header", b"PK\x03\x04"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRows:
    """A table: its rows, each of which is read when the iterator reaches it, and the separator of its cells.

    `assumed` are sentences for the user about a guessed encoding and unread sheets; `about` are the rows of
    the sheet `ABOUT` of a workbook, if it has one.
    """

    rows: Iterator[Row]
    separator: str
    assumed: tuple[str, ...] = ()
    about: tuple[Row, ...] = ()


def read_table_file(path: Path, where: str, encoding: str | None = None) -> TableRows:
    """Read a table, in text or in an XLSX workbook; `where` names it in messages.

    Of a workbook, the first sheet with text other than `ABOUT` is read. Text is decoded by `decode_table`,
    and divided into cells by `split_rows`.

    Raises InputError with the line if the file is not a table, OptionError for an unknown encoding.
    """
    data = read_whole(path, where=where, expected=_TEXT)
    if not data:
        raise InputError("is empty", where=where, expected=_TEXT)
    if data.startswith(_ZIP):
        return _workbook(data, where)
    text, assumed = decode_table(data, where, encoding)
    rows, separator = split_rows(nfc(text), where, is_tsv=path.suffix.lower() == ".tsv")
    return TableRows(rows=rows, separator=separator, assumed=assumed)


def decode_table(data: bytes, where: str, encoding: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Decode a table; return its text, and a sentence for the user if the encoding was guessed.

    Excel saves Russian and Kazakh tables in Windows-1251. So if `decode` fails and no `encoding` is given,
    the likeliest 8-bit encoding of Cyrillic is used, provided that words do not mix ASCII letters with other
    bytes. Raises what `decode` raises.
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
    """The likeliest 8-bit encoding of a Cyrillic table; empty if the table is not one.

    A table is not Cyrillic if more than a tenth of its non-ASCII bytes are beside an ASCII letter, as they
    are in words of Western European languages.
    """
    high = sum(byte > 0x7F for byte in data)
    if b"\0" in data or len(_MIXED.findall(data)) * 10 > high:
        return ""
    guess = guess_encoding(_ASCII_LETTERS.sub(b"", data), 0)
    return "" if guess == "cp1252" else guess


ABOUT = "about"
"""The name of the sheet that holds title, licence and origin."""


def _workbook(data: bytes, where: str) -> TableRows:
    """The first sheet with text as a table; the other sheets with text are named in `assumed`."""
    sheets = read_sheets(data, where)
    about = tuple(sheets.pop(ABOUT, []))
    filled = [name for name, rows in sheets.items() if rows]
    if not filled:
        raise InputError("holds no cells", where=where, expected=_TEXT)
    left = tuple(f"the sheet {filled[0]!r}; the sheet {name!r} is not read" for name in filled[1:])
    return TableRows(rows=iter(sheets[filled[0]]), separator="\t", assumed=left, about=about)


def workbook(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """An XLSX file of sheets of texts. No cell is a formula, and equal sheets give equal bytes."""
    import zipfile
    from datetime import datetime

    import openpyxl
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
    """Map Egiz's name of each column that ``--columns`` names to its name or number in the file.

    Raises OptionError if the text is not a list of ``name=column``, and for a name that occurs twice.

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
    """The index, from 0, of a column by its name in the header, or by its number from 1.

    Raises OptionError if the table does not have the column, or has it twice.
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
