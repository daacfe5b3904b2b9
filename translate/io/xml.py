"""Parse XML and HTML with lxml, as whole trees or as streams; files may come from strangers.

Entities, external files and network access are disabled. A document type that only names its DTD, as in TMX
and TBX files, is ignored, and nothing is fetched. Trees are walked without recursion, so deep nesting needs
no stack; large files are streamed one element at a time, in bounded memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol, cast

from egiz.translate.errors import InputError


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


class Element(XmlElement, Protocol):
    """The part of an lxml element that readers of whole trees use."""

    def find(self, path: str) -> Element | None: ...
    def iter(self) -> Iterator[Element]: ...
    def itertext(self) -> Iterator[str]: ...
    def getparent(self) -> Element | None: ...
    def __iter__(self) -> Iterator[Element]: ...
    def __len__(self) -> int: ...


Step = Literal["open", "close", "skip"]

SHUT: dict[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "dtd_validation": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""The settings of all XML parsers; they disable the features that a hostile file could use."""


MOST_MARKS = 4_000_000
"""The most ``<`` and ``=`` in a document. They begin elements and attributes, each of which takes 120 bytes
of memory. A novel has 300,000."""
MOST_ATTRIBUTES = 10_000
"""The most attributes of an HTML element; libxml2 compares each with each, and 40,000 took 4 seconds."""
HEAD = 1 << 16
"""The first element must begin within this many bytes. A document type before it can declare attributes, for
which libxml2 takes time that grows with the square of their size."""
_ATTRIBUTE = rb"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
_TAG = re.compile(rb"<[A-Za-z][^\s/>]*+((?:" + _ATTRIBUTE + rb")*+)")
_ATTRIBUTES = re.compile(_ATTRIBUTE)


def parse_xml(data: bytes, *, where: str, encoding: str | None = None) -> Element:
    """Parse a whole XML document. `encoding` overrides what the document declares.

    Raises InputError if the document is not well-formed, exceeds the limits of libxml2 on depth and size, or
    declares entities. Entities are used in attacks, and documents of office programs and e-books need none.
    """
    from lxml import etree

    _check_marks(data, where)
    parser = etree.XMLParser(encoding=encoding, **SHUT)
    try:
        if len(data) > HEAD:
            _check_head(etree.XMLPullParser(events=("start",), encoding=encoding, **SHUT), data, where)
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise InputError(f"is not well-formed XML ({_line(error)})", where=where) from error
    _check_entities(root, where)
    if any(not isinstance(element.tag, str) for element in root.iter()):
        raise InputError("refers to an XML entity that is not known", where=where)
    return cast(Element, root)


def parse_html(text: str, *, where: str) -> Element | None:
    """Parse a page as forgivingly as a browser does; None if it has no content at all.

    The size limits of libxml2 are lifted (HTML has no entities that could expand, and the caller limits the
    size). The depth limit of libxml2 stays: a page that is nested deeper raises InputError, because libxml2
    would lose the text below the limit.
    """
    from lxml import etree

    data = text.encode()
    _check_marks(data, where)
    _check_attributes(data, where)
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"cannot be read as HTML ({_line(error)})", where=where) from error
    fatal = parser.error_log.filter_from_fatals()
    if len(fatal):
        raise InputError(
            f"line {fatal[0].line} cannot be read as HTML ({_line(fatal[0].message)})", where=where
        )
    return cast("Element | None", root)


def _check_marks(data: bytes, where: str) -> None:
    """Raise InputError if a document has more than `MOST_MARKS` ``<`` and ``=``."""
    if data.count(b"<") + data.count(b"=") > MOST_MARKS:
        raise InputError(f"holds over {MOST_MARKS:,} marks of elements and attributes", where=where)


def _check_attributes(data: bytes, where: str) -> None:
    """Raise InputError if an element has more than `MOST_ATTRIBUTES` attributes."""
    for tag in _TAG.finditer(data):
        start, stop = tag.span(1)
        if (stop - start) // 2 >= MOST_ATTRIBUTES and len(
            _ATTRIBUTES.findall(data, start, stop)
        ) > MOST_ATTRIBUTES:
            line = data.count(b"\n", 0, start) + 1
            raise InputError(
                f"line {line} has an element of over {MOST_ATTRIBUTES:,} attributes", where=where
            )


def _check_head(parser: Any, data: bytes, where: str) -> None:
    """Raise InputError if no element begins within the first `HEAD` bytes."""
    parser.feed(data[:HEAD])
    if next(iter(parser.read_events()), None) is None:
        raise InputError(f"has no element in its first {HEAD >> 10} KB", where=where, expected="text")


def walk(root: Element, dropped: Callable[[Element], bool]) -> Iterator[tuple[Step, Element]]:
    """Go through a tree in document order; yield steps, each with its element.

    An element gives the step ``open``, then the steps of its children, then ``close``. An element for which
    `dropped` is True gives the single step ``skip``, and its content is not visited. Read the text after an
    element (its `tail`) at ``close`` or ``skip``.
    """
    from lxml import etree

    walker: Any = etree.iterwalk(cast(Any, root), events=("start", "end"))
    skipped: Any = None
    for event, element in walker:
        if event == "start":
            if dropped(element):
                walker.skip_subtree()
                skipped = element
            else:
                yield "open", element
        elif element is skipped:
            skipped = None
            yield "skip", element
        else:
            yield "close", element


