"""XML and HTML → trees, with every door shut: no entities, no external files, no network.

The one place that knows lxml. Both kinds of tree are walked without recursion, so depth costs no stack.
"""

from __future__ import annotations

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


def parse_xml(data: bytes, *, where: str, encoding: str | None = None) -> Element:
    """Parse XML. `encoding` overrides what the document declares.

    Raises `InputError` where it is not well-formed, too deep or too large for libxml2's own limits, or
    declares entities: text from office programs and e-books needs none, and they serve attacks.
    """
    from lxml import etree

    parser = etree.XMLParser(encoding=encoding, **SHUT)
    try:
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

    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"cannot be read as HTML ({_line(error)})", where=where) from error
    fatal = parser.error_log.filter_from_fatals()
    if len(fatal):
        raise InputError(
            f"line {fatal[0].line} cannot be read as HTML ({_line(fatal[0].message)})", where=where
        )
    return cast("Element | None", root)


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
