"""Reads a bilingual file of any supported format: detects the format and calls its reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal

from egiz.parallel.bitext.keyed import read_keyed
from egiz.parallel.bitext.po import read_po
from egiz.parallel.bitext.qt import read_qt
from egiz.parallel.bitext.segment import Segment, Wanted
from egiz.parallel.bitext.table import read_sheet, read_table
from egiz.parallel.bitext.tmx import read_tmx
from egiz.parallel.bitext.xliff import read_xliff_1, read_xliff_2
from egiz.translate.errors import InputError, OptionError
from egiz.translate.tables import parse_columns
from egiz.translate.xml import xml_root

Kind = Literal["table", "sheet", "tmx", "xliff-1", "xliff-2", "po", "qt", "android", "json", "properties"]

_READERS: dict[Kind, Callable[[Path, Wanted], Iterator[Segment]]] = {
    "table": read_table,
    "sheet": read_sheet,
    "tmx": read_tmx,
    "xliff-1": read_xliff_1,
    "xliff-2": read_xliff_2,
    "po": read_po,
    "qt": read_qt,
    "android": partial(read_keyed, kind="android"),
    "json": partial(read_keyed, kind="json"),
    "properties": partial(read_keyed, kind="properties"),
}
_SUFFIXES = {
    ".tsv": "table",
    ".tab": "table",
    ".csv": "sheet",
    ".xlsx": "sheet",
    ".json": "json",
    ".arb": "json",
    ".properties": "properties",
    ".tmx": "tmx",
    ".xlf": "xliff",
    ".xliff": "xliff",
    ".po": "po",
    ".pot": "po",
}
_BY_ENDING: dict[str | None, Kind] = {"json": "json", "properties": "properties", "sheet": "sheet"}
"""Kinds that nothing at the beginning of a file tells from others."""
_ROOTS: dict[str, Kind] = {"tmx": "tmx", "TS": "qt", "resources": "android"}
"""The kinds of XML that need no version, by root."""
_ZIP = b"PK\x03\x04"
_EXPECTED = "a table, TMX, XLIFF, PO, Qt .ts, Android strings, JSON or .properties"
_HEAD = 1 << 16
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!DOCTYPE|tmx|xliff|TS|resources)\b|\xff\xfe<\0|\xfe\xff\0<"
)
"""The beginning of an XML document. A bare ``<`` is not enough: a table may begin with one, too."""
_PO = re.compile(rb'(?:\xef\xbb\xbf)?(?:[^\S\n]*+\n|#[^\n]*+\n)*+\s*+msg(?:id|ctxt)\s*"')


def read_bitext(
    path: Path, source: str | None = None, target: str | None = None, *, columns: str | None = None
) -> Iterator[Segment]:
    """Read a bilingual file segment by segment, in the order of the file.

    The format is detected from the content, that of CSV, JSON and ``.properties`` from the extension; a known
    extension of another format is an error. Memory does not grow with tab-separated tables, TMX, XLIFF, PO
    and Qt's files; the others are held whole. `source` and `target` are language tags, which match those of
    the file with or without a region. The default source is the language that the file declares as its
    source, or its first column; the default target is every other language (see the reader of each format).
    `columns` says what the columns of a table are: ``source=Text,target=Translation`` or
    ``kk=Text,ru=Translation``, by name or by number from 1.

    Raises InputError with the place for a file that is malformed or not in these languages, OptionError if
    a language is neither in the file nor given, or if source and target are the same.
    """
    if source is not None and target is not None and source.lower() == target.lower():
        raise OptionError(f"{source!r} is both source and target", expected="two languages")
    given = tuple(parse_columns(columns).items())
    kind = _kind(path)
    if given and kind not in ("table", "sheet"):
        raise OptionError(f"{path} is no table", where="--columns", expected="a table")
    yield from _READERS[kind](path, Wanted(source=source, target=target, columns=given))


def _kind(path: Path) -> Kind:
    """The format of a file by its content, checked against its extension."""
    promised = _SUFFIXES.get(path.suffix.lower())
    found = _by_content(path, promised)
    if promised is not None and not found.startswith(promised):
        raise InputError(f"is named {path.suffix} but is {found} inside", where=str(path))
    return found


def _by_content(path: Path, promised: str | None) -> Kind:
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise InputError(error.strerror or str(error), where=str(path)) from error
    if head.startswith(_ZIP):
        return "sheet"
    if promised in ("tmx", "xliff") or _MARKUP.match(head):
        return _xml_kind(path)
    if promised in _BY_ENDING:
        return _BY_ENDING[promised]
    if promised == "po" or _PO.match(head):
        return "po"
    if promised == "table" or b"\t" in head.partition(b"\n")[0]:
        return "table"
    raise InputError("is of no known kind", where=str(path), expected=_EXPECTED)


def _xml_kind(path: Path) -> Kind:
    root = xml_root(path)
    if root.name in _ROOTS:
        return _ROOTS[root.name]
    version = root.attributes.get("version", "")
    if root.name == "xliff" and version.partition(".")[0] in ("1", "2"):
        return "xliff-1" if version.startswith("1") else "xliff-2"
    raise InputError(
        f"is XML with the root <{root.name}>{f' of version {version}' if version else ''}",
        where=f"{path}:1",
        expected=_EXPECTED,
    )
