"""Markdown → paragraphs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from egiz.translate.errors import InputError
from egiz.translate.read.html import html_text
from egiz.translate.read.options import Content, join_blocks

if TYPE_CHECKING:
    from markdown_it.token import Token

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
