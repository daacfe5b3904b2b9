"""HTML and XHTML to paragraphs."""

from __future__ import annotations

import re
from html.entities import html5

from egiz.translate.errors import InputError
from egiz.translate.read.decode import decode_or_guess
from egiz.translate.read.notation import joined, level_fractions, lowered, mathml, raised, symbols
from egiz.translate.read.options import Block, Content, filled
from egiz.translate.read.seen import Unseen
from egiz.translate.read.tree import Element, local, parse_html, parse_xml, walk

# fmt: off
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "ol", "p",
    "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})
"""Elements that stand as blocks of their own in the HTML rendering rules; all others flow within a line."""
# fmt: on

DECLARED = re.compile(
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
_HEADING = re.compile("h[1-6]")
_RAISED = re.compile(r"vertical-align\s*:\s*(super|sub)\b", re.IGNORECASE)
_SYMBOL = re.compile(r"""font(?:-family)?\s*:[^;]{0,200}?(?<![\w-])["']?Symbol\b(?! *\w)""", re.IGNORECASE)


def read_html(
    data: bytes, *, where: str, encoding: str | None = None, declared: str = "", xml: bool = False
) -> Content:
    """Read a page: one paragraph per block element, `<br>` as a line end, entities as characters.

    The encoding is the byte order mark's, the caller's, the page's own or the one that it is `declared` to
    have outside, or UTF-8. `xml` tries XML first, where ``<title/>`` is an empty title and not the beginning
    of one; what is not well-formed is read as HTML.
    White space is collapsed as on screen, in `<pre>` line ends stay; `<pre><code>` and what a reader does not
    see is dropped, see `egiz.translate.read.seen`. Raised and lowered numbers and formulas become characters
    of the line, see `egiz.translate.read.notation`.
    """
    text, guessed = source_code(data, where=where, encoding=encoding, declared=declared)
    root = _parse_xhtml(text, where) if xml else parse_html(text, where=where)
    if root is None:
        return Content(blocks=(), encoding=guessed)
    return Content(
        blocks=filled(blocks_of(root)), title=_title(root), language=_language(root), encoding=guessed
    )


def source_code(
    data: bytes, *, where: str, encoding: str | None = None, declared: str = ""
) -> tuple[str, str]:
    """The characters of a page and the encoding that was guessed, if one was.

    The encoding is the byte order mark's, the caller's `encoding`, `declared`, the page's own, or UTF-8.
    """
    found = DECLARED.search(data[:_DECLARED_WITHIN])
    own = (found.group(1) or found.group(2)).decode("ascii", "ignore") if found else ""
    return decode_or_guess(data, where=where, encoding=encoding, declared=declared or own)


def html_blocks(text: str, *, where: str) -> tuple[Block, ...]:
    """The paragraphs of a piece of HTML, as in `read_html`."""
    root = parse_html(text, where=where)
    return () if root is None else filled(blocks_of(root))


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


def blocks_of(root: Element) -> list[Block]:
    """All blocks of a page in order, empty ones too."""
    unseen = Unseen(root)
    blocks: list[Block] = []
    line = Line()
    preformatted = level = 0

    def end_block() -> None:
        spaces = _SPACES if not preformatted else _LINE_SPACES
        text = _AROUND_BREAK.sub("\n", spaces.sub(" ", line.taken()).replace("\x00", "\n"))
        blocks.append(Block(text=level_fractions(text), level=level))

    for step, element in walk(root, unseen.drops):
        name = local(element.tag).lower()
        if step == "skip":
            if name == "math" and not unseen.hides(element):
                line.add_formula(mathml(element))
            line.add(element.tail)
            continue
        if name in BLOCKS:
            end_block()
        if step == "open":
            level = _level(element, name) or level
            preformatted += name == "pre"
            line.open(_style(element, name))
            line.add("\x00" if name == "br" else element.text)
        else:
            line.close()
            level = 0 if _level(element, name) else level
            preformatted -= name == "pre"
            line.add(element.tail)
    end_block()
    return blocks


class Line:
    """The text of a block while it is put together; what is raised, lowered or symbols is rewritten."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._open: list[tuple[str, int]] = []

    def add(self, text: str | None) -> None:
        """Go on with a text."""
        if text:
            self._pieces.append(text)

    def add_formula(self, text: str) -> None:
        """Go on with a formula; a number before it stays apart from one that begins it."""
        before = self._before(len(self._pieces))
        self.add(joined([before, text])[len(before) :])

    def open(self, style: str) -> None:
        """Begin an element in a style: ``super``, ``sub``, ``symbol``, or none."""
        self._open.append((style, len(self._pieces)))

    def close(self) -> None:
        """End the element that was opened last."""
        style, start = self._open.pop() if self._open else ("", 0)
        if not style or start >= len(self._pieces):
            return
        inside = "".join(self._pieces[start:])
        made = inside
        if style == "symbol":
            made = symbols(inside)
        elif inside.strip():
            made = (raised if style == "super" else lowered)(inside, self._before(start))
        self._pieces[start:] = [made]

    def taken(self) -> str:
        """The text so far; the line is empty afterwards, and styles end with the block."""
        text = "".join(self._pieces)
        self._pieces.clear()
        self._open = [("", 0)] * len(self._open)
        return text

    def _before(self, stop: int) -> str:
        """The last characters before a piece."""
        text = ""
        while stop > 0 and len(text) < _LOOKED_BACK:
            stop -= 1
            text = self._pieces[stop][-_LOOKED_BACK:] + text
        return text


_LONGEST_STYLE = 1000
"""Characters of an element's style that are looked at."""
_LOOKED_BACK = 12
"""Characters that tell what an exponent stands behind."""


def _style(element: Element, name: str) -> str:
    if name in {"sup", "sub"}:
        return "super" if name == "sup" else "sub"
    style = (element.get("style") or "")[:_LONGEST_STYLE]
    if (style and _SYMBOL.search(style)) or (element.get("face") or "").lower() == "symbol":
        return "symbol"
    shifted = _RAISED.search(style) if style else None
    return shifted.group(1).lower() if shifted else ""


def _level(element: Element, name: str) -> int:
    """The level of a heading, 1 to 6; 0 for all other elements."""
    if _HEADING.fullmatch(name):
        return int(name[1])
    if element.get("role") == "heading":
        level = element.get("aria-level") or ""
        return int(level) if re.fullmatch("[1-6]", level) else 2
    return 0


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
