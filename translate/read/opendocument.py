"""OpenDocument text (ODT, flat FODT): paragraphs, headings and cells, then the notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from egiz.translate.errors import InputError
from egiz.translate.io.archive import Archive, beside
from egiz.translate.io.decode import one_line
from egiz.translate.io.xml import Element, attribute, local, parse_xml, walk
from egiz.translate.read.blocks import Block, Content, LineBuilder, filled
from egiz.translate.read.notation import level_fractions, mathml

_CONTENT, _STYLES, _META, _MANIFEST = "content.xml", "styles.xml", "meta.xml", "META-INF/manifest.xml"
_LEFT_OUT = frozenset(
    {
        "annotation", "tracked-changes", "forms", "note-citation", "table-of-content", "alphabetical-index",
        "illustration-index", "table-index", "ruby-text", "script", "binary-data", "page-number",
    }
)  # fmt: skip
"""Elements that are not text of the document: comments, deletions, indexes, page numbers."""
_DISPLAY = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}display"
_LINK = "{http://www.w3.org/1999/xlink}href"
_PICTURE = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
"""The namespace of the title and description of a picture. Other elements called ``title`` are text
fields."""
_APART = frozenset({"note-body", "text-box"})
"""Elements inside a paragraph that have paragraphs of their own."""
_SPACES = re.compile(r"[ \t\n\r]+")
_POSITION = re.compile(r"(?P<word>super|sub)|(?P<sign>-?)(?P<share>\d+)%")
_LOWEST = 6


@dataclass(frozen=True, slots=True)
class _Style:
    """A style: its parent, its position (``super``, ``sub`` or empty), and whether its text is hidden."""

    parent: str = ""
    position: str = ""
    hidden: bool = False


@dataclass(slots=True)
class _Flow:
    """A sequence of paragraphs that is being read: the body, or a note or text box inside a paragraph.

    `line` is the current paragraph, `blocks` are the finished ones.
    """

    line: LineBuilder = field(default_factory=LineBuilder)
    blocks: list[Block] = field(default_factory=list)

    def end(self, level: int = 0) -> None:
        """End the current block; `level` is that of a heading, or 0."""
        text = level_fractions(self.line.taken())
        self.blocks.append(Block(text=text, level=level))


def read_opendocument(data: bytes, *, where: str) -> Content:
    """Read a text document: a block for each paragraph, heading and cell, then the notes.

    Tracked deletions, comments, hidden text and the table of contents are left out. Headers and footers are
    left out as well, and named in `Content.left_out`. Formulas are written on one line. Raises InputError for
    a damaged or encrypted archive.
    """
    if not data.startswith(b"PK\x03\x04"):
        root = parse_xml(data, where=where)
        return _content(root, root, root, None)
    archive = Archive(data, where=where)
    if _MANIFEST in archive and b"encryption-data" in archive.read(_MANIFEST):
        raise InputError("is locked by a password", where=where, action="Save it without one.")

    def part(name: str) -> Element | None:
        return parse_xml(archive.read(name), where=f"{where}: {name}") if name in archive else None

    root = parse_xml(archive.read(_CONTENT), where=f"{where}: {_CONTENT}")
    return _content(root, part(_STYLES), part(_META), archive)


def _content(root: Element, styles: Element | None, meta: Element | None, archive: Archive | None) -> Content:
    """The content of a document from its parts; `archive` is None for a flat document."""
    known = {name: style for part in (styles, root) if part is not None for name, style in _styles(part)}
    body = next((item for item in root.iter() if local(item.tag) == "body"), root)
    blocks, notes = _blocks(body, known, archive)
    return Content(
        blocks=filled([*blocks, *notes]),
        title=_in_metadata(meta, "title"),
        language=_in_metadata(meta, "language"),
        left_out=("headers and footers",) if styles is not None and _has_header_or_footer(styles) else (),
    )


def _styles(root: Element) -> Iterator[tuple[str, _Style]]:
    """Yield the styles in a part of the document, each with its name."""
    for element in root.iter():
        if local(element.tag) == "style":
            position, hidden = "", False
            for child in element:
                if local(child.tag) == "text-properties":
                    position = position_of(attribute(child, "text-position") or "")
                    hidden = child.get(_DISPLAY) == "none"
            parent = attribute(element, "parent-style-name") or ""
            yield attribute(element, "name") or "", _Style(parent, position, hidden)


def position_of(text: str) -> str:
    """The position that `text-position` of a style states: ``super``, ``sub``, or empty for neither."""
    found = _POSITION.match(text)
    if found is None or found["share"] == "0":
        return ""
    return found["word"] or ("sub" if found["sign"] else "super")


def _look(name: str, styles: dict[str, _Style]) -> _Style:
    """The properties of a style, with those inherited from its parents."""
    position, hidden, seen = "", False, set[str]()
    while name in styles and name not in seen:
        seen.add(name)
        position, hidden = position or styles[name].position, hidden or styles[name].hidden
        name = styles[name].parent
    return _Style("", position, hidden)


def _blocks(
    body: Element, styles: dict[str, _Style], archive: Archive | None
) -> tuple[list[Block], list[Block]]:
    """Two lists of blocks: those of the body, text boxes included, and those of the notes."""
    places, notes = [_Flow()], list[Block]()

    def look(element: Element) -> _Style:
        return _look(attribute(element, "style-name") or "", styles)

    def dropped(element: Element) -> bool:
        name = local(element.tag)
        if name in _LEFT_OUT or str(element.tag).startswith(_PICTURE):
            return True
        if name == "section":
            return element.get(_DISPLAY) == "none"
        return name in {"p", "h", "span"} and look(element).hidden

    for step, element in walk(body, dropped):
        name, place = local(element.tag), places[-1]
        if step == "skip":
            place.line.add(_single_spaced(element.tail))
        elif step == "open":
            if name in {"p", "h"}:
                place.end()
            if name in _APART:
                places.append(_Flow())
                continue
            place.line.open(look(element).position if name == "span" else "")
            place.line.add(_single_spaced(element.text) or _SIGNS.get(name, ""))
            if name == "object" and archive is not None:
                place.line.add_formula(formula_text(element, archive))
        elif name in _APART:
            places.pop()
            place.end()
            (notes if name == "note-body" else places[-1].blocks).extend(place.blocks)
            places[-1].line.add(_single_spaced(element.tail))
        else:
            place.line.close()
            if name in {"p", "h"}:
                level = attribute(element, "outline-level") or "1"
                place.end(min(int(level), _LOWEST) if name == "h" and level.isdecimal() else 0)
            place.line.add(_single_spaced(element.tail))
    places[0].end()
    return places[0].blocks, notes


def _single_spaced(text: str | None) -> str:
    """The text with each run of white space as one space."""
    return _SPACES.sub(" ", text or "")


_SIGNS = {"s": " ", "tab": " ", "line-break": "\n"}
"""The characters that empty elements stand for."""


def formula_text(element: Element, archive: Archive) -> str:
    """The formula of an embedded object, on one line; empty if the object is no formula."""
    member = f"{beside(_CONTENT, element.get(_LINK) or '')}/{_CONTENT}"
    if member not in archive:
        return ""
    found = parse_xml(archive.read(member), where=f"{archive.where}: {member}")
    return mathml(found) if local(found.tag) == "math" else ""


def _in_metadata(root: Element | None, name: str) -> str:
    """The text of the element `name` in the metadata; empty if there is none."""
    for element in root.iter() if root is not None else ():
        parent = element.getparent()
        if local(element.tag) == name and parent is not None and local(parent.tag) == "meta":
            return one_line("".join(element.itertext()))
    return ""


def _has_header_or_footer(styles: Element) -> bool:
    """Whether the document has headers or footers with text."""
    return any(
        local(element.tag) in {"header", "footer"} and "".join(element.itertext()).strip()
        for element in styles.iter()
    )
