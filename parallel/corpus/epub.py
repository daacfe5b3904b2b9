"""Write rows as a book (EPUB 3.3) with facing columns and chapters.

Each paragraph is a table with one row for each sentence, so source and translation are side by side in every
reading program. On a narrow page, programs that support CSS show one below the other. The format is written
here, because no maintained library has a suitable licence; the book passes epubcheck.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import NAMESPACE_OID, uuid5

from egiz.parallel.corpus.texts import (
    MAX_PARAGRAPH_ROWS,
    BookParagraph,
    Cell,
    chapter_level,
    colophon,
    direction,
    document_titles,
    paragraphs,
    xml_text,
)
from egiz.parallel.publish.published import Published
from egiz.translate.languages import language

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time stamp of every file in the book: the earliest that ZIP can express."""

EPOCH_ISO = "1980-01-01T00:00:00Z"
"""The same time stamp in ISO 8601. Because it is fixed, equal content gives equal bytes."""


class Package:
    """Writes a ZIP file with fixed time stamps; a context manager that completes and closes it."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def add(self, name: str, content: str | bytes, *, packed: bool = True) -> None:
        """Write one file of the archive; it is compressed if `packed`."""
        self.stream(name, (content,), packed=packed)

    def stream(self, name: str, pieces: Iterable[str | bytes], *, packed: bool = True) -> None:
        """Write one file of the archive piece by piece; strings are encoded as UTF-8."""
        info = zipfile.ZipInfo(name, EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.create_system = 3
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w") as member:
            for piece in pieces:
                member.write(piece.encode("utf-8") if isinstance(piece, str) else piece)


_FOLDER = "EPUB"
_CONTAINER = f"""<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="{_FOLDER}/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
_STYLE = """body { margin: 0 3%; line-height: 1.4; }
h1, h2, h3, h4, h5, h6 { line-height: 1.2; text-align: start; margin: 0.5em 0; }
table { width: 100%; table-layout: fixed; border-collapse: collapse; margin: 0 0 1em; }
th, td { vertical-align: top; text-align: start; padding: 0 0.5em 0.3em; overflow-wrap: break-word; }
th { font-size: 0.8em; padding: 0 0.625em 0.3em; font-weight: normal; font-style: italic; }
th + th, td + td { border-left: thin solid #999; }
td.doubtful { background: #e8e8e8; color: #111; }
@media (max-width: 30em) {
  table, tbody, tr, td { display: block; }
  thead { display: none; }
  tr { margin: 0 0 0.8em; }
  td { padding: 0; }
  td + td { border-left: none; margin-left: 1.2em; }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chapter:
    """One file of the book, with its title; `document` is the title of the document to which it belongs."""

    name: str
    title: str
    document: str


def write_epub(published: Published, languages: Sequence[str], output: Path) -> None:
    """Write the columns of `languages`, in that order; memory use grows only with the number of chapters.

    Each chapter of a document is a file with an entry in the table of contents. A chapter of more than
    `MAX_PARAGRAPH_ROWS` rows is divided into several files, because reading programs are slow with long
    files. Doubtful translations (see `Cell`) are shaded; the first page explains that.
    """
    with Package(output) as package:
        package.add("mimetype", "application/epub+zip", packed=False)
        package.add("META-INF/container.xml", _CONTAINER)
        package.add(f"{_FOLDER}/style.css", _STYLE)
        package.add(f"{_FOLDER}/front.xhtml", _front(published))
        chapters = list(_write_chapters(package, published, languages))
        package.add(f"{_FOLDER}/nav.xhtml", _contents(published, chapters))
        package.add(f"{_FOLDER}/package.opf", _description(published, languages, chapters))


def _write_chapters(package: Package, published: Published, languages: Sequence[str]) -> Iterator[_Chapter]:
    titles = document_titles(published)
    number = 0
    for document, group in groupby(paragraphs(published, languages), lambda item: item.document):
        title = titles.get(document) or document or published.title
        for own, part, items in _parts(group, chapter_level(published, document)):
            number += 1
            name = f"chapter{number:04}.xhtml"
            shown = own or title
            chapter = _Chapter(name=name, title=shown if part == 1 else f"{shown} ({part})", document=title)
            page = _page(chapter.title, published.source_language, _body(chapter, items, languages))
            package.stream(f"{_FOLDER}/{name}", page)
            yield chapter


def _parts(group: Iterable[BookParagraph], level: int) -> Iterator[tuple[str, int, list[BookParagraph]]]:
    """Divide a document into the files of the book, which are chapters or parts of long chapters.

    Each item is a file: the title of its chapter, the number of the part within the chapter, from 1, and the
    paragraphs of the part. A chapter begins at a heading with a level of 1 to `level`. Several headings
    without text between them begin one chapter together. The text before the first heading is a chapter with
    an empty title. When a part has `MAX_PARAGRAPH_ROWS` rows or more at the end of a paragraph, the next part
    begins.
    """
    titles: list[str] = []
    items: list[BookParagraph] = []
    rows, part, has_text = 0, 1, False
    for paragraph in group:
        opens = 0 < paragraph.level <= level
        if items and ((opens and has_text) or rows >= MAX_PARAGRAPH_ROWS):
            yield " — ".join(titles), part, items
            items, rows, part = [], 0, part + 1
        if opens and (has_text or not titles):
            titles, part, has_text = [], 1, False
        if opens:
            titles.append(paragraph.heading)
        has_text = has_text or not (paragraph.level and paragraph.stands)
        items.append(paragraph)
        rows += len(paragraph.rows)
    if items:
        yield " — ".join(titles), part, items


def _page(title: str, tag: str, body: Iterable[str]) -> Iterator[str]:
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'lang="{tag}" xml:lang="{tag}" dir="{direction(tag)}">\n'
        f"<head><title>{xml_text(title)}</title>"
        '<link rel="stylesheet" type="text/css" href="style.css"/></head>\n<body>\n'
    )
    yield from body
    yield "</body>\n</html>\n"


def _body(chapter: _Chapter, items: Sequence[BookParagraph], languages: Sequence[str]) -> Iterator[str]:
    first = items[0]
    stands = first.level > 0 and first.stands
    yield '<section epub:type="chapter">\n' + ("" if stands else f"<h2>{xml_text(chapter.title)}</h2>\n")
    heads = "".join(f'<th scope="col" lang="en" xml:lang="en">{language(tag).name}</th>' for tag in languages)
    head = f"<thead><tr>{heads}</tr></thead>\n"
    for paragraph in items:
        yield f"<table>\n{head}<tbody>\n"
        level = min(paragraph.level + 1, 6) if paragraph.level and paragraph.stands else 0
        for row in paragraph.rows:
            yield f"<tr>{''.join(_cell(cell, level) for cell in row)}</tr>\n"
        yield "</tbody>\n</table>\n"
        head = ""
    yield "</section>\n"


def _cell(cell: Cell, level: int) -> str:
    """Return the XML of a table cell; if `level` is above 0, its text is a heading of that level."""
    tag = cell.language
    mark = ' class="doubtful"' if cell.doubtful else ""
    text = xml_text(cell.text)
    if level and text:
        text = f"<h{level}>{text}</h{level}>"
    return f'<td lang="{tag}" xml:lang="{tag}" dir="{direction(tag)}"{mark}>{text}</td>'


def _own_language(tag: str) -> str:
    """Return the XML attributes that state the language of a paragraph on an English page.

    The result is empty for English.
    """
    return "" if tag == "en" else f' lang="{tag}" xml:lang="{tag}"'


def _front(published: Published) -> str:
    lines = "".join(f"<p{_own_language(own)}>{xml_text(line)}</p>\n" for own, line in colophon(published))
    tag = published.source_language
    title = (
        f'<h1 lang="{tag}" xml:lang="{tag}" dir="{direction(tag)}">{xml_text(published.title)}</h1>\n{lines}'
    )
    return "".join(_page(published.title, "en", (f'<section epub:type="titlepage">\n{title}</section>\n',)))


def _contents(published: Published, chapters: Sequence[_Chapter]) -> str:
    books = [list(found) for _, found in groupby(chapters, lambda chapter: chapter.document)]
    items = "".join(map(_entry, chapters) if len(books) == 1 else map(_entries, books))
    body = (
        f'<nav epub:type="toc" id="toc">\n<h1>{xml_text(published.title)}</h1>\n<ol>\n{items}</ol>\n</nav>\n'
    )
    return "".join(_page(published.title, published.source_language, (body,)))


def _entry(chapter: _Chapter) -> str:
    return f'<li><a href="{chapter.name}">{xml_text(chapter.title)}</a></li>\n'


def _entries(chapters: Sequence[_Chapter]) -> str:
    """Return the entries of one document in the table of contents: its title, and the chapters below it.

    If the document has no chapters with titles of their own, its files are only parts named after the
    document. Then the entries of the parts are returned, without an entry for the title above them.
    """
    if all(chapter.title.startswith(chapter.document) for chapter in chapters):
        return "".join(map(_entry, chapters))
    first = f'<a href="{chapters[0].name}">{xml_text(chapters[0].document)}</a>'
    return f"<li>{first}\n<ol>\n{''.join(map(_entry, chapters))}</ol>\n</li>\n"


def _description(published: Published, languages: Sequence[str], chapters: Sequence[_Chapter]) -> str:
    """Return the text of ``package.opf``: the metadata of the book, its files and their order."""
    manifest = "\n".join(
        f'<item id="{chapter.name[:-6]}" href="{chapter.name}" media-type="application/xhtml+xml"/>'
        for chapter in chapters
    )
    spine = "\n".join(f'<itemref idref="{chapter.name[:-6]}"/>' for chapter in chapters)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="book">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
{_metadata(published, languages)}
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="style" href="style.css" media-type="text/css"/>
<item id="front" href="front.xhtml" media-type="application/xhtml+xml"/>
{manifest}
</manifest>
<spine>
<itemref idref="front"/>
{spine}
</spine>
</package>
"""


