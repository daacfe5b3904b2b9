"""The kinds of documents that can be rewritten, each with the function that opens or writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Protocol

from egiz.parallel.documents.archives import Book
from egiz.parallel.documents.cues import write_cues
from egiz.parallel.documents.inline import Run
from egiz.parallel.documents.markdown import MarkdownDocument
from egiz.parallel.documents.markup import Page, in_language
from egiz.parallel.documents.opendocument import OpenDocument
from egiz.parallel.documents.texts import Placed, broken, cleaned
from egiz.parallel.documents.word import WordDocument
from egiz.translate.io.decode import decode_or_guess
from egiz.translate.read.html import source_code
from egiz.translate.read.kinds import Kind


class Marked(Protocol):
    """A document with markup in its text."""

    @property
    def runs(self) -> Sequence[Run]:
        """The runs that can be translated, in reading order."""

    def written(self, renderings: Sequence[Sequence[Sequence[Any]]], language: str) -> bytes:
        """The document with other words; may be called only once.

        `renderings` has for each run lists of tokens and texts, which are written one below the other (see
        `egiz.parallel.documents.inline.renderings`); `language` is the language that the document declares.
        """


class _WebPage:
    def __init__(self, data: bytes, name: str, encoding: str | None = None) -> None:
        self._page = Page(cleaned(source_code(data, where=name, encoding=encoding)[0]))
        self.runs = self._page.runs

    def written(self, renderings: Sequence[Sequence[Sequence[Any]]], language: str) -> bytes:
        return in_language(self._page.written(renderings), language).encode()


def _markdown(data: bytes, name: str, encoding: str | None = None) -> Marked:
    return MarkdownDocument(decode_or_guess(data, where=name, encoding=encoding)[0])


_MARKED: dict[Kind, Callable[[bytes, str, str | None], Marked]] = {
    "html": _WebPage,
    "xhtml": _WebPage,
    "markdown": _markdown,
    "docx": lambda data, name, _: WordDocument(data, name),
    "odt": lambda data, name, _: OpenDocument(data, name),
    "epub": lambda data, name, _: Book(data, name),
}


def open_document(kind: Kind, data: bytes, name: str, encoding: str | None = None) -> Marked:
    """Open a document of a kind with markup; `encoding` is None, a name or ``auto``.

    Raises InputError, with `name` as its place, if the document cannot be read.
    """
    return _MARKED[kind](data, name, encoding)


def write_text(raw: str, text: str, placed: Sequence[Placed], bilingual: bool) -> tuple[str, tuple[str, ...]]:
    """A plain text with its sentences replaced, and the losses in words.

    With `bilingual`, translations are on lines below each paragraph. The text between sentences, such as
    blank lines and indents, stays unchanged.
    """
    pieces, last = [], 0
    for _, group in groupby(placed, key=lambda item: item.paragraph):
        sentences = list(group)
        start, stop = sentences[0].start, sentences[-1].stop
        pieces.append(text[last:start])
        versions = [_paragraph(text, sentences, at) for at in range(len(sentences[0].texts))]
        pieces.append("\n".join([text[start:stop], *versions] if bilingual else versions))
        last = stop
    return "".join([*pieces, text[last:]]), ()


def _paragraph(text: str, sentences: Sequence[Placed], at: int) -> str:
    pieces = []
    for number, sentence in enumerate(sentences):
        if number:
            pieces.append(text[sentences[number - 1].stop : sentence.start] or " ")
        raw = text[sentence.start : sentence.stop]
        pieces.append(broken(raw, sentence.texts[at]) if sentence.texts[at] else raw)
    return "".join(pieces)


_Write = Callable[[str, str, Sequence[Placed], bool], tuple[str, tuple[str, ...]]]
WHOLE: dict[Kind, _Write] = {"text": write_text, "subtitles": write_cues}
"""The functions that write text without markup. Each takes the decoded file, the text that was split, the
sentences, and whether the source stays; it returns the new file, and the losses in words."""
KINDS = frozenset((*WHOLE, *_MARKED))
"""All kinds that can be rewritten."""
