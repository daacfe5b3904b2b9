"""HTML, XHTML and saved web pages (MHTML): the blocks of text that a person sees.

Code, form controls, navigation, hidden elements and the marks of notes are left out (see `Unseen`).
Formulas and raised or lowered numbers are written on one line (see `egiz.translate.read.notation`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import HeaderParser
from html.entities import html5

from egiz.translate.errors import InputError
from egiz.translate.io.decode import decode_or_guess
from egiz.translate.io.xml import Element, local, parse_html, parse_xml, walk
from egiz.translate.read.blocks import Block, Content, LineBuilder, filled
from egiz.translate.read.notation import level_fractions, mathml

# fmt: off
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "ol", "p",
    "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})
"""The elements that are blocks of their own by the HTML rendering rules; all others are part of a line."""
# fmt: on

DECLARED = re.compile(
    rb"""<meta[^>]+?charset\s*=\s*["']?\s*([\w.:-]+)|\A\s*<\?xml[^>]+?encoding\s*=\s*["']([\w.:-]+)""",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 4096
"""The bytes of a page in which a declared encoding is searched. The HTML standard says 1024; browsers search
further."""
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
    """Read a page: one block per block element, `<br>` as a line end, entities as characters.

    For the encoding see `source_code`. With `xml`, the page is parsed as XML, where ``<title/>`` is an empty
    title and not the start of one; if it is not well-formed XML, it is parsed as HTML. Runs of white space
    become one space, as on the screen; line ends stay in `<pre>`. `<pre><code>` and all that a reader of the
    page does not see (see `Unseen`) are left out.
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
    """Decode a page; return its text and, if the encoding was guessed, its name, else an empty string.

    The encoding is the first of these that is known: `encoding`, the choice of the user; the byte order mark;
    `declared`, as stated outside the page; the declaration in the page. Otherwise UTF-8; see
    `decode_or_guess`.
    """
    found = DECLARED.search(data[:_DECLARED_WITHIN])
    own = (found.group(1) or found.group(2)).decode("ascii", "ignore") if found else ""
    return decode_or_guess(data, where=where, encoding=encoding, declared=declared or own)


def html_blocks(text: str, *, where: str) -> tuple[Block, ...]:
    """The blocks of a fragment of HTML, as in `read_html`."""
    root = parse_html(text, where=where)
    return () if root is None else filled(blocks_of(root))


def _parse_xhtml(text: str, where: str) -> Element | None:
    """Parse a page as XML or, if it is not well-formed, as HTML."""
    named = _NAMED.sub(lambda match: _character(match.group(1)), text)
    try:
        return parse_xml(named.encode(), where=where, encoding="utf-8")
    except InputError:
        if "<!ENTITY" in text:
            raise
        return parse_html(text, where=where)


def _character(name: str) -> str:
    """The characters for the HTML entity ``&name`` (`name` ends with a semicolon).

    An entity that XML has too, or that is unknown, is returned unchanged.
    """
    characters = html5.get(name)
    if name in _XML_NAMES or characters is None:
        return f"&{name}"
    return "".join(f"&#{ord(item)};" if item in "<&" else item for item in characters)


def blocks_of(root: Element) -> list[Block]:
    """All blocks of a page in order, including those without text."""
    unseen = Unseen(root)
    blocks: list[Block] = []
    line = LineBuilder()
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


_LONGEST_STYLE = 1000
"""The most characters of an element's style attribute that are examined."""


def _style(element: Element, name: str) -> str:
    """The style of an element for `LineBuilder.open`: ``super``, ``sub``, ``symbol``, or empty for none."""
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
    """The title in the head of a page."""
    for element in root.iter():
        name = local(element.tag).lower()
        if name == "title":
            return " ".join((element.text or "").split())
        if name == "body":
            break
    return ""


def _language(root: Element) -> str:
    """The language that a page states; empty if it states none."""
    stated = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    return stated.strip()


# fmt: off
DROPPED = frozenset({
    "annotation", "annotation-xml", "applet", "audio", "button", "canvas", "datalist", "del", "embed", "head",
    "iframe", "input", "math", "nav", "noembed", "noframes", "noscript", "object", "rp", "rt", "script",
    "select", "style", "svg", "template", "textarea", "title", "video",
})
"""Elements without prose: code, controls, media, navigation, deletions, pronunciations above characters
(ruby). Formulas (`math`) are in the set too, because `mathml` writes each as a whole on one line."""
# fmt: on

_MARKERS = frozenset(
    {
        *("pagebreak", "noteref", "backlink", "navigation"),
        *("doc-pagebreak", "doc-noteref", "doc-backlink", "doc-toc"),
    }
)
"""EPUB and ARIA roles of page numbers, note marks and navigation: visible, but not part of the text."""
_CLASSES = frozenset(
    {
        *("mw-editsection", "mw-cite-backlink", "mw-jump-link", "editsection"),  # MediaWiki
        *("footnote-ref", "footnoteref", "footnote-back", "footnote-backref", "noteref", "reversefootnote"),
    }
)
"""Classes that encyclopedias and converters give to note marks and to links for editing."""
_FOR_VOICES = frozenset(
    {"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "cdk-visually-hidden"}
)
"""Classes of text that is only for screen readers."""
_FORMULA = re.compile(r"(?<![\w-])mwe-math-mathml")
"""The class of formulas in MediaWiki, which hides the formula and shows a picture of it instead."""
_HIDING = re.compile(
    r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all)", re.IGNORECASE
)
_NOTE = re.compile(r"\d{1,3}|[^\W\d_]|[ivxlc]{1,6}|[*†‡§]{1,3}|note|прим|ескерту", re.IGNORECASE)
_NOTE_PARTS = re.compile(r"[\s,;.–\[\]()-]+")
"""The separators between the parts of a note mark; each part matches `_NOTE`. Examples of note marks are
"12", "[3][4]", "[a]", "iv", "**" and "[note 1]"."""
_LONGEST_NOTE = 24
_ARROWS = re.compile(r"[\s↑↩⤴^⇑↵⏎⬆▲\ufe0e\ufe0f]+")
_SIMPLE = re.compile(r"\s*(?:[a-z][a-z0-9]*)?([.#][\w-]+)\s*", re.IGNORECASE)


class Unseen:
    """Decides which elements of a page are left out; the style sheets of the page are read once."""

    def __init__(self, root: Element) -> None:
        self._names = frozenset(_hiding_names(root))

    def drops(self, element: Element) -> bool:
        """Whether an element is left out with all its content."""
        name = local(element.tag).lower()
        if name in DROPPED or self.hides(element):
            return True
        if name == "pre":
            return any(local(child.tag) == "code" for child in element.iter())
        return _is_apart(element) or (name in {"a", "sup"} and _is_note_mark(element, name))

    def hides(self, element: Element) -> bool:
        """Whether an element is hidden from readers."""
        classes = element.get("class") or ""
        if element.get("hidden") is not None or (element.get("aria-hidden") or "").lower() == "true":
            return True
        if local(element.tag).lower() == "dialog" and element.get("open") is None:
            return True
        names = classes.split()
        if _HIDING.search(element.get("style") or "") or self._is_hidden_by_sheet(element, names):
            return not _FORMULA.search(classes)
        return not _FOR_VOICES.isdisjoint(map(str.lower, names)) and not _replaces_hidden(element)

    def _is_hidden_by_sheet(self, element: Element, classes: list[str]) -> bool:
        """Whether a style sheet of the page hides an element by its class or id."""
        if not self._names:
            return False
        identifier = element.get("id")
        return any(f".{name}" in self._names for name in classes) or f"#{identifier}" in self._names


_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"


def _hiding_names(root: Element) -> Iterator[str]:
    """Yield the classes (``.name``) and ids (``#name``) that a style sheet of the page hides.

    Rules under a condition, such as rules for print, are ignored. Selectors that are more than an element
    with one class or id are ignored as well.
    """
    sheets = "\n".join(element.text or "" for element in root.iter() if local(element.tag).lower() == "style")
    first, *rest = sheets.split("/*")
    text = first + "".join(part.partition("*/")[2] for part in rest)
    depth = 0
    for piece in text.split("}"):
        opened = piece.count("{")
        if depth == 0 and opened == 1:
            selectors, _, body = piece.partition("{")
            if _HIDING.search(body):
                for selector in selectors.rpartition(";")[2].split(","):
                    if found := _SIMPLE.fullmatch(selector):
                        yield found.group(1)
        depth = max(0, depth + opened - 1)


def _replaces_hidden(element: Element) -> bool:
    """Whether an element for screen readers is a `<span>` beside an element with ``aria-hidden``.

    Such a span says in words what the hidden element shows, so it is kept as text.
    """
    above = element.getparent() if local(element.tag).lower() == "span" else None
    return above is not None and any((child.get("aria-hidden") or "").lower() == "true" for child in above)


def is_mark(code: str) -> bool:
    """Whether a fragment of HTML is a note mark or a link for editing, and nothing else."""
    try:
        root = parse_html(code, where="a mark")
    except InputError:
        return False
    elements = root.iter() if root is not None else iter(())
    found = next((item for item in elements if local(item.tag) in {"a", "sup"}), None)
    if found is None:
        return False
    return _is_apart(found) or _is_note_mark(found, local(found.tag))


def _is_apart(element: Element) -> bool:
    """Whether role or class of an element say that it is a note mark, page number or editing link."""
    roles = (element.get("role"), element.get("epub:type"), element.get(_EPUB_TYPE))
    classes = (element.get("class") or "").lower().split()
    is_marker = any(not _MARKERS.isdisjoint(role.split()) for role in roles if role)
    return is_marker or not _CLASSES.isdisjoint(classes)


def _is_note_mark(element: Element, name: str) -> bool:
    """Whether an element is only a link to a note, or a link from a note back to the text."""
    text = "".join(element.itertext())
    if len(text) > _LONGEST_NOTE or not text.strip():
        return False
    links = [element] if name == "a" else [item for item in element.iter() if local(item.tag).lower() == "a"]
    if not any("#" in (link.get("href") or "") for link in links):
        return False
    if _ARROWS.fullmatch(text):
        return True
    is_raised = name == "sup" or any(local(item.tag).lower() == "sup" for item in element.iter())
    parts = [part for part in _NOTE_PARTS.split(text) if part]
    is_note = bool(parts) and all(map(_NOTE.fullmatch, parts))
    return is_note and (is_raised or text.strip()[0] in "[(*†‡")


_PAGES = frozenset({"text/html", "application/xhtml+xml"})


def read_web_archive(data: bytes, *, where: str, encoding: str | None = None) -> Content:
    """Read a page that a browser saved in one file (MHTML), as in `read_html`.

    The page is the part that the header names as the start; without such a name, the first page in the file.
    Pictures and pages in frames are left out.
    """
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)  # the class that the policy uses
    pages = [part for part in message.walk() if part.get_content_type() in _PAGES]
    if not pages:
        raise InputError("holds no page", where=where, expected="a web page saved as MHTML")
    start = message.get_param("start")
    named = [part for part in pages if start and part.get("Content-ID") == start]
    page = (named or pages)[0]
    content = page.get_payload(decode=True)
    if not isinstance(content, bytes) or not content.strip():
        raise InputError("holds an empty page", where=where, expected="at least one sentence")
    declared = page.get_content_charset() or ""
    found = read_html(content, where=where, encoding=encoding, declared=declared)
    return replace(found, left_out=("pages in frames",)) if len(pages) > 1 else found


def is_web_archive(head: bytes) -> bool:
    """Whether a file begins with mail headers, as saved web pages do, and its content type is a page or
    ``multipart/related``."""
    start = head.lstrip()[:2000].decode("ascii", "ignore")
    if "mime-version:" not in start.lower():
        return False
    kind = HeaderParser().parsestr(start).get_content_type()
    return kind == "multipart/related" or kind in _PAGES
