"""The table of rejected pairs, each with the stage that left it out and why."""

from __future__ import annotations

from typing import TextIO

from egiz.parallel.corpus.report import Reject
from egiz.parallel.publish.columns import Column
from egiz.parallel.publish.tsv import write_cells
from egiz.parallel.rows import source_text

_NAMES = ("row", "language", "stage", "reason", "source", "target")


class RejectWriter:
    """Writes rejected pairs one by one, as the published table is written: no quotes, one line each."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._columns = [
            Column(name=name, kind="text", language="", type="string", title=name, description="")
            for name in _NAMES
        ]
        stream.write("\t".join(_NAMES) + "\n")

    def write(self, reject: Reject) -> None:
        """Write one pair."""
        entry, side = reject.entry, reject.side
        cells = (
            source_text(entry.id, entry.source_language),
            side.language,
            reject.stage,
            reject.reason,
            source_text(entry.source, entry.source_language),
            source_text(side.text, side.language),
        )
        write_cells(self._stream, entry.id, self._columns, cells)
