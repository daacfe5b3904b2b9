"""The text of one part of a Word document (WordprocessingML), translated paragraph by paragraph.

What formats most of a paragraph is its ground; runs that are formatted otherwise, links and fields are inline
elements of it and follow their words into the translation. Pictures, notes and bookmarks keep their places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

from egiz.parallel.serve.engine import Asked, Said
from egiz.parallel.serve.inline import Node, Run, Text, inner, rebuilt
from egiz.parallel.serve.texts import sentences_of
from egiz.translate.guards import translatable
from egiz.translate.read.tree import local, parse_xml

Ask = Callable[[Sequence[Asked]], Sequence[Said]]
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
_GROUPS = frozenset(
    ("hyperlink", "smartTag", "ins", "moveTo", "sdt", "sdtContent", "fldSimple", "dir", "bdo")
)
"""Elements of a paragraph that hold runs."""
_IDLE = frozenset(("proofErr", "lastRenderedPageBreak", "softHyphen", "rPr"))
_SPACES = str.maketrans("\n\t", "  ")


def translate_part(data: bytes, where: str, source: str, target: str, ask: Ask) -> bytes:
    """The part with its paragraphs translated."""
    from lxml import etree

    root: Any = parse_xml(data, where=where)
    wordy = [item for item in root.iter() if _is(item, "p") and translatable(_plain(item))]
    paragraphs = [_Paragraph(item) for item in wordy]
    asked = [paragraph.asked(source) for paragraph in paragraphs]
    said = iter(ask([item for items in asked for item in items]))
    for paragraph, items in zip(paragraphs, asked, strict=True):
        paragraph.write([next(said) for _ in items], target)
    made: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
    return made


def _is(element: Any, name: str) -> bool:
    return "/wordprocessingml/" in element.tag and local(element.tag) == name


class _Paragraph:
    """A paragraph as a run of text with inline elements; see `egiz.parallel.serve.inline`.

    A token that opens an element is the Word element itself, emptied of its text; one that closes it is None
    for marks, else a word for "the end". Reading takes the paragraph apart: it must be written again.
    """

    def __init__(self, element: Any) -> None:
        self._element = element
        self._text: list[str] = []
        self._length = 0
        self._ground = _ground(element)
        self._nodes: list[Node] = []
        self._first = self._read(element, self._nodes)
        self.run = Run(text="".join(self._text), nodes=self._nodes)

    def asked(self, source: str) -> list[Asked]:
        """The sentences to translate."""
        found = sentences_of(self.run.text.translate(_SPACES), source)
        return [Asked(sentence=item, **inner(self.run, item)) for item in found]

    def write(self, said: Sequence[Said], target: str) -> None:
        """Put the translation in place of the paragraph's content; its properties stay."""
        element = self._element
        for child in list(element)[self._first :]:
            element.remove(child)
        places = [element]
        for token in rebuilt(self.run, said, target):
            if isinstance(token, Text):
                self._add_text(places[-1], token.text)
            elif token is _END:
                places.pop()
            else:
                opened, is_mark = token
                _holder(places[-1]).append(opened)
                if not is_mark:
                    places.append(opened)
        for item in element.iter():
            if local(item.tag) == "lang":
                item.set(_tag(item, "val"), target)

    def _read(self, parent: Any, nodes: list[Node]) -> int:
        """Collect text and elements of a paragraph, or of a group in it; gives where the content begins."""
        first = 0
        for at, child in enumerate(list(parent)):
            name = local(child.tag)
            if name.endswith("Pr") and first == at:
                first = at + 1
            elif name in _IDLE:
                continue
            elif _is(child, "r") and _has_text(child):
                self._read_run(child, nodes)
            elif name in _GROUPS and any(_is(item, "r") and _has_text(item) for item in child.iter()):
                self._read_group(child, nodes)
            else:
                self._mark(child, nodes)
        return first

    def _read_run(self, run: Any, nodes: list[Node]) -> None:
        """A run of text: one of the ground is plain text, another one an element."""
        formats = _format(run)
        inner = nodes
        start = self._length
        node = None
        if formats[0] != self._ground[0]:
            shell = _emptied(run)
            node = Node(opening=(shell, False), closing=_END, start=start, stop=start)
            nodes.append(node)
            inner = node.children
        for child in list(run):
            name = local(child.tag)
            if name == "t":
                self._take(child.text or "")
            elif name in _CHARACTERS:
                self._take(_CHARACTERS[name])
            elif name not in _IDLE:
                shell = _emptied(run)
                shell.append(child)
                self._mark(child if node is not None else shell, inner)
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
        stop = self._length
        nodes.append(Node(opening=(group, False), closing=_END, start=start, stop=stop, children=inner))

    def _mark(self, element: Any, nodes: list[Node]) -> None:
        at = self._length
        nodes.append(Node(opening=(element, True), closing=None, start=at, stop=at))

    def _add_text(self, place: Any, text: str) -> None:
        """Text in a run of the ground's format, or in the run that is open."""
        holder = _holder(place)
        if local(holder.tag) == "r":
            run = holder
        else:
            run = holder.makeelement(_tag(holder, "r"))
            if self._ground[1] is not None:
                run.append(deepcopy(self._ground[1]))
            holder.append(run)
        for kind, piece in _pieces(text):
            item = run.makeelement(_tag(run, kind))
            if kind == "t":
                item.text = piece
                item.set(_SPACE, "preserve")
            run.append(item)


_END = "end"
_Format = tuple[str, Any]


def _holder(place: Any) -> Any:
    """The element that content goes into: of a content control its content."""
    return next((item for item in place if local(item.tag) == "sdtContent"), place)


def _tag(beside: Any, name: str) -> str:
    return f"{beside.tag.rpartition('}')[0]}}}{name}"


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
    """The text of a paragraph, that of text boxes in it left out."""
    own = (item for item in paragraph.iter() if _is(item, "t") and _paragraph_of(item) is paragraph)
    return "".join(item.text or "" for item in own)


def _paragraph_of(item: Any) -> Any:
    return next(parent for parent in item.iterancestors() if _is(parent, "p"))


def _has_text(run: Any) -> bool:
    return any(local(child.tag) == "t" for child in run) and not _hidden(run)


def _hidden(run: Any) -> bool:
    properties = next((child for child in run if local(child.tag) == "rPr"), None)
    return properties is not None and any(local(child.tag) == "vanish" for child in properties)


def _format(run: Any) -> _Format:
    """How a run looks, as text to be compared, and its properties; its language does not count."""
    from lxml import etree

    properties = next((child for child in run if local(child.tag) == "rPr"), None)
    if properties is None:
        return "", None
    looks = deepcopy(properties)
    for child in list(looks):
        if local(child.tag) in ("lang", "noProof"):
            looks.remove(child)
    return "".join(etree.tostring(child, encoding="unicode", with_tail=False) for child in looks), properties


def _ground(paragraph: Any) -> _Format:
    """The format of most of the paragraph's letters."""
    counts: dict[str, int] = {}
    found: dict[str, _Format] = {}
    for run in paragraph.iter():
        if _is(run, "r") and _has_text(run):
            looks = _format(run)
            found.setdefault(looks[0], looks)
            length = sum(len(item.text or "") for item in run if local(item.tag) == "t")
            counts[looks[0]] = counts.get(looks[0], 0) + length
    return found[max(counts, key=lambda name: counts[name])] if counts else ("", None)


def _emptied(run: Any) -> Any:
    """A run of the same format without content."""
    made = run.makeelement(run.tag, dict(run.attrib))
    made.extend(deepcopy(child) for child in run if local(child.tag) == "rPr")
    return made
