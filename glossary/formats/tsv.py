r"""Term bases as tables: TSV, and CSV with the same columns.

The file is UTF-8 (a byte order mark is passed over; UTF-16 with one is read too) and is read as NFC. First
may stand lines that begin with ``#``: ``# title: …``, ``# licence: …`` and ``# origin: …`` speak of the
whole base, any other is a comment. Then comes the header, then one entry a row. Blank lines are passed over,
and so is, behind the header, a row of one cell that begins with ``#``. Cells that a row lacks at its end
are empty.

========================  =================================================================================
``id``                    name of the entry, unique; where empty, made from its first wording (``identify``)
``kk``, ``ru``, ``en`` …  wordings in that language (any BCP-47 tag that Egiz knows), parted by `` | ``; the
                          first is the preferred one, the others are accepted too
``kk.forbidden``          wordings that must not be used
``kk.pos``                part of speech: noun, proper, adjective, verb, adverb or phrase
``kk.number``             ``singular`` or ``plural`` where the wording is used in that number only
``kk.match``              ``case`` (capitals must agree), ``exact`` (no inflection), or ``case,exact``
``kk.forms``              forms besides the regular ones, parted by commas or semicolons
``kk.like``               a word whose paradigm the last word follows
``subject``, ``note``     field of the entry; a remark
``origin``, ``licence``   who or what the entry comes from; under which terms it may be used
========================  =================================================================================

Only one column of wordings is needed. A cell of ``kk.pos`` to ``kk.like`` holds one value for each wording
of ``kk``, parted by `` | `` in the same order, or a single value for all of them; a value may be empty.
The same columns exist for forbidden wordings: ``kk.forbidden.pos`` and so on. Indonesian is ``id-Latn``,
because ``id`` is the first column.

A tab, line break, bar or backslash in a text is written ``\t``, ``\n``, ``\r``, ``\|``, ``\\``; in forms a
comma is ``\,``. A TSV knows no quotes. In a CSV, cells are quoted as usual, and commas, semicolons or
tabs part them, whichever the header has most of; commas are written.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from egiz.glossary.formats.cells import unescape
from egiz.glossary.formats.columns import read_header
from egiz.glossary.formats.losses import Written
from egiz.glossary.formats.rows import read_rows
from egiz.glossary.formats.table import table
from egiz.glossary.formats.text import read_text
from egiz.glossary.records import TermBase
from egiz.translate.errors import InputError
from egiz.translate.normal import nfc

_LINE_END = re.compile("\r\n|\n|\r")
_ABOUT = re.compile(r"#+\s*(title|licence|license|origin)\s*:(.*)", re.DOTALL | re.IGNORECASE)

Lines = Iterator[tuple[int, list[str]]]


def read_tsv(path: Path, where: str, encoding: str | None = None) -> TermBase:
    """Read a TSV. `where` is what messages and places call it.

    Raises InputError with line and column name for what does not fit, with the offset for bytes that are no
    text.
    """
    lines = _LINE_END.split(_composed(path, where, encoding))
    return _read(((number, line.split("\t")) for number, line in enumerate(lines, start=1)), where, "\t")


def read_csv(path: Path, where: str, encoding: str | None = None) -> TermBase:
    """Read a CSV; see `read_tsv`."""
    text = _composed(path, where, encoding)
    head = next((line for line in io.StringIO(text) if line.strip() and not line.startswith(("#", '"#'))), "")
    delimiter = max(",;\t", key=head.count)
    return _read(_quoted(text, where, delimiter), where, delimiter)


def write_tsv(base: TermBase) -> Written:
    """Write a base as a TSV, with the columns that it needs."""
    rows, losses = table(base)
    text = "".join("\t".join(cells) + "\n" for cells in rows)
    return Written(text=nfc(text), losses=losses)


def write_csv(base: TermBase) -> Written:
    """Write a base as a CSV with commas; see `write_tsv`."""
    rows, losses = table(base)
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return Written(text=nfc(stream.getvalue()), losses=losses)


def _composed(path: Path, where: str, encoding: str | None) -> str:
    return nfc(read_text(path, where, encoding))


def _quoted(text: str, where: str, delimiter: str) -> Lines:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"is not CSV ({error})", where=f"{where}:{line}", action="Is a quote left open, or is it a TSV?"
        ) from error


def _read(lines: Lines, where: str, delimiter: str) -> TermBase:
    """Read remarks, header and rows; `delimiter` is what parted the cells."""
    about = {"title": "", "licence": "", "origin": ""}
    filled = ((line, cells) for line, cells in lines if any(map(str.strip, cells)))
    for line, cells in filled:
        if not cells[0].startswith("#"):
            layout = read_header([cell.strip() for cell in cells], f"{where}:{line}")
            return TermBase(
                terms=tuple(read_rows(filled, layout, where)),
                title=about["title"],
                licence=about["licence"],
                origin=about["origin"],
            )
        stated = _ABOUT.fullmatch(_joined(cells, delimiter))
        if stated:
            about[stated[1].lower().replace("license", "licence")] = unescape(stated[2].strip())
    raise InputError(
        "holds no header",
        where=where,
        expected="a row with a column for each language, such as kk, ru and en",
    )


def _joined(cells: list[str], delimiter: str) -> str:
    """The text of a remark: what parts cells is part of it, but for the empty ones that spreadsheets add."""
    while len(cells) > 1 and not cells[-1]:
        cells = cells[:-1]
    return delimiter.join(cells)
