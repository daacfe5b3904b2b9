"""The file formats of term bases: tables (TSV, CSV, XLSX), JSON, XML (TBX, MultiTerm, Qt).

A format is looked up by its name or by a file ending.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from egiz.glossary.formats import json, tables, tables_write, xml
from egiz.glossary.formats.common import Loss, ReadOptions, Written, summarise
from egiz.glossary.formats.tbx_write import write_tbx, write_tbx2008
from egiz.glossary.records import TermBase
from egiz.translate.errors import OptionError, nearest

__all__ = ["FORMATS", "Format", "Loss", "ReadOptions", "Written", "choose", "format_of", "summarise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A file format of term bases: its name, its file endings, its reader and its writer.

    `read` takes the path of the file, the name of the file in messages and in `Term.place`, and what the user
    states about the file (`ReadOptions`).
    """

    name: str
    endings: tuple[str, ...]
    read: Callable[[Path, str, ReadOptions], TermBase]
    write: Callable[[TermBase], Written]


_XML = (".tbx", ".xml", ".mtf", ".qph")
FORMATS: dict[str, Format] = {
    "tsv": Format(name="tsv", endings=(".tsv",), read=tables.read_table, write=tables_write.write_tsv),
    "csv": Format(
        name="csv", endings=(".csv", ".txt", ".tab"), read=tables.read_table, write=tables_write.write_csv
    ),
    "xlsx": Format(name="xlsx", endings=(".xlsx",), read=tables.read_table, write=tables_write.write_xlsx),
    "json": Format(name="json", endings=(".json",), read=json.read_json, write=json.write_json),
    "tbx": Format(name="tbx", endings=_XML, read=xml.read_xml, write=write_tbx),
    "tbx2008": Format(name="tbx2008", endings=_XML, read=xml.read_xml, write=write_tbx2008),
}
"""All formats by name. TBX of both editions, MultiTerm XML and Qt phrase books are read; the format ``tbx``
writes TBX in the edition of 2019."""


def format_of(path: Path) -> str:
    """Return the name of the format to which the file ending of `path` belongs.

    Raises OptionError for an unknown ending.
    """
    endings: dict[str, str] = {}
    for item in FORMATS.values():
        for ending in item.endings:
            endings.setdefault(ending, item.name)
    ending = path.suffix.lower()
    if ending in endings:
        return endings[ending]
    raise OptionError(
        f"no term base has the ending {ending!r}" if ending else "has no ending that names its format",
        where=str(path),
        expected="one of " + ", ".join(endings),
        action=nearest(ending, endings),
    )


def choose(name: str | None, path: Path | None) -> Format:
    """Return the format to write: that named `name`, else that of the file ending of `path`, else TSV.

    Raises OptionError for an unknown name, and for a file ending that the named format does not have.
    """
    if name is None:
        return FORMATS["tsv" if path is None else format_of(path)]
    if name not in FORMATS:
        raise OptionError(
            f"no format is called {name!r}",
            expected="one of " + ", ".join(FORMATS),
            action=nearest(name, FORMATS),
        )
    if path is not None and path.suffix.lower() not in FORMATS[name].endings:
        raise OptionError(
            f"is not named as {name} files are",
            where=str(path),
            expected="the ending " + " or ".join(FORMATS[name].endings),
        )
    return FORMATS[name]
