"""Rows that wait on disk until it is known which of them stay, so that none need be kept in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from types import TracebackType
from typing import Self

from egiz.parallel.corpus.records import Entry, Side


class Spool:
    """Entries written once, in order, and read as often as wanted; a context manager that closes the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream = path.open("w", encoding="utf-8", newline="\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def add(self, entry: Entry) -> None:
        """Write one entry."""
        self._stream.write(json.dumps(astuple(entry), ensure_ascii=False) + "\n")

    def read(self) -> Iterator[Entry]:
        """All entries as they were written."""
        self._stream.flush()
        with self._path.open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                name, document, source_language, source, sides = json.loads(line)
                yield Entry(
                    id=name,
                    document=document,
                    source_language=source_language,
                    source=source,
                    sides=tuple(map(_side, sides)),
                )


def _side(values: list[object]) -> Side:
    language, text, quality, status, flags, terms, approved = values
    assert isinstance(flags, list)
    assert isinstance(quality, float | None)
    return Side(
        language=str(language),
        text=str(text),
        quality=quality,
        status=str(status),
        flags=tuple(flags),
        terms=str(terms),
        approved=bool(approved),
    )
