"""Write training data: TSV (also for spreadsheets), JSON lines, Moses files, Parquet, TMX and XLIFF 2."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from egiz.parallel.corpus.records import About, DataRow, DataSide
from egiz.parallel.corpus.texts import xml_characters
from egiz.parallel.publish.columns import Column, text_column
from egiz.parallel.publish.tsv import guarded, write_cells
from egiz.translate.text import source_text

Value = str | float | None

APPROVED = "approved"
"""The status of translations that a person approved; all others keep the status of their table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataColumn:
    """One column: its name, its description, its language, and whether its values are numbers."""

    name: str
    about: str
    language: str
    number: bool = False


def data_columns(about: About) -> tuple[DataColumn, ...]:
    """Return the columns: id, document, source text, and for each target language text, scores and status."""
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


def data_values(entry: DataRow, about: About) -> tuple[Value, ...]:
    """Return the values of a row in the order of `data_columns`; None for missing ones."""
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


def write_table(entries: Iterable[DataRow], about: About, path: Path, *, guard: bool = False) -> None:
    """Write a tab-separated table with a header, in a form that every program reads alike.

    Cells are not quoted: as in the published table, straight double quotes become typographic ones. With
    `guard`, the table is for a spreadsheet: no cell is computed as a formula (see
    `egiz.parallel.publish.tsv`), and a byte order mark makes Excel read it as UTF-8.
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


def write_bare_table(entries: Iterable[DataRow], languages: Sequence[str], path: Path) -> None:
    """Write a table without header, with a column for each of `languages`; missing texts are empty cells.

    `egiz train` reads such tables as training data of a recipe and as test sets.
    """
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for entry in entries:
            texts = {entry.source_language: entry.source}
            texts |= {side.language: side.text for side in entry.sides}
            stream.write("\t".join(texts.get(tag, "") for tag in languages) + "\n")


def write_jsonl(entries: Iterable[DataRow], about: About, path: Path) -> None:
    """Write the rows as JSON lines. Every line has all keys; the value of a missing text or score is null.

    Quality has three decimals as in all formats; text is UTF-8 without escapes.
    """
    names = [column.name for column in data_columns(about)]
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for entry in entries:
            values = [
                round(value, 3) if isinstance(value, float) else value for value in data_values(entry, about)
            ]
            stream.write(json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False) + "\n")


def write_moses(entries: Iterable[DataRow], target: str, source_path: Path, target_path: Path) -> None:
    """Write the pairs of one target language to two files, line by line.

    Rows without a translation into it are left out. Texts contain no character that some program takes for a
    line end, so all programs count the same lines.
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


ROW_GROUP = 10_000
"""The number of rows in a Parquet row group, which is held in memory: some 5 MB of text."""
METADATA = b"egiz"
"""The key, in the metadata of the Parquet schema, of a JSON object with titles, licences, models and
sources."""


def write_parquet(entries: Iterable[DataRow], about: About, path: Path) -> None:
    """Write the rows as Parquet, group by group; needs pyarrow (``egiz[parquet]``).

    Texts are strings, scores doubles, and missing values null.
    """
    import pyarrow
    from pyarrow import parquet

    schema = _schema(about)
    rows = iter(entries)
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(rows, ROW_GROUP)):
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


_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def write_tmx(entries: Iterable[DataRow], about: About, path: Path) -> None:
    """Write the rows as translation units; the header states the sources of the texts and their licences.

    Score and status are properties (``prop``) of the translation. The names of the properties begin with
    ``x-egiz-``, because the standard requires ``x-`` for names that it does not define.
    """
    from lxml import etree

    with etree.xmlfile(str(path), encoding="utf-8") as file:
        file.write_declaration()
        with file.element("tmx", version="1.4"):
            file.write("\n", _header(about), "\n")
            with file.element("body"):
                file.write("\n")
                for entry in entries:
                    file.write(_unit(entry), "\n")
            file.write("\n")


def _header(about: About) -> Any:
    from lxml import etree

    header = etree.Element(
        "header",
        creationtool="egiz",
        creationtoolversion=about.version,
        segtype="sentence",
        adminlang="en",
        srclang=about.source_language,
        datatype="plaintext",
    )
    header.set("o-tmf", "egiz")
    for name, line in about.notes():
        note = etree.SubElement(header, "prop", type=f"x-egiz-{name}")
        note.text = xml_characters(line)
    return header


def _unit(entry: DataRow) -> Any:
    from lxml import etree

    unit = etree.Element("tu", tuid=xml_characters(entry.id), srclang=entry.source_language)
    etree.SubElement(unit, "prop", type="x-egiz-document").text = xml_characters(entry.document)
    _variant(unit, entry.source_language, entry.source, ())
    for side in entry.sides:
        _variant(unit, side.language, side.text, _properties(side))
    return unit


def _properties(side: DataSide) -> tuple[tuple[str, str], ...]:
    chance = "" if side.chance is None else f"{side.chance:.3f}"
    status = APPROVED if side.approved else side.status
    return tuple((name, value) for name, value in ((side.meaning, chance), ("status", status)) if value)


def _variant(unit: Any, language: str, text: str, properties: tuple[tuple[str, str], ...]) -> None:
    from lxml import etree

    variant = etree.SubElement(unit, "tuv", {_LANG: language})
    for name, value in properties:
        etree.SubElement(variant, "prop", type=f"x-egiz-{name}").text = xml_characters(value)
    etree.SubElement(variant, "seg").text = xml_characters(text)


_SPACES: Any = {None: "urn:oasis:names:tc:xliff:document:2.0"}
_TOKEN = re.compile(r"[\w.:\-]+")
"""A valid id in XLIFF (an NMTOKEN of XML): letters, digits, ``_``, ``.``, ``:`` and ``-``."""


def write_xliff(entries: Iterable[DataRow], target: str, about: About, path: Path) -> None:
    """Write the pairs of one target language as units; rows without a translation into it are left out.

    The name of a unit is the id of its row. The id of the unit is also the id of the row, if XLIFF allows it
    as an id; otherwise it is the number of the row. Segments that a person approved have the state
    ``reviewed``, all others ``translated``. Score and status are notes.
    """
    from lxml import etree

    with etree.xmlfile(str(path), encoding="utf-8") as file:
        file.write_declaration()
        languages = {"srcLang": about.source_language, "trgLang": target}
        with file.element("xliff", {"version": "2.0", **languages}, nsmap=_SPACES):
            file.write("\n")
            with file.element("file", id="f1", original=xml_characters(about.title)):
                file.write("\n", _notes(about.notes()), "\n")
                for number, entry in enumerate(entries, start=1):
                    for side in entry.sides:
                        if side.language == target:
                            file.write(_xliff_unit(number, entry, side), "\n")
            file.write("\n")


def _notes(pairs: Iterable[tuple[str, str]]) -> Any:
    from lxml import etree

    notes = etree.Element("notes", nsmap=_SPACES)
    for name, line in pairs:
        etree.SubElement(notes, "note", category=name).text = xml_characters(line)
    return notes


def _xliff_unit(number: int, entry: DataRow, side: DataSide) -> Any:
    from lxml import etree

    name = xml_characters(entry.id)
    identifier = name if _TOKEN.fullmatch(name) else str(number)
    unit = etree.Element("unit", {"id": identifier, "name": name}, nsmap=_SPACES)
    if known := _properties(side):
        unit.append(_notes(known))
    segment = etree.SubElement(unit, "segment", state="reviewed" if side.approved else "translated")
    etree.SubElement(segment, "source").text = xml_characters(entry.source)
    etree.SubElement(segment, "target").text = xml_characters(side.text)
    return unit
