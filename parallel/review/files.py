"""The file formats of a review: the edits exported by the reader page, and the history, `review.tsv`.

::

    {"format": "egiz-edits", "version": 2, "table": "<sha256 of parallel.tsv>", "author": "<text>",
     "edits": [{"row": "doc:1.1", "source": "…", "previous": "…", "following": "…", "language": "ru",
                "before": "…", "after": "…", "approved": true, "comment": "", "seen": [],
                "time": "2026-01-01T12:00:00Z"}]}

All keys are required, and no others are allowed. `table` is the hash of the table that the page was made
from; it may differ from that of the reviewed table, because every edit contains its sentence and the text
that its author saw. `seen` are the other texts that the page showed for the cell. Version 1 lacks `source`,
`previous`, `following` and `seen`.

The history is written like the table: UTF-8, tab-separated, no quoting. No line is ever removed; only the row
that a line is attached to may change (`egiz.parallel.review.matching`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from egiz.parallel.publish import HISTORY, MAX_CELL_CHARACTERS, WrittenFile, read_tsv
from egiz.parallel.publish.tsv import marked, unmarked
from egiz.parallel.review.human_cells import target_of
from egiz.parallel.review.records import HistoryEntry, HumanEdit, SentenceKey, State
from egiz.translate.errors import InputError, LanguageError, nearest
from egiz.translate.io.files import read_whole
from egiz.translate.languages import language
from egiz.translate.text import source_text, target_text

FORMAT = "egiz-edits"
MAX_EDITS_BYTES = 64 * 2**20
"""The largest file of edits that is read, in bytes. It is enough for the old and new texts of 100,000 edited
sentences of usual length.
"""

_LIMITS = {
    "row": 1_000,
    "language": 100,
    "before": MAX_CELL_CHARACTERS,
    "after": MAX_CELL_CHARACTERS,
    "comment": 10_000,
}
_AUTHOR = 200
_HEAD = ("format", "version", "table", "author", "edits")
_EDIT = ("row", "language", "before", "after", "approved", "comment", "time")
_SENTENCE = ("source", "previous", "following")
_KEYS = {1: _EDIT, 2: (*_EDIT, *_SENTENCE, "seen")}
"""The keys of an edit by the version of the file."""
_SEEN = 100
"""The most texts that the list `seen` of an edit may have."""
_SHA256 = re.compile("[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
_HALF = re.compile("[\ud800-\udfff]")


def read_edits(path: Path) -> tuple[HumanEdit, ...]:
    """Read the edits of one file, in order, with their texts as they are published (`target_text`).

    Raises InputError that names the file and the place in it (``edits[3].row``) for broken JSON, an unknown,
    missing or repeated key, a wrong type, a text that is too long, a lone surrogate, an unknown language or
    an invalid time.
    """
    content = _object(_parse(path), _HEAD, str(path))
    _check_head(content, str(path))
    author = source_text(_string(content["author"], f"{path}: author", _AUTHOR), "en")
    keys = _KEYS[content["version"]]
    return tuple(
        _edit(item, keys, f"{path}: edits[{number}]", author) for number, item in enumerate(content["edits"])
    )


def _parse(path: Path) -> object:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_EDITS_BYTES + 1)
    except OSError as error:
        raise InputError(error.strerror or str(error), where=str(path)) from error
    if len(data) > MAX_EDITS_BYTES:
        raise InputError(
            "a file too large", where=str(path), expected=f"at most {MAX_EDITS_BYTES >> 20} MB of edits"
        )
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_constant)
    except UnicodeDecodeError as error:
        raise InputError(
            f"byte {error.start + 1} is not UTF-8", where=str(path), expected="a file of edits"
        ) from error
    except json.JSONDecodeError as error:
        raise InputError(
            f"is not JSON ({error.msg})",
            where=f"{path}:{error.lineno}:{error.colno}",
            action="Was the file cut off, or edited by hand?",
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"is not JSON as it should be ({error})", where=str(path)) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} stands twice")
    return found


def _constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _object(value: object, keys: tuple[str, ...], where: str) -> Mapping[str, Any]:
    """Check that a value is an object with exactly these keys, and return it."""
    if not isinstance(value, dict):
        raise InputError(_shown(value), where=where, expected="an object")
    for key in value:
        if key not in keys:
            raise InputError(
                f"key {_shown(key)} is not known",
                where=where,
                expected=", ".join(keys),
                action=nearest(key[:60], keys),
            )
    for key in keys:
        if key not in value:
            raise InputError(f"key {key!r} is missing", where=where, expected=", ".join(keys))
    return value


def _check_head(content: Mapping[str, Any], where: str) -> None:
    if content["format"] != FORMAT:
        raise InputError(_shown(content["format"]), where=f"{where}: format", expected=repr(FORMAT))
    if isinstance(content["version"], bool | float | list | dict) or content["version"] not in _KEYS:
        raise InputError(
            _shown(content["version"]),
            where=f"{where}: version",
            expected=" or ".join(map(str, _KEYS)),
            action="A later Egiz may have made it.",
        )
    if not _SHA256.fullmatch(_string(content["table"], f"{where}: table", 64)):
        raise InputError(
            _shown(content["table"]),
            where=f"{where}: table",
            expected="the SHA-256 of a table in lower-case hex digits",
        )
    if not isinstance(content["edits"], list):
        raise InputError(_shown(content["edits"]), where=f"{where}: edits", expected="a list")


def _edit(value: object, keys: tuple[str, ...], where: str, author: str) -> HumanEdit:
    item = _object(value, keys, where)
    texts = {key: _string(item[key], f"{where}.{key}", most) for key, most in _LIMITS.items()}
    if not texts["row"]:
        raise InputError("an empty text", where=f"{where}.row", expected="the id of a row")
    if not isinstance(item["approved"], bool):
        raise InputError(_shown(item["approved"]), where=f"{where}.approved", expected="true or false")
    tag = _tag(texts["language"], f"{where}.language")
    before = source_text(texts["before"], tag)
    is_kept = texts["after"] == texts["before"]
    return HumanEdit(
        place=where,
        row=texts["row"],
        language=tag,
        before=before,
        after=before if is_kept else _published(texts["after"], tag, f"{where}.after"),
        approved=item["approved"],
        author=author,
        time=_time(item["time"], f"{where}.time"),
        comment=source_text(texts["comment"], "en"),
        sentence=_sentence(item, where) if "source" in keys else None,
        seen=_seen(item["seen"], f"{where}.seen") if "seen" in keys else (),
    )


def _sentence(item: Mapping[str, Any], where: str) -> SentenceKey:
    """Return the sentence of an edit, with its two neighbours. The page copied these texts from the table,
    which contains them in published form.
    """
    texts = (_string(item[key], f"{where}.{key}", MAX_CELL_CHARACTERS) for key in _SENTENCE)
    source, previous, following = (source_text(text, "en") for text in texts)
    return SentenceKey(source=source, previous=previous, following=following)


def _seen(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _SEEN:
        raise InputError(_shown(value), where=where, expected=f"a list of at most {_SEEN} texts")
    return tuple(
        _string(text, f"{where}[{number}]", MAX_CELL_CHARACTERS) for number, text in enumerate(value)
    )


def _published(text: str, tag: str, where: str) -> str:
    """Return a human text in published form; raises InputError if it is too long."""
    cleaned = target_text(text, tag)
    if len(cleaned) > MAX_CELL_CHARACTERS:
        raise InputError(
            f"{len(cleaned):,} characters", where=where, expected=f"at most {MAX_CELL_CHARACTERS:,}"
        )
    return cleaned


def _string(value: object, where: str, most: int) -> str:
    if not isinstance(value, str):
        raise InputError(_shown(value), where=where, expected="a text")
    if len(value) > most:
        raise InputError(f"{len(value):,} characters", where=where, expected=f"at most {most:,}")
    if _HALF.search(value):
        raise InputError("half of a surrogate pair", where=where, expected="whole characters")
    return value


def _tag(text: str, where: str) -> str:
    try:
        return language(text).tag
    except LanguageError as error:
        raise InputError(error.found, where=where, expected=error.expected, action=error.action) from error


def _time(value: object, where: str) -> str:
    text = _string(value, where, 40)
    try:
        if not _TIME.fullmatch(text):
            raise ValueError(text)
        datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(_shown(text), where=where, expected="a time such as 2026-01-01T12:00:00Z") from error
    return text


def _shown(value: object) -> str:
    """Format a value for an error message: printable, on one line, not too long."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= 60 else f"{text[:60]}…"


