"""Rewrites archives with changed members, and books (EPUB), which are archives of pages."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from egiz.parallel.documents.markup import Page, in_language
from egiz.parallel.documents.texts import cleaned
from egiz.translate.io.archive import Archive
from egiz.translate.io.decode import decode
from egiz.translate.read.books import chapters_of
from egiz.translate.read.html import source_code

_PAGES = (".xhtml", ".html", ".htm", ".ncx")
_STATED = re.compile(r"(<dc:language\b[^>]*>)[^<]*(</dc:language>)")


def repacked(data: bytes, archive: Archive, changed: Mapping[str, bytes]) -> bytes:
    """The archive with the content of `changed` members replaced; order and dates stay the same."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for info in old.infolist():
            fresh = zipfile.ZipInfo(info.filename, info.date_time)
            fresh.compress_type, fresh.external_attr = info.compress_type, info.external_attr
            content = changed.get(info.filename)
            new.writestr(fresh, archive.read(info.filename) if content is None else content)
    return made.getvalue()


class Book:
    """A book to rewrite: its chapters in reading order, then the table of contents and other pages."""

    def __init__(self, data: bytes, name: str) -> None:
        self._data, self._archive = data, Archive(data, where=name)
        chapters = chapters_of(self._archive)
        others = [
            item
            for item in sorted(self._archive.names)
            if item.lower().endswith(_PAGES) and item not in chapters
        ]
        self._pages = {
            item: Page(cleaned(source_code(self._archive.read(item), where=f"{name}: {item}")[0]))
            for item in (*chapters, *others)
        }
        self.runs = [run for page in self._pages.values() for run in page.runs]

    def written(self, renderings: Sequence[Sequence[Sequence[Any]]], language: str) -> bytes:
        """The book with each run replaced by its renderings."""
        changed, at = {}, 0
        for item, page in self._pages.items():
            own = renderings[at : at + len(page.runs)]
            at += len(own)
            changed[item] = in_language(page.written(own), language).encode()
        for item in sorted(self._archive.names):
            if item.lower().endswith(".opf"):
                text = decode(self._archive.read(item), where=f"{self._archive.where}: {item}")
                changed[item] = _STATED.sub(rf"\g<1>{language}\g<2>", text).encode()
        return repacked(self._data, self._archive, changed)
