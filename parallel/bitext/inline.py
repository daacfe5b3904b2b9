"""The markup inside a text, which TMX and XLIFF keep as elements: what of it is text, and what is not."""

from __future__ import annotations

from dataclasses import dataclass

from egiz.parallel.bitext.segment import OBJECT, tidy
from egiz.translate.read.tree import local
from egiz.translate.xml import XmlElement


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The elements of a format that are not text.

    `dropped` are codes that begin or end a span of formatting: they go without a trace, content and all,
    since words may run on through them. `objects` stand for something of their own and leave `OBJECT`.
    Of all other elements (spans, highlights, annotations) the content is text.
    """

    dropped: frozenset[str]
    objects: frozenset[str]


TMX = Codes(dropped=frozenset({"bpt", "ept", "it", "ut"}), objects=frozenset({"ph"}))
XLIFF_1 = Codes(dropped=frozenset({"bpt", "ept", "it", "bx", "ex"}), objects=frozenset({"ph", "x"}))
XLIFF_2 = Codes(dropped=frozenset({"sc", "ec", "sm", "em", "cp"}), objects=frozenset({"ph"}))
"""``cp`` is a control character that XML cannot hold; segments have none."""


def inline_text(element: XmlElement | None, codes: Codes) -> str:
    """The text of an element in the form that segments have; empty where there is no element.

    Where codes stood is not kept. The text of an embedded element of its own (``sub``, a tooltip inside a
    code) goes with its code. libxml2 allows a depth of 256, so that recursion is bounded.
    """
    return "" if element is None else tidy("".join(_pieces(element, codes)))


def _pieces(element: XmlElement, codes: Codes) -> list[str]:
    pieces = [element.text or ""]
    for child in element:
        name = local(child.tag)
        if name in codes.objects:
            pieces.append(OBJECT)
        elif name not in codes.dropped:
            pieces += _pieces(child, codes)
        pieces.append(child.tail or "")
    return pieces
