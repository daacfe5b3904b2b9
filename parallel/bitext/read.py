"""Read bilingual files of any supported format: detect the format and call its reader.

Moses files are read here: one text per line, and one file per language, named by its ending (``corpus.kk``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Literal

from egiz.parallel.bitext.keyed import read_keyed
from egiz.parallel.bitext.po import read_po
from egiz.parallel.bitext.segment import Requested, Segment, matching, plain_tag, read_lines, tidy
from egiz.parallel.bitext.table import read_table
from egiz.parallel.bitext.xml import read_qt, read_tmx, read_xliff_1, read_xliff_2
from egiz.parallel.publish.names import TABLE
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.tables import parse_columns
from egiz.translate.io.xml import xml_root
from egiz.translate.languages import known_tag


def moses_files(path: Path) -> tuple[Path, ...]:
    """Return a Moses file (``corpus.kk``), then the files of the same stem in other languages, sorted by
    name.

    The result is empty if `path` does not end in a language tag, or if no file of another language is beside
    it.
    """
    tag = path.suffix[1:]
    if not known_tag(tag) or not path.parent.is_dir():
        return ()
    others = [
        other
        for other in sorted(path.parent.iterdir())
        if other.stem == path.stem
        and other != path
        and known_tag(other.suffix[1:]) not in (None, known_tag(tag))
        and other.is_file()
    ]
    return (path, *others) if others else ()


def read_moses(path: Path, wanted: Requested) -> Iterator[Segment]:
    """Read a Moses file with the files of the same stem in other languages, line by line.

    The source is the requested language; if none is requested, it is the language of `path`. If no target is
    requested, every other language is a target. The id of a segment is the number of its line, from 1; blank
    lines give empty texts. Raises InputError if a requested language has no file, or if the files have
    different numbers of lines.
    """
    files = moses_files(path)
    tags = [file.suffix[1:] for file in files]
    source = files[0] if wanted.source is None else _file(wanted.source, files, tags)
    others = [file for file in files if file != source]
    targets = others if wanted.target is None else [_file(wanted.target, files, tags)]
    for number, lines in enumerate(zip_longest(*(read_lines(file) for file in (source, *targets))), start=1):
        for line, target in zip(lines, (source, *targets), strict=True):
            if line is None:
                raise InputError(
                    f"ends after line {number - 1}", where=str(target), expected="as many lines as its pair"
                )
        for (_, text), target in zip(lines[1:], targets, strict=True):
            yield Segment(
                id=str(number),
                source_language=plain_tag(source.suffix[1:]),
                target_language=plain_tag(target.suffix[1:]),
                source=tidy(lines[0][1]),
                target=tidy(text),
                file=str(source),
                line=number,
            )


def _file(asked: str, files: tuple[Path, ...], tags: list[str]) -> Path:
    found = matching(asked, tags)
    if len(found) == 1:
        return files[found[0]]
    raise InputError(
        f"{'several files' if found else 'no file'} in {asked!r}",
        where=str(files[0].with_suffix(".*")),
        expected=f"one of {', '.join(tags)}",
    )


BitextKind = Literal[
    "table", "moses", "tmx", "xliff-1", "xliff-2", "po", "qt", "android", "json", "properties"
]

_READERS: dict[BitextKind, Callable[[Path, Requested], Iterator[Segment]]] = {
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
_BY_ENDING: dict[str | None, BitextKind] = {"json": "json", "properties": "properties"}
"""The formats that are recognised by the file ending, because the content does not distinguish them."""
_ROOTS: dict[str, BitextKind] = {"tmx": "tmx", "TS": "qt", "resources": "android"}
"""The XML formats by the name of their root element. XLIFF is not listed, because its version is needed
too."""
_ZIP = b"PK\x03\x04"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SEP = re.compile(rb'(?:\xef\xbb\xbf)?"?sep=.')
_EXPECTED = "a table, Moses files, TMX, XLIFF, PO, Qt .ts, Android strings, JSON or .properties"
_HEAD = 1 << 16
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!DOCTYPE|tmx|xliff|TS|resources)\b|\xff\xfe<\0|\xfe\xff\0<"
)
"""The beginning of an XML document. A lone ``<`` is not enough, because a table may begin with one."""
_PO = re.compile(rb'(?:\xef\xbb\xbf)?(?:[^\S\n]*+\n|#[^\n]*+\n)*+\s*+msg(?:id|ctxt)\s*"')


def read_bitext(
    path: Path, source: str | None = None, target: str | None = None, *, columns: str | None = None
) -> Iterator[Segment]:
    """Read a bilingual file segment by segment, in the order of the file; of a folder, read the table of its
    build.

    The format is detected from the content; CSV, JSON and ``.properties`` are recognised by the ending. If
    ending and content belong to different formats, InputError is raised. Tab-separated tables, Moses files,
    TMX, XLIFF, PO and Qt files are read in constant memory; all other files are held in memory.

    `source` and `target` are language tags; they match tags in the file with or without a region. If `source`
    is None, it is the language that the file declares as its source, or the language of its first column. If
    `target` is None, every other language of the file is a target (see the reader of each format). `columns`
    says what the columns of a table are: ``source=Text,target=Translation`` or ``kk=Text,ru=Translation``, by
    name or by number from 1.

    Raises InputError with the place for a file that is malformed or not in these languages, OptionError if a
    language is neither in the file nor given, or if source and target are the same.
    """
    if source is not None and target is not None and source.lower() == target.lower():
        raise OptionError(f"{source!r} is both source and target", expected="two languages")
    given = tuple(parse_columns(columns).items())
    path = table_in(path)
    kind = bitext_kind(path)
    if given and kind != "table":
        raise OptionError(f"{path} is no table", where="--columns", expected="a table")
    yield from _READERS[kind](path, Requested(source=source, target=target, columns=given))


def read_bitexts(
    paths: Iterable[Path], source: str | None = None, target: str | None = None, *, columns: str | None = None
) -> Iterator[Segment]:
    """Read several bilingual files, one after the other.

    If several files of one Moses corpus are given, the corpus is read once.
    """
    for path in files_to_read(paths):
        yield from read_bitext(path, source, target, columns=columns)


def table_in(place: Path) -> Path:
    """Return the published table in the folder `place`, or `place` itself if it is no folder.

    Raises InputError for a folder without a published table.
    """
    if not place.is_dir():
        return place
    if not (place / TABLE).is_file():
        raise InputError(
            "is a folder without a published table",
            where=str(place),
            expected=f"the folder of a build, with {TABLE}",
        )
    return place / TABLE


def files_to_read(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files to read for the paths that the user gave.

    A folder is replaced by its published table. Of several Moses files of one corpus, only the first is kept,
    because the others are read together with it.
    """
    return tuple(map(table_in, one_each(paths)))


def one_each(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the paths, but of several Moses files of one corpus only the first, which stands for all."""
    found: list[Path] = []
    read: set[Path] = set()
    for path in paths:
        if path not in read:
            found.append(path)
        read.update(other for other in moses_files(path) if other != path)
    return tuple(found)


def is_table(path: Path) -> bool:
    """Whether a file is a table (tab-separated, CSV or workbook); raises InputError for an unknown format."""
    return bitext_kind(path) == "table"


def bitext_kind(path: Path) -> BitextKind:
    """Detect the format of a file by its content, and check that the ending of its name fits this format.

    Raises InputError for a file that cannot be read, has no known format, or has another format than its name
    says.
    """
    promised = _SUFFIXES.get(path.suffix.lower())
    found = _by_content(path, promised)
    if promised is not None and not found.startswith(promised):
        raise InputError(f"is named {path.suffix} but is {found} inside", where=str(path))
    return found


def _by_content(path: Path, promised: str | None) -> BitextKind:
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


def _xml_kind(path: Path) -> BitextKind:
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
