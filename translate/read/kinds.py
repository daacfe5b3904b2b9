"""What kind of file this is: by its extension, checked against its first bytes."""

from __future__ import annotations

import re
from typing import Literal

from egiz.translate.errors import InputError, OptionError
from egiz.translate.read.archive import Archive

Kind = Literal["text", "markdown", "html", "xhtml", "docx", "epub", "tsv", "csv"]

EXTENSIONS: dict[str, Kind] = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "xhtml",
    ".docx": "docx",
    ".epub": "epub",
    ".tsv": "tsv",
    ".csv": "csv",
}
"""Extensions in lower case, with the kind each promises."""

TABLES: frozenset[Kind] = frozenset({"tsv", "csv"})
_PACKED: frozenset[Kind] = frozenset({"docx", "epub"})
_KNOWN = "text, Markdown, HTML, DOCX, EPUB, TSV or CSV"

_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "a PDF", "Save its text first: 'pdftotext -enc UTF-8 FILE.pdf', and check the result."),
    (
        bytes.fromhex("d0cf11e0a1b11ae1"),
        "an old Word, Excel or PowerPoint file, or one locked by a password",
        "Open it and save it as DOCX without a password.",
    ),
    (b"{\\rtf", "an RTF file", "Open it in a word processor and save it as DOCX."),
    (b"\x89PNG", "a PNG picture", "Text in pictures must be recognised (OCR) first."),
    (b"\xff\xd8\xff", "a JPEG picture", "Text in pictures must be recognised (OCR) first."),
    (b"GIF89a", "a GIF picture", "Text in pictures must be recognised (OCR) first."),
    (b"AT&TFORM", "a DjVu file", "Save its text first: 'djvutxt FILE.djvu'."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it first."),
    (b"Rar!\x1a", "a RAR archive", "Unpack it first."),
    (b"\xfd7zXZ\0", "an xz archive", "Unpack it first."),
    (b"(\xb5/\xfd", "a zstd archive", "Unpack it first."),
    (b"\x7fELF", "a program", ""),
    (b"SQLite format 3\0", "an SQLite database", "Export the text as TSV and name its column."),
)
_FOREIGN_ZIP: tuple[tuple[str, str, str], ...] = (
    ("xl/", "an Excel workbook", "Save the sheet as TSV or CSV and name its column."),
    ("ppt/", "a PowerPoint file", "Save its text first."),
    ("content.xml", "an OpenDocument file", "Open it and save it as DOCX."),
)
_XML = re.compile(rb"\s*<\?xml[^>]*\?>")
_SKIPPED = re.compile(rb"\s+|<!--.*?-->|<!DOCTYPE[^>]*>|<\?.*?\?>", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(rb"<([A-Za-z][\w:.-]*)")
_HEAD = 4096


def kind_of(suffix: str, data: bytes, *, where: str, column: bool = False) -> Kind:
    """Decide how to read a file, by extension where it has a known one, else by content.

    `column` says that a table's column was asked for: text without a table's extension is then a TSV.

    Raises `InputError` for a kind that Egiz cannot read or an extension that the content belies, and
    `OptionError` for a column of something that is no table.
    """
    promised, found = EXTENSIONS.get(suffix.lower()), _by_content(data, where)
    if promised is not None and (promised in _PACKED or found in _PACKED) and promised != found:
        raise InputError(
            f"is named {suffix} but is {_article(found)} inside",
            where=where,
            action=f"Give it the extension .{found}." if found in _PACKED else "Is it the right file?",
        )
    kind = promised or found
    if not column or kind in TABLES:
        return kind
    if kind == "text":
        return "tsv"
    raise OptionError(f"{_article(kind)} has no columns", where=where, action="Leave --column out.")


def _by_content(data: bytes, where: str) -> Kind:
    if data.startswith(b"PK\x03\x04"):
        return _zip_kind(data, where)
    for magic, name, action in _FOREIGN:
        if data.startswith(magic):
            raise _unreadable(name, where, action)
    head = data.removeprefix(b"\xef\xbb\xbf")[:_HEAD]
    is_xml = _XML.match(head) is not None
    while skipped := _SKIPPED.match(head):
        if skipped.group().lower().startswith(b"<!doctype html"):
            return "xhtml" if is_xml else "html"
        head = head[skipped.end() :]
    root = _ROOT.match(head)
    name = root.group(1).decode().rpartition(":")[2].lower() if root else ""
    if name == "html":
        return "xhtml" if is_xml else "html"
    if is_xml:
        action = "Open it in an e-book program and save it as EPUB." if name == "fictionbook" else ""
        raise _unreadable(
            f"XML of a kind that is not known here{f' (<{name}>)' if name else ''}", where, action
        )
    return "text"


def _zip_kind(data: bytes, where: str) -> Kind:
    names = Archive(data, where=where).names
    if "META-INF/container.xml" in names:
        return "epub"
    if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
        return "docx"
    for start, name, action in _FOREIGN_ZIP:
        if any(member.startswith(start) for member in names):
            raise _unreadable(name, where, action)
    raise _unreadable("a ZIP archive", where, "Unpack it first.")


def _unreadable(name: str, where: str, action: str) -> InputError:
    return InputError(f"is {name}", where=where, expected=_KNOWN, action=action)


def _article(kind: Kind) -> str:
    named = {"docx": "a DOCX", "epub": "an EPUB", "html": "an HTML page", "xhtml": "an XHTML page"}
    return named.get(kind, "plain text" if kind == "text" else f"a {kind} file")
