"""Sources → documents: paths, folders and standard input, each file one document."""

from __future__ import annotations

import hashlib
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePath
from typing import BinaryIO

from egiz.translate.errors import EgizError, InputError, LanguageError, OptionError, nearest
from egiz.translate.files import LARGEST
from egiz.translate.read.decode import clean, decode, one_line
from egiz.translate.read.docx import read_docx
from egiz.translate.read.epub import read_epub
from egiz.translate.read.html import read_html, read_markdown
from egiz.translate.read.kinds import EXTENSIONS, TABLES, Kind, kind_of
from egiz.translate.read.options import Content, ReadOptions
from egiz.translate.read.table import read_table
from egiz.translate.records import Document

MAX_BYTES = LARGEST
"""Bytes one file may have: a document is held whole."""

STDIN = "-"


def read(source: str | Path, options: ReadOptions, *, stdin: BinaryIO | None = None) -> Iterator[Document]:
    """Read one source: a file, a folder, or ``-`` for `stdin` (by default the process's own).

    A folder gives all files of known extensions in it and below, in the order of their paths; hidden files
    are left out. Tables count only where `options.column` is set, and then nothing else does.

    Raises `InputError` for what cannot be read and `OptionError` for options that do not fit, as soon as the
    first document is asked for or when its turn comes.
    """
    return read_all((source,), options, stdin=stdin)


def read_all(
    sources: Iterable[str | Path], options: ReadOptions, *, stdin: BinaryIO | None = None
) -> Iterator[Document]:
    """Read several sources in order, each as in `read`, with ids that are unique among them all.

    An id is the file's name without its extension, letters and digits of any script kept and all else as
    hyphens; the second document of a name gets ``-2`` and so on. Every path is looked at before the first
    document comes out, so that a misspelt one does not wait behind a long translation.
    """
    files = [file for source in sources for file in _files(source, tables=options.column is not None)]
    if files.count(STDIN) > 1:
        raise OptionError("standard input is named twice", where=STDIN, action="It can be read once.")
    seen: set[str] = set()
    for file in files:
        document = _load(file, options, stdin)
        unique = _unique(document.id, seen)
        seen.add(unique)
        yield replace(document, id=unique)


def _files(source: str | Path, *, tables: bool) -> list[str | Path]:
    if source == STDIN:
        return [STDIN]
    if not str(source).strip() or "\0" in str(source):
        raise InputError("a source has no name", where=repr(str(source)), expected="a path, or - for stdin")
    path = Path(source)
    try:
        path.stat()
    except FileNotFoundError:
        raise _missing(path) from None
    except OSError as error:
        raise _unreadable(path, error) from error
    if not path.is_dir():
        return [path]
    wanted = {suffix for suffix, kind in EXTENSIONS.items() if (kind in TABLES) == tables}
    found = sorted(_walk(path, wanted), key=lambda file: file.relative_to(path).parts)
    if not found:
        raise InputError("holds no files to read", where=str(path), expected=", ".join(sorted(wanted)))
    return list(found)


def _walk(folder: Path, wanted: set[str]) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise _unreadable(Path(error.filename or folder), error) from error

    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith((".", "~$")) and Path(name).suffix.lower() in wanted:
                yield Path(parent, name)


def _load(file: str | Path, options: ReadOptions, stdin: BinaryIO | None) -> Document:
    path = Path("stdin") if file == STDIN else Path(file)
    where = "standard input" if file == STDIN else str(file)
    data = _bytes(path, where, (stdin or sys.stdin.buffer) if file == STDIN else None)
    kind = kind_of(path.suffix, data, where=where, column=options.column is not None)
    content = _content(kind, data, where, options)
    text = clean(content.text)
    if not text.strip():
        raise InputError("holds no text", where=where, expected="at least one sentence")
    return Document(
        id=_slug(path.stem),
        language=options.language or _stated_language(content, where),
        text=text,
        title=options.title or one_line(content.title),
        licence=options.licence,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _bytes(path: Path, where: str, stream: BinaryIO | None) -> bytes:
    try:
        if stream is not None:
            data = stream.read(MAX_BYTES + 1)
        else:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    if len(data) > MAX_BYTES:
        raise InputError(
            f"is larger than {MAX_BYTES >> 20} MB", where=where, action="Split it into several files."
        )
    if not data:
        raise InputError("is empty", where=where, expected="at least one sentence")
    return data


def content_of(data: bytes, name: str) -> Content:
    """What a file holds, by its name and bytes, as `read` would find it, but for tables; never empty.

    Raises InputError for what cannot be read and for what holds no text.
    """
    kind = kind_of(PurePath(name).suffix, data, where=name)
    if kind in TABLES:
        raise InputError("is a table", where=name, expected="a document")
    content = _content(kind, data, name, ReadOptions(language=""))
    if not clean(content.text).strip():
        raise InputError("holds no text", where=name, expected="at least one sentence")
    return content


def _content(kind: Kind, data: bytes, where: str, options: ReadOptions) -> Content:
    if kind == "docx":
        return read_docx(data, where=where)
    if kind == "epub":
        return read_epub(data, where=where)
    if kind in {"html", "xhtml"}:
        return read_html(data, where=where, encoding=options.encoding, xml=kind == "xhtml")
    text = decode(data, where=where, encoding=options.encoding)
    if kind == "markdown":
        return read_markdown(text, where=where)
    if kind in TABLES:
        return read_table(text, where=where, column=options.column, quoted=kind == "csv")
    return Content(text=text)


def _stated_language(content: Content, where: str) -> str:
    if content.language:
        return content.language.partition("-")[0].lower()
    raise LanguageError(
        "no language was given, and the file states none", where=where, action="Name its language."
    )


def _slug(stem: str) -> str:
    """An id free of white space, colons, control characters and all else that is no letter or digit.

    >>> _slug("Қайта құру: 1-бөлім")
    'Қайта-құру-1-бөлім'
    """
    kept = (
        character if character in "._-" or unicodedata.category(character)[0] in "LMN" else " "
        for character in unicodedata.normalize("NFC", stem)
    )
    return "-".join("".join(kept).split()).strip("-") or "document"


def _unique(wanted: str, seen: set[str]) -> str:
    unique, number = wanted, 1
    while unique in seen:
        number += 1
        unique = f"{wanted}-{number}"
    return unique


def _missing(path: Path) -> EgizError:
    try:
        neighbours = [item.name for item in path.parent.iterdir()]
    except OSError:
        neighbours = []
    return InputError(
        "there is no such file or folder", where=str(path), action=nearest(path.name, neighbours)
    )


def _unreadable(path: Path, error: OSError) -> EgizError:
    return InputError(f"cannot be read ({error.strerror or error})", where=str(path))