MEMORY = "memory"
"""The value of `HistoryEntry.origin` for an approval that comes from another project, by way of the
translation memory.
"""
_ABOUT = {
    "row": "id of the row that the entry is shown with; empty if its sentence is not in the table",
    "language": "tag of the target language of the edited cell",
    "author": "name that the author of the edit gave; may be empty",
    "time": "time of the edit, UTC, ISO 8601",
    "before": "text of the cell that the author saw",
    "after": "text that the author wrote or approved, in its published form",
    "approved": "true if the author approved the translation; else false",
    "comment": "comment of the author; may be empty",
    "machine": "the machine's output for the cell, as published; empty if there is none",
    "source": "the source sentence of the edit",
    "previous": "the source sentence before it",
    "following": "the source sentence after it",
    "now": "the source sentence that has replaced it, if the entry is outdated; else empty",
    "state": "kept: the sentence is in the table; outdated: it changed; orphaned: it or its column is gone",
    "conflict": "why its text is not in the cell; settled or seen if a person has decided; else empty",
    "origin": "memory if the text was approved in another project; else empty",
}
_COLUMNS = tuple(field.name for field in fields(HistoryEntry))
_FIRST = 9
"""The number of columns in the first version of the format, which lacked the sentence."""
_HEADER = "\t".join(_COLUMNS)
_STATES: tuple[State, ...] = get_args(State)


def read_history(path: Path) -> tuple[HistoryEntry, ...]:
    """Read a history; the result is empty if the file does not exist.

    The first version of the format lacks the sentences. They are then taken from the table beside the
    history; an entry gets a sentence if its cell still has one of the texts of the entry. Raises InputError
    with file and line if the file is not a history.
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
    """Yield the entries of a history in the first version of the format, with their sentences added from the
    table. An entry without a matching row in the table is marked as orphaned.
    """
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
    """Return the text of the whole file, with the header."""
    return "".join(f"{line}\n" for line in (_HEADER, *map(history_line, entries)))


def history_line(entry: HistoryEntry) -> str:
    """Return one line of the file, without its line end."""
    values = (getattr(entry, name) for name in _COLUMNS)
    return "\t".join(marked(str(value).lower() if isinstance(value, bool) else value) for value in values)


def history_resource(written: WrittenFile) -> dict[str, Any]:
    """Return the entry for the history in the data package."""
    return {
        "name": written.name.removesuffix(".tsv"),
        "type": "table",
        "path": written.name,
        "title": "Edits, approvals and comments by people",
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
