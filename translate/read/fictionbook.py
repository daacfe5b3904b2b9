"""FictionBook (FB2) to paragraphs."""

from __future__ import annotations

import re

from egiz.translate.read.decode import decode_or_guess, one_line
from egiz.translate.read.html import Line
from egiz.translate.read.notation import level_fractions
from egiz.translate.read.options import Block, Content, filled
from egiz.translate.read.tree import Element, local, parse_xml, walk

_PARAGRAPHS = frozenset({"p", "v", "subtitle", "text-author", "date", "td", "th"})
_LEFT_OUT = frozenset({"description", "binary", "image", "stylesheet", "code"})
_NOTES = ("notes", "footnotes", "comments")
"""Names of the bodies that hold notes: what is a title there is the number of a note."""
_STYLES = {"sup": "super", "sub": "sub"}
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{1,200}?encoding\s*=\s*["']([\w.:-]+)""")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_LOWEST = 6
"""The lowest level of a heading, as in HTML."""
_SPACES = re.compile(r"[ \t\n\f\r]+")


def read_fictionbook(data: bytes, *, where: str, encoding: str | None = None) -> Content:
    """Read a book in FB2: a paragraph for each paragraph, line of verse and table cell, then the notes.

    Titles of sections are headings, of a level for each section around them. Title and language are those of
    the description. Marks of notes are left out, as are pictures and code.
    """
    found = _DECLARED.search(data[:1024])
    declared = found.group(1).decode("ascii") if found else ""
    text, guessed = decode_or_guess(data, where=where, encoding=encoding, declared=declared)
    root = parse_xml(_DECLARATION.sub("", text).encode(), where=where, encoding="utf-8")
    return Content(
        blocks=filled(_blocks(root)),
        title=_stated(root, "book-title"),
        language=_stated(root, "lang"),
        encoding=guessed,
    )


def _blocks(root: Element) -> list[Block]:
    blocks: list[Block] = []
    line = Line()
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
    name = local(element.tag)
    return name in _LEFT_OUT or (name == "a" and element.get("type") == "note")


def _stated(root: Element, name: str) -> str:
    """What the description says first under a name."""
    for element in root.iter():
        if local(element.tag) == name:
            return one_line("".join(element.itertext()))
        if local(element.tag) == "body":
            break
    return ""
