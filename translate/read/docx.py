"""Word documents (DOCX, WordprocessingML): the text that a person sees with all revisions accepted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from egiz.translate.errors import InputError
from egiz.translate.io.archive import Archive, beside
from egiz.translate.io.decode import one_line
from egiz.translate.io.xml import Element, attribute, local, parse_xml, walk
from egiz.translate.read.blocks import Block, Content, LineBuilder, filled, first_heading
from egiz.translate.read.html import read_html, read_web_archive
from egiz.translate.read.notation import level_fractions, omml, picture, symbols
from egiz.translate.read.word_styles import Styles, is_on, read_styles

# fmt: off
_DROPPED = frozenset({
    # properties of paragraphs, runs, tables and sections
    "pPr", "rPr", "tblPr", "trPr", "tcPr", "tblGrid", "sectPr", "sdtPr", "footnotePr", "endnotePr",
    "del", "moveFrom",  # revisions that took text away
    "Fallback",  # a copy of a drawing for old programs
    "rt",  # pronunciations above characters (ruby)
    "oMath",  # a formula, written on one line
})
# fmt: on
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
"""The characters that elements stand for. An optional hyphen (`softHyphen`) is left out."""
_TEXT = "/wordprocessingml/"
_NOTES = ("footnotes", "endnotes")
_UNREAD = {
    "header": "headers and footers",
    "footer": "headers and footers",
    "comments": "comments",
    "chart": "charts",
    "package": "embedded files",
    "oleObject": "embedded files",
}
"""The kinds of parts that are not read, with their names in `Content.left_out`. A part without words is not
named there."""
_PAGE_BREAK = re.compile(r"\s*\f\s*(\S)")
_CODE = re.compile("[0-9A-Fa-f]{4}")
_ROOT = "word/document.xml"
_CORE = "core-properties"
_MAX_CHUNKS = 8
"""The deepest nesting of embedded documents (`altChunk`) that is read."""
_PLAIN_TITLE = re.compile(r"(?i)(?:microsoft word - .*|(?:document|документ|құжат)\s*\d*|.*\.docx?)\s*")
"""Titles that programs insert by themselves."""


def read_docx(data: bytes, *, where: str, depth: int = 0) -> Content:
    """Read a Word document: paragraphs, headings, tables, text boxes and diagrams, then the notes.

    Footnotes and endnotes follow the body as paragraphs of their own. Insertions are kept and deletions left
    out, as if all revisions were accepted; a paragraph whose mark was deleted or is hidden continues in the
    next one. Content controls, links, embedded documents (`altChunk`) and formulas (on one line) are part of
    the text. Hidden text, field codes and automatic numbers are left out. Headers, footers, comments and
    charts are left out and named in `Content.left_out`. `depth` is the number of documents in which this one
    is embedded.
    """
    archive = Archive(data, where=where)
    package = _relations(archive, "")
    main, *notes = text_parts(archive)
    parts = _relations(archive, main)
    reader = _Reader(archive, styles_of(archive), depth)
    blocks = reader.blocks(main)
    for part in notes:
        blocks += reader.blocks(part)
    found = filled(blocks)
    core = next((part.target for part in package if part.kind == _CORE and part.target in archive), "")
    title = _core_title(_parsed(archive, core)) if core else ""
    return Content(
        blocks=found,
        title=title or one_line(reader.title) or first_heading(found),
        left_out=tuple(dict.fromkeys((*_unread(archive, parts), *reader.left_out))),
    )


def text_parts(archive: Archive) -> list[str]:
    """The names of the parts with the text of a document: the body, then footnotes and endnotes."""
    package = _relations(archive, "")
    main = next((part.target for part in package if part.kind == "officeDocument"), _ROOT)
    parts = _relations(archive, main)
    notes = (part.target for kind in _NOTES for part in parts if part.kind == kind)
    return [main, *(part for part in notes if part in archive)]


def styles_of(archive: Archive) -> Styles:
    """The styles of a document; empty if it has no part with styles."""
    parts = _relations(archive, text_parts(archive)[0])
    name = next((part.target for part in parts if part.kind == "styles" and part.target in archive), "")
    return read_styles(_parsed(archive, name)) if name else Styles({})


@dataclass(frozen=True, slots=True)
class _Relation:
    """A relationship of a part: its id, its kind, and the name of the part that it refers to."""

    id: str
    kind: str
    target: str


def _relations(archive: Archive, part: str) -> list[_Relation]:
    """The relationships of `part` to other parts of the archive.

    If `part` is empty, these are the relationships of the archive itself to its parts.
    """
    name = beside(part, f"_rels/{part.rpartition('/')[2]}.rels")
    if name not in archive:
        return []
    return [
        _Relation(
            element.get("Id") or "",
            (element.get("Type") or "").rpartition("/")[2],
            beside(part, element.get("Target") or ""),
        )
        for element in _parsed(archive, name).iter()
        if element.get("Target") and element.get("TargetMode") != "External"
    ]


def _parsed(archive: Archive, part: str) -> Element:
    """The root element of a part."""
    return parse_xml(archive.read(part), where=f"{archive.where}: {part}")


def _unread(archive: Archive, parts: list[_Relation]) -> Iterator[str]:
    """Yield the entries for `Content.left_out`: the names of those `parts` that are not read but have
    words."""
    for part in parts:
        name = _UNREAD.get(part.kind)
        if name is None or part.target not in archive:
            continue
        if not part.target.endswith(".xml") or any(_words(_parsed(archive, part.target))):
            yield name


def _words(root: Element) -> Iterator[str]:
    """Yield the texts of a part, stripped, without blank ones."""
    for element in root.iter():
        if local(element.tag) == "t" and (text := (element.text or "").strip()):
            yield text


def _core_title(root: Element) -> str:
    """The title in the properties of the document, unless a program inserted it."""
    for element in root.iter():
        if local(element.tag) == "title":
            title = one_line(element.text or "")
            return "" if _PLAIN_TITLE.fullmatch(title) else title
    return ""


class _Paragraph:
    """A paragraph that is being read: its text so far, and its properties.

    `place` is the index of its block; `runs_on` says that it continues in the next paragraph.
    """

    def __init__(self, place: int) -> None:
        self.place = place
        self.line = LineBuilder()
        self.style = ""
        self.level = 0
        self.runs_on = False


class _Reader:
    """Reads the parts of one document; collects its title, and what was left out."""

    def __init__(self, archive: Archive, styles: Styles, depth: int) -> None:
        self._archive = archive
        self._styles = styles
        self._depth = depth
        self._open: list[_Paragraph] = []
        self.title = ""
        self.left_out: list[str] = []

    def blocks(self, part: str) -> list[Block]:
        """The blocks of a part, in order, including those without text."""
        root = _parsed(self._archive, part)
        targets = {item.id: item.target for item in _relations(self._archive, part)}
        blocks: list[Block] = []
        unfinished: tuple[int, str] | None = None  # a paragraph that continues in the next one: place, text
        for step, element in walk(root, self._is_dropped):
            name = local(element.tag)
            if step == "skip":
                if name == "oMath" and self._open:
                    self._open[-1].line.add_formula(omml(element))
            elif name == "p" and _TEXT in element.tag:
                if step == "open":
                    self._open.append(self._begin_paragraph(element, len(blocks)))
                    blocks.append(Block(text=""))  # its place, before the text boxes it may hold
                    continue
                paragraph = self._open.pop()
                text = level_fractions(_PAGE_BREAK.sub(_at_page_break, paragraph.line.taken()))
                if not self._open and unfinished is not None:
                    text = unfinished[1] + text
                    unfinished = None
                if paragraph.runs_on and not self._open:
                    unfinished = paragraph.place, text
                else:
                    blocks[paragraph.place] = Block(text=text, level=paragraph.level)
                    if not self.title and text.strip() and self._styles.is_title(paragraph.style):
                        self.title = text
            elif name == "altChunk" and step == "open":
                blocks += self._chunk(targets.get(_relation(element, "id"), ""))
            elif name == "relIds" and step == "open":
                blocks += self._diagram(targets.get(_relation(element, "dm"), ""))
            elif self._open:
                self._add_to_line(step, element, name)
        if unfinished is not None:
            blocks[unfinished[0]] = Block(text=unfinished[1])
        return blocks

    def _begin_paragraph(self, element: Element, place: int) -> _Paragraph:
        """The paragraph that begins with `element`; `place` is the index of its block."""
        paragraph = _Paragraph(place)
        for properties in element:
            if local(properties.tag) != "pPr":
                continue
            for item in properties:
                name = local(item.tag)
                if name == "pStyle":
                    paragraph.style = attribute(item, "val") or ""
                elif name == "outlineLvl":
                    paragraph.level = _outline(attribute(item, "val"))
                elif name == "rPr":  # properties of the paragraph mark
                    marks = {local(mark.tag): mark for mark in item}
                    hidden = any(name in marks and is_on(marks[name]) for name in ("vanish", "specVanish"))
                    paragraph.runs_on = hidden or "del" in marks or "moveFrom" in marks
        paragraph.level = paragraph.level or self._styles.level(paragraph.style)
        return paragraph

    def _add_to_line(self, step: str, element: Element, name: str) -> None:
        """Add an element inside a paragraph to its line: a run, a text, a symbol or a break."""
        line = self._open[-1].line
        if name == "r" and _TEXT in element.tag:
            if step == "open":
                look = self._styles.look(element, self._open[-1].style)
                line.open("symbol" if look.symbol else look.shift)
            else:
                line.close()
        elif step == "open" and _TEXT in element.tag:
            if name == "t":
                line.add(element.text)
            elif name == "sym":
                line.add(symbol_text(element))
            elif name == "br" and attribute(element, "type") in {"page", "column"}:
                line.add("\f")
            else:
                line.add(_CHARACTERS.get(name))

    def _is_dropped(self, element: Element) -> bool:
        """Whether an element is left out with all its content: hidden, deleted, or not text (`_DROPPED`)."""
        name = local(element.tag)
        if name in _DROPPED:
            return True
        if name in {"footnote", "endnote"}:
            return attribute(element, "type") not in {None, "normal"}  # the line above the notes
        if name == "tr":
            return any(
                local(item.tag) in {"del", "hidden"}
                for properties in element
                if local(properties.tag) == "trPr"
                for item in properties
            )
        if name == "r" and _TEXT in element.tag:
            custom = any(
                local(item.tag) in {"footnoteReference", "endnoteReference"}
                and attribute(item, "customMarkFollows") not in {None, "0", "false", "off"}
                for item in element
            )
            return custom or self._styles.look(element, self._open[-1].style if self._open else "").hidden
        return False

    def _diagram(self, part: str) -> list[Block]:
        """The words of a diagram (SmartArt), one block for each of its points."""
        if part not in self._archive:
            return []
        points = (item for item in _parsed(self._archive, part).iter() if local(item.tag) == "pt")
        return [Block(text=" ".join("".join(_paragraph_words(point)).split())) for point in points]

    def _chunk(self, part: str) -> list[Block]:
        """The blocks of an embedded document (`altChunk`), which Word shows as a part of this document."""
        if part not in self._archive:
            return []
        where = f"{self._archive.where}: {part}"
        ending = part.rpartition(".")[2].lower()
        data = self._archive.read(part)
        try:
            if ending in {"htm", "html", "xhtml"}:
                return list(read_html(data, where=where).blocks)
            if ending in {"mht", "mhtml"}:
                return list(read_web_archive(data, where=where).blocks)
            if ending == "txt":
                return list(read_html(b"<pre>" + data.replace(b"<", b"&lt;"), where=where).blocks)
            if ending in {"docx", "docm"} and self._depth < _MAX_CHUNKS:
                return list(read_docx(data, where=where, depth=self._depth + 1).blocks)
        except InputError as error:
            self.left_out.append(f"the embedded document {part} ({error.found})")
            return []
        self.left_out.append(f"the embedded document {part}")
        return []


def _at_page_break(found: re.Match[str]) -> str:
    """The text for a page or column break: a space before a small letter, else a line end."""
    return f" {found[1]}" if found[1].islower() else f"\n{found[1]}"


def _relation(element: Element, name: str) -> str:
    """The id of a relationship in the attribute `name`; empty if it is missing.

    The attribute is in one of two namespaces, because each edition of the standard has a namespace of its
    own.
    """
    for space in _RELATIONS:
        if (value := element.get(f"{{{space}}}{name}")) is not None:
            return value
    return ""


_RELATIONS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)


def _paragraph_words(point: Element) -> Iterator[str]:
    """Yield the words of a point of a diagram, with a space for each end of a paragraph or line."""
    for element in point.iter():
        name = local(element.tag)
        if name == "t" and not len(element):
            yield element.text or ""
        elif name in {"p", "br"}:
            yield " "


def _outline(value: str | None) -> int:
    """The level of a heading, 1 to 6, or 0 for body text, from Word's outline level.

    Word's levels are one lower: 0 is the highest heading, 8 the lowest, and 9 is body text. Levels below 6
    become 6.
    """
    return min(int(value) + 1, 6) if value and value.isdecimal() and int(value) < 9 else 0


def symbol_text(element: Element) -> str:
    """The character of a symbol element, which names a font and a code.

    `OBJECT` for an unknown picture; empty for a code that is no character.
    """
    code = attribute(element, "char") or ""
    if not _CODE.fullmatch(code):
        return ""
    number = int(code, 16)
    font = (attribute(element, "font") or "").lower()
    if font == "symbol":
        return symbols(chr(number))
    if 0xE000 <= number < 0xF900 or font.startswith(("wingdings", "webdings")):
        return picture(number, font)
    return chr(number) if 0x20 <= number < 0xD800 else ""
