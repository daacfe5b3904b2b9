"""Writes and reads the published table: tab-separated, in a form that all programs read alike.

UTF-8 without byte order mark, NFC, ``\\n`` after every line, a header, a tab between cells, and no quoting:
a cell never holds a tab, a straight double quote, a control character or anything that some program takes
for a line end, and never begins with an apostrophe. So ``line.split("\\t")``, csv, pandas, polars, DuckDB and
datasets agree with their default settings. Limits of a table without quotes:

- pandas and datasets take eighteen words such as ``NA`` and ``None`` for a missing value. A text cell that is
  exactly one of them is followed by one space, which all programs keep and `read_tsv` removes.
- Programs that guess types take a text column for numbers, dates or truth values if all its cells look like
  them (polars: if the first 100 do). Name the types to prevent it; `datapackage.json` has them.
- datasets fixes the types by the first 10,000 rows. If a column is empty in all of these and not later, the
  types must be named too; the data card does that for ``load_dataset("FOLDER")``.
- A spreadsheet may compute a cell that begins with ``=``, ``+``, ``-`` or ``@``. The published table leaves
  such texts unchanged; ``egiz export --format sheet`` makes a table for spreadsheets (see `guarded`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, TextIO

from egiz.parallel.publish.columns import LINK, TARGET_KINDS, Column, columns, target_cells, text_column
from egiz.parallel.publish.names import TABLE
from egiz.parallel.rows import Row, RowStatus
from egiz.parallel.summary import STATUSES, UNLINKED
from egiz.translate.errors import InputError, OutputError, nearest
from egiz.translate.languages import languages
from egiz.translate.text import is_nfc

GUARD = "\u2060"
"""A word joiner: it is invisible, breaks no line, and makes a spreadsheet read a cell as text. An
apostrophe, which is usually used for this, would be visible, and DuckDB would take it for a quote."""
_FORMULA = re.compile(f"{GUARD}*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")
"""The first characters of formulas as OWASP lists them, and full-width forms, which Excel treats alike; any
number of guards may precede them."""


def guarded(cell: str) -> str:
    r"""Return the cell, with `GUARD` before it if a spreadsheet would compute it as a formula.

    This protects the reader: a formula in a text could send the content of other cells to a server.

    >>> guarded("=1+1"), guarded("1+1")
    ('\u2060=1+1', '1+1')
    """
    return GUARD + cell if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return the cell without the `GUARD` that `guarded` may have added."""
    return cell[1:] if cell.startswith(GUARD) and _FORMULA.match(cell) else cell


MAX_CELL_CHARACTERS = 131_072
"""The most characters of a cell: the default limit of Python's csv module."""

MAX_LINE_BYTES = 16 * 2**20
"""The most bytes of a line. A row with the most columns, in which every cell has `MAX_CELL_CHARACTERS`, takes
less than half of this."""

MISSING = frozenset(
    (
        "#N/A",
        "#N/A N/A",
        "#NA",
        "-1.#IND",
        "-1.#QNAN",
        "-NaN",
        "-nan",
        "1.#IND",
        "1.#QNAN",
        "<NA>",
        "N/A",
        "NA",
        "NULL",
        "NaN",
        "None",
        "n/a",
        "nan",
        "null",
    )
)
"""The cells that ``pandas.read_csv`` reads as missing by default (`na_values`), besides the empty cell."""

TABLE_HEAD = re.compile(r"id\t(?P<source>[^\t\n]+)\t(?P<target>[^\t\n]+)\t(?P=target)\.(?:quality|link)\t")
"""The beginning of the header of every published table."""

UNALIGNED = "unaligned"
"""The flag of a translation without a counterpart; the source of its row may be empty."""

