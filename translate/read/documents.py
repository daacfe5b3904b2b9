"""Read sources into documents: files, folders and standard input; each file is one document."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import BinaryIO

from egiz.translate.errors import EgizError, InputError, LanguageError, OptionError, nearest
from egiz.translate.io.decode import check_encoding, clean, decode_or_guess, one_line
from egiz.translate.io.files import MAX_FILE_BYTES
from egiz.translate.read.blocks import Content, ReadOptions, plain
from egiz.translate.read.books import read_epub, read_fictionbook
from egiz.translate.read.docx import read_docx
from egiz.translate.read.html import read_html, read_web_archive
from egiz.translate.read.kinds import EXTENSIONS, FOREIGN, TABLES, Kind, kind_of
from egiz.translate.read.markdown import read_markdown
from egiz.translate.read.opendocument import read_opendocument
from egiz.translate.read.subtitles import read_subtitles
from egiz.translate.read.table import read_table, read_workbook
from egiz.translate.records import Document, Heading, LeftOut

MAX_BYTES = MAX_FILE_BYTES
"""The most bytes of a file, because a document is held in memory."""

STDIN = "-"


def read(source: str | Path, options: ReadOptions, *, stdin: BinaryIO | None = None) -> Iterator[Document]:
    """Read one source: a file, a folder, or ``-`` for `stdin` (by default that of the process).

    A folder gives a document for each file with a known extension in it and in its subfolders, in the order
    of their paths. If `options.column` is set, only tables are read, otherwise all files except tables.

    Raises InputError for a file that cannot be read and OptionError for options that do not fit. All paths
    are checked when the first document is requested; the content of each file is checked when its own
    document is requested.
    """
    return read_all((source,), options, stdin=stdin)


def read_all(
    sources: Iterable[str | Path],
    options: ReadOptions,
    *,
    stdin: BinaryIO | None = None,
    leave_out: Callable[[LeftOut], None] | None = None,
    is_made: Callable[[Path], bool] = lambda path: False,
) -> Iterator[Document]:
    """Read several sources in order, each as in `read`, with ids that are unique among all documents.

    An id is the name of the file without extension; a hyphen replaces every run of other characters than
    letters, digits, dots, hyphens and underscores. The second document of the same name gets ``-2``, the
    third ``-3``. All paths are checked before the first document is returned, so that a misspelt path is
    reported before a long translation and not after it.

    `leave_out` is called with each file of a folder that gives no document: hidden files, files of other
    kinds, files for which `is_made` says that Egiz made them, and files that cannot be read. A file that
    cannot be read raises InputError if the file itself is one of `sources`, or if `leave_out` is None.
    """
    if options.encoding is not None:
        check_encoding(options.encoding)
    files = [file for source in sources for file in _files(source, options, leave_out, is_made)]
    if sum(file.path == STDIN for file in files) > 1:
        raise OptionError("standard input is named twice", where=STDIN, action="It can be read once.")
    _refuse_empty(files)
    seen: set[str] = set()
    failed: list[LeftOut] = []
    for file in files:
        try:
            document = _load(file.path, options, stdin)
        except LanguageError:
            raise
        except (InputError, OptionError) as error:
            if not file.shown or leave_out is None:
                raise
            failed.append(_failure(file.shown, error))
            leave_out(failed[-1])
            continue
        unique = _unique(document.id, seen)
        seen.add(unique)
        yield replace(document, id=unique)
    if failed and not seen:
        reasons = "; ".join(f"{left.path}: {left.reason}" for left in failed[:_NAMED])
        more = len(failed) - _NAMED
        raise InputError(f"no file can be read ({reasons}{f'; {more} more' if more > 0 else ''})")


_NAMED = 5
"""The most files that an error names."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file to read. `shown` is its path, beginning with the name of the folder that was given as source;
    empty for a file that was named itself."""

    path: str | Path
    shown: str = ""


def _failure(shown: str, error: EgizError) -> LeftOut:
    """The record of a file of a folder that cannot be read."""
    inside = error.where.rpartition(": ")[2] if ": " in error.where else ""
    found = f"{inside} {error.found}" if inside else error.found
    return LeftOut(path=shown, reason=one_line(f"{found}. {error.action}".rstrip(". ")), failed=True)


def _refuse_empty(files: Iterable[_File]) -> None:
    """Raise one InputError for all empty files that were named themselves; ignore files of folders."""
    empty = []
    for file in files:
        if file.path != STDIN and not file.shown:
            facts = Path(file.path).stat()
            if stat.S_ISREG(facts.st_mode) and facts.st_size == 0:
                empty.append(str(file.path))
    if empty:
        verb = "is empty" if len(empty) == 1 else "are empty"
        raise InputError(verb, where=", ".join(empty), expected="at least one sentence")


def _files(
    source: str | Path,
    options: ReadOptions,
    leave_out: Callable[[LeftOut], None] | None,
    is_made: Callable[[Path], bool],
) -> list[_File]:
    """The files of a source, in order; calls `leave_out` for each file of a folder that is not read."""
    if source == STDIN:
        return [_File(STDIN)]
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
        return [_File(path)]
    tables = options.column is not None
    found = []
    for file, hidden in sorted(_walk(path), key=lambda item: item[0].relative_to(path).parts):
        shown = (Path(path.name) / file.relative_to(path)).as_posix()
        reason = hidden or _reason_by_extension(file.suffix.lower(), tables=tables)
        if not reason and is_made(file):
            reason = "made by Egiz: output and no source"
        if not reason:
            found.append(_File(file, shown))
        elif leave_out is not None:
            leave_out(LeftOut(path=shown, reason=reason))
    if not found:
        wanted = sorted(suffix for suffix, kind in EXTENSIONS.items() if (kind in TABLES) == tables)
        raise InputError("holds no files to read", where=str(path), expected=", ".join(wanted))
    return found


def _reason_by_extension(suffix: str, *, tables: bool) -> str:
    """Why a file of a folder is not read, by its extension; empty if it is read."""
    kind = EXTENSIONS.get(suffix)
    if kind is None:
        name = FOREIGN[suffix][0] if suffix in FOREIGN else ""
        return name or (f"of a kind that is not read ({suffix})" if suffix else "without an extension")
    if (kind in TABLES) == tables:
        return ""
    return "no table" if tables else "a table: name a column of it with --column"


def _walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file below a folder, and each folder that is not entered, with the reason not to read it.

    The reason is that the file or folder is hidden, or that it is a link to a folder. The reason is empty for
    a file that may be read.
    """

    def refuse(error: OSError) -> None:
        raise _unreadable(Path(error.filename or folder), error) from error

    for parent, folders, names in os.walk(folder, onerror=refuse):
        for name in folders:
            path = Path(parent, name)
            if name.startswith("."):
                yield path, "a hidden folder"
            elif path.is_symlink():
                yield path, "a link to a folder"
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            yield Path(parent, name), "a hidden file" if name.startswith((".", "~$")) else ""


