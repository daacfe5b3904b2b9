"""Markdown: CommonMark with tables and strikethrough, read as blocks of prose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from egiz.translate.errors import InputError
from egiz.translate.read.blocks import Block, Content, LineBuilder, filled, first_heading
from egiz.translate.read.html import html_blocks
from egiz.translate.read.notation import level_fractions, lowered, raised

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

_YAML = re.compile(
    r"---[ \t]*\n(?:#[^\n]*\n)*[A-Za-z_][\w-]*[ \t]*:.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL
)
_TOML = re.compile(r"\+\+\+[ \t]*\n.*?\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_STATED = re.compile(r"""^title[ \t]*[:=][ \t]*(["']?)(.+?)\1[ \t]*$""", re.MULTILINE)
_NOTE_MARK = re.compile(r"\A\[\^[^\]\s]+\]:[ \t]*|\[\^[^\]\s]+\]")
_NOTE_HEAD = re.compile(r"\[\^[^\]\s]+\]:")
_TASK_MARK = re.compile(r"\[[ xX]\] ")
_RAISED = re.compile(r"(?<=\w)\^([+−-]?\d{1,3})\^|(?<=[A-Za-zА-Яа-яЁё)])~(\d{1,3})~(?!~)")
"""Marks of Pandoc for raised and lowered numbers: 10^24^, H~2~O."""
_TAG = re.compile(r"<(/?)(sup|sub|del|br)\b[^>]*>", re.IGNORECASE)
_MAX_NESTING = 100
"""The most levels of nested blocks; a list counts as two levels. The parser would drop text that is
deeper."""


def read_markdown(text: str, *, where: str) -> Content:
    """Read Markdown as prose.

    Headings, paragraphs, list items, table cells and captions become blocks; emphasis and links lose their
    marks, inline code keeps its words, a soft line end becomes a space. Fenced code, images, comments, front
    matter and note numbers are left out; raw HTML blocks are read as HTML. Text indented by four spaces is
    prose here, not code: indented first lines are common, indented code is not. The title is taken from the
    front matter or, if it states none, from a heading of the first level at the beginning of the text.
    """
    parser = markdown_parser()
    normal = text.replace("\r\n", "\n").replace("\r", "\n")
    skipped = front_matter(normal)
    blocks: list[Block] = []
    level = 0
    for token in parser.parse(normal[skipped:]):
        if token.nesting == 1 and token.level >= _MAX_NESTING - 1:
            line = (token.map[0] if token.map else 0) + normal.count("\n", 0, skipped) + 1
            raise InputError(f"line {line} nests lists or quotes over {_MAX_NESTING // 2} deep", where=where)
        if token.type in {"heading_open", "heading_close"}:
            level = int(token.tag[1]) if token.nesting == 1 else 0
        elif token.type == "inline":
            blocks.append(Block(text=_prose(token.children or []), level=level))
        elif token.type == "html_block":
            blocks.extend(html_blocks(token.content, where=where))
    found = filled(blocks)
    stated = _STATED.search(normal, 0, skipped) if skipped else None
    return Content(blocks=found, title=stated.group(2) if stated else first_heading(found))


def markdown_parser() -> MarkdownIt:
    """The parser for the Markdown that Egiz reads."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING})
    parser.block.ruler.at("reference", _reference)
    parser.block.ruler.before("reference", "note", _defines_note, {"alt": ["paragraph"]})
    return parser.enable(["table", "strikethrough"]).disable("code")


def _reference(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """The parser's rule for definitions of links, except those of notes.

    A note (``[^1]: Word``) has the form of a link definition, but its text must stay a paragraph.
    """
    from markdown_it.rules_block import reference

    return not _defines_note(state, first, last, silent=True) and reference(state, first, last, silent)


def _defines_note(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A rule for the parser that ends a paragraph before the definition of a note.

    It only matches in the parser's silent mode, so it never consumes a line.
    """
    begin = state.bMarks[first] + state.tShift[first]
    return silent and _NOTE_HEAD.match(state.src, begin) is not None


def front_matter(text: str) -> int:
    """The number of characters of front matter (YAML or TOML) at the start of a text with LF line ends."""
    found = _YAML.match(text) or _TOML.match(text)
    return found.end() if found else 0


def _prose(tokens: list[Token]) -> str:
    """The text of inline tokens; marks of emphasis, deleted text, note marks and task boxes are left out."""
    line = LineBuilder()
    deleted = 0
    for token in tokens:
        tag = _TAG.match(token.content) if token.type == "html_inline" else None
        if tag is not None and tag.group(2).lower() == "del":
            deleted = max(0, deleted + (-1 if tag.group(1) else 1))
        elif tag is not None and tag.group(2).lower() != "br":
            if not tag.group(1):
                line.open("super" if tag.group(2).lower() == "sup" else "sub")
            else:
                line.close()
        elif not deleted:
            line.add(_words(token))
    text = level_fractions(_RAISED.sub(_number, line.taken()))
    return _NOTE_MARK.sub("", _TASK_MARK.sub("", text, count=1) if _TASK_MARK.match(text) else text)


def _number(found: re.Match[str]) -> str:
    """Write a raised or lowered number, a match of `_RAISED`, on the line; see `raised` and `lowered`."""
    before = found.string[max(0, found.start() - 12) : found.start()]
    return raised(found[1], before) if found[1] else lowered(found[2], before)


def _words(token: Token) -> str:
    """The text of one inline token: words, a space or a line end; empty for a mark of emphasis or a link."""
    if token.type in {"text", "code_inline"}:
        return token.content
    if token.type == "softbreak":
        return " "
    is_break = token.type == "hardbreak" or token.content.lower().startswith("<br")
    return "\n" if is_break else ""
