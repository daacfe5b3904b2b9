"""XML and HTML → trees, with every door shut: no entities, no external files, no network.

The one place that knows lxml. Both kinds of tree are walked without recursion, so depth costs no stack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal, Protocol, cast

from egiz.translate.errors import InputError


class Element(Protocol):
    """As much of an lxml element as reading needs."""

    @property
    def tag(self) -> Any: ...
    @property
    def text(self) -> str | None: ...
    @property
    def tail(self) -> str | None: ...
    def get(self, key: str) -> str | None: ...
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
"""Every door of lxml's parsers, shut: what any XML from outside is parsed with."""


MOST_MARKS = 4_000_000
"""Beginnings of elements and attributes in a document, which take 120 bytes each; a novel has 300,000."""
MOST_ATTRIBUTES = 10_000
"""Attributes of an HTML element, which libxml2 compares each with each: 40,000 took 4 seconds."""
HEAD = 1 << 16
"""Bytes within which the first element must begin. What stands before it, declarations of attributes, takes
libxml2 time that grows with its square."""
_ATTRIBUTE = rb"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
_TAG = re.compile(rb"<[A-Za-z][^\s/>]*+((?:" + _ATTRIBUTE + rb")*+)")
_ATTRIBUTES = re.compile(_ATTRIBUTE)


def parse_xml(data: bytes, *, where: str, encoding: str | None = None) -> Element:
    """Parse XML. `encoding` overrides what the document declares.

    Raises `InputError` where it is not well-formed, too deep or too large for libxml2's own limits, or
    declares entities: text from office programs and e-books needs none, and they serve attacks.
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
    subset: Any = root.getroottree().docinfo.internalDTD
    if subset is not None and next(iter(subset.iterentities()), None) is not None:
        raise InputError(
            "declares XML entities, which are refused because they can pull in other files or blow up",
            where=where,
            expected="plain characters",
        )
    if any(not isinstance(element.tag, str) for element in root.iter()):
        raise InputError("refers to an XML entity that is not known", where=where)
    return cast(Element, root)


def parse_html(text: str, *, where: str) -> Element | None:
    """Parse a page as forgivingly as a browser does; None where it holds nothing at all.

    The size limits of libxml2 are lifted (HTML has no entities to blow up, and the caller bounds the size);
    its depth limit stays, and `InputError` is raised rather than losing what lies below it.
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
    if data.count(b"<") + data.count(b"=") > MOST_MARKS:
        raise InputError(f"holds over {MOST_MARKS:,} marks of elements and attributes", where=where)


def _check_attributes(data: bytes, where: str) -> None:
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
    parser.feed(data[:HEAD])
    if next(iter(parser.read_events()), None) is None:
        raise InputError(f"has no element in its first {HEAD >> 10} KB", where=where, expected="text")


def walk(root: Element, dropped: Callable[[Element], bool]) -> Iterator[tuple[Step, Element]]:
    """Go through a tree in document order: `open` and `close` of each element, `skip` for a dropped one.

    What follows an element (its `tail`) belongs to it at `close` or `skip`.
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
    """The attribute in the element's own namespace, as WordprocessingML writes it, or in none."""
    namespace = element.tag.rpartition("}")[0]
    return element.get(f"{namespace}}}{name}" if namespace else name)


def _line(message: object) -> str:
    """The message in one line: libxml2 breaks some."""
    return " ".join(str(message).split())
