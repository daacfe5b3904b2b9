"""Whole documents in, the same documents translated out: what is no text keeps its place and its bytes.

Plain text keeps its lines; in HTML and EPUB every tag stays; in DOCX paragraphs, tables, pictures and styles
stay, and formatted words are formatted in the translation. Files pass the readers of `egiz build` first,
which refuse those that are damaged, locked or meant to do harm.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath

from egiz.parallel.serve import markup
from egiz.parallel.serve.docx import translate_part
from egiz.parallel.serve.engine import Asked, Said
from egiz.parallel.serve.texts import cleaned, joined, sentences_of
from egiz.translate.read.archive import Archive
from egiz.translate.read.decode import decode
from egiz.translate.read.documents import content_of
from egiz.translate.read.docx import text_parts
from egiz.translate.read.html import DECLARED, source_code
from egiz.translate.read.kinds import EXTENSIONS, TABLES, kind_of

Ask = Callable[[Sequence[Asked]], Sequence[Said]]
"""Translates sentences; waits for its turn in the queue."""

FORMATS = tuple(ending for ending, kind in EXTENSIONS.items() if kind not in TABLES)
"""The endings of files that can be translated."""
_PAGES = (".xhtml", ".html", ".htm", ".ncx")
_MARGIN = re.compile(r"word/(?:header|footer)\d*\.xml")
_ROOT = re.compile(r"<(?:\w+:)?html\b[^>]*>", re.IGNORECASE)
_LANG = re.compile(r"""(\b(?:xml:)?lang\s*=\s*["']?)[\w-]+""", re.IGNORECASE)
_STATED = re.compile(r"(<dc:language\b[^>]*>)[^<]*(</dc:language>)")


def translate_document(data: bytes, name: str, source: str, target: str, ask: Ask) -> bytes:
    """The document in the language `target`. Raises InputError for what cannot be read, or holds no text."""
    content_of(data, name)
    kind = kind_of(PurePath(name).suffix, data, where=name)
    if kind == "docx":
        return _docx(data, name, source, target, ask)
    if kind == "epub":
        return _epub(data, name, source, target, ask)
    if kind in ("html", "xhtml"):
        return _page(source_code(data, where=name)[0], source, target, ask).encode()
    return _text(decode(data, where=name), source, target, ask).encode()


def _text(text: str, source: str, target: str, ask: Ask) -> str:
    text = cleaned(text)
    sentences = sentences_of(text, source)
    said = ask([Asked(sentence=sentence) for sentence in sentences])
    return joined(text, sentences, [item.target.text for item in said], target)[0]


def translate_html(text: str, source: str, target: str, ask: Ask) -> str:
    """A piece of HTML with its text translated and its tags kept."""
    parts = markup.parsed(text)
    asked = [[] if isinstance(part, str) else markup.asked(part, source) for part in parts]
    said = ask([item for items in asked for item in items])
    return markup.translated(parts, iter(said), [len(items) for items in asked], target)


def _page(text: str, source: str, target: str, ask: Ask) -> str:
    """A whole page: it says its new language, and that it is UTF-8."""
    made = translate_html(cleaned(text), source, target, ask)
    made = _ROOT.sub(lambda found: _LANG.sub(rf"\g<1>{target}", found[0]), made, count=1)
    head, rest = made[:4096], made[4096:]
    declared = DECLARED.search(head.encode("utf-8"))
    if declared is not None:
        old = (declared[1] or declared[2]).decode("ascii", "replace")
        head = head.replace(old, "utf-8", 1) if old.lower() not in ("utf-8", "utf8") else head
    return head + rest


def _epub(data: bytes, name: str, source: str, target: str, ask: Ask) -> bytes:
    archive = Archive(data, where=name)
    changed = {}
    for member in sorted(archive.names):
        if member.lower().endswith(_PAGES):
            text = source_code(archive.read(member), where=f"{name}: {member}")[0]
            changed[member] = _page(text, source, target, ask).encode()
        elif member.lower().endswith(".opf"):
            text = decode(archive.read(member), where=f"{name}: {member}")
            changed[member] = _STATED.sub(rf"\g<1>{target}\g<2>", text).encode()
    return _repacked(data, archive, changed)


def _docx(data: bytes, name: str, source: str, target: str, ask: Ask) -> bytes:
    archive = Archive(data, where=name)
    changed = {
        part: translate_part(archive.read(part), f"{name}: {part}", source, target, ask)
        for part in [*text_parts(archive), *sorted(name for name in archive.names if _MARGIN.fullmatch(name))]
    }
    return _repacked(data, archive, changed)


def _repacked(data: bytes, archive: Archive, changed: Mapping[str, bytes]) -> bytes:
    """The archive with other members, in the same order and with the same dates."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for info in old.infolist():
            fresh = zipfile.ZipInfo(info.filename, info.date_time)
            fresh.compress_type, fresh.external_attr = info.compress_type, info.external_attr
            new.writestr(fresh, changed.get(info.filename) or archive.read(info.filename))
    return made.getvalue()
