"""Read chosen elements of an XML file as trees with the byte positions of their texts.

lxml does not report at which byte a text begins; expat, of the standard library, does. Every file read here
was first read by `egiz.translate.io.xml`, which refuses external entities and oversized input.
"""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers import expat

from egiz.translate.errors import InputError
from egiz.translate.io.xml import local

CHUNK = 1 << 16
"""Bytes read at a time."""
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass(slots=True)
class TextRun:
    """Adjacent characters, and the range of bytes ``start:stop`` of the file that encode them.

    `is_quoted` says whether they are in a CDATA section.
    """

    text: str
    start: int
    stop: int
    is_quoted: bool


@dataclass(slots=True)
class XmlNode:
    """An element with the interface of `egiz.translate.io.xml.XmlElement`, and its byte positions.

    `head` are the runs of the text before its first child, `after` the runs of the text after its end tag. If
    an element contains a unit, only its name and attributes are kept. Namespaces are not resolved: names have
    the prefix in place of the namespace (see `_clark`).
    """

    tag: str
    attributes: dict[str, str]
    parent: XmlNode | None
    start: int
    stop: int = 0
    sourceline: int | None = None
    children: list[XmlNode] = field(default_factory=list)
    head: list[TextRun] = field(default_factory=list)
    after: list[TextRun] = field(default_factory=list)

    @property
    def text(self) -> str | None:
        return "".join(run.text for run in self.head) or None

    @property
    def tail(self) -> str | None:
        return "".join(run.text for run in self.after) or None

    def get(self, key: str) -> str | None:
        return self.attributes.get(key)

    def getparent(self) -> XmlNode | None:
        return self.parent

    def __iter__(self) -> Iterator[XmlNode]:
        return iter(self.children)


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlUnit:
    """A requested element of the file.

    `raw` are the bytes of the element without its end tag; `start` is the position of the first of them.
    """

    raw: bytes
    start: int
    node: XmlNode
    encoding: str


def xml_units(path: Path, names: Collection[str], *, chunk: int = CHUNK) -> Iterator[bytes | XmlUnit]:
    """Yield the outermost elements whose local name is in `names`, and the bytes between them, in order.

    The file is read `chunk` bytes at a time; the result does not depend on `chunk`.

    Raises InputError with line and column if expat cannot read the file: it is not well-formed, declares
    entities, or is in a multi-byte encoding other than UTF-8 and UTF-16.
    """
    with path.open("rb") as stream:
        scanner = _Scanner(names)
        try:
            yield from _scanned(scanner, stream, chunk)
        except (expat.ExpatError, ValueError, LookupError) as error:
            where = f"{path}:{scanner.parser.ErrorLineNumber}:{scanner.parser.ErrorColumnNumber + 1}"
            raise InputError(
                f"cannot be rewritten ({error})",
                where=where,
                expected="well-formed XML in UTF-8, UTF-16 or an encoding with one byte per character",
                action="Convert it to UTF-8.",
            ) from error


def _scanned(scanner: _Scanner, stream: BinaryIO, size: int) -> Iterator[bytes | XmlUnit]:
    held, base, is_done = b"", 0, False
    while not is_done:
        chunk = stream.read(size)
        is_done = not chunk
        if not base and not held:
            scanner.encoding = next((name for mark, name in _BOMS if chunk.startswith(mark)), "")
        held += chunk
        scanner.parser.Parse(chunk, is_done)
        at = base
        for node in scanner.taken():
            if node.start > at:
                yield held[at - base : node.start - base]
            raw = held[node.start - base : node.stop - base]
            yield XmlUnit(raw=raw, start=node.start, node=node, encoding=scanner.encoding or "utf-8")
            at = node.stop
        settled = base + len(held) if is_done else max(at, scanner.settled)
        if settled > at:
            yield held[at - base : settled - base]
        held, base = held[settled - base :], settled


class _Scanner:
    """Builds the trees of units from the events of expat.

    `settled` is the position in the file before which nothing is needed any more: it is the position of the
    parser or, while a unit is incomplete, the position of the parser before this unit.
    """

    def __init__(self, names: Collection[str]) -> None:
        self.encoding = ""
        self.settled = 0
        self.parser = expat.ParserCreate()
        self._names = names
        self._done: list[XmlNode] = []
        self._node: XmlNode | None = None
        self._unit: XmlNode | None = None
        self._run: TextRun | None = None
        self._is_quoted = False
        self.parser.XmlDeclHandler = self._declared
        self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.CharacterDataHandler = self._characters
        self.parser.CommentHandler = self._skip
        self.parser.ProcessingInstructionHandler = self._skip
        self.parser.StartCdataSectionHandler = lambda: self._quote(True)
        self.parser.EndCdataSectionHandler = lambda: self._quote(False)

    def taken(self) -> list[XmlNode]:
        """Return the units that were completed since the last call."""
        done, self._done = self._done, []
        return done

    def _here(self) -> int:
        """Return the byte position of the parser in the file, and end the current run of text there."""
        at = self.parser.CurrentByteIndex
        if self._run is not None:
            self._run.stop = at
            self._run = None
        if self._unit is None:
            self.settled = at
        return at

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        self.encoding = self.encoding or (encoding or "")

    def _refuse(self, *declared: Any) -> None:
        raise ValueError("it declares entities")

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        at = self._here()
        named = {_clark(key): value for key, value in attributes.items()}
        node = XmlNode(_clark(name), named, self._node, at)
        if self._unit is not None and self._node is not None:
            self._node.children.append(node)
        elif local(node.tag) in self._names:
            self._unit = node
        self._node = node

    def _close(self, name: str) -> None:
        node, at = self._node, self._here()
        assert node is not None  # expat balances the tags
        node.stop = at
        self._node = node.parent
        if node is self._unit:
            self._unit, self.settled = None, at
            self._done.append(node)

    def _characters(self, text: str) -> None:
        at = self._here()
        if self._unit is None or self._node is None:
            return
        self._run = TextRun(text, at, at, self._is_quoted)
        children = self._node.children
        (children[-1].after if children else self._node.head).append(self._run)

    def _skip(self, *content: str) -> None:
        self._here()

    def _quote(self, is_quoted: bool) -> None:
        self._here()
        self._is_quoted = is_quoted


def _clark(name: str) -> str:
    """Return the name of an element or attribute in the form ``{prefix}name``: ``mq:locked`` ->
    ``{mq}locked``.

    This is Clark notation with the prefix in place of the namespace. Only the prefix ``xml`` is replaced by
    its namespace, as in Clark notation. A name without prefix stays unchanged.
    """
    prefix, colon, rest = name.rpartition(":")
    return f"{_XML}{rest}" if prefix == "xml" else f"{{{prefix}}}{rest}" if colon else name