def local(tag: str) -> str:
    """The name without its namespace.

    >>> local("{http://www.w3.org/1999/xhtml}p")
    'p'
    """
    return tag.rpartition("}")[2]


def attribute(element: Element, name: str) -> str | None:
    """The value of the attribute `name` of an element; None if it does not have the attribute.

    The attribute must be in the same namespace as the element, as in WordprocessingML (``<w:p w:val="…">``).
    If the element is in no namespace, the attribute must be in none either.
    """
    namespace = element.tag.rpartition("}")[0]
    return element.get(f"{namespace}}}{name}" if namespace else name)


def _line(message: object) -> str:
    """A message of libxml2 in one line."""
    return " ".join(str(message).split())


MAX_UNIT_BYTES = 16 * 2**20
"""The most bytes of a requested element. A sentence with its markup has some thousands."""
_POSITION = re.compile(r", line \d+, column \d+$")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlRoot:
    """The root element of a document: its local name, namespace and attributes."""

    name: str
    namespace: str
    attributes: dict[str, str]


def stream_xml(path: Path, names: Collection[str]) -> Iterator[XmlElement]:
    """Yield each element with one of these local names, in order and complete with its content.

    An element inside another one with such a name is not yielded itself. `getparent` gives the ancestors,
    which have their attributes but no other content. A yielded element is emptied when the next one is
    requested; other elements use no memory.

    Raises InputError, with the position, if the file is not well-formed, is truncated, exceeds a limit
    (`MAX_UNIT_BYTES`, or libxml2's limits on depth and text size), or declares or uses an entity that is not
    part of XML.
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
        for offset in _feed(parser, stream, path):
            for _, element in parser.read_events():
                _check_entities(element, f"{path}:1")
                return XmlRoot(
                    name=local(element.tag),
                    namespace=element.tag[1:].rpartition("}")[0],
                    attributes={str(key): str(value) for key, value in element.attrib.items()},
                )
            _check_begun(offset, path)
    raise InputError("holds no XML element", where=f"{path}:1")


def xml_language(element: XmlElement) -> str:
    """The ``xml:lang`` attribute of the element itself; empty if it has none."""
    return element.get(_XML_LANG) or ""


def attribute_above(element: XmlElement, name: str) -> str | None:
    """The value of an attribute of the element or, if the element does not have it, of its nearest ancestor.

    None if neither the element nor an ancestor has the attribute.
    """
    above: XmlElement | None = element
    while above is not None:
        value = above.get(name)
        if value is not None:
            return value
        above = above.getparent()
    return None


def _parser(events: tuple[Literal["start", "end"], ...]) -> Any:
    """A parser that is fed in chunks, with the settings `SHUT`."""
    from lxml import etree

    return etree.XMLPullParser(events=events, **SHUT)


def _elements(path: Path, names: Collection[str]) -> Iterator[Any]:
    """Yield the elements as `stream_xml` does, but do not empty them."""
    parser = _parser(("start", "end"))
    unit: Any = None
    is_checked = False
    with _opened(path) as stream:
        began = 0
        for offset in _feed(parser, stream, path):
            events = list(parser.read_events())
            if not is_checked and not events:
                _check_begun(offset, path)
            for event, element in events:
                if not is_checked:
                    _check_entities(element, f"{path}:1")
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


def _feed(parser: Any, stream: BinaryIO, path: Path) -> Iterator[int]:
    """Feed a file to the parser in chunks; yield, after each, the number of bytes read so far.

    Yields once more after closing the parser, because closing can add the last events. Raises InputError with
    line and column if the file is empty or not well-formed.
    """
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
    """Remove the content of an element and the siblings before it, to keep the tree small."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _check_begun(offset: int, path: Path) -> None:
    """Raise InputError if `offset`, the bytes read without finding an element, has reached `HEAD`."""
    if offset >= HEAD:
        raise InputError(f"has no element in its first {HEAD >> 10} KB", where=f"{path}:1", expected="XML")


def _check_entities(root: Any, where: str) -> None:
    """Raise InputError if the document declares entities."""
    subset = root.getroottree().docinfo.internalDTD
    if subset is not None and next(iter(subset.iterentities()), None) is not None:
        raise InputError(
            "declares XML entities, which are refused: they can include other files or expand without limit",
            where=where,
            expected="plain characters",
        )


def _check_references(unit: Any, path: Path) -> None:
    """Raise InputError if `unit` contains a reference to an entity, which the parser does not resolve."""
    for element in unit.iter():
        if not isinstance(element.tag, str):
            raise InputError(
                f"refers to the XML entity {element.text}, which is not known",
                where=f"{path}:{unit.sourceline}",
                expected="plain characters",
            )


def _opened(path: Path) -> BinaryIO:
    """Open a file to read its bytes; InputError if that fails."""
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(error.strerror or str(error), where=str(path)) from error
