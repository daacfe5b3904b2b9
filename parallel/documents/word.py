"""Rewrites the text of Word documents and keeps everything else in its place.

The format of most letters of a paragraph is its base format, which counts as plain text. Word runs with
another format, links and fields are inline elements, which follow their words into the translation. Pictures,
notes and bookmarks keep their places. Formulas, symbols and raised numbers are words that are not translated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from egiz.parallel.documents.inline import Node, Run, Text, base_format
from egiz.translate.guards import translatable
from egiz.translate.io.archive import Archive
from egiz.translate.io.xml import local, parse_xml
from egiz.translate.read.docx import styles_of, symbol_text, text_parts
from egiz.translate.read.notation import lowered, omml, raised, symbols
from egiz.translate.read.word_styles import Styles

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_CHARACTERS = {"noBreakHyphen": "\u2011"}
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "ptab": "\t"}
_GROUPS = frozenset(
    ("hyperlink", "smartTag", "ins", "moveTo", "sdt", "sdtContent", "fldSimple", "dir", "bdo")
)
"""Elements of a paragraph that contain runs."""
_IDLE = frozenset(("proofErr", "lastRenderedPageBreak", "softHyphen", "rPr"))
_SHOWN = frozenset(("t", "sym", *_CHARACTERS, *_BREAKS))
"""The elements of a Word run that stand for text."""
_FORMULAS = frozenset(("oMath", "oMathPara"))
_MARGIN = re.compile(r"word/(?:header|footer)\d*\.xml")
_LOOKED_BACK = 12
"""Number of characters before a raised number that are read to decide whether the number is an exponent."""


class WordDocument:
    """A document to rewrite; see `egiz.parallel.documents`."""

    def __init__(self, data: bytes, name: str) -> None:
        self._archive = Archive(data, where=name)
        styles = styles_of(self._archive)
        margins = sorted(part for part in self._archive.names if _MARGIN.fullmatch(part))
        self._roots: dict[str, Any] = {
            part: parse_xml(self._archive.read(part), where=f"{name}: {part}")
            for part in (*text_parts(self._archive), *margins)
        }
        wordy = [
            item
            for root in self._roots.values()
            for item in root.iter()
            if _is(item, "p") and translatable(_plain(item))
        ]
        self._paragraphs = [_Paragraph(item, styles) for item in wordy]
        self.runs = [paragraph.run for paragraph in self._paragraphs]

    def written(self, renderings: Sequence[Sequence[Sequence[Any]]], language: str) -> bytes:
        """Return the document with each run replaced by its renderings; may be called only once."""
        from lxml import etree

        for paragraph, versions in zip(self._paragraphs, renderings, strict=True):
            paragraph.write(versions, language)
        changed = {
            part: etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
            for part, root in self._roots.items()
        }
        return self._archive.repacked(changed)


def _is(element: Any, name: str) -> bool:
    return "/wordprocessingml/" in element.tag and local(element.tag) == name


class _Paragraph:
    """A paragraph as a run of text with inline elements; see `egiz.parallel.documents.inline`.

    A token is a pair of an action and elements. The action ``open`` opens Word elements from which the text
    was removed. The action ``put`` inserts elements unchanged. The token `_END` closes the element that was
    opened last.
    """

    def __init__(self, element: Any, styles: Styles) -> None:
        self._element, self._styles = element, styles
        self._style = next((_value(item) for item in element.iterfind("./{*}pPr/{*}pStyle")), "")
        self._text: list[str] = []
        self._length = 0
        self._base_format = _base_format(element)
        self._formatted: tuple[Node, str] | None = None
        nodes: list[Node] = []
        self._first = self._read(element, nodes)
        self.run = Run(text="".join(self._text), nodes=nodes)

    def write(self, versions: Sequence[Sequence[Any]], language: str) -> None:
        """Replace the content of the paragraph by the renderings; its properties stay."""
        element = self._element
        for child in list(element)[self._first :]:
            element.remove(child)
        for number, tokens in enumerate([*versions[:1], *map(_copied, versions[1:])]):
            if number:
                self._add_text(element, "\n")
            self._write(tokens)
        for item in element.iter():
            if local(item.tag) == "lang":
                item.set(_tag(item, "val"), language)

    def _write(self, tokens: Sequence[Any]) -> None:
        places = [self._element]
        for token in tokens:
            if isinstance(token, Text):
                self._add_text(places[-1], token.text)
            elif token is _END:
                places.pop()
            else:
                action, elements = token
                for item in elements:
                    _holder(places[-1]).append(item)
                    if action == "open":
                        places.append(item)

    def _read(self, parent: Any, nodes: list[Node]) -> int:
        """Collect text and elements of a paragraph, or of a group in it. Return the index of the first child
        of `parent` that is content; the children before it are properties.
        """
        first = 0
        children = list(parent)
        while first < len(children) and local(children[first].tag).endswith("Pr"):
            first += 1
        at = first
        while at < len(children):
            stop = _field_end(children, at)
            if stop > at:
                self._read_field(children[at:stop], nodes)
            else:
                self._read_child(children[at], nodes)
            at = max(stop, at + 1)
        return first

    def _read_child(self, child: Any, nodes: list[Node]) -> None:
        name = local(child.tag)
        if name in _IDLE:
            return
        if _is(child, "r") and self._has_text(child):
            self._read_run(child, nodes)
        elif name in _FORMULAS:
            self._fixed(omml(child), [child], nodes)
        elif name in _GROUPS and any(_is(item, "r") and self._has_text(item) for item in child.iter()):
            self._read_group(child, nodes)
        else:
            self._mark([child], nodes)

    def _has_text(self, run: Any) -> bool:
        return _has_text(run) and not self._styles.look(run, self._style).hidden

    def _read_run(self, run: Any, nodes: list[Node]) -> None:
        """Read a Word run. If it has the base format, it is plain text; otherwise it becomes an element."""
        look = self._styles.look(run, self._style)
        if look.symbol or look.shift:
            words = "".join(item.text or "" for item in run if local(item.tag) == "t")
            before = "".join(self._text)[-_LOOKED_BACK:]
            shown = symbols(words) if look.symbol else _SHIFTS[look.shift](words, before)
            if shown != words:
                self._fixed(shown, [run], nodes)
                return
        looks = _format(run)[0]
        inner, node = nodes, None
        if looks != self._base_format[0]:
            last = self._formatted
            if last is not None and nodes and last[0] is nodes[-1] and last[1] == looks:
                node = last[0]
            else:
                node = Node(opening=("open", [_emptied(run)]), closing=_END, start=self._length, stop=0)
                nodes.append(node)
                self._formatted = node, looks
            inner = node.children
        for child in list(run):
            name = local(child.tag)
            elements = [child] if node is not None else [_emptied(run)]
            if name == "t":
                self._take(child.text or "")
            elif name in _CHARACTERS:
                self._take(_CHARACTERS[name])
            elif name not in _IDLE:
                if node is None:
                    elements[0].append(child)
                text = symbol_text(child) if name == "sym" else _BREAKS.get(name, "")
                (self._fixed(text, elements, inner) if text else self._mark(elements, inner))
        if node is not None:
            node.stop = self._length

    def _take(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)

    def _read_group(self, group: Any, nodes: list[Node]) -> None:
        start = self._length
        inner: list[Node] = []
        content = next((item for item in group if local(item.tag) == "sdtContent"), group)
        first = self._read(content, inner)
        for child in list(content)[first:]:
            content.remove(child)
        opening = ("open", [group])
        nodes.append(Node(opening=opening, closing=_END, start=start, stop=self._length, children=inner))

    def _read_field(self, runs: Sequence[Any], nodes: list[Node]) -> None:
        """Read a field from its beginning to its end. A link becomes an inline element; any other field
        becomes a word that is not translated.
        """
        middle = next((at for at, run in enumerate(runs) if _field_mark(run) == "separate"), len(runs) - 1)
        result = runs[middle + 1 : -1]
        if _instruction(runs[:middle]).split()[:1] == ["HYPERLINK"] and result:
            node = Node(
                opening=("put", list(runs[: middle + 1])), closing=("put", [runs[-1]]), start=0, stop=0
            )
            node.start = self._length
            for run in result:
                self._read_child(run, node.children)
            node.stop = self._length
            nodes.append(node)
        else:
            words = (item.text or "" for run in result for item in run.iter() if _is(item, "t"))
            self._fixed("".join(words), list(runs), nodes)

    def _fixed(self, text: str, elements: Sequence[Any], nodes: list[Node]) -> None:
        start = self._length
        self._take(text)
        stop = self._length
        nodes.append(Node(opening=("put", elements), closing=None, start=start, stop=stop, fixed=bool(text)))

    def _mark(self, elements: Sequence[Any], nodes: list[Node]) -> None:
        self._fixed("", elements, nodes)

    def _add_text(self, place: Any, text: str) -> None:
        """Write text into `place`: directly if it is a Word run, else in a new run of the base format."""
        holder = _holder(place)
        if local(holder.tag) == "r":
            run = holder
        else:
            run = holder.makeelement(_tag(holder, "r"))
            if self._base_format[1] is not None:
                run.append(deepcopy(self._base_format[1]))
            holder.append(run)
        for kind, piece in _pieces(text):
            item = run.makeelement(_tag(run, kind))
            if kind == "t":
                item.text = piece
                item.set(_SPACE, "preserve")
            run.append(item)


def _copied(tokens: Sequence[Any]) -> list[Any]:
    """Return tokens with copies of their elements. The elements have no content yet."""
    return [(token[0], deepcopy(token[1])) if isinstance(token, tuple) else token for token in tokens]


_SHIFTS = {"super": raised, "sub": lowered}


def _value(element: Any) -> str:
    return element.get(_tag(element, "val")) or ""


def _field_mark(run: Any) -> str:
    """Return the part of a field that a Word run marks: ``begin``, ``separate`` or ``end``; empty if it marks
    none.
    """
    return next(
        (item.get(_tag(item, "fldCharType")) or "" for item in run if local(item.tag) == "fldChar"), ""
    )


def _field_end(children: Sequence[Any], at: int) -> int:
    """Return the index after the end of the field that begins at `at`. It is 0 if no field begins there, or
    if the field has no end.
    """
    if _field_mark(children[at]) != "begin":
        return 0
    depth = 0
    for place in range(at, len(children)):
        mark = _field_mark(children[place])
        depth += {"begin": 1, "end": -1}.get(mark, 0)
        if not depth:
            return place + 1
    return 0


def _instruction(runs: Sequence[Any]) -> str:
    return "".join(item.text or "" for run in runs for item in run.iter() if local(item.tag) == "instrText")


_END = "end"
_Format = tuple[str, Any]


def _holder(place: Any) -> Any:
    """Return the element to which content is added. For a content control this is its content element, for
    any other element `place` itself.
    """
    return next((item for item in place if local(item.tag) == "sdtContent"), place)


def _tag(element: Any, name: str) -> str:
    return f"{element.tag.rpartition('}')[0]}}}{name}"


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    names = {"\t": "tab", "\n": "br"}
    held = ""
    for character in text:
        if character in names:
            if held:
                yield "t", held
            yield names[character], ""
            held = ""
        else:
            held += character
    if held:
        yield "t", held


def _plain(paragraph: Any) -> str:
    """Return the text of a paragraph, without the text boxes in it."""
    own = (item for item in paragraph.iter() if _is(item, "t") and _paragraph_of(item) is paragraph)
    return "".join(item.text or "" for item in own)


def _paragraph_of(item: Any) -> Any:
    return next(parent for parent in item.iterancestors() if _is(parent, "p"))


def _has_text(run: Any) -> bool:
    return any(local(child.tag) in _SHOWN for child in run)


def _format(run: Any) -> _Format:
    """Return the format of a run as text that can be compared, and the element with its properties. The
    language is not part of the format.
    """
    from lxml import etree

    properties = next((child for child in run if local(child.tag) == "rPr"), None)
    if properties is None:
        return "", None
    looks = deepcopy(properties)
    for child in list(looks):
        if local(child.tag) in ("lang", "noProof"):
            looks.remove(child)
    return "".join(etree.tostring(child, encoding="unicode", with_tail=False) for child in looks), properties


def _base_format(paragraph: Any) -> _Format:
    """Return the format of most letters of a paragraph."""
    counts: dict[str, int] = {}
    found: dict[str, _Format] = {}
    for run in paragraph.iter():
        if _is(run, "r") and _has_text(run):
            looks = _format(run)
            found.setdefault(looks[0], looks)
            length = sum(len(item.text or "") for item in run if local(item.tag) == "t")
            counts[looks[0]] = counts.get(looks[0], 0) + length
    return found[base_format(counts)] if counts else ("", None)


def _emptied(run: Any) -> Any:
    """Return a run without content that has the same format as `run`."""
    made = run.makeelement(run.tag, dict(run.attrib))
    made.extend(deepcopy(child) for child in run if local(child.tag) == "rPr")
    return made
