"""Reads bilingual files of any supported format: detects the format and calls its reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal

from egiz.parallel.bitext.keyed import read_keyed
from egiz.parallel.bitext.moses import moses_files, read_moses
from egiz.parallel.bitext.po import read_po
from egiz.parallel.bitext.qt import read_qt
from egiz.parallel.bitext.segment import Segment, Wanted
from egiz.parallel.bitext.table import read_table
from egiz.parallel.bitext.tmx import read_tmx
from egiz.parallel.bitext.xliff import read_xliff_1, read_xliff_2
from egiz.parallel.publish.names import TABLE
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.tables import parse_columns
from egiz.translate.io.xml import xml_root

Kind = Literal["table", "moses", "tmx", "xliff-1", "xliff-2", "po", "qt", "android", "json", "properties"]

_READERS: dict[Kind, Callable[[Path, Wanted], Iterator[Segment]]] = {
    "table": read_table,
    "moses": read_moses,
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
    ".csv": "table",
    ".xlsx": "table",
    ".json": "json",
    ".arb": "json",
    ".properties": "properties",
    ".tmx": "tmx",
    ".xlf": "xliff",
    ".xliff": "xliff",
    ".po": "po",
    ".pot": "po",
}
_BY_ENDING: dict[str | None, Kind] = {"json": "json", "properties": "properties"}
"""Kinds that nothing at the beginning of a file tells from others."""
_ROOTS: dict[str, Kind] = {"tmx": "tmx", "TS": "qt", "resources": "android"}
"""The kinds of XML that need no version, by root."""
_ZIP = b"PK\x03\x04"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SEP = re.compile(rb'(?:\xef\xbb\xbf)?"?sep=.')
_EXPECTED = "a table, Moses files, TMX, XLIFF, PO, Qt .ts, Android strings, JSON or .properties"
_HEAD = 1 << 16
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!DOCTYPE|tmx|xliff|TS|resources)\b|\xff\xfe<\0|\xfe\xff\0<"
)
"""The beginning of an XML document. A bare ``<`` is not enough: a table may begin with one, too."""
_PO = re.compile(rb'(?:\xef\xbb\xbf)?(?:[^\S\n]*+\n|#[^\n]*+\n)*+\s*+msg(?:id|ctxt)\s*"')


def read_bitext(
    path: Path, source: str | None = None, target: str | None = None, *, columns: str | None = None
) -> Iterator[Segment]:
    """Read a bilingual file segment by segment, in the order of the file; of a folder, the table of a build.

    The format is detected from the content, that of CSV, JSON and ``.properties`` from the extension; a known
    extension of another format is an error. Memory does not grow with tab-separated tables, Moses files, TMX,
    XLIFF, PO and Qt's files; the others are held whole. `source` and `target` are language tags, which match
    those of the file with or without a region. The default source is the language that the file declares as
    its source, or its first column; the default target is every other language (see the reader of each
    format). `columns` says what the columns of a table are: ``source=Text,target=Translation`` or
    ``kk=Text,ru=Translation``, by name or by number from 1.

    Raises InputError with the place for a file that is malformed or not in these languages, OptionError if
    a language is neither in the file nor given, or if source and target are the same.
    """
    if source is not None and target is not None and source.lower() == target.lower():
        raise OptionError(f"{source!r} is both source and target", expected="two languages")
    given = tuple(parse_columns(columns).items())
    path = table_in(path)
    kind = _kind(path)
    if given and kind != "table":
        raise OptionError(f"{path} is no table", where="--columns", expected="a table")
    yield from _READERS[kind](path, Wanted(source=source, target=target, columns=given))


def read_bitexts(
    paths: Iterable[Path], source: str | None = None, target: str | None = None, *, columns: str | None = None
) -> Iterator[Segment]:
    """Read several bilingual files, one after the other; Moses files that belong together are read once."""
    for path in apart(paths):
        yield from read_bitext(path, source, target, columns=columns)


def table_in(place: Path) -> Path:
    """The table in a folder that Egiz wrote; a file stays as it is. Raises InputError for another folder."""
    if not place.is_dir():
        return place
    if not (place / TABLE).is_file():
        raise InputError(
            "is a folder without a published table",
            where=str(place),
            expected=f"the folder of a build, with {TABLE}",
        )
    return place / TABLE


def apart(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files to be read: the table of each folder, and `one_each` of Moses files."""
    return tuple(map(table_in, one_each(paths)))


def one_each(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The places without the files that are read with an earlier one: Moses files of the same text."""
    found: list[Path] = []
    read: set[Path] = set()
    for path in paths:
        if path not in read:
            found.append(path)
        read.update(other for other in moses_files(path) if other != path)
    return tuple(found)


def is_table(path: Path) -> bool:
    """Whether a file is a table of cells. Raises InputError for a file that is bilingual in no known way."""
    return _kind(path) == "table"


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
        return "table"
    if promised in ("tmx", "xliff") or _MARKUP.match(head):
        return _xml_kind(path)
    if promised in _BY_ENDING:
        return _BY_ENDING[promised]
    if promised == "po" or _PO.match(head):
        return "po"
    if promised == "table" or _SEP.match(head):
        return "table"
    if promised is None and moses_files(path):
        return "moses"
    first = head.decode("utf-16", "replace") if head.startswith(_UTF_16) else head.decode("latin-1")
    if "\t" in first.partition("\n")[0]:
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
