"""Texts on their way into XML, and what a facing column must know of its language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from xml.sax.saxutils import escape

from egiz.parallel.publish import PublishedRow
from egiz.parallel.published import Published, paragraph_of
from egiz.translate.languages import language

_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (section 2.2) cannot hold, not even as a character reference."""

LONGEST = 300
"""Rows of a paragraph that are held at a time."""

_RIGHT_TO_LEFT = frozenset(("Arab", "Hebr"))
"""The scripts of NLLB-200's languages that run from right to left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One text of a row: `doubtful` where the machine or its checks doubted it."""

    language: str
    text: str
    doubtful: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """The cells of one paragraph, row by row; `document` is an id, empty where the rows' ids do not say."""

    document: str
    rows: tuple[tuple[Cell, ...], ...]


def xml_characters(text: str) -> str:
    """Text as it is, but for U+FFFD in place of every character that XML cannot hold."""
    return _NO_XML.sub("\ufffd", text)


def xml_text(text: str) -> str:
    """`xml_characters` for the content of an element or an attribute in double quotes.

    >>> xml_text('</p> & "x"')
    '&lt;/p&gt; &amp; &quot;x&quot;'
    """
    return escape(xml_characters(text), {'"': "&quot;"})


def direction(tag: str) -> str:
    """``rtl`` or ``ltr``: how a language's script runs."""
    return "rtl" if language(tag).script in _RIGHT_TO_LEFT else "ltr"


def paragraphs(rows: Iterable[PublishedRow], languages: Sequence[str]) -> Iterator[Paragraph]:
    """Group rows that follow each other by paragraph, with the cells of `languages` in that order.

    A paragraph of more than `LONGEST` rows comes in parts, so that memory stays small.
    """
    for (document, _), group in groupby(rows, lambda row: paragraph_of(row.id)):
        while part := tuple(_cells(row, languages) for row in islice(group, LONGEST)):
            yield Paragraph(document=document, rows=part)


def _cells(row: PublishedRow, languages: Sequence[str]) -> tuple[Cell, ...]:
    found = {row.source_language: Cell(language=row.source_language, text=row.source, doubtful=False)}
    for target in row.targets:
        doubtful = target.status in ("suspect", "failed")
        found[target.language] = Cell(language=target.language, text=target.text, doubtful=doubtful)
    return tuple(found[tag] for tag in languages)


def document_titles(published: Published) -> dict[str, str]:
    """The title of each document by its id."""
    return {source.id: source.title or source.id for source in published.sources}


def colophon(published: Published) -> list[str]:
    """What a reader should know of the text: who translated, from what, and under which licences.

    Plain lines in English, for the front of a book.
    """
    made = published.provenance
    source, *targets = (
        language(tag).name for tag in (published.source_language, *published.target_languages)
    )
    lines = [f"{source} with translation into {' and '.join(targets)}, sentence by sentence."]
    if made is not None:
        model = " ".join(part for part in (made.model.name, made.model.revision) if part)
        lines.append(f"Translated by machine: model {model}, made with Egiz {made.version}.")
    lines += _reviewed(published)
    lines.append("Shaded sentences are doubtful or missing: the machine or a check of its output objected.")
    if made is not None:
        lines += [f"Licence of the {what}: {licence}." for licence, what in made.licences]
        if any(not item.licence for item in made.sources):
            lines.append("No licence is stated for part of the source texts; ask before passing on.")
    return lines


def _reviewed(published: Published) -> list[str]:
    """How many translations people answer for, where a review says so."""
    review = published.descriptor.get("egiz", {}).get("review")
    cells = review.get("cells") if isinstance(review, dict) else None
    if not isinstance(cells, dict):
        return []
    said = [f"{language(tag).name} {cells[tag]}" for tag in published.target_languages if cells.get(tag)]
    return [f"Translations that people wrote or approved: {', '.join(said)}."] if said else []
