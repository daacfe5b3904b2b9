"""DOCX (WordprocessingML) → paragraphs, as a reader of the accepted text sees them."""

from __future__ import annotations

import re

from egiz.translate.read.archive import Archive, beside
from egiz.translate.read.options import Content, join_blocks
from egiz.translate.read.tree import Element, attribute, local, parse_xml, walk

# fmt: off
_DROPPED = frozenset({
    # properties of paragraphs, runs, tables and sections
    "pPr", "rPr", "tblPr", "trPr", "tcPr", "tblGrid", "sectPr", "sdtPr", "footnotePr", "endnotePr",
    "del", "moveFrom",  # revisions that took text away
    "Fallback",  # a drawing's copy for old programs
    "rt",  # readings above characters
})
# fmt: on
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
"""Elements that stand for a character. An optional hyphen (`softHyphen`) stands for none."""
_TEXT_SPACES = ("/wordprocessingml/", "/math}")
_NOTES = ("footnotes", "endnotes")
_CODE = re.compile("[0-9A-Fa-f]{4}")
_ROOT = "word/document.xml"


def read_docx(data: bytes, *, where: str) -> Content:
    """Read a Word document: paragraphs, headings, table cells and text boxes in order, then the notes.

    Footnotes and endnotes follow the body as paragraphs of their own. Insertions are kept and deletions left
    out, as if all revisions were accepted; content controls, links and formulas (in their linear form) are
    part of the text. Hidden text, comments, headers, footers, field codes and automatic numbers are not.
    """
    archive = Archive(data, where=where)
    return Content(
        text=join_blocks(block for part in text_parts(archive) for block in _blocks(archive, part))
    )


def text_parts(archive: Archive) -> list[str]:
    """The names of the parts that hold a document's text: the body, then its footnotes and endnotes."""
    main = _related(archive, "", "officeDocument") or _ROOT
    notes = (_related(archive, main, kind) for kind in _NOTES)
    return [main, *(part for part in notes if part is not None and part in archive)]


def _related(archive: Archive, part: str, kind: str) -> str | None:
    """The part that `part` (or the package, if empty) names in its relationships as being of a kind."""
    relations = beside(part, f"_rels/{part.rpartition('/')[2]}.rels")
    if relations not in archive:
        return None
    root = parse_xml(archive.read(relations), where=f"{archive.where}: {relations}")
    for element in root.iter():
        target = element.get("Target")
        if target and (element.get("Type") or "").endswith(f"/{kind}"):
            return beside(part, target)
    return None


def _blocks(archive: Archive, part: str) -> list[str]:
    root = parse_xml(archive.read(part), where=f"{archive.where}: {part}")
    blocks: list[str] = []
    open_paragraphs: list[tuple[int, list[str]]] = []
    for step, element in walk(root, _is_dropped):
        name = local(element.tag)
        if name == "p" and "/wordprocessingml/" in element.tag:
            if step == "open":
                open_paragraphs.append((len(blocks), []))
                blocks.append("")  # its place, before the text boxes it may hold
            elif step == "close":
                place, pieces = open_paragraphs.pop()
                blocks[place] = "".join(pieces)
        elif step == "open" and open_paragraphs:
            open_paragraphs[-1][1].append(_characters(element, name))
    return blocks


def _characters(element: Element, name: str) -> str:
    if not any(space in element.tag for space in _TEXT_SPACES):
        return ""
    if name == "t":
        return element.text or ""
    if name == "sym":
        code = attribute(element, "char") or ""
        is_symbol = _CODE.fullmatch(code) and 0x20 <= int(code, 16) < 0xD800
        return chr(int(code, 16)) if is_symbol else ""  # private-use codes mean a picture in some font
    return _CHARACTERS.get(name, "")


def _is_dropped(element: Element) -> bool:
    name = local(element.tag)
    if name in _DROPPED:
        return True
    if name in {"footnote", "endnote"}:
        return attribute(element, "type") not in {None, "normal"}  # the line above the notes
    if name == "r":
        namespace = element.tag[: -len(name)]
        hidden = element.find(f"{namespace}rPr/{namespace}vanish")
        return hidden is not None and attribute(hidden, "val") not in {"0", "false", "off"}
    return False
