"""Rewrites the text of OpenDocument files and keeps everything else in its place.

As in `egiz.parallel.documents.word`, the format of most letters of a paragraph is its base format, which
counts as plain text. Programs write a new span for each editing session; adjacent spans with the same look
become one element here, and spans with the base format become plain text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from egiz.parallel.documents.inline import Node, Run, Text, base_format
from egiz.translate.guards import translatable
from egiz.translate.io.archive import Archive
from egiz.translate.io.xml import attribute, local, parse_xml
from egiz.translate.read.notation import lowered, raised
from egiz.translate.read.opendocument import formula_text, position_of

_PARTS = ("content.xml", "styles.xml")
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_WORDS = frozenset(("a", "meta"))
"""Elements whose text is translated, besides spans. Any element that is neither in this set nor in `_APART`
(mainly a field) keeps its text.
"""
_BREAKS = {"tab": "\t", "line-break": "\n", "s": " "}
_APART = frozenset(("note", "frame", "annotation", "tracked-changes", "annotation-end", "ruby"))
"""Elements that become marks. They have no text, or their paragraphs are read separately (pictures, notes,
comments).
"""
_SPACES = re.compile(r"[ \t\r\n]+")
_LOOKED_BACK = 12
"""Number of characters before a raised number that are read to decide whether the number is an exponent."""
_SHIFTS = {"super": raised, "sub": lowered}
_END = "end"


class OpenDocument:
    """A text document to rewrite; see `egiz.parallel.documents`."""

    def __init__(self, data: bytes, name: str) -> None:
        self._archive = Archive(data, where=name) if data.startswith(b"PK\x03\x04") else None
        self._roots: dict[str, Any] = (
            {"": parse_xml(data, where=name)}
            if self._archive is None
            else {
                part: parse_xml(self._archive.read(part), where=f"{name}: {part}")
                for part in _PARTS
                if part in self._archive
            }
        )
        looks = _Looks(self._roots.values())
        wordy = [item for root in self._roots.values() for item in _in_reading_order(root)]
        found = [_Paragraph(item, looks, self._archive) for item in wordy]
        self._paragraphs = [item for item in found if translatable(item.run.text)]
        self.runs = [paragraph.run for paragraph in self._paragraphs]

    def written(self, renderings: Sequence[Sequence[Sequence[Any]]], language: str) -> bytes:
        """Return the document with each run replaced by its renderings; may be called only once."""
        from lxml import etree

        for paragraph, versions in zip(self._paragraphs, renderings, strict=True):
            paragraph.write(versions)
        for root in self._roots.values():
            _set_language(root, language)
        parts = {
            part: etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
            for part, root in self._roots.items()
        }
        return parts[""] if self._archive is None else self._archive.repacked(parts)


def _in_reading_order(root: Any) -> list[Any]:
    """Return the paragraphs and headings of a part in reading order: body, notes, then page margins."""
    main: list[Any] = []
    notes: list[Any] = []
    margins: list[Any] = []
    for item in root.iter(f"{_TEXT}p", f"{_TEXT}h"):
        above = {local(parent.tag) for parent in item.iterancestors()}
        if above.isdisjoint(("tracked-changes", "annotation", "forms")):
            (notes if "note-body" in above else main if "body" in above else margins).append(item)
    return [*main, *notes, *margins]


def _set_language(root: Any, language: str) -> None:
    """Set the language in the default styles of the document."""
    for style in root.iter():
        if local(style.tag) in ("default-style", "style"):
            for properties in style:
                if properties.get(f"{_FO}language", "none") not in ("none", "zxx"):
                    properties.set(f"{_FO}language", language.partition("-")[0])
                    properties.set(f"{_FO}country", "none")


class _Looks:
    """Tells the look of spans from the automatic styles of a document. Styles with equal properties have the
    same look.
    """

    def __init__(self, roots: Any) -> None:
        self._known: dict[str, tuple[str, str]] = {}
        for root in roots:
            for style in root.iter():
                if local(style.tag) == "style" and attribute(style, "family") == "text":
                    self._known[attribute(style, "name") or ""] = _look_of(style)

    def of(self, span: Any) -> tuple[str, str]:
        """Return the look of a span, as text that can be compared with other looks, and the span's vertical
        position: ``super``, ``sub`` or empty.
        """
        name = attribute(span, "style-name") or ""
        return self._known.get(name, (name, ""))


def _look_of(style: Any) -> tuple[str, str]:
    look: list[str] = []
    position = ""
    for properties in style:
        if local(properties.tag) == "text-properties":
            kept = (
                (local(name), value)
                for name, value in properties.attrib.items()
                if local(name) not in _UNSEEN
                and not local(name).startswith(("language", "country", "script"))
            )
            look = [f"{name}={value}" for name, value in sorted(kept)]
            position = position_of(attribute(properties, "text-position") or "")
    parent = attribute(style, "parent-style-name") or ""
    return ";".join([*([parent] if parent else []), *look]), position


_UNSEEN = ("rsid", "paragraph-rsid", "language", "country", "script")
"""A property whose name begins with one of these does not change the look of text."""


class _Paragraph:
    """A paragraph as a run of text with inline elements; `egiz.parallel.documents.word` describes the form of
    the tokens.
    """

    def __init__(self, element: Any, looks: _Looks, archive: Archive | None) -> None:
        self._element, self._looks, self._archive = element, looks, archive
        self._text: list[str] = []
        self._length = 0
        self._base_format = self._most(element)
        self._formatted: tuple[Node, str] | None = None
        nodes: list[Node] = []
        self._read(element, nodes)
        self.run = Run(text="".join(self._text), nodes=nodes)

    def write(self, versions: Sequence[Sequence[Any]]) -> None:
        """Replace the paragraph's content by the renderings."""
        element = self._element
        for child in list(element):
            element.remove(child)
        element.text = None
        base = element
        if self._base_format[1] is not None:
            base = deepcopy(self._base_format[1])
            element.append(base)
        for number, tokens in enumerate([*versions[:1], *map(_copied, versions[1:])]):
            if number:
                base.append(base.makeelement(f"{_TEXT}line-break"))
            self._write(base, tokens)

    def _write(self, base: Any, tokens: Sequence[Any]) -> None:
        places = [base]
        for token in tokens:
            if isinstance(token, Text):
                _add_text(places[-1], token.text)
            elif token is _END:
                places.pop()
            else:
                action, item = token
                item.tail = None
                places[-1].append(item)
                if action == "open":
                    places.append(item)

    def _most(self, paragraph: Any) -> tuple[str, Any]:
        """Return the base format of a paragraph, and an empty span with that look. If the base format is that
        of text outside of spans, None is returned in place of the span.
        """
        counts: dict[str, int] = {}
        shells: dict[str, Any] = {"": None}

        def count(parent: Any, looks: str) -> None:
            counts[looks] = counts.get(looks, 0) + len((parent.text or "").strip())
            for child in parent:
                name = local(child.tag)
                if name == "span":
                    inner = self._looks.of(child)[0]
                    if inner:
                        shells.setdefault(inner, _emptied(child))
                    count(child, inner or looks)
                elif name in _WORDS:
                    count(child, looks)
                counts[looks] += len((child.tail or "").strip())

        count(paragraph, "")
        most = base_format(counts)
        return most, shells[most]

    def _read(self, parent: Any, nodes: list[Node]) -> None:
        self._take(_SPACES.sub(" ", parent.text or ""))
        for child in list(parent):
            name, tail = local(child.tag), _SPACES.sub(" ", child.tail or "")
            if name == "span":
                self._read_span(child, nodes)
            elif name in _WORDS and "".join(child.itertext()).strip():
                self._read_group(child, nodes)
            elif name in _APART or not isinstance(child.tag, str):
                self._fixed(self._formula(child), child, nodes)
            else:
                self._fixed(_sign(child, name) or "".join(child.itertext()), child, nodes)
            self._take(tail)

    def _read_span(self, span: Any, nodes: list[Node]) -> None:
        looks, shift = self._looks.of(span)
        words = "".join(span.itertext())
        if shift and words.strip() and not len(span):
            made = _SHIFTS[shift](words, "".join(self._text)[-_LOOKED_BACK:])
            if made != words:
                self._fixed(made, span, nodes)
                return
        if not looks or looks == self._base_format[0] or not words.strip():
            self._read(span, nodes)
            return
        last = self._formatted
        if last is not None and nodes and last[0] is nodes[-1] and last[1] == looks and self._ended(last[0]):
            node = last[0]
        else:
            opening = ("open", _emptied(span))
            node = Node(opening=opening, closing=_END, start=self._length, stop=self._length)
            nodes.append(node)
        self._read(span, node.children)
        node.stop = self._length
        self._formatted = node, looks

    def _ended(self, node: Node) -> bool:
        return node.stop == self._length

    def _read_group(self, group: Any, nodes: list[Node]) -> None:
        node = Node(opening=("open", _emptied(group)), closing=_END, start=self._length, stop=0)
        self._read(group, node.children)
        node.stop = self._length
        nodes.append(node)

    def _take(self, text: str) -> None:
        if text.startswith(" ") and "".join(self._text[-1:]).endswith(" "):
            text = text[1:]
        self._text.append(text)
        self._length += len(text)

    def _fixed(self, text: str, element: Any, nodes: list[Node]) -> None:
        start = self._length
        self._text.append(text)
        self._length += len(text)
        stop = self._length
        nodes.append(Node(opening=("put", element), closing=None, start=start, stop=stop, fixed=bool(text)))

    def _formula(self, element: Any) -> str:
        """Return the text of a formula in a line of text. `element` is a frame; if it contains no formula,
        the result is empty.
        """
        found = (item for item in element.iter() if local(item.tag) == "object")
        item = next(found, None)
        return "" if item is None or self._archive is None else formula_text(item, self._archive)


def _copied(tokens: Sequence[Any]) -> list[Any]:
    """Return tokens with copies of their elements. The copies have no identifiers; the elements have no
    content yet.
    """
    copies = [(token[0], deepcopy(token[1])) if isinstance(token, tuple) else token for token in tokens]
    for token in copies:
        if isinstance(token, tuple):
            token[1].attrib.pop(_XML_ID, None)
    return copies


def _sign(element: Any, name: str) -> str:
    """Return the white space for which an element stands, such as a tab or a line break; empty if it stands
    for none.
    """
    return _BREAKS.get(name, "")


def _emptied(element: Any) -> Any:
    return element.makeelement(element.tag, dict(element.attrib))


def _add_text(place: Any, text: str) -> None:
    if len(place):
        place[-1].tail = (place[-1].tail or "") + text
    else:
        place.text = (place.text or "") + text
