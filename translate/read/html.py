"""HTML and XHTML → paragraphs."""

from __future__ import annotations

import re
from html.entities import html5

from egiz.translate.errors import InputError
from egiz.translate.read.decode import decode
from egiz.translate.read.options import Content, join_blocks
from egiz.translate.read.tree import Element, local, parse_html, parse_xml, walk

# fmt: off
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "ol", "p",
    "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})
"""Elements that stand as blocks of their own in the HTML rendering rules; all others flow within a line."""

DROPPED = frozenset({
    "annotation", "annotation-xml", "applet", "audio", "button", "canvas", "datalist", "embed", "head",
    "iframe", "input", "nav", "noembed", "noframes", "noscript", "object", "rp", "rt", "script",
    "select", "style", "svg", "template", "textarea", "title", "video",
})
"""Elements that hold no prose: code, controls, media, navigation, and readings above characters."""
# fmt: on

_MARKERS = frozenset({"pagebreak", "noteref", "doc-pagebreak", "doc-noteref"})
"""EPUB and ARIA roles of page numbers and note numbers: printed inside a sentence, but no part of it."""

_DECLARED = re.compile(
    rb"""<meta[^>]+?charset\s*=\s*["']?\s*([\w.:-]+)|\A\s*<\?xml[^>]+?encoding\s*=\s*["']([\w.:-]+)""",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 4096
"""Bytes searched for a declaration. The HTML standard says 1024, browsers look further."""
_SPACES = re.compile("[ \t\n\f\r]+")
_LINE_SPACES = re.compile("[ \t\f\r]+")
_AROUND_BREAK = re.compile(" *\n *")
_NAMED = re.compile("&([A-Za-z][A-Za-z0-9]*;)")
_XML_NAMES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})


def read_html(data: bytes, *, where: str, encoding: str | None = None, xml: bool = False) -> Content:
    """Read a page: one paragraph per block element, `<br>` as a line end, entities as characters.

    The encoding is the byte order mark's, the caller's, the page's own, or UTF-8. `xml` tries XML first,
    where ``<title/>`` is an empty title and not the beginning of one; what is not well-formed is read as
    HTML.
    White space is collapsed as on screen, in `<pre>` line ends stay; `<pre><code>` and hidden elements are
    dropped like `DROPPED` ones.
    """
    found = _DECLARED.search(data[:_DECLARED_WITHIN])
    declared = (found.group(1) or found.group(2)).decode("ascii", "ignore") if found else ""
    text = decode(data, where=where, encoding=encoding, declared=declared)
    root = _parse_xhtml(text, where) if xml else parse_html(text, where=where)
    if root is None:
        return Content(text="")
    return Content(text=join_blocks(_blocks(root)), title=_title(root), language=_language(root))


def html_text(text: str, *, where: str) -> str:
    """The paragraphs of a piece of HTML, as in `read_html`."""
    root = parse_html(text, where=where)
    return "" if root is None else join_blocks(_blocks(root))


def _parse_xhtml(text: str, where: str) -> Element | None:
    named = _NAMED.sub(lambda match: _character(match.group(1)), text)
    try:
        return parse_xml(named.encode(), where=where, encoding="utf-8")
    except InputError:
        if "<!ENTITY" in text:
            raise
        return parse_html(text, where=where)


def _character(name: str) -> str:
    characters = html5.get(name)
    if name in _XML_NAMES or characters is None:
        return f"&{name}"
    return "".join(f"&#{ord(item)};" if item in "<&" else item for item in characters)


def _blocks(root: Element) -> list[str]:
    blocks: list[str] = []
    pieces: list[str] = []
    preformatted = 0

    def end_block() -> None:
        line = _SPACES if not preformatted else _LINE_SPACES
        blocks.append(_AROUND_BREAK.sub("\n", line.sub(" ", "".join(pieces)).replace("\x00", "\n")))
        pieces.clear()

    for step, element in walk(root, _is_dropped):
        name = local(element.tag).lower()
        if step != "skip" and name in BLOCKS:
            end_block()
        if step == "open":
            preformatted += name == "pre"
            pieces.append("\x00" if name == "br" else "")
            pieces.append(element.text or "")
        else:
            preformatted -= name == "pre" and step == "close"
            pieces.append(element.tail or "")
    end_block()
    return blocks


def _is_dropped(element: Element) -> bool:
    name = local(element.tag).lower()
    if name in DROPPED or element.get("hidden") is not None:
        return True
    if name == "pre":
        return any(local(child.tag) == "code" for child in element.iter())
    kinds = (element.get("role"), element.get("epub:type"), element.get("{http://www.idpf.org/2007/ops}type"))
    return any(not _MARKERS.isdisjoint(kind.split()) for kind in kinds if kind)


def _title(root: Element) -> str:
    for element in root.iter():
        name = local(element.tag).lower()
        if name == "title":
            return " ".join((element.text or "").split())
        if name == "body":
            break
    return ""


def _language(root: Element) -> str:
    stated = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    return stated.strip()
