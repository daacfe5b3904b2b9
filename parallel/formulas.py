"""Cells that a spreadsheet would compute instead of showing, made harmless in a way that can be undone.

A text that begins with ``=``, ``+``, ``-`` or ``@`` is a formula to Excel, LibreOffice and Google Sheets,
and a formula can send what stands beside it elsewhere. Before such a text goes a word joiner (U+2060),
which shows nothing and breaks no line: the cell is then a text. The apostrophe that is used elsewhere would
show, and one that begins a cell is enough for DuckDB to take apostrophes for the quotes of the whole table.
"""

from __future__ import annotations

import re

GUARD = "\u2060"
_FORMULA = re.compile(f"{GUARD}*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")
"""The beginnings that OWASP names, with their full-width forms, which Excel takes for the same."""


def guarded(cell: str) -> str:
    r"""The cell with a word joiner before it where a spreadsheet would compute it.

    >>> guarded("=1+1"), guarded("1+1")
    ('\u2060=1+1', '1+1')
    """
    return GUARD + cell if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The cell as it was before `guarded`, whatever it was."""
    return cell[1:] if cell.startswith(GUARD) and _FORMULA.match(cell) else cell
