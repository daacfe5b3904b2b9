"""HTML, XHTML and Markdown to paragraphs."""

from __future__ import annotations

import re
from html.entities import html5
from typing import TYPE_CHECKING

from egiz.translate.errors import InputError
from egiz.translate.read.decode import decode
from egiz.translate.read.options import Content, join_blocks
from egiz.translate.read.tree import Element, local, parse_html, parse_xml, walk

if TYPE_CHECKING:
    from markdown_it.token import Token


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


def read_html(data: bytes, *, where: str, encoding: str | None = None, xml: bool = False) -> Content:
    """Read a page: one paragraph per block element, `<br>` as a line end, entities as characters.

    The encoding is the byte order mark's, the caller's, the page's own, or UTF-8. `xml` tries XML first,
    where ``<title/>`` is an empty title and not the beginning of one; what is not well-formed is read as
    HTML.
    White space is collapsed as on screen, in `<pre>` line ends stay; `<pre><code>` and hidden elements are
    dropped like `DROPPED` ones.
    """
    text = source_code(data, where=where, encoding=encoding)
    root = _parse_xhtml(text, where) if xml else parse_html(text, where=where)
    if root is None:
        return Content(text="")
    return Content(text=join_blocks(_blocks(root)), title=_title(root), language=_language(root))


def source_code(data: bytes, *, where: str, encoding: str | None = None) -> str:
    """The characters of a page, by its byte order mark, `encoding`, its own declaration, or as UTF-8."""
    found = DECLARED.search(data[:_DECLARED_WITHIN])
    declared = (found.group(1) or found.group(2)).decode("ascii", "ignore") if found else ""
    return decode(data, where=where, encoding=encoding, declared=declared)


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


_YAML = re.compile(
    r"---[ \t]*\n(?:#[^\n]*\n)*[A-Za-z_][\w-]*[ \t]*:.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL
)
_TOML = re.compile(r"\+\+\+[ \t]*\n.*?\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_NOTE_MARK = re.compile(r"\A\[\^[^\]\s]+\]:[ \t]*|\[\^[^\]\s]+\]")
_TASK_MARK = re.compile(r"\[[ xX]\] ")
_MAX_NESTING = 100
"""Blocks inside blocks, two to a list. Deeper text would be left out by the parser, so it is an error."""


def read_markdown(text: str, *, where: str) -> Content:
    """Read CommonMark with tables and strikethrough as prose.

    Headings, paragraphs, list items, table cells and captions become paragraphs; emphasis and links lose
    their marks, inline code keeps its words, a soft line end becomes a space. Fenced code, images, comments,
    front matter and note numbers are dropped; raw HTML blocks are read as HTML. Text indented by four spaces
    is prose here, not code: first-line indents are common, indented code is not.
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING})
    parser.enable(["table", "strikethrough"]).disable("code")
    normal = text.replace("\r\n", "\n").replace("\r", "\n")
    front = _YAML.match(normal) or _TOML.match(normal)
    skipped = front.end() if front else 0
    blocks = []
    for token in parser.parse(normal[skipped:]):
        if token.nesting == 1 and token.level >= _MAX_NESTING - 1:
            line = (token.map[0] if token.map else 0) + normal.count("\n", 0, skipped) + 1
            raise InputError(f"line {line} nests lists or quotes over {_MAX_NESTING // 2} deep", where=where)
        if token.type == "inline":
            blocks.append(_prose(token.children or []))
        elif token.type == "html_block":
            blocks.append(html_text(token.content, where=where))
    return Content(text=join_blocks(blocks))


def _prose(tokens: list[Token]) -> str:
    text = "".join(_words(token) for token in tokens)
    return _NOTE_MARK.sub("", _TASK_MARK.sub("", text, count=1) if _TASK_MARK.match(text) else text)


def _words(token: Token) -> str:
    if token.type in {"text", "code_inline"}:
        return token.content
    if token.type == "softbreak":
        return " "
    is_break = token.type == "hardbreak" or token.content.lower().startswith("<br")
    return "\n" if is_break else ""
