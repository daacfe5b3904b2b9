"""Determine the kind of a file by its extension, and check that its first bytes do not contradict it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Literal

from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.archive import Archive
from egiz.translate.read.html import is_web_archive

Kind = Literal[
    "text",
    "markdown",
    "html",
    "xhtml",
    "docx",
    "odt",
    "epub",
    "mhtml",
    "fb2",
    "subtitles",
    "tsv",
    "csv",
    "xlsx",
]

EXTENSIONS: dict[str, Kind] = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "xhtml",
    ".docx": "docx",
    ".odt": "odt",
    ".ott": "odt",
    ".fodt": "odt",
    ".epub": "epub",
    ".mhtml": "mhtml",
    ".mht": "mhtml",
    ".fb2": "fb2",
    ".srt": "subtitles",
    ".vtt": "subtitles",
    ".tsv": "tsv",
    ".csv": "csv",
    ".xlsx": "xlsx",
}
"""Extensions in lower case, with the kind of file that each promises."""

TABLES: frozenset[Kind] = frozenset({"tsv", "csv", "xlsx"})
_PACKED: frozenset[Kind] = frozenset({"docx", "odt", "epub", "xlsx"})
_KNOWN = "text, Markdown, HTML, MHTML, DOCX, ODT, EPUB, FB2, SRT, VTT, TSV, CSV or XLSX"

_PDF = (
    "a PDF",
    (
        "Save its text first: 'pdftotext -enc UTF-8 FILE.pdf' (Poppler, or the Xpdf tools on Windows), or "
        "open it in Word and save it as DOCX; check the result."
    ),
)
_OFFICE = (
    "an old Word, Excel or PowerPoint file, or one locked by a password",
    "Open it and save it as DOCX without a password.",
)
_RTF = ("an RTF file", "Open it in a word processor and save it as DOCX.")
_OPEN_DOCUMENT = ("an OpenDocument file that is no text", "Save its text as ODT or DOCX.")
_EXCEL = ("an old Excel or an OpenDocument table", "Save it as XLSX and name its column with --column.")
_SLIDES = ("a PowerPoint file", "Save its text first.")
_PICTURE = ("a picture", "Text in pictures must be recognised (OCR) first.")
_DJVU = ("a DjVu file", "Save its text first: 'djvutxt FILE.djvu'.")
_JSON = ("JSON, which is data and no prose", "Save its texts as a TSV and name their column with --column.")
_TEX = ("a LaTeX source", "Convert it first: 'pandoc FILE.tex -o FILE.docx'.")
_PO = (
    "a catalogue of messages (PO), which is no prose",
    "Save its messages as a TSV and name their column with --column.",
)
_SUBTITLES = ("subtitles of a kind that is not read", "Save them as SRT or VTT.")
_TRANSLATIONS = (
    "a file of translations",
    "'egiz score' and 'egiz export' take it; to translate its source anew, export that as text.",
)
_SOUND = ("sound or film", "What is said in it must be written down first.")

FOREIGN: dict[str, tuple[str, str]] = {
    ".pdf": _PDF,
    **dict.fromkeys((".doc", ".dot"), _OFFICE),
    ".rtf": _RTF,
    **dict.fromkeys((".xls", ".ods"), _EXCEL),
    **dict.fromkeys((".ppt", ".pptx", ".odp"), _SLIDES),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".svg"), _PICTURE),
    ".djvu": _DJVU,
    **dict.fromkeys((".json", ".jsonl", ".ndjson", ".ipynb"), _JSON),
    **dict.fromkeys((".tex", ".ltx", ".latex"), _TEX),
    **dict.fromkeys((".po", ".pot"), _PO),
    **dict.fromkeys((".ass", ".ssa", ".sbv"), _SUBTITLES),
    **dict.fromkeys((".tmx", ".xlf", ".xliff", ".sdlxliff", ".mqxliff"), _TRANSLATIONS),
    **dict.fromkeys((".mp3", ".mp4", ".wav", ".ogg", ".mkv", ".avi", ".m4a", ".webm"), _SOUND),
    **dict.fromkeys((".zip", ".gz", ".7z", ".rar", ".xz", ".zst"), ("an archive", "Unpack it first.")),
}
"""Extensions of files that are not read; for each, the name of the kind and advice to the user."""

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", *_PDF),
    (bytes.fromhex("d0cf11e0a1b11ae1"), *_OFFICE),
    (b"{\\rtf", *_RTF),
    (b"\x89PNG", "a PNG picture", _PICTURE[1]),
    (b"\xff\xd8\xff", "a JPEG picture", _PICTURE[1]),
    (b"GIF89a", "a GIF picture", _PICTURE[1]),
    (b"AT&TFORM", *_DJVU),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it first."),
    (b"Rar!\x1a", "a RAR archive", "Unpack it first."),
    (b"\xfd7zXZ\0", "an xz archive", "Unpack it first."),
    (b"(\xb5/\xfd", "a zstd archive", "Unpack it first."),
    (b"\x7fELF", "a program", ""),
    (b"SQLite format 3\0", "an SQLite database", "Export the text as TSV and name its column."),
)
_TEXTUAL: tuple[tuple[re.Pattern[bytes], tuple[str, str]], ...] = (
    (re.compile(rb"(?:\s*#.*\n)*\s*(?:msgctxt \".*\"\s*\n)?msgid \""), _PO),
    (re.compile(rb"(?:\s*%.*\n)*\s*\\document(?:class|style)\b"), _TEX),
)
"""Patterns for the beginning of text that is not prose, with the name of its kind and advice to the user.
They are used if the extension is unknown."""
_CUES = re.compile(rb"WEBVTT(?:[ \t].*)?\r?\n|\s*\d+\s*\n\d+:\d\d:\d\d[,.]\d{3}\s*-->")
"""A pattern for the beginning of subtitles."""
_FOREIGN_ZIP: tuple[tuple[str, str, str], ...] = (
    ("ppt/", *_SLIDES),
    ("content.xml", *_OPEN_DOCUMENT),
)
_ODT = b"application/vnd.oasis.opendocument.text"
_BILINGUAL = frozenset({"tmx", "xliff"})
_XML = re.compile(rb"\s*<\?xml[^>]*\?>")
_SKIPPED = re.compile(rb"\s+|<!--.*?-->|<!DOCTYPE[^>]*>|<\?.*?\?>", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(rb"<([A-Za-z][\w:.-]*)")
_HEAD = 4096


def kind_of(suffix: str, data: bytes, *, where: str, column: bool = False) -> Kind:
    """The kind of a file: by its extension if it has a known one, otherwise by its content.

    `column` says that a column of a table was requested; plain text is then taken for a TSV.

    Raises InputError for a kind that Egiz cannot read and for an extension that contradicts the content, and
    OptionError for a column of a file that is not a table.
    """
    foreign = FOREIGN.get(suffix.lower())
    promised, found = EXTENSIONS.get(suffix.lower()), _by_content(data, where)
    if (
        found in {"text", "html", "xhtml"}
        and promised is None
        and (foreign := foreign or _data_in_text(data))
    ):
        raise _unreadable(foreign[0], where, foreign[1])
    if found == "mhtml" and promised == "html":
        return found
    if promised is not None and (promised in _PACKED or found in _PACKED) and promised != found:
        raise InputError(
            f"is named {suffix} but is {_with_article(found)} inside",
            where=where,
            action=f"Give it the extension .{found}." if found in _PACKED else "Is it the right file?",
        )
    kind = promised or found
    if not column or kind in TABLES:
        return kind
    if kind == "text":
        return "tsv"
    raise OptionError(f"{_with_article(kind)} has no columns", where=where, action="Leave --column out.")


def _by_content(data: bytes, where: str) -> Kind:
    """The kind of a file by its content; InputError for content that Egiz cannot read."""
    if data.startswith(b"PK\x03\x04"):
        return _zip_kind(data, where)
    for magic, name, action in _MAGIC:
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
    if name == "document" and _ODT in head:
        return "odt"
    if name == "fictionbook":
        return "fb2"
    if name in _BILINGUAL:
        raise _unreadable(_TRANSLATIONS[0], where, _TRANSLATIONS[1])
    if is_xml:
        raise _unreadable(f"XML of a kind that is not known here{f' (<{name}>)' if name else ''}", where, "")
    if _CUES.match(data.removeprefix(b"\xef\xbb\xbf")[:_HEAD]):
        return "subtitles"
    return "mhtml" if is_web_archive(data[:_HEAD]) else "text"


def _data_in_text(data: bytes) -> tuple[str, str] | None:
    """Kind and advice for a text that is not prose (JSON, LaTeX, gettext); None for prose."""
    head = data.removeprefix(b"\xef\xbb\xbf")[:_HEAD]
    for pattern, foreign in _TEXTUAL:
        if pattern.match(head):
            return foreign
    if head.lstrip()[:1] in (b"{", b"["):
        with suppress(ValueError, RecursionError):
            json.loads(data)
            return _JSON
    return None


def _zip_kind(data: bytes, where: str) -> Kind:
    """The kind of a ZIP archive by its members; InputError if it holds no document or workbook."""
    names = Archive(data, where=where).names
    if "META-INF/container.xml" in names:
        return "epub"
    if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
        return "docx"
    if "content.xml" in names and "mimetype" in names and _is_text_document(data, where):
        return "odt"
    if "xl/workbook.xml" in names:
        return "xlsx"
    for start, name, action in _FOREIGN_ZIP:
        if any(member.startswith(start) for member in names):
            raise _unreadable(name, where, action)
    raise _unreadable("a ZIP archive", where, "Unpack it first.")


def _is_text_document(data: bytes, where: str) -> bool:
    return Archive(data, where=where).read("mimetype").startswith(_ODT)


def _unreadable(name: str, where: str, action: str) -> InputError:
    return InputError(f"is {name}", where=where, expected=_KNOWN, action=action)


def _with_article(kind: Kind) -> str:
    """The name of a kind with its article, for messages."""
    named = {
        "docx": "a DOCX",
        "odt": "an OpenDocument text",
        "xlsx": "an Excel workbook",
        "epub": "an EPUB",
        "html": "an HTML page",
        "xhtml": "an XHTML page",
        "mhtml": "a saved web page",
        "subtitles": "a file of subtitles",
    }
    return named.get(kind, "plain text" if kind == "text" else f"a {kind} file")
