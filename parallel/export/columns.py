"""The columns of training data: the same names and values in every format that has columns."""

from __future__ import annotations

from dataclasses import dataclass

from egiz.parallel.corpus.about import About
from egiz.parallel.corpus.records import Entry
from egiz.parallel.publish.columns import text_column

Value = str | float | None

APPROVED = "approved"
"""The status of a translation that a person approved; others have the one of their table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataColumn:
    """One column: its name, what it holds, in which language, and whether that is a number."""

    name: str
    about: str
    language: str
    number: bool = False


def data_columns(about: About) -> tuple[DataColumn, ...]:
    """An id, the document, the source, and for each target its text, quality and status."""
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
            _column(f"{name}.quality", "0 to 1, higher is better; may be unknown", tag, number=True),
            _column(f"{name}.status", f"as in the table it comes from; {APPROVED} by a person", tag),
        ]
    return tuple(made)


def _column(name: str, about: str, language: str, *, number: bool = False) -> DataColumn:
    return DataColumn(name=name, about=about, language=language, number=number)


def data_values(entry: Entry, about: About) -> tuple[Value, ...]:
    """The values of a row in the order of its columns; None where there is none."""
    sides = {side.language: side for side in entry.sides}
    values: list[Value] = [entry.id, entry.document, entry.source]
    for tag in about.target_languages:
        side = sides.get(tag)
        if side is None:
            values += [None, None, None]
        else:
            values += [side.text, side.quality, APPROVED if side.approved else side.status or None]
    return tuple(values)
