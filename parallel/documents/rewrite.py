"""Opens documents with markup to rewrite them, and lists the kinds that can be rewritten."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from egiz.parallel.documents.cues import write_cues
from egiz.parallel.documents.inline import Run
from egiz.parallel.documents.markdown import MarkdownDocument
from egiz.parallel.documents.markup import Page, in_language
from egiz.parallel.documents.opendocument import OpenDocument
from egiz.parallel.documents.texts import Placed, cleaned, write_text
from egiz.parallel.documents.word import WordDocument
from egiz.translate.io.archive import Archive
from egiz.translate.io.decode import decode, decode_or_guess
from egiz.translate.read.books import chapters_of
from egiz.translate.read.html import source_code
from egiz.translate.read.kinds import Kind


class Marked(Protocol):
    """A document with markup in its text."""

    @property
    def runs(self) -> Sequence[Run]:
        """The runs that can be translated, in reading order."""

    def written(self, renderings: Sequence[Sequence[Sequence[Any]]], language: str) -> bytes:
        """Return the document with its runs replaced; may be called only once.

        `renderings` has one item for each run: its renderings, each a list of tokens and texts as
        `egiz.parallel.documents.inline.renderings` makes it. The renderings of a run are written one below
        the other. `language` is the new language to declare.
        """


_PAGE_ENDINGS = (".xhtml", ".html", ".htm", ".ncx")
_DECLARED_LANGUAGE = re.compile(r"(<dc:language\b[^>]*>)[^<]*(</dc:language>)")


class _WebPage:
    """A web page to rewrite."""

    def __init__(self, data: bytes, name: str, encoding: str | None = None) -> None:
        self._page = Page(cleaned(source_code(data, where=name, encoding=encoding)[0]))
        self.runs = self._page.runs

    def written(self, renderings: Sequence[Sequence[Sequence[Any]]], language: str) -> bytes:
        return in_language(self._page.written(renderings), language).encode()


class _Book:
    """An EPUB to rewrite: its chapters in reading order, then the table of contents and other pages."""

    def __init__(self, data: bytes, name: str) -> None:
        self._archive = Archive(data, where=name)
        chapters = chapters_of(self._archive)
        others = [
            item
            for item in sorted(self._archive.names)
            if item.lower().endswith(_PAGE_ENDINGS) and item not in chapters
        ]
        self._pages = {
            item: Page(cleaned(source_code(self._archive.read(item), where=f"{name}: {item}")[0]))
            for item in (*chapters, *others)
        }
        self.runs = [run for page in self._pages.values() for run in page.runs]

    def written(self, renderings: Sequence[Sequence[Sequence[Any]]], language: str) -> bytes:
        """Return the book with each run replaced by its renderings."""
        changed, at = {}, 0
        for item, page in self._pages.items():
            own = renderings[at : at + len(page.runs)]
            at += len(own)
            changed[item] = in_language(page.written(own), language).encode()
        for item in sorted(self._archive.names):
            if item.lower().endswith(".opf"):
                text = decode(self._archive.read(item), where=f"{self._archive.where}: {item}")
                changed[item] = _DECLARED_LANGUAGE.sub(rf"\g<1>{language}\g<2>", text).encode()
        return self._archive.repacked(changed)


def _markdown(data: bytes, name: str, encoding: str | None = None) -> Marked:
    return MarkdownDocument(decode_or_guess(data, where=name, encoding=encoding)[0])


_MARKED: dict[Kind, Callable[[bytes, str, str | None], Marked]] = {
    "html": _WebPage,
    "xhtml": _WebPage,
    "markdown": _markdown,
    "docx": lambda data, name, _: WordDocument(data, name),
    "odt": lambda data, name, _: OpenDocument(data, name),
    "epub": lambda data, name, _: _Book(data, name),
}


def open_document(kind: Kind, data: bytes, name: str, encoding: str | None = None) -> Marked:
    """Open a document of a kind with markup. `encoding` is the name of an encoding, or ``auto`` to guess the
    encoding of a file that does not state it. With None, such a file must be UTF-8.

    Raises InputError, with `name` as its place, if the document cannot be read.
    """
    return _MARKED[kind](data, name, encoding)


_Write = Callable[[str, str, Sequence[Placed], bool], tuple[str, tuple[str, ...]]]
WHOLE: dict[Kind, _Write] = {"text": write_text, "subtitles": write_cues}
"""The functions that write documents without markup. Each takes the decoded file, the text that was split,
the sentences with their translations, and whether the source text stays above the translations. Each returns
the new file and messages that tell users what was lost.
"""
KINDS = frozenset((*WHOLE, *_MARKED))
"""All kinds of documents that can be rewritten."""
