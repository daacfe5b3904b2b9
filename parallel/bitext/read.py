"""Reads a bilingual file of any supported format: detects the format and calls its reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from egiz.parallel.bitext.po import read_po
from egiz.parallel.bitext.segment import Segment, Wanted
from egiz.parallel.bitext.table import read_table
from egiz.parallel.bitext.tmx import read_tmx
from egiz.parallel.bitext.xliff import read_xliff_1, read_xliff_2
from egiz.translate.errors import InputError, OptionError
from egiz.translate.xml import xml_root

Kind = Literal["table", "tmx", "xliff-1", "xliff-2", "po"]

_READERS: dict[Kind, Callable[[Path, Wanted], Iterator[Segment]]] = {
    "table": read_table,
    "tmx": read_tmx,
    "xliff-1": read_xliff_1,
    "xliff-2": read_xliff_2,
    "po": read_po,
}
_SUFFIXES = {
    ".tsv": "table",
    ".tab": "table",
    ".tmx": "tmx",
    ".xlf": "xliff",
    ".xliff": "xliff",
    ".po": "po",
    ".pot": "po",
}
_EXPECTED = "TSV, TMX, XLIFF or PO"
_HEAD = 1 << 16
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!DOCTYPE|tmx|xliff)\b|\xff\xfe<\0|\xfe\xff\0<")
"""The beginning of an XML document. A bare ``<`` is not enough: a table may begin with one, too."""
_PO = re.compile(rb'(?:\xef\xbb\xbf)?(?:[^\S\n]*+\n|#[^\n]*+\n)*+\s*+msg(?:id|ctxt)\s*"')


def read_bitext(path: Path, source: str | None = None, target: str | None = None) -> Iterator[Segment]:
    """Read a bilingual file segment by segment, in the order of the file; memory does not grow with it.

    The format (Egiz' own tables, other tab-separated ones, TMX, XLIFF 1 and 2, PO) is detected from the
    content; a known extension of another format is an error. `source` and `target` are language tags, which
    match those of the file with or without a region. The default source is the language that the file
    declares as its source, or its first column; the default target is every other language (see the reader
    of each format).

    Raises InputError with the place for a file that is malformed or not in these languages, OptionError if
    a language is neither in the file nor given, or if source and target are the same.
    """
    if source is not None and target is not None and source.lower() == target.lower():
        raise OptionError(f"{source!r} is both source and target", expected="two languages")
    yield from _READERS[_kind(path)](path, Wanted(source=source, target=target))


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
    if promised in ("tmx", "xliff") or _MARKUP.match(head):
        return _xml_kind(path)
    if promised == "po" or _PO.match(head):
        return "po"
    if promised == "table" or b"\t" in head.partition(b"\n")[0]:
        return "table"
    raise InputError("is of no known kind", where=str(path), expected=_EXPECTED)


def _xml_kind(path: Path) -> Kind:
    root = xml_root(path)
    if root.name == "tmx":
        return "tmx"
    version = root.attributes.get("version", "")
    if root.name == "xliff" and version.partition(".")[0] in ("1", "2"):
        return "xliff-1" if version.startswith("1") else "xliff-2"
    raise InputError(
        f"is XML with the root <{root.name}>{f' of version {version}' if version else ''}",
        where=f"{path}:1",
        expected=_EXPECTED,
    )
