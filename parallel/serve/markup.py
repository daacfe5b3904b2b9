"""HTML to runs of text and back: every tag, comment and entity that is not translated keeps its bytes.

The text is cut at block elements and line breaks, as browsers do; what lies between is a `Run`, whose inline
elements follow their words into the translation. Code, scripts and what is marked ``translate="no"`` or
``class="notranslate"`` stays as it is. A page need not be whole, nor well-formed: a tag without a partner is
a mark at its place.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from egiz.parallel.serve.engine import Asked, Said
from egiz.parallel.serve.inline import Node, Run, Text, inner, is_fixed, rebuilt
from egiz.parallel.serve.texts import sentences_of
from egiz.translate.guards import translatable
from egiz.translate.read.html import BLOCKS
from egiz.translate.read.seen import DROPPED

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
_BREAKS = (BLOCKS | {"br", "title", "option", "head", "summary", "legend"}) - {"pre"} | {
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
"""Where text is cut: block elements, line breaks, and the elements of an EPUB's table of contents (NCX)."""
_RAW = (DROPPED - {"title", "head", "nav", "noscript", "noframes", "button"}) | {"math", "pre"}
"""Elements that are left as they are, with all that is in them."""
_DEEPEST = 50
"""Inline elements inside of each other; the tags of deeper ones are marks."""
_FIXED = frozenset(("code", "kbd", "samp", "var", "tt"))
_LONGEST_FIXED = 80
"""Letters of a fixed element that the model is shown; a longer one divides the text."""
_SENTENCE_END = re.compile(r"[.!?…]\s")
_SPACES = str.maketrans("\n\t\r\f", "    ")


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlRun(Run):
    """A run with the source code of each of its characters."""

    raw: Sequence[str]


@dataclass(slots=True)
class _Builder:
    """The run that is being read."""

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

    def begin(self, name: str, token: str) -> None:
        if len(self.open) >= _DEEPEST:
            return self.mark(token)
        node = Node(opening=token, closing=None, start=len(self.characters), stop=len(self.characters))
        self.add(node)
        self.open.append((name, node))
        return None

    def end(self, name: str, token: str) -> None:
        """Close the innermost element of a name; those inside of it that are open stay marks."""
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
    """The page in order: source code that is left as it is, and runs to be translated."""
    parts: list[str | HtmlRun] = []
    builder = _Builder()
    at = 0

    def flush(token: str) -> None:
        nonlocal builder
        parts.extend((builder.done(), token))
        builder = _Builder()

    while (start := _next(text, at)) >= 0:
        found = _MARK.match(text, start)
        if found is None:
            if text[start] == "<" and text[start + 1 : start + 2].isalpha():
                builder.text(text[at:start], list(text[at:start]))
                builder.mark(text[start:])  # a tag that never ends: what follows is part of it
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
    """Where an element ends whose opening tag ends at `at`: at the end of the text if it is never closed."""
    depth = 1
    for found in re.finditer(
        rf"<(/?)(?:[\w-]+:)?{re.escape(name)}(?=[\s/>])[^>]*(?<!/)>", text[at:], re.IGNORECASE
    ):
        depth += -1 if found[1] else 1
        if not depth:
            return at + found.end()
    return len(text)


def _kept(builder: _Builder, flush: Callable[[str], None], name: str, token: str) -> None:
    """Take an element that is not translated: as a part of its sentence if it is a short one."""
    shown = html.unescape(re.sub(r"<[^>]*>", "", token))
    is_block = name in _BREAKS or name == "pre"
    if is_block or len(shown) > _LONGEST_FIXED or _SENTENCE_END.search(shown):
        return flush(token)
    if name in _RAW or not shown.strip():
        return builder.mark(token)
    start = len(builder.characters)
    builder.text(shown, list(shown))
    builder.add(Node(opening=token, closing=None, start=start, stop=start + len(shown), fixed=True))
    return None


def asked(run: Run, tag: str, alternatives: int = 0) -> list[Asked]:
    """The sentences of a run; line ends in it are spaces."""
    if not translatable(run.text):
        return []
    return [
        Asked(sentence=sentence, **inner(run, sentence), alternatives=alternatives)
        for sentence in sentences_of(run.text.translate(_SPACES), tag)
        if not is_fixed(run, sentence)
    ]


def written(run: HtmlRun, said: Sequence[Said], target: str) -> str:
    """The source code of a translated run."""
    return "".join(_code(run, item) for item in rebuilt(run, said, target))


def _code(run: HtmlRun, item: Any) -> str:
    if not isinstance(item, Text):
        return str(item)
    if item.start is None:
        return html.escape(item.text, quote=False)
    return "".join(run.raw[item.start : item.start + len(item.text)])


def translated(
    parts: Sequence[str | HtmlRun], said: Iterator[Said], counts: Sequence[int], target: str
) -> str:
    """The source code of the page; `said` are the sentences of all runs, `counts` how many each part has."""
    made = []
    for part, count in zip(parts, counts, strict=True):
        own = [next(said) for _ in range(count)]
        made.append(part if isinstance(part, str) else written(part, own, target))
    return "".join(made)
