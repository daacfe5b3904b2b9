"""Rewrites the text of Markdown. Markup, code, link addresses and the layout of blocks keep their bytes.

The parser gives the lines of a paragraph and its inline elements in order, but not their offsets. So each
line or element is searched for in the source, from the end of the previous one. If a line or an element of a
paragraph is not found, the paragraph is not translated.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from egiz.parallel.documents.inline import Node, Run, Text
from egiz.translate.guards import translatable
from egiz.translate.read.markdown import front_matter, markdown_parser

if TYPE_CHECKING:
    from markdown_it.token import Token

_IMAGE = re.compile(r"!\[(?:[^\[\]]|\[[^\]]*\])*\](?:\((?:[^()\\]|\\.|\([^()]*\))*\)|\[[^\]]*\])?", re.DOTALL)
_LINK_END = re.compile(r"\](?:\((?:[^()\\]|\\.|\([^()]*\))*\)|\[[^\]]*\])?", re.DOTALL)
_SOFT = re.compile(r"[ \t]*\n[ \t>]*")
_HARD = re.compile(r"(?:\\|[ \t]{2,})\n[ \t>]*")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_NOTE = re.compile(r"\[\^[^\]\s]+\]:?")
_BEGINNING = re.compile(r"\[[ xX]\] |\[\^[^\]\s]+\]:[ \t]*")
"""What begins the paragraph of a task (its check box) or of a footnote (its label)."""
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][\w-]*)[^>]*?(?P<void>/?)>", re.DOTALL)
_SPECIAL = re.compile(r"[\\`*_~\[\]<>|]|^(?:#{1,6}|[+-])(?=\s)|&(?=#?\w+;)")
_NUMBER = re.compile(r"^(\d{1,9})([.)])(?=\s)")
"""A number that begins a list item. If a line of a translation begins so, the number must be escaped;
together with the characters in `_SPECIAL`, this is all that must be escaped.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run(Run):
    """A run with the source code of each character, its span in the document, and the text that stands for a
    line break in it.
    """

    raw: Sequence[str]
    start: int
    stop: int
    line_break: str


class _NotFound(Exception):
    """An element that the parser found does not occur in the source after the previous one."""


class MarkdownDocument:
    """A Markdown document to rewrite; see `egiz.parallel.documents`."""

    def __init__(self, text: str) -> None:
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.runs = [run for run in _runs(self._text) if translatable(run.text)]

    def written(self, renderings: Sequence[Sequence[Sequence[Any]]], language: str) -> bytes:
        """Return the document with each run replaced by its renderings. `language` is not used, because
        Markdown cannot declare it.
        """
        pieces, at = [], 0
        for run, versions in zip(self.runs, renderings, strict=True):
            shown = ("".join(_code(run, token) for token in tokens).strip(" ") for tokens in versions)
            pieces += [self._text[at : run.start], run.line_break.join(shown)]
            at = run.stop
        made = "".join([*pieces, self._text[at:]])
        return made.replace("\n", self._newline).encode()


def _code(run: _Run, token: Any) -> str:
    if not isinstance(token, Text):
        return str(token)
    if token.start is None:
        return _NUMBER.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", token.text))
    return "".join(run.raw[token.start : token.start + len(token.text)])


def _runs(text: str) -> Iterator[_Run]:
    """Yield the paragraphs, headings and table cells of a text, in order."""
    skipped = front_matter(text)
    lines = text[skipped:].split("\n")
    starts = [skipped]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    at, first, last, in_cell, is_heading = skipped, 0, 0, False, False
    for token in markdown_parser().parse(text[skipped:]):
        if token.map:
            first, last = token.map
        in_cell = in_cell or token.type in ("th_open", "td_open")
        in_cell = in_cell and token.type not in ("th_close", "td_close")
        is_heading = token.type == "heading_open" or (is_heading and token.type != "heading_close")
        if token.type != "inline" or not token.content.strip():
            continue
        place = _content_at(text, token.content, max(at, starts[first]), starts[min(last, len(lines))])
        if place is None:
            continue
        at = place[1]
        prefix = re.sub(r"[^>\s]", " ", text[text.rfind("\n", 0, place[0]) + 1 : place[0]])
        line_break = "<br>" if in_cell or is_heading else f"\\\n{prefix}"
        try:
            yield _parsed(text[slice(*place)], token.children or [], place, line_break)
        except _NotFound:
            continue


def _content_at(text: str, content: str, start: int, stop: int) -> tuple[int, int] | None:
    """Return the span of a paragraph's content in ``text[start:stop]``; None if the content is not found. In
    the text, list and quote marks may stand before the lines of the paragraph.
    """
    lines = content.split("\n")
    pattern = r"[ \t]*\n[ \t>]*".join(re.escape(line.strip()).replace(r"\|", r"\\?\|") for line in lines)
    found = re.compile(pattern).search(text, start, stop)
    return found.span() if found else None


