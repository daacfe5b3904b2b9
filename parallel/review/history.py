"""`review.tsv`: every human edit that was brought into a table, in the order it came.

Written like the table itself: UTF-8, tab-separated, no quoting, the same cells for every reader. Lines are
only ever added.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from egiz.parallel.publish import WrittenFile
from egiz.parallel.review.records import HistoryEntry
from egiz.parallel.review.standing import marked, unmarked
from egiz.translate.bounded import read_whole
from egiz.translate.errors import InputError

HISTORY = "review.tsv"
_ABOUT = {
    "row": "id of the row",
    "language": "tag of the target language that the edited cell is in",
    "author": "who made the edit, as they called themselves; may be empty",
    "time": "when it was made, UTC, ISO 8601",
    "before": "the cell as the author saw it",
    "after": "the cell as the author left it, in its published form",
    "approved": "true where the author approved the translation; else false",
    "comment": "what the author had to say; may be empty",
    "machine": "the machine's output for the cell, as published; empty where it had none",
}
_COLUMNS = tuple(field.name for field in fields(HistoryEntry))
_HEADER = "\t".join(_COLUMNS)


def read_history(folder: Path) -> tuple[HistoryEntry, ...]:
    """Read the history of a folder; nothing where it has none.

    Raises InputError with file and line where a file of that name is something else.
    """
    path = folder / HISTORY
    if not path.exists():
        return ()
    try:
        text = read_whole(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", where=str(path), expected="the history of reviews") from error
    header, *lines = text.split("\n")
    if header != _HEADER or not lines or lines.pop():
        raise InputError(
            "is not a history of reviews",
            where=str(path),
            expected=f"the columns {', '.join(_COLUMNS)}, and whole lines",
            action="Move that file away.",
        )
    return tuple(_entry(line.split("\t"), f"{path}:{number}") for number, line in enumerate(lines, start=2))


def _entry(cells: list[str], where: str) -> HistoryEntry:
    if len(cells) != len(_COLUMNS):
        raise InputError(f"{len(cells)} cells", where=where, expected=f"{len(_COLUMNS)}, as in the header")
    found = dict(zip(_COLUMNS, map(unmarked, cells), strict=True))
    if found["approved"] not in ("true", "false"):
        raise InputError(repr(found["approved"]), where=where, expected="true or false")
    try:
        if datetime.fromisoformat(found["time"]).tzinfo is None:
            raise ValueError("no time zone")
    except ValueError as error:
        raise InputError(repr(found["time"]), where=where, expected="a time in UTC") from error
    return HistoryEntry(
        row=found["row"],
        language=found["language"],
        author=found["author"],
        time=found["time"],
        before=found["before"],
        after=found["after"],
        approved=found["approved"] == "true",
        comment=found["comment"],
        machine=found["machine"],
    )


def history_text(entries: Iterable[HistoryEntry]) -> str:
    """The whole file."""
    return "".join(f"{line}\n" for line in (_HEADER, *map(_line, entries)))


def _line(entry: HistoryEntry) -> str:
    values = (getattr(entry, name) for name in _COLUMNS)
    return "\t".join(marked(str(value).lower() if isinstance(value, bool) else value) for value in values)


def history_resource(written: WrittenFile) -> dict[str, Any]:
    """What the data package says of the history."""
    return {
        "name": HISTORY.removesuffix(".tsv"),
        "type": "table",
        "path": written.name,
        "title": "Human edits",
        "format": "tsv",
        "mediatype": "text/tab-separated-values",
        "encoding": "utf-8",
        "bytes": written.bytes,
        "hash": f"sha256:{written.sha256}",
        "dialect": {"delimiter": "\t", "lineTerminator": "\n", "header": True},
        "schema": {"fields": _fields(_COLUMNS), "missingValues": [""]},
    }


def _fields(names: Sequence[str]) -> list[dict[str, str]]:
    kinds = {"approved": "boolean", "time": "datetime"}
    return [{"name": name, "type": kinds.get(name, "string"), "description": _ABOUT[name]} for name in names]
