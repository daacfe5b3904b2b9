"""Converts HTML to runs of text and back; tags, comments and entities outside of the text keep their bytes.

The text is cut at block elements and line breaks, as browsers do. Each piece is a `Run`, whose inline
elements follow their words into the translation. Code, scripts, elements with ``translate="no"`` or
``class="notranslate"`` and references to notes are not changed. A raised or lowered number is joined to the
word before it. A page may be incomplete or malformed: a tag without a partner becomes a mark.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from egiz.parallel.documents.inline import Node, Run, Text, rebuilt
from egiz.translate.guards import translatable
from egiz.translate.read.html import BLOCKS, DECLARED, DROPPED, is_mark
from egiz.translate.read.notation import lowered, raised

_MARK = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<[!?][^>]*+>"
    r"""|</?(?P<name>[A-Za-z][^\s/>]*+)(?P<rest>(?:[^>"']++|"[^"]*+"|'[^']*+')*+)>"""
    r"|&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});",
    re.DOTALL,
)
_KEPT = re.compile(
    r"""\btranslate\s*=\s*["']?no\b|\bclass\s*=\s*(?:"[^"]*\bnotranslate\b|'[^']*\bnotranslate\b|notranslate\b)""",
    re.IGNORECASE,
)
_VOID = frozenset(
    (
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    )
)
_BREAKS = (BLOCKS | {"br", "nav", "title", "option", "head", "summary", "legend"}) - {"pre"} | {
    "navmap",
    "navpoint",
    "navlabel",
    "pagelist",
    "pagetarget",
    "doctitle",
    "docauthor",
    "text",
    "content",
}
"""Elements that cut the text: block elements, line breaks, and the elements of the table of contents of an
EPUB (NCX).
"""
_RAW = (DROPPED - {"title", "head", "nav", "noscript", "noframes", "button"}) | {"math", "pre"}
"""Elements that are kept unchanged with everything inside them."""
_DEEPEST = 50
"""The deepest nesting of inline elements that is kept. If an element is nested more deeply, its tags become
single marks.
"""
_FIXED = frozenset(("code", "kbd", "samp", "var", "tt"))
_LONGEST_FIXED = 80
"""The most characters that a fixed element inside a sentence may have (the model sees it as context). A
longer one divides the text in two.
"""
_SENTENCE_END = re.compile(r"[.!?…]\s")
_SHIFTED = {"sup": raised, "sub": lowered}
_LOOKED_BACK = 12
"""Number of characters before a raised number that are read to decide whether the number is an exponent."""
_SMALL = ("a", *_SHIFTED)
_SMALL_ELEMENT = re.compile(
    r"<(?P<name>[A-Za-z]{1,3})\b[^>]{0,300}>(?P<inside>(?:[^<]|<(?!/?(?P=name)\b)){0,200})</(?P=name)\s*>",
    re.IGNORECASE,
)
"""A complete element that may be a reference to a note, or a raised or lowered number."""
_ROOT = re.compile(r"<(?:\w+:)?html\b[^>]*>", re.IGNORECASE)
_LANG = re.compile(r"""(\b(?:xml:)?lang\s*=\s*["']?)[\w-]+""", re.IGNORECASE)
_ID = re.compile(r"""\s(?:xml:)?id\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
_PLAIN = re.compile(r"<(?:[\w-]+:)?(?:title|option|text|content)\b[^>]*>\Z", re.IGNORECASE)
"""Elements that must not contain line breaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlRun(Run):
    """A run with the source code of each of its characters in `raw`."""

    raw: Sequence[str]


@dataclass(slots=True)
class _Builder:
    """Collects the text and elements of the run that is being read."""

    characters: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    open: list[tuple[str, Node]] = field(default_factory=list)

    def text(self, text: str, raw: Sequence[str]) -> None:
        self.characters += text
        self.raw += raw

    def add(self, node: Node) -> None:
        (self.open[-1][1].children if self.open else self.nodes).append(node)

    def mark(self, token: str) -> None:
        at = len(self.characters)
        self.add(Node(opening=token, closing=None, start=at, stop=at))

    def fixed(self, shown: str, token: str) -> None:
        """Add an element that is not translated, with its visible text."""
        start = len(self.characters)
        self.text(shown, list(shown))
        self.add(Node(opening=token, closing=None, start=start, stop=start + len(shown), fixed=True))

    def begin(self, name: str, token: str) -> None:
        if len(self.open) >= _DEEPEST:
            return self.mark(token)
        node = Node(opening=token, closing=None, start=len(self.characters), stop=len(self.characters))
        self.add(node)
        self.open.append((name, node))
        return None

    def end(self, name: str, token: str) -> None:
        """Close the innermost open element of this name. Elements that are still open inside it
        become marks.
        """
        if all(opened != name for opened, _ in self.open):
            return self.mark(token)
        while self.open[-1][0] != name:
            self._unclosed()
        _, node = self.open.pop()
        node.stop, node.closing = len(self.characters), token
        return None

    def _unclosed(self) -> None:
        _, node = self.open.pop()
        siblings = self.open[-1][1].children if self.open else self.nodes
        siblings += node.children
        node.children = []

    def done(self) -> HtmlRun:
        while self.open:
            self._unclosed()
        return HtmlRun(text="".join(self.characters), nodes=self.nodes, raw=self.raw)


def parsed(text: str) -> list[str | HtmlRun]:
    """Return the page in order: source code to keep unchanged, and runs to translate."""
    parts: list[str | HtmlRun] = []
    builder = _Builder()
    at = 0
    small: re.Match[str] | None = None

    def flush(token: str) -> None:
        nonlocal builder
        parts.extend((builder.done(), token))
        builder = _Builder()

    while (start := _next(text, at)) >= 0:
        found = _MARK.match(text, start)
        if found is None:
            if text[start] == "<" and text[start + 1 : start + 2].isalpha():
                builder.text(text[at:start], list(text[at:start]))
                builder.mark(text[start:])  # a tag without an end contains the rest of the text
                return [*parts, builder.done()]
            builder.text(text[at : start + 1], list(text[at : start + 1]))
            at = start + 1
            continue
        builder.text(text[at:start], list(text[at:start]))
        at = found.end()
        name, token = (found["name"] or "").lower().rpartition(":")[2], found[0]
        if token.startswith("&"):
            character = html.unescape(token)
            builder.text(character, [token, *[""] * (len(character) - 1)])
        elif not name:
            builder.mark(token)
        elif token.startswith("</"):
            flush(token) if name in _BREAKS else builder.end(name, token)
        elif (token.endswith("/>") and name not in _BREAKS) or name in _VOID - _BREAKS:
            builder.mark(token)
        elif (small := _SMALL_ELEMENT.match(text, start) if name in _SMALL else None) is not None and is_mark(
            small[0]
        ):
            builder.mark(small[0])
            at = small.end()
        elif name in _SHIFTED and small and (made := _shifted(small["inside"], name, builder)):
            builder.fixed(made, small[0])
            at = small.end()
        elif name in _RAW or name in _FIXED or _KEPT.search(found["rest"]):
            at = _element_end(text, at, name) if name not in _VOID else at
            _kept(builder, flush, name, text[start:at])
        elif name in _BREAKS:
            flush(token)
        else:
            builder.begin(name, token)
    builder.text(text[at:], list(text[at:]))
    return [*parts, builder.done()]


def _next(text: str, at: int) -> int:
    found = [place for place in (text.find("<", at), text.find("&", at)) if place >= 0]
    return min(found, default=-1)


def _element_end(text: str, at: int, name: str) -> int:
    """Return the end of the element whose opening tag ends at `at`; the end of the text if it is never
    closed."""
    depth = 1
    for found in re.finditer(
        rf"<(/?)(?:[\w-]+:)?{re.escape(name)}(?=[\s/>])[^>]*(?<!/)>", text[at:], re.IGNORECASE
    ):
        depth += -1 if found[1] else 1
        if not depth:
            return at + found.end()
    return len(text)


def _kept(builder: _Builder, flush: Callable[[str], None], name: str, token: str) -> None:
    """Add an element that is not translated. A short element is added to its sentence. A longer one or a
    block is passed to `flush`, as source code between two runs.
    """
    shown = html.unescape(re.sub(r"<[^>]*>", "", token))
    is_block = name in _BREAKS or name == "pre"
    if is_block or len(shown) > _LONGEST_FIXED or _SENTENCE_END.search(shown):
        return flush(token)
    if name in _RAW or not shown.strip():
        return builder.mark(token)
    return builder.fixed(shown, token)


def _shifted(inside: str, name: str, builder: _Builder) -> str:
    """Return the text of a raised or lowered number in the form of published tables, for example m² for
    ``m<sup>2</sup>``; empty if the element is not such a number.
    """
    if "<" in inside or len(inside) > _LONGEST_FIXED:
        return ""
    shown = html.unescape(inside)
    made = _SHIFTED[name](shown, "".join(builder.characters[-_LOOKED_BACK:]))
    return made if made != shown else ""


class Page:
    """A page, or a piece of a page, to rewrite; see `egiz.parallel.documents`."""

    def __init__(self, text: str) -> None:
        self._parts = parsed(text)
        self._places = [at for at, part in enumerate(self._parts) if _is_text(part)]
        self.runs = [part for part in self._parts if _is_text(part)]

    def written(self, renderings: Sequence[Sequence[Sequence[Any]]]) -> str:
        """Return the source code with each run replaced by its renderings."""
        parts = list(self._parts)
        for number, (at, versions) in enumerate(zip(self._places, renderings, strict=True)):
            before = parts[at - 1] if at else ""
            between = " / " if isinstance(before, str) and _PLAIN.search(before) else "<br/>"
            run = self.runs[number]
            first, *others = ("".join(_code(run, item) for item in tokens) for tokens in versions)
            parts[at] = between.join([first.rstrip() if others else first, *map(_copy, others)])
        return "".join(map(_whole, parts))


def _is_text(part: str | HtmlRun) -> TypeGuard[HtmlRun]:
    return isinstance(part, HtmlRun) and translatable(part.text)


def _whole(part: str | HtmlRun) -> str:
    return part if isinstance(part, str) else "".join(_code(part, item) for item in rebuilt(part, (), ""))


def _copy(code: str) -> str:
    """Return source code for a second place in the page, without its identifiers, which must be unique in a
    page.
    """
    return _ID.sub("", code.strip())


def in_language(code: str, language: str) -> str:
    """Return the source code of a whole page, changed to declare `language` and the encoding UTF-8."""
    made = _ROOT.sub(lambda found: _LANG.sub(rf"\g<1>{language}", found[0]), code, count=1)
    head, rest = made[:4096], made[4096:]
    declared = DECLARED.search(head.encode("utf-8"))
    if declared is not None:
        old = (declared[1] or declared[2]).decode("ascii", "replace")
        head = head.replace(old, "utf-8", 1) if old.lower() not in ("utf-8", "utf8") else head
    return head + rest


def _code(run: HtmlRun, item: Any) -> str:
    if not isinstance(item, Text):
        return str(item)
    if item.start is None:
        return html.escape(item.text, quote=False)
    return "".join(run.raw[item.start : item.start + len(item.text)])
