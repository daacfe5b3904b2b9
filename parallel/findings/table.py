"""The report as a table: one finding a line, for spreadsheets and scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TextIO

from egiz.parallel.findings.records import Summary, TermFinding, printable
from egiz.parallel.rows import source_text

COLUMNS = ("file", "line", "id", "severity", "code", "term", "source_form", "target_form", "message")
LINKED = "words"
"""The column after these if links of words were asked for; words that stand apart are parted by ``|``."""


def write_table(
    findings: Iterable[TermFinding], summary: Callable[[], Summary], stream: TextIO, *, linked: bool = False
) -> None:
    """Write the findings as they come under the names of `COLUMNS`; the summary is not part of a table.

    Cells are made safe as those of the published table are: one line, no tab, no straight double quote.
    """
    stream.write("\t".join((*COLUMNS, LINKED) if linked else COLUMNS) + "\n")
    for item in findings:
        cells = (
            printable(item.place.file),
            str(item.place.line),
            item.place.id,
            item.finding.severity,
            item.finding.code,
            item.wording,
            item.source.form,
            item.target.form,
            item.finding.message,
            *([" | ".join(item.forms)] if linked else []),
        )
        stream.write("\t".join(source_text(cell, item.source.language) for cell in cells) + "\n")