_NOWHERE = '\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"'
"""Characters that no cell may contain, besides the tab."""
_FORBIDDEN = re.compile(f"[{_NOWHERE}\t]|^'|^\\s|\\s$")
_SUSPECT = re.compile(f"[{_NOWHERE}]|(?:^|\t)(?:'|[^\\S\t])|[^\\S\t](?:\t|$)")
"""Matches what `_FORBIDDEN` matches in a cell, but in a whole line, whose cells are separated by tabs."""

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
"""Characters that no table editor writes: a file that has one is damaged, or not a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTarget:
    """One translation as read from the table.

    `terms` is the cell that lists each term with its outcome; `machine` is the engine's text before any edit,
    empty if no edit changed the text.
    """

    language: str
    text: str
    quality: float | None
    status: RowStatus
    flags: tuple[str, ...]
    terms: str
    machine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRow:
    """One line of the table."""

    id: str
    source_language: str
    source: str
    targets: tuple[PublishedTarget, ...]


class TsvWriter:
    """Writes the header, then rows one by one, and keeps no row in memory."""

    def __init__(
        self,
        stream: TextIO,
        source_language: str,
        target_languages: Sequence[str],
        *,
        aligned: bool = False,
    ) -> None:
        """Write the header. `stream` is a text stream in UTF-8 that does not translate line ends.

        With `aligned`, the table is one of aligned documents: rows may have an empty source, and link
        probabilities stand in place of qualities.

        Raises OptionError if there is no target or a language occurs twice.
        """
        self._languages = (source_language, *target_languages)
        self._columns = columns(source_language, target_languages, aligned=aligned)
        self._stream = stream
        stream.write("\t".join(column.name for column in self._columns) + "\n")

    def write(self, row: Row) -> None:
        """Write one row.

        Raises ValueError if the row has other languages than the table. Raises OutputError, naming row and
        column, for a cell that some program would read differently. If an error is raised, the row is not
        written.
        """
        found = (row.source_language, *(target.language for target in row.targets))
        if found != self._languages:
            raise ValueError(f"row {row.id!r} is in {found}, the table in {self._languages}")
        cells = (row.id, row.source, *(cell for target in row.targets for cell in target_cells(target)))
        write_cells(self._stream, row.id, self._columns, cells)


def write_cells(stream: TextIO, row: str, columns: Sequence[Column], cells: Sequence[str]) -> None:
    """Write one line of a table with these columns; raises OutputError as `TsvWriter.write` does."""
    line = "\t".join(cells)
    if not _is_plain(line, columns, cells):
        line = "\t".join(_checked(row, column, cell) for column, cell in zip(columns, cells, strict=True))
    stream.write(line + "\n")


def _is_plain(line: str, columns: Sequence[Column], cells: Sequence[str]) -> bool:
    """Whether a quick test of the whole line shows that its cells need no separate checks.

    The test saves time, because nearly all lines pass it.
    """
    return (
        line.count("\t") == len(columns) - 1
        and len(line) <= MAX_CELL_CHARACTERS
        and not _SUSPECT.search(line)
        and MISSING.isdisjoint(cells)
        and is_nfc(line)
        and all(cell or not column.required for cell, column in zip(cells, columns, strict=True))
    )


def _checked(row: str, column: Column, cell: str) -> str:
    if _FORBIDDEN.search(cell) or not is_nfc(cell):
        raise OutputError(
            f"{cell[:60]!r}",
            where=f"row {row!r}, column {column.name!r}",
            expected="one line of NFC text without control characters and straight double quotes, with no "
            "apostrophe at the start and no space at the start or end",
        )
    if len(cell) > MAX_CELL_CHARACTERS:
        raise OutputError(
            f"a cell of {len(cell):,} characters",
            where=f"row {row!r}, column {column.name!r}",
            expected=f"at most {MAX_CELL_CHARACTERS:,}, which is what Python's csv module reads",
            action="Break the source text into lines or sentences.",
        )
    if column.required and not cell:
        raise OutputError("an empty cell", where=f"row {row!r}, column {column.name!r}", expected="text")
    return marked(cell)


def marked(cell: str) -> str:
    """Return the cell, followed by one space if pandas would take it for a missing value."""
    return f"{cell} " if cell in MISSING else cell


def unmarked(cell: str) -> str:
    """Return the cell without the space that `marked` may have added."""
    return cell[:-1] if cell[:-1] in MISSING and cell.endswith(" ") else cell


def read_tsv(path: Path) -> Iterator[PublishedRow]:
    """Read a published table row by row; no other file is needed.

    Raises InputError with file and line if the file is not UTF-8, has a control character, does not begin
    with the header of a published table, has a row with a wrong number of cells, an unknown status or an
    invalid quality, or ends in the middle of a line.
    """
    try:
        with path.open("rb") as stream:
            yield from _read(stream, path)
    except OSError as error:
        raise InputError(error.strerror or str(error), where=str(path)) from error


def read_table(path: str | Path) -> Iterator[PublishedRow]:
    """Read a published table row by row, given its file or the folder that a build wrote.

    Raises InputError with file and line if it is not a published table.
    """
    place = Path(path)
    return read_tsv(place / TABLE if place.is_dir() else place)


def _read(stream: BinaryIO, path: Path) -> Iterator[PublishedRow]:
    header = _line(stream.readline(MAX_LINE_BYTES), f"{path}:1")
    table = _header(header.split("\t"), f"{path}:1")
    lines = iter(partial(stream.readline, MAX_LINE_BYTES), b"")
    for number, line in enumerate(lines, start=2):
        where = f"{path}:{number}"
        cells = _line(line, where).split("\t")
        if len(cells) != len(table):
            raise InputError(f"{len(cells)} cells", where=where, expected=f"{len(table)}, as in the header")
        yield _row(cells, table, where)


def _line(line: bytes, where: str) -> str:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"byte {error.start + 1} of the line is not UTF-8", where=where, expected="a table saved as UTF-8"
        ) from error
    if not text:
        raise InputError("an empty file", where=where, expected="a header that begins with 'id'")
    if not text.endswith("\n"):
        if len(line) == MAX_LINE_BYTES:
            raise InputError("a line that does not end", where=where, expected="lines of text")
        raise InputError("no line end", where=where, expected="a whole line", action="The file was cut off.")
    if found := _CONTROL.search(text):
        raise InputError(
            f"the control character U+{ord(found[0]):04X} at character {found.start() + 1} of the line",
            where=where,
            expected="text",
        )
    return text[:-1]


_AT_QUALITY = 3
"""The index, from 0, of the column after the first target text. It has qualities or, in a table of aligned
documents, link probabilities; its name shows which."""


def _header(names: list[str], where: str) -> tuple[Column, ...]:
    """Return the columns of a header: the id, the source, then all columns of each target."""
    tags = {text_column(item.tag): item.tag for item in languages()}
    named: list[str] = []
    aligned = False
    for place, name in enumerate(names):
        kind = ("id", "source")[place] if place < 2 else TARGET_KINDS[(place - 2) % len(TARGET_KINDS)]
        if kind in ("source", "text"):
            known = [column for column in tags if column not in named]
            expected = "the tag of a language that has no column yet"
            named.append(name)
        else:
            if place == _AT_QUALITY:
                aligned = name == f"{named[-1]}.{LINK}"
            ending = LINK if kind == "quality" and aligned else kind
            known = ["id" if kind == "id" else f"{named[-1]}.{ending}"]
            expected = repr(known[0])
        if name not in known:
            action = nearest(name, known)
            raise InputError(f"column {place + 1} is {name!r}", where=where, expected=expected, action=action)
    if len(named) < 2 or (len(names) - 2) % len(TARGET_KINDS):
        raise InputError(f"{len(names)} columns", where=where, expected="all of each target's columns")
    return columns(tags[named[0]], [tags[name] for name in named[1:]], aligned=aligned)


def _row(cells: list[str], table: tuple[Column, ...], where: str) -> PublishedRow:
    cells = list(map(unmarked, cells))
    for cell, column in zip(cells, table, strict=True):
        if column.required and column.kind != "source" and not cell:
            raise InputError("an empty cell", where=f"{where}, column {column.name!r}", expected="text")
    size = len(TARGET_KINDS)
    found = PublishedRow(
        id=cells[0],
        source_language=table[1].language,
        source=cells[1],
        targets=tuple(
            _target(cells[start : start + size], table[start : start + size], where)
            for start in range(2, len(table), size)
        ),
    )
    if not found.source and not _sourceless(found):
        raise InputError("an empty cell", where=f"{where}, column {table[1].name!r}", expected="text")
    return found


def _sourceless(row: PublishedRow) -> bool:
    """Whether a row may have an empty source.

    A row of an aligned table may, if it has a human translation that no sentence of the source corresponds
    to.
    """
    return any(target.text and UNALIGNED in target.flags for target in row.targets)


_STATUSES = (*STATUSES, UNLINKED)


def _target(cells: list[str], table: tuple[Column, ...], where: str) -> PublishedTarget:
    text, quality, status, flags, terms, machine = cells
    if status not in _STATUSES:
        raise InputError(
            f"{status!r}",
            where=f"{where}, column {table[2].name!r}",
            expected=f"one of {', '.join(_STATUSES)}",
            action=nearest(status, _STATUSES),
        )
    return PublishedTarget(
        language=table[0].language,
        text=text,
        quality=_quality(quality, f"{where}, column {table[1].name!r}") if quality else None,
        status=status,
        flags=tuple(flags.split(",")) if flags else (),
        terms=terms,
        machine=machine,
    )


def _quality(cell: str, where: str) -> float:
    if not re.fullmatch(r"0\.[0-9]{3}|1\.000", cell):
        raise InputError(f"{cell!r}", where=where, expected="a number from 0.000 to 1.000, or nothing")
    return float(cell)
