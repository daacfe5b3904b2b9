"""JSON lines: an object for each row."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from egiz.parallel.corpus.about import About
from egiz.parallel.corpus.records import Entry
from egiz.parallel.export.columns import data_columns, data_values


def write_jsonl(entries: Iterable[Entry], about: About, path: Path) -> None:
    """Write the rows one by one: every key in every line, null where there is no value.

    Quality has three decimals as everywhere; letters stand as they are, in UTF-8.
    """
    names = [column.name for column in data_columns(about)]
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for entry in entries:
            values = [
                round(value, 3) if isinstance(value, float) else value for value in data_values(entry, about)
            ]
            stream.write(json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False) + "\n")
