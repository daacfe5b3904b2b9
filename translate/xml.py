"""Stream large XML files: yield the requested elements one by one, in bounded memory.

The same features are disabled as in `egiz.translate.read.tree`: entities, external files and network access.
A document type that only names its DTD, as in TMX and TBX files, is ignored, and nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol, cast

from egiz.translate.errors import InputError
from egiz.translate.read.tree import HEAD, SHUT, local

MAX_UNIT_BYTES = 16 * 2**20
"""The most bytes of a requested element. A sentence with its markup has some thousands."""
_POSITION = re.compile(r", line \d+, column \d+$")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class XmlElement(Protocol):
    """The part of an lxml element that readers of streamed XML use. `sourceline` counts from 1."""

    @property
    def tag(self) -> Any: ...
    @property
    def text(self) -> str | None: ...
    @property
    def tail(self) -> str | None: ...
    @property
    def sourceline(self) -> int | None: ...
    def get(self, key: str) -> str | None: ...
    def getparent(self) -> XmlElement | None: ...
    def __iter__(self) -> Iterator[XmlElement]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlRoot:
    """The root element of a document: its local name, namespace and attributes."""

    name: str
    namespace: str
    attributes: dict[str, str]


def stream_xml(path: Path, names: Collection[str]) -> Iterator[XmlElement]:
    """Yield the elements with these local names, outermost ones only, each complete with its content.

    Their ancestors can be reached by `getparent`, with attributes but without other content. A yielded
    element is emptied when the next one is requested; other elements use no memory.

    Raises InputError, with the position, if the file is not well-formed, is truncated, exceeds a limit
    (libxml2's of depth and text size, or `MAX_UNIT_BYTES`), or declares or uses an entity of its own.
    """
    for element in _elements(path, names):
        yield cast(XmlElement, element)
        _forget(element)


def xml_root(path: Path) -> XmlRoot:
    """Read the start tag of the root element, and nothing after it.

    Raises InputError as `stream_xml` does.
    """
    with _opened(path) as stream:
        parser = _parser(("start",))
        for offset in _fed(parser, stream, path):
            for _, element in parser.read_events():
                _check_entities(element, path)
                return XmlRoot(
                    name=local(element.tag),
                    namespace=element.tag[1:].rpartition("}")[0],
                    attributes={str(key): str(value) for key, value in element.attrib.items()},
                )
            _check_head(offset, path)
    raise InputError("holds no XML element", where=f"{path}:1")


def xml_language(element: XmlElement) -> str:
    """The ``xml:lang`` attribute of the element itself; empty if it has none."""
    return element.get(_XML_LANG) or ""


def attribute_above(element: XmlElement, name: str) -> str | None:
    """An attribute of the element, or of its nearest ancestor that has it."""
    above: XmlElement | None = element
    while above is not None:
        value = above.get(name)
        if value is not None:
            return value
        above = above.getparent()
    return None


def _parser(events: tuple[Literal["start", "end"], ...]) -> Any:
    from lxml import etree

    return etree.XMLPullParser(events=events, **SHUT)


def _elements(path: Path, names: Collection[str]) -> Iterator[Any]:
    parser = _parser(("start", "end"))
    unit: Any = None
    is_checked = False
    with _opened(path) as stream:
        began = 0
        for offset in _fed(parser, stream, path):
            events = list(parser.read_events())
            if not is_checked and not events:
                _check_head(offset, path)
            for event, element in events:
                if not is_checked:
                    _check_entities(element, path)
                    is_checked = True
                if event == "start":
                    if unit is None and local(element.tag) in names:
                        unit, began = element, offset
                elif element is unit:
                    _check_references(unit, path)
                    unit = None
                    yield element
                elif unit is None:
                    _forget(element)
            if unit is not None and offset - began > MAX_UNIT_BYTES:
                raise InputError(
                    f"<{local(unit.tag)}> is larger than {MAX_UNIT_BYTES >> 20} MB",
                    where=f"{path}:{unit.sourceline}",
                    expected="one unit of text",
                )


def _fed(parser: Any, stream: BinaryIO, path: Path) -> Iterator[int]:
    """Feed the file to the parser in chunks; yield the bytes so far, and again after closing the parser."""
    from lxml import etree

    offset, lines = 0, 1
    try:
        while chunk := stream.read(HEAD):
            lines += chunk.count(b"\n")
            parser.feed(chunk)
            offset += len(chunk)
            yield offset
        if not offset:
            raise InputError("an empty file", where=str(path), expected="XML")
        parser.close()
        yield offset
    except etree.XMLSyntaxError as error:
        entry = parser.feed_error_log.last_error if error.position == (0, 0) else None
        line, column = (entry.line, entry.column) if entry is not None else error.position
        message = " ".join((entry.message if entry is not None else error.msg or "it ends too early").split())
        raise InputError(
            f"is not well-formed XML ({_POSITION.sub('', message)})",
            where=f"{path}:{line}:{column}" if line else f"{path}:{lines}",
        ) from error


def _forget(element: Any) -> None:
    """Remove an element's content and the siblings before it: else the tree would grow with the file."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _check_head(offset: int, path: Path) -> None:
    if offset >= HEAD:
        raise InputError(f"has no element in its first {HEAD >> 10} KB", where=f"{path}:1", expected="XML")


def _check_entities(root: Any, path: Path) -> None:
    subset = root.getroottree().docinfo.internalDTD
    if subset is not None and next(iter(subset.iterentities()), None) is not None:
        raise InputError(
            "declares XML entities, which are refused because they can pull in other files or blow up",
            where=f"{path}:1",
            expected="plain characters",
        )


def _check_references(unit: Any, path: Path) -> None:
    for element in unit.iter():
        if not isinstance(element.tag, str):
            raise InputError(
                f"refers to the XML entity {element.text}, which is not known",
                where=f"{path}:{unit.sourceline}",
                expected="plain characters",
            )


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(error.strerror or str(error), where=str(path)) from error
