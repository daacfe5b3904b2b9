"""Parquet: columns with types, in row groups, and all that is known of the texts in the file's metadata."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from egiz.parallel.corpus.about import About
from egiz.parallel.corpus.records import Entry
from egiz.parallel.export.columns import data_columns, data_values

GROUP = 10_000
"""Rows of a row group, which are held at a time: some 5 MB of text."""
METADATA = b"egiz"
"""The key under which the schema's metadata has titles, licences, models and sources, as JSON."""


def write_parquet(entries: Iterable[Entry], about: About, path: Path) -> None:
    """Write the rows group by group; needs pyarrow (``egiz[parquet]``).

    Texts are strings, qualities doubles, and what is not known is null.
    """
    import pyarrow
    from pyarrow import parquet

    schema = _schema(about)
    rows = iter(entries)
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(rows, GROUP)):
            columns = list(zip(*(data_values(entry, about) for entry in group), strict=True))
            arrays = [
                pyarrow.array(values, field.type) for values, field in zip(columns, schema, strict=True)
            ]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))


def _schema(about: About) -> Any:
    import pyarrow

    notes: dict[str, list[str]] = {}
    for name, line in about.notes():
        notes.setdefault(name, []).append(line)
    fields = [
        pyarrow.field(
            column.name,
            pyarrow.float64() if column.number else pyarrow.string(),
            metadata={"description": column.about},
        )
        for column in data_columns(about)
    ]
    return pyarrow.schema(fields, metadata={METADATA: json.dumps(notes, ensure_ascii=False).encode()})
