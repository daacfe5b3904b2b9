"""Tables of training data: with a header for everyone, and bare ones for `egiz train`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from egiz.parallel.corpus.about import About
from egiz.parallel.corpus.records import Entry
from egiz.parallel.export.columns import DataColumn, data_columns, data_values
from egiz.parallel.formulas import guarded
from egiz.parallel.publish.columns import Column
from egiz.parallel.publish.tsv import write_cells
from egiz.parallel.rows import source_text


def write_table(entries: Iterable[Entry], about: About, path: Path, *, guard: bool = False) -> None:
    """Write a tab-separated table with a header, the same cells for every reader.

    As in the published table, double quotes are typeset: that is the price of reading without quotes. With
    `guard`, no cell is a formula to a spreadsheet; see `egiz.parallel.formulas`.
    """
    said = guarded if guard else str
    described = data_columns(about)
    columns = [_column(item) for item in described]
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("\t".join(column.name for column in columns) + "\n")
        for entry in entries:
            values = zip(data_values(entry, about), described, strict=True)
            write_cells(stream, entry.id, columns, [said(_cell(value, item)) for value, item in values])


def _column(column: DataColumn) -> Column:
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
    """Write a table without header, one column per language and empty cells where there is no text.

    This is what a recipe of `egiz train` names as a source, and what it takes as a test set.
    """
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for entry in entries:
            texts = {entry.source_language: entry.source}
            texts |= {side.language: side.text for side in entry.sides}
            stream.write("\t".join(texts.get(tag, "") for tag in languages) + "\n")