def _metadata(published: Published, languages: Sequence[str]) -> str:
    tag = published.source_language
    about = [
        ("title", published.title, f' xml:lang="{tag}"'),
        *(("language", item, "") for item in languages),
    ]
    if published.provenance is not None:
        stated = (f"{what}: {licence}" for licence, what in published.provenance.licences)
        about += [("rights", line, "") for line in stated]
        about += [("source", source.title or source.id, "") for source in published.sources]
    lines = [f'<dc:identifier id="book">{_identifier(published, languages)}</dc:identifier>']
    lines += [f"<dc:{name}{more}>{xml_text(text)}</dc:{name}>" for name, text, more in about]
    lines.append(f'<meta property="dcterms:modified">{EPOCH_ISO}</meta>')
    lines += [
        f'<meta property="schema:{name}">{value}</meta>'
        for name, value in (
            ("accessMode", "textual"),
            ("accessModeSufficient", "textual"),
            ("accessibilityFeature", "tableOfContents"),
            ("accessibilityFeature", "readingOrder"),
            ("accessibilityHazard", "none"),
        )
    ]
    return "\n".join(lines)


def _identifier(published: Published, languages: Sequence[str]) -> str:
    """Return an identifier (URN) that depends only on the content of the table and on the columns."""
    with published.table.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return f"urn:uuid:{uuid5(NAMESPACE_OID, ' '.join((digest, *languages)))}"
