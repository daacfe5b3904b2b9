"""`review.tsv`: everything that people said of a table's sentences, in the order in which it came.

Written like the table itself: UTF-8, tab-separated, no quoting, the same cells for every reader. No line ever
goes; what changes is which row a line is shown with, as `egiz.parallel.review.carry` finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from egiz.parallel.publish import HISTORY, WrittenFile, read_tsv
from egiz.parallel.publish.tsv import marked, unmarked
from egiz.parallel.review.records import HistoryEntry, State
from egiz.parallel.review.standing import target_of
from egiz.translate.bounded import read_whole
from egiz.translate.errors import InputError

MEMORY = "memory"
"""The origin of what was approved in another project."""
_ABOUT = {
    "row": "id of the row that it is shown with; empty where the sentence is not in the table",
    "language": "tag of the target language that the edited cell is in",
    "author": "who made the edit, as they called themselves; may be empty",
    "time": "when it was made, UTC, ISO 8601",
    "before": "the cell as the author saw it",
    "after": "the cell as the author left it, in its published form",
    "approved": "true where the author approved the translation; else false",
    "comment": "what the author had to say; may be empty",
    "machine": "the machine's output for the cell, as published; empty where there is none",
    "source": "the source sentence that it is of",
    "previous": "the source sentence before it",
    "following": "the source sentence after it",
    "now": "the source sentence that stands in its place now, where it is outdated",
    "state": "kept: its sentence is there; outdated: it has changed; orphaned: it, or its column, is gone",
    "conflict": "why its text does not stand in the cell; settled where a person has decided; else empty",
    "origin": "memory where it was approved in another project; else empty",
}
_COLUMNS = tuple(field.name for field in fields(HistoryEntry))
_FIRST = 9
"""Columns of the first version, which did not know the sentence."""
_HEADER = "\t".join(_COLUMNS)
_STATES: tuple[State, ...] = get_args(State)


def read_history(path: Path) -> tuple[HistoryEntry, ...]:
    """Read a history; nothing where there is no such file.

    Of one of the first version, the sentences are those of the table beside it, as far as its cells still
    read as one of the texts says. Raises InputError with file and line where it is something else.
    """
    if not path.exists():
        return ()
    try:
        text = read_whole(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", where=str(path), expected="the history of reviews") from error
    header, *lines = text.split("\n")
    is_first = header == "\t".join(_COLUMNS[:_FIRST])
    if not (header == _HEADER or is_first) or not lines or lines.pop():
        raise InputError(
            "is not a history of reviews",
            where=str(path),
            expected=f"the columns {', '.join(_COLUMNS)}, and whole lines",
            action="Move that file away.",
        )
    names = _COLUMNS[:_FIRST] if is_first else _COLUMNS
    entries = [_entry(names, line.split("\t"), f"{path}:{number}") for number, line in enumerate(lines, 2)]
    return tuple(_located(entries, path)) if is_first else tuple(entries)


def _entry(names: Sequence[str], cells: list[str], where: str) -> HistoryEntry:
    if len(cells) != len(names):
        raise InputError(f"{len(cells)} cells", where=where, expected=f"{len(names)}, as in the header")
    found: dict[str, Any] = dict(zip(names, map(unmarked, cells), strict=True))
    if found["approved"] not in ("true", "false"):
        raise InputError(repr(found["approved"]), where=where, expected="true or false")
    if found.get("state", "kept") not in _STATES:
        raise InputError(repr(found["state"]), where=where, expected=" or ".join(_STATES))
    try:
        if datetime.fromisoformat(found["time"]).tzinfo is None:
            raise ValueError("no time zone")
    except ValueError as error:
        if found["time"] or found.get("origin") != MEMORY:
            raise InputError(repr(found["time"]), where=where, expected="a time in UTC") from error
    return HistoryEntry(**found | {"approved": found["approved"] == "true"})


def _located(entries: Sequence[HistoryEntry], path: Path) -> Iterator[HistoryEntry]:
    """Entries of the first version with their sentences; without, and orphaned, where that is not sure."""
    table = path.with_name(f"{path.name.removesuffix(HISTORY)[:-1] or 'parallel'}.tsv")
    rows = {row.id: row for row in read_tsv(table)} if table.is_file() else {}
    for entry in entries:
        row = rows.get(entry.row)
        target = target_of(row, entry.language)
        texts = (entry.before, entry.after, entry.machine)
        if row is None or target is None or not {target.text, target.machine or target.text} & set(texts):
            yield replace(entry, row="", state="orphaned")
        else:
            yield replace(entry, source=row.source)


def history_text(entries: Iterable[HistoryEntry]) -> str:
    """The whole file."""
    return "".join(f"{line}\n" for line in (_HEADER, *map(history_line, entries)))


def history_line(entry: HistoryEntry) -> str:
    """One line of the file, without its end."""
    values = (getattr(entry, name) for name in _COLUMNS)
    return "\t".join(marked(str(value).lower() if isinstance(value, bool) else value) for value in values)


def history_resource(written: WrittenFile) -> dict[str, Any]:
    """What the data package says of the history."""
    return {
        "name": written.name.removesuffix(".tsv"),
        "type": "table",
        "path": written.name,
        "title": "What people wrote, approved and said",
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