class _Reader:
    """Reads the source of a paragraph in parallel with its parsed elements."""

    def __init__(self, source: str) -> None:
        self.source, self.at = source, 0
        self.characters: list[str] = []
        self.raw: list[str] = []
        self.nodes: list[Node] = []
        self.open: list[tuple[str, Node]] = []

    def take(self, character: str, raw: str) -> None:
        self.characters.append(character)
        self.raw.append(raw)
        self.at += len(raw)

    def add(self, node: Node) -> None:
        (self.open[-1][1].children if self.open else self.nodes).append(node)

    def put(self, raw: str, shown: str = "") -> None:
        """Add an element that is not translated, with its visible text `shown`, or a mark if `shown` is
        empty. `raw` is the source code.
        """
        start = len(self.characters)
        self.characters += shown
        self.raw += shown
        self.at += len(raw)
        stop = len(self.characters)
        self.add(Node(opening=raw, closing=None, start=start, stop=stop, fixed=bool(shown)))

    def begin(self, name: str, raw: str) -> None:
        at = len(self.characters)
        node = Node(opening=raw, closing=None, start=at, stop=at)
        self.add(node)
        self.open.append((name, node))
        self.at += len(raw)

    def end(self, name: str, raw: str) -> None:
        if not self.open or self.open[-1][0] != name:
            raise _NotFound
        _, node = self.open.pop()
        node.stop, node.closing = len(self.characters), raw
        self.at += len(raw)

    def matched(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.source, self.at)
        if found is None:
            raise _NotFound
        return found[0]

    def literal(self, text: str) -> str:
        if not self.source.startswith(text, self.at):
            raise _NotFound
        return text


def _parsed(source: str, tokens: Sequence[Token], place: tuple[int, int], line_break: str) -> _Run:
    reader = _Reader(source)
    if found := _BEGINNING.match(source):
        reader.put(found[0])
    skipped = len(source[: reader.at])
    for token in tokens:
        skipped = _read(reader, token, skipped)
    if reader.open or reader.source[reader.at :].strip():
        raise _NotFound
    text = "".join(reader.characters)
    start, stop = place
    return _Run(text=text, nodes=reader.nodes, raw=reader.raw, start=start, stop=stop, line_break=line_break)


def _read(reader: _Reader, token: Token, skipped: int) -> int:
    """Read one parsed element into `reader`, without its first `skipped` characters, which were read already.

    Returns how many characters of the next element were read together with this one.
    """
    kind, end = token.type.rpartition("_")[::2]
    if token.type == "text":
        _read_text(reader, token.content[skipped:])
    elif token.type == "softbreak":
        raw = reader.matched(_SOFT)
        reader.take(" ", raw)
    elif token.type == "hardbreak":
        reader.put(reader.matched(_HARD), "\n")
    elif token.type == "code_inline":
        fence = reader.literal(token.markup)
        stop = reader.source.find(fence, reader.at + len(fence))
        reader.put(reader.source[reader.at : stop + len(fence)], token.content)
    elif token.type == "image":
        reader.put(reader.matched(_IMAGE))
    elif token.type == "html_inline":
        _read_tag(reader, reader.literal(token.content))
    elif kind == "link" and token.markup == "autolink":
        reader.begin("link", reader.literal("<")) if end == "open" else reader.end(
            "link", reader.literal(">")
        )
    elif kind == "link":
        if end == "open":
            reader.begin("link", reader.literal("["))
        else:
            reader.end("link", reader.matched(_LINK_END))
    elif end == "open":
        reader.begin(kind, reader.literal(token.markup))
    elif end == "close":
        reader.end(kind, reader.literal(token.markup))
    else:
        raise _NotFound
    return 0


def _read_tag(reader: _Reader, raw: str) -> None:
    found = _TAG.fullmatch(raw)
    name = found["name"].lower() if found else ""
    if found is None or found["void"] or name in ("br", "img", "wbr", "hr"):
        reader.put(raw, "\n" if name == "br" else "")
    elif not found["end"]:
        reader.begin(name, raw)
    else:
        reader.end(name, raw)


def _read_text(reader: _Reader, text: str) -> None:
    """Read plain text: characters, escaped characters and entities. Labels of footnotes become elements that
    are not translated.
    """
    at = 0
    while at < len(text):
        if note := _NOTE.match(text, at):
            reader.put(reader.literal(note[0]))
            at = note.end()
            continue
        character, raw = text[at], reader.source[reader.at : reader.at + 1]
        if raw == "\\" and reader.source[reader.at + 1 : reader.at + 2] == character:
            raw += character
        elif raw == "&" and (entity := _ENTITY.match(reader.source, reader.at)):
            shown = html.unescape(entity[0])
            if not text.startswith(shown, at):
                raise _NotFound
            reader.take(shown[0], entity[0])
            for other in shown[1:]:
                reader.take(other, "")
            at += len(shown)
            continue
        elif raw != character:
            raise _NotFound
        reader.take(character, raw)
        at += 1