def _load(file: str | Path, options: ReadOptions, stdin: BinaryIO | None) -> Document:
    """Read one file, or standard input, as a document; its id is not yet made unique."""
    path = Path("stdin") if file == STDIN else Path(file)
    where = "standard input" if file == STDIN else str(file)
    data = _bytes(path, where, (stdin or sys.stdin.buffer) if file == STDIN else None)
    kind = kind_of(path.suffix, data, where=where, column=options.column is not None)
    content = _content(kind, data, where, options)
    text, headings = _cleaned(content)
    if not text.strip():
        raise InputError("holds no text", where=where, expected="at least one sentence")
    return Document(
        id=_slug(path.stem),
        language=options.language or _stated_language(content, where),
        text=text,
        title=options.title or one_line(content.title),
        licence=options.licence,
        sha256=hashlib.sha256(data).hexdigest(),
        headings=headings,
        left_out=content.left_out,
        encoding=content.encoding,
    )


def _cleaned(content: Content) -> tuple[str, tuple[Heading, ...]]:
    """The cleaned text of all blocks, separated by blank lines, and the headings with their spans."""
    pieces: list[str] = []
    headings: list[Heading] = []
    start = 0
    for block in content.blocks:
        text = clean(block.text)
        if block.entry and not block.level:
            headings.append(Heading(start=start, stop=start, level=1, title=block.entry))
        if block.level:
            headings.append(Heading(start=start, stop=start + len(text), level=block.level))
        pieces.append(text)
        start += len(text) + len(_BETWEEN)
    return _BETWEEN.join(pieces), tuple(headings)


