"""E-books: the chapters of an EPUB in reading order, and the text of a FictionBook (FB2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from urllib.parse import unquote, urldefrag

from egiz.translate.errors import InputError
from egiz.translate.io.archive import Archive, beside
from egiz.translate.io.decode import decode_or_guess, one_line
from egiz.translate.io.xml import Element, local, parse_xml, walk
from egiz.translate.read.blocks import Block, Content, LineBuilder, filled
from egiz.translate.read.html import read_html
from egiz.translate.read.notation import level_fractions

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_NCX = "application/x-dtbncx+xml"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document"})


def read_epub(data: bytes, *, where: str) -> Content:
    """Read an EPUB: its chapters in the order of the spine, each once, with the blocks that `read_html`
    finds.

    Title and language are taken from the metadata. If a chapter has no heading, its title in the table of
    contents becomes the `Block.entry` of its first block. Chapters outside the reading order (`linear="no"`)
    stay in their place in the spine; the table of contents itself (`properties="nav"`) is not read. Raises
    InputError for a chapter that is missing or encrypted.
    """
    archive = Archive(data, where=where)
    package_name = _package_name(archive)
    package = parse_xml(archive.read(package_name), where=f"{where}: {package_name}")
    locked = _encrypted(archive)
    contents = _contents(archive, package, package_name)
    blocks: list[Block] = []
    for chapter in _chapters(package, package_name, where):
        if chapter in locked:
            raise InputError(
                "is locked by rights management (DRM)",
                where=f"{where}: {chapter}",
                action="Get a copy without DRM.",
            )
        found = read_html(archive.read(chapter), where=f"{where}: {chapter}", xml=True).blocks
        if found and not any(block.level for block in found):
            found = (replace(found[0], entry=contents.get(chapter, "")), *found[1:])
        blocks += found
    return Content(
        blocks=tuple(blocks), title=_metadata(package, "title"), language=_metadata(package, "language")
    )


def chapters_of(archive: Archive) -> list[str]:
    """The names of the chapters of a book in reading order; raises InputError as `read_epub` does."""
    name = _package_name(archive)
    package = parse_xml(archive.read(name), where=f"{archive.where}: {name}")
    return _chapters(package, name, archive.where)


def _contents(archive: Archive, package: Element, package_name: str) -> dict[str, str]:
    """The title of each chapter in the table of contents, by the chapter's member name.

    Empty if there is no table of contents, or if it is damaged. A book with a damaged table of contents is
    not refused, because the text does not depend on the table.
    """
    items = [element for element in package.iter() if local(element.tag) == "item"]
    navigation = [item for item in items if "nav" in (item.get("properties") or "").split()]
    tables = navigation or [item for item in items if item.get("media-type") == _NCX]
    name = beside(package_name, unquote((tables[0].get("href") or "") if tables else ""))
    if name not in archive:
        return {}
    with suppress(InputError):
        root = parse_xml(archive.read(name), where=name)
        titles: dict[str, str] = {}
        for target, title in _entries(root):
            titles.setdefault(beside(name, unquote(urldefrag(target).url)), one_line(title))
        return titles
    return {}


def _entries(root: Element) -> Iterator[tuple[str, str]]:
    """Yield reference and title of each entry of a table of contents in XHTML or NCX (`<navPoint>`)."""
    for element in root.iter():
        name = local(element.tag)
        if name == "a" and (target := element.get("href")):
            yield target, "".join(element.itertext())
        elif name == "navPoint":
            parts = {local(child.tag): child for child in element}
            if "navLabel" in parts and "content" in parts:
                yield parts["content"].get("src") or "", "".join(parts["navLabel"].itertext())


def _package_name(archive: Archive) -> str:
    """The name of the package document, which lists the files of an EPUB; InputError if none is named."""
    container = parse_xml(archive.read(_CONTAINER), where=f"{archive.where}: {_CONTAINER}")
    for element in container.iter():
        if local(element.tag) == "rootfile" and (path := element.get("full-path")):
            return path
    raise InputError(
        "names no package document", where=f"{archive.where}: {_CONTAINER}", expected="<rootfile>"
    )


def _encrypted(archive: Archive) -> frozenset[str]:
    """The names of encrypted members.

    Fonts are often encrypted. Chapters are encrypted only in a book with digital rights management.
    """
    if _ENCRYPTION not in archive:
        return frozenset()
    root = parse_xml(archive.read(_ENCRYPTION), where=f"{archive.where}: {_ENCRYPTION}")
    references = (element.get("URI") for element in root.iter() if local(element.tag) == "CipherReference")
    return frozenset(beside("", unquote(reference)) for reference in references if reference)


def _chapters(package: Element, name: str, where: str) -> list[str]:
    """The names of the chapters in reading order, without the table of contents."""
    items = {element.get("id"): element for element in package.iter() if local(element.tag) == "item"}
    chapters: dict[str, None] = {}
    for reference in package.iter():
        if local(reference.tag) != "itemref":
            continue
        item = items.get(reference.get("idref"))
        if item is None:
            raise InputError(
                f"the spine names {reference.get('idref')!r}, which the manifest lacks",
                where=f"{where}: {name}",
            )
        is_contents = "nav" in (item.get("properties") or "").split()
        if item.get("media-type") in _PAGES and not is_contents:
            chapters[beside(name, unquote(urldefrag(item.get("href") or "").url))] = None
    if not chapters:
        raise InputError("the spine names no chapters", where=f"{where}: {name}")
    return list(chapters)


def _metadata(package: Element, name: str) -> str:
    """The value of a Dublin Core element in the metadata of an EPUB; empty if there is none."""
    for element in package.iter():
        if element.tag == f"{{http://purl.org/dc/elements/1.1/}}{name}" and (element.text or "").strip():
            return " ".join((element.text or "").split())
    return ""


_PARAGRAPHS = frozenset({"p", "v", "subtitle", "text-author", "date", "td", "th"})
_LEFT_OUT = frozenset({"description", "binary", "image", "stylesheet", "code"})
_NOTES = ("notes", "footnotes", "comments")
"""The names of `<body>` elements that contain notes; a `<title>` in one is the number of a note."""
_STYLES = {"sup": "super", "sub": "sub"}
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{1,200}?encoding\s*=\s*["']([\w.:-]+)""")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_LOWEST = 6
"""The lowest level of a heading, as in HTML."""
_SPACES = re.compile(r"[ \t\n\f\r]+")


