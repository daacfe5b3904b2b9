"""The text of a table as rows of cells: which sign stands between cells, and whether cells are quoted.

Tab-separated text comes in two kinds that nothing names. Egiz, Moses tools and many scripts write cells as
they are; pandas, R, Excel and Google Sheets quote cells and double the quotes within. `is_quoted` tells them
apart.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from egiz.translate.errors import InputError

SEPARATORS = "\t;,|"
"""What may separate cells; where a header has equally many of two, the first one here counts."""
_SEP_LINE = re.compile(r'"?sep=(.)"?')
_LINE_END = re.compile("\r\n|\n|\r")

Row = tuple[int, list[str]]
"""The number of a row's first line, from 1, and its cells."""


def split_rows(text: str, where: str, *, is_tsv: bool) -> tuple[Iterator[Row], str]:
    """The rows of a table, and the sign that separates its cells; blank lines are rows, too.

    The separator is what a first line ``sep=;`` names, else the one that the header has most of. Cells may be
    quoted; in a tab-separated table that `is_tsv` says is named so, only if `is_quoted`. `where` names the
    table in messages. Raises InputError with the line for a quote that is left open or closed in a cell.
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
    """The separator by the header: the first line that is neither blank nor a remark."""
    for line in io.StringIO(text):
        if line.strip() and not line.startswith(("#", '"#')):
            return max(SEPARATORS[:-1], key=line.count) if any(map(line.count, "\t;,")) else _bar(line)
    return ","


def _bar(line: str) -> str:
    return "|" if "|" in line else ","


def _quoted(text: str, separator: str, skipped: int, where: str) -> Iterator[Row]:
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
"""What R writes, without quotes, for a cell that has no value."""
_LONGEST_ROW = 1_000_000
"""Characters of a quoted row at most. A stray quote would otherwise take the rest of a file for one cell."""
_FEWEST_COMMAS = 3
"""Quoted cells with a comma from which on commas are taken for the reason why cells are quoted."""


@dataclass(slots=True)
class _Signs:
    """What the cells of a table say about quoting."""

    proven: bool = False
    rows: int = 0
    words_bare: int = 0
    commas_bare: int = 0
    commas_quoted: int = 0
    quoted_without: int = 0

    def take(self, row: str) -> bool:
        """Count the cells of a row; False if they cannot be those of a table whose cells are quoted."""
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
        if found["quoted"] is None:
            bare = found["bare"]
            self.words_bare += _LETTER.search(bare) is not None and bare != _MISSING
            self.commas_bare += "," in bare
            return
        inside = found["inside"]
        self.proven |= '""' in inside or "\t" in inside or "\n" in inside
        self.commas_quoted += "," in inside
        self.quoted_without += "," not in inside

    def said(self) -> bool:
        """Whether cells are quoted, if no row contradicted."""
        if self.proven or (
            self.rows > 1 and not self.words_bare and self.commas_quoted + self.quoted_without
        ):
            return True
        is_excel = not self.commas_bare and not self.quoted_without
        return is_excel and self.commas_quoted >= _FEWEST_COMMAS


def is_quoted(lines: Iterable[str]) -> bool:
    r"""Whether the cells of a tab-separated table are quoted; `lines` may end in line ends.

    A program that quotes, quotes every cell that has a quote in it; a single bare quote shows that quotes are
    text. If there is none, cells are quoted if one holds doubled quotes, a tab or a line end, if every cell
    with letters is quoted (R), or if just the cells with a comma are (Excel).

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
    return not held and signs.said()
