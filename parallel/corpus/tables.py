"""Writes training data as TSV (also guarded for spreadsheets), JSON lines, Moses files and Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from egiz.parallel.corpus.about import About
from egiz.parallel.corpus.records import Entry
from egiz.parallel.publish.columns import Column, text_column
from egiz.parallel.publish.tsv import guarded, write_cells
from egiz.translate.text import source_text

Value = str | float | None

APPROVED = "approved"
"""The status of translations that a person approved; others keep that of their table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataColumn:
    """One column: its name, its description, the language it belongs to, and whether it holds numbers."""

    name: str
    about: str
    language: str
    number: bool = False


def data_columns(about: About) -> tuple[DataColumn, ...]:
    """The columns: id, document, source text, and for each target language its text, numbers and status."""
    source = about.source_language
    made = [
        _column("id", "the row's own id, after the name of its input where there were several", source),
        _column("document", "the document that the row is of", source),
        _column(text_column(source), "the source text", source),
    ]
    for tag in about.target_languages:
        name = text_column(tag)
        made += [
            _column(name, "the translation; nothing where it was left out", tag),
            *(
                _column(f"{name}.{meaning}", "0 to 1, higher is better; may be unknown", tag, number=True)
                for meaning in about.meanings
            ),
            _column(f"{name}.status", f"as in the table it comes from; {APPROVED} by a person", tag),
        ]
    return tuple(made)


def _column(name: str, about: str, language: str, *, number: bool = False) -> DataColumn:
    return DataColumn(name=name, about=about, language=language, number=number)


def data_values(entry: Entry, about: About) -> tuple[Value, ...]:
    """The values of a row in the order of `data_columns`; None for missing ones."""
    sides = {side.language: side for side in entry.sides}
    values: list[Value] = [entry.id, entry.document, entry.source]
    for tag in about.target_languages:
        side = sides.get(tag)
        if side is None:
            values += [None] * (len(about.meanings) + 2)
        else:
            values.append(side.text)
            values += [side.chance if side.meaning == meaning else None for meaning in about.meanings]
            values.append(APPROVED if side.approved else side.status or None)
    return tuple(values)


def write_table(entries: Iterable[Entry], about: About, path: Path, *, guard: bool = False) -> None:
    """Write a tab-separated table with a header that every program reads alike.

    As in the published table, straight double quotes become typographic ones, so that cells need no quoting.
    With `guard` it is for a spreadsheet: no cell is a formula (see `egiz.parallel.publish.tsv`), and a byte
    order mark at its beginning has Excel read it as UTF-8.
    """
    protect = guarded if guard else str
    described = data_columns(about)
    columns = [_table_column(item) for item in described]
    with path.open("w", encoding="utf-8-sig" if guard else "utf-8", newline="\n") as stream:
        stream.write("\t".join(column.name for column in columns) + "\n")
        for entry in entries:
            values = zip(data_values(entry, about), described, strict=True)
            write_cells(stream, entry.id, columns, [protect(_cell(value, item)) for value, item in values])


def _table_column(column: DataColumn) -> Column:
    return Column(
        name=column.name,
        kind="text",
        language=column.language,
        type="number" if column.number else "string",
        title=column.name,
        description=column.about,
    )


def _cell(value: str | float | None, column: DataColumn) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else source_text(value, column.language)


def write_bare_table(entries: Iterable[Entry], languages: Sequence[str], path: Path) -> None:
    """Write a table without header, with one column per language and empty cells for missing texts.

    `egiz train` reads such tables as sources of a recipe and as test sets.
    """
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for entry in entries:
            texts = {entry.source_language: entry.source}
            texts |= {side.language: side.text for side in entry.sides}
            stream.write("\t".join(texts.get(tag, "") for tag in languages) + "\n")


def write_jsonl(entries: Iterable[Entry], about: About, path: Path) -> None:
    """Write the rows as JSON lines: every key in every line, null for missing values.

    Quality has three decimals as in all formats; text is UTF-8 without escapes.
    """
    names = [column.name for column in data_columns(about)]
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for entry in entries:
            values = [
                round(value, 3) if isinstance(value, float) else value for value in data_values(entry, about)
            ]
            stream.write(json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False) + "\n")


def write_moses(entries: Iterable[Entry], target: str, source_path: Path, target_path: Path) -> None:
    """Write the pairs of one target language to two files; rows without it are left out of both.

    Texts hold no line end of any kind, so that every program counts the same lines.
    """
    with (
        source_path.open("w", encoding="utf-8", newline="\n") as sources,
        target_path.open("w", encoding="utf-8", newline="\n") as targets,
    ):
        for entry in entries:
            for side in entry.sides:
                if side.language == target:
                    sources.write(entry.source + "\n")
                    targets.write(side.text + "\n")


GROUP = 10_000
"""Rows of a Parquet row group, which is held in memory: some 5 MB of text."""
METADATA = b"egiz"
"""The key of titles, licences, models and sources (as JSON) in the schema's metadata."""


def write_parquet(entries: Iterable[Entry], about: About, path: Path) -> None:
    """Write the rows as Parquet, group by group; needs pyarrow (``egiz[parquet]``).

    Texts are strings, qualities doubles, and missing values null.
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
