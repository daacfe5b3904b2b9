"""Write rows as a Word document (DOCX): a heading and a table with facing columns for each document.

python-docx makes the document without the tables. Their rows are written one by one here, because python-docx
holds tables in memory and takes time that grows with the square of their rows.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

from egiz.parallel.corpus.epub import EPOCH, Package
from egiz.parallel.corpus.texts import (
    BookParagraph,
    Cell,
    colophon,
    direction,
    document_titles,
    paragraphs,
    xml_characters,
    xml_text,
)
from egiz.parallel.publish.published import Published
from egiz.translate.errors import OptionError
from egiz.translate.languages import language

_BODY = "word/document.xml"
_PAGE = (16838, 11906)
"""Width and height of landscape A4, in twentieths of a point."""
_MARGIN = 1134
"""Two centimetres, in twentieths of a point."""
_TALL = 1500
"""A row in which every cell has at most so many characters is kept on one page. A longer cell might fill more
than a page."""
_HEADING = '<w:p><w:pPr><w:pStyle w:val="Heading{}"/></w:pPr>'
_SHADE = '<w:shd w:val="clear" w:color="auto" w:fill="E8E8E8"/>'
_LOWEST = 9
"""The deepest level of heading for which the template has a style."""
_EAST_ASIAN = frozenset(("Hans", "Hant", "Jpan", "Hang"))
_MOST = 63
"""The most columns that a table can have in Word."""


def write_docx(published: Published, languages: Sequence[str], output: Path) -> None:
    """Write the columns of `languages`, in that order, on landscape pages; memory does not grow with rows.

    Each run of text states its language, for spell checkers. The heading row is repeated on every page, there
    is space between paragraphs, and doubtful translations (see `Cell`) are shaded. Raises OptionError for
    more than `_MOST` languages.
    """
    if len(languages) > _MOST:
        raise OptionError(f"{len(languages)} columns", expected=f"at most {_MOST}, which is what Word takes")
    with zipfile.ZipFile(io.BytesIO(_template(published))) as template, Package(output) as package:
        for name in template.namelist():
            content = template.read(name)
            if name == _BODY:
                head, mark, tail = content.decode("utf-8").rpartition("<w:sectPr")
                tables = _tables(published, languages)
                package.stream(name, (piece for group in ((head,), tables, (mark, tail)) for piece in group))
            else:
                package.add(name, content)


def _template(published: Published) -> bytes:
    """Return the bytes of a Word document with page format, styles, title and colophon, but no table."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.shared import Pt, Twips

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Twips(_PAGE[0]), Twips(_PAGE[1])
    section.left_margin = section.right_margin = Twips(_MARGIN)
    section.top_margin = section.bottom_margin = Twips(_MARGIN)
    document.styles["Normal"].font.size = Pt(10)
    document.add_heading(xml_characters(published.title), 0)
    for _, line in colophon(published):
        document.add_paragraph(xml_characters(line))
    about = document.core_properties
    about.title, about.language = xml_characters(published.title)[:255], published.source_language
    about.author = about.last_modified_by = about.comments = ""
    about.created = about.modified = datetime(*EPOCH)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _tables(published: Published, languages: Sequence[str]) -> Iterator[str]:
    """Yield the XML of all source documents, piece by piece.

    Each document has its title, then its headings. After each heading comes a table with the paragraphs up to
    the next heading.

    Headings stand outside the tables, because Word's navigation ignores text in tables.
    """
    titles = document_titles(published)
    for document, group in groupby(paragraphs(published, languages), lambda item: item.document):
        title = titles.get(document) or document or published.title
        yield f"{_HEADING.format(1)}{_run(title, published.source_language)}</w:p>"
        for is_heading, items in groupby(group, lambda item: item.level > 0 and item.stands):
            if is_heading:
                yield from map(_heading, items)
                continue
            yield _table_head(languages)
            for paragraph in items:
                yield from _rows(paragraph)
            yield "</w:tbl><w:p/>"


def _heading(paragraph: BookParagraph) -> str:
    """Return the XML of a heading: its texts in all languages on one line, in the order of the columns."""
    columns = zip(*paragraph.rows, strict=True)
    runs: list[str] = []
    for cells in columns:
        text = " ".join(cell.text for cell in cells if cell.text)
        if text:
            shade = _SHADE if any(cell.doubtful for cell in cells) else ""
            between = _run(" · ", cells[0].language) if runs else ""
            runs.append(between + _run(text, cells[0].language, shade))
    return f"{_HEADING.format(min(paragraph.level + 1, _LOWEST))}{''.join(runs)}</w:p>"


def _table_head(languages: Sequence[str]) -> str:
    """Return the XML that begins a table: its properties, and the heading row with the language names."""
    grid = f'<w:gridCol w:w="{_width(len(languages))}"/>'
    heads = [Cell(language="en", text=language(tag).name, doubtful=False) for tag in languages]
    return (
        '<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid * len(languages)}</w:tblGrid>"
        "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
        f"{''.join(_cell(head, len(heads), before=0, style='<w:i/>') for head in heads)}</w:tr>"
    )


def _width(columns: int) -> int:
    return (_PAGE[0] - 2 * _MARGIN) // columns


def _rows(paragraph: BookParagraph) -> Iterator[str]:
    """Yield the XML of a table row for each row of the paragraph.

    The first table row has space above it, which separates the paragraph from the one before.
    """
    before = 160
    for row in paragraph.rows:
        tall = any(len(cell.text) > _TALL for cell in row)
        whole = "" if tall else "<w:trPr><w:cantSplit/></w:trPr>"
        yield f"<w:tr>{whole}{''.join(_cell(cell, len(row), before=before) for cell in row)}</w:tr>"
        before = 0


def _cell(cell: Cell, columns: int, *, before: int, style: str = "") -> str:
    shade = _SHADE if cell.doubtful else ""
    turned = "<w:bidi/>" if direction(cell.language) == "rtl" else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{_width(columns)}" w:type="dxa"/>{shade}</w:tcPr>'
        f'<w:p><w:pPr>{turned}<w:spacing w:before="{before}" w:after="40"/></w:pPr>'
        f"{_run(cell.text, cell.language, style)}</w:p></w:tc>"
    )


def _run(text: str, tag: str, style: str = "") -> str:
    """Return the XML of a run of text in the language `tag`.

    Word has a language attribute for each kind of script: right-to-left, East Asian, and all others.
    """
    turned = direction(tag) == "rtl"
    kind = "bidi" if turned else "eastAsia" if language(tag).script in _EAST_ASIAN else "val"
    properties = f'{style}{"<w:rtl/>" if turned else ""}<w:lang w:{kind}="{tag}"/>'
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{xml_text(text)}</w:t></w:r>'