_BETWEEN = "\n\n"


def _bytes(path: Path, where: str, stream: BinaryIO | None) -> bytes:
    """The bytes of a file or of `stream`; InputError if there are none, or more than `MAX_BYTES`."""
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
    """Read a file that is given by its name and its bytes; return the same content that `read` uses.

    Raises InputError if it cannot be read, has no text, or is a table.
    """
    kind = kind_of(PurePath(name).suffix, data, where=name)
    if kind in TABLES:
        raise InputError("is a table", where=name, expected="a document")
    content = _content(kind, data, name, ReadOptions(language=""))
    if not clean(content.text).strip():
        raise InputError("holds no text", where=name, expected="at least one sentence")
    return content


def _content(kind: Kind, data: bytes, where: str, options: ReadOptions) -> Content:
    """Read the bytes of a file with the reader for its kind."""
    encoding = options.encoding
    if kind == "docx":
        return read_docx(data, where=where)
    if kind == "odt":
        return read_opendocument(data, where=where)
    if kind == "epub":
        return read_epub(data, where=where)
    if kind in {"html", "xhtml"}:
        return read_html(data, where=where, encoding=encoding, xml=kind == "xhtml")
    if kind == "mhtml":
        return read_web_archive(data, where=where, encoding=encoding)
    if kind == "fb2":
        return read_fictionbook(data, where=where, encoding=encoding)
    if kind == "xlsx":
        return read_workbook(data, where=where, column=options.column)
    text, guessed = decode_or_guess(data, where=where, encoding=encoding)
    if kind == "markdown":
        content = read_markdown(text, where=where)
    elif kind == "subtitles":
        content = read_subtitles(text, where=where)
    elif kind in TABLES:
        content = read_table(text, where=where, column=options.column, quoted=kind == "csv")
    else:
        content = plain(text)
    return replace(content, encoding=guessed)


def _stated_language(content: Content, where: str) -> str:
    """The language that a file states; LanguageError if it states none."""
    if content.language:
        return content.language.partition("-")[0].lower()
    raise LanguageError(
        "no language was given, and the file states none", where=where, action="Name its language."
    )


def _slug(stem: str) -> str:
    """The id for a file name: a hyphen replaces all that is not a letter, digit, dot, hyphen or underscore.

    >>> _slug("Қайта құру: 1-бөлім")
    'Қайта-құру-1-бөлім'
    """
    kept = (
        character if character in "._-" or unicodedata.category(character)[0] in "LMN" else " "
        for character in unicodedata.normalize("NFC", stem)
    )
    return "-".join("".join(kept).split()).strip("-") or "document"


def _unique(wanted: str, seen: set[str]) -> str:
    """The id `wanted`, with a number if it was `seen` already."""
    unique, number = wanted, 1
    while unique in seen:
        number += 1
        unique = f"{wanted}-{number}"
    return unique


def _missing(path: Path) -> EgizError:
    """The error for a path that does not exist, with similar names beside it."""
    try:
        neighbours = [item.name for item in path.parent.iterdir()]
    except OSError:
        neighbours = []
    return InputError(
        "there is no such file or folder", where=str(path), action=nearest(path.name, neighbours)
    )


def _unreadable(path: Path, error: OSError) -> EgizError:
    return InputError(f"cannot be read ({error.strerror or error})", where=str(path))
