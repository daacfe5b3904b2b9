"""What is told of a corrected file: each edit as a line of a table, and the numbers in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from egiz.glossary.check import Outcome
from egiz.parallel.bitext import Segment
from egiz.parallel.correct_files import FileSummary
from egiz.parallel.findings.records import printable
from egiz.parallel.rows import single_line
from egiz.parallel.words import plural
from egiz.translate.records import Edit

EDIT_COLUMNS = ("file", "id", "language", "start", "stop", "before", "after", "term", "rule")


class EditTable:
    """Writes edits line by line under the names of `EDIT_COLUMNS`.

    `start` and `stop` are code points of the segment's target before, as `egiz.parallel.bitext.Segment` has
    it. Words stand as they are: no quotes are known, a tab always ends a cell.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        stream.write("\t".join(EDIT_COLUMNS) + "\n")

    def write(self, segment: Segment, edit: Edit) -> None:
        """Write one edit."""
        cells = (
            single_line(printable(segment.file)),
            segment.id,
            segment.target_language,
            str(edit.start),
            str(edit.stop),
            edit.before,
            edit.after,
            single_line(edit.term),
            edit.rule,
        )
        self._stream.write("\t".join(cells) + "\n")


def summary_lines(totals: FileSummary) -> Iterator[str]:
    """The numbers in words, for standard error."""
    yield f"{plural(totals.rows, 'segment')}, {plural(totals.occurrences, 'use')} of terms"
    yield f"before: {_outcomes(totals.before)}"
    yield f"after: {_outcomes(totals.after)}"
    yield f"{plural(totals.edits, 'edit')} in {plural(totals.changed, 'segment')}"
    for reason, count in totals.left:
        yield f"left alone: {reason} ({count:,})"
    unread = {
        "without translation": totals.untranslated,
        "drafts": totals.drafts,
        "in languages that the term base lacks": totals.foreign,
    }
    if any(unread.values()):
        yield "not looked at: " + ", ".join(f"{count:,} {name}" for name, count in unread.items() if count)


def _outcomes(counts: Sequence[tuple[Outcome, int]]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts)