def read_fictionbook(data: bytes, *, where: str, encoding: str | None = None) -> Content:
    """Read an FB2 book: a block per paragraph, line of verse and table cell, then the notes.

    Titles of sections are headings; each section around a section makes its title one level lower. Title and
    language are those of the description. Note marks, pictures and code are left out.
    """
    found = _DECLARED.search(data[:1024])
    declared = found.group(1).decode("ascii") if found else ""
    text, guessed = decode_or_guess(data, where=where, encoding=encoding, declared=declared)
    root = parse_xml(_DECLARATION.sub("", text).encode(), where=where, encoding="utf-8")
    return Content(
        blocks=filled(_blocks(root)),
        title=_in_description(root, "book-title"),
        language=_in_description(root, "lang"),
        encoding=guessed,
    )


def _blocks(root: Element) -> list[Block]:
    """All blocks of an FB2 book in order, including those without text."""
    blocks: list[Block] = []
    line = LineBuilder()
    sections = titles = notes = 0

    def end_block(level: int = 0) -> None:
        text = _SPACES.sub(" ", line.taken())
        blocks.append(Block(text=level_fractions(text), level=level))

    for step, element in walk(root, _is_dropped):
        name = local(element.tag)
        if step == "skip":
            line.add(element.tail)
            continue
        change = 1 if step == "open" else -1
        if name in _PARAGRAPHS:
            is_heading = not notes and (titles or name == "subtitle")
            end_block(min(sections + (1 if titles else 2), _LOWEST) if is_heading else 0)
            if notes and titles and step == "close" and blocks[-1].text.strip().isdecimal():
                blocks.pop()  # the number of a note
        elif name in {"section", "title"}:
            end_block()
        sections += change * (name == "section")
        titles += change * (name == "title")
        notes += change * (name == "body" and element.get("name") in _NOTES)
        if step == "open":
            line.open(_STYLES.get(name, ""))
            line.add(element.text)
        else:
            line.close()
            line.add(element.tail)
    end_block()
    return blocks


def _is_dropped(element: Element) -> bool:
    """Whether an element of an FB2 book, with all its content, is left out."""
    name = local(element.tag)
    return name in _LEFT_OUT or (name == "a" and element.get("type") == "note")


def _in_description(root: Element, name: str) -> str:
    """The text of the first element called `name` before the body; empty if there is none."""
    for element in root.iter():
        if local(element.tag) == name:
            return one_line("".join(element.itertext()))
        if local(element.tag) == "body":
            break
    return ""
