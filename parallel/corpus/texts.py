"""Texts on their way into documents for reading: paragraphs with facing columns, titles, a colophon."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from statistics import median_low
from xml.sax.saxutils import escape

from egiz.parallel.publish import PublishedRow
from egiz.parallel.publish.published import Published, paragraph_of
from egiz.parallel.summary import Provenance
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


def colophon(published: Published) -> list[tuple[str, str]]:
    """What a reader should know of the text: who translated, from what, and under which licences.

    Plain lines, each with the tag of its language, for the front of a book. They are English; that people
    translated, and a machine linked, is said in Russian and Kazakh too.
    """
    made = published.provenance
    source, *targets = (
        language(tag).name for tag in (published.source_language, *published.target_languages)
    )
    head = f"{source} with translation into {' and '.join(targets)}, sentence by sentence."
    lines = [] if made is None else [f"Licence of the {what}: {licence}." for licence, what in made.licences]
    if made is not None and any(not item.licence for item in made.sources):
        lines.append("No licence is stated for part of the source texts; ask before passing on.")
    translated = _people(published, made) if made and made.alignment else _machine(published, made)
    return [("en", head), *translated, *(("en", line) for line in lines)]


def _machine(published: Published, made: Provenance | None) -> list[tuple[str, str]]:
    lines = []
    if made is not None:
        model = " ".join(part for part in (made.model.name, made.model.revision) if part)
        lines.append(f"Translated by machine: model {model}, made with Egiz {made.version}.")
    lines += _reviewed(published)
    lines.append("Shaded sentences are doubtful or missing: the machine or a check of its output objected.")
    return [("en", line) for line in lines]


_PEOPLE = {
    "en": "Translated by people. Which sentences belong together was found by machine, with Egiz {version}; "
    "the median probability of a link is {sure}. Shaded sentences have no counterpart, or may stand beside "
    "the wrong one.",
    "ru": "Перевод сделан людьми. Какие предложения соответствуют друг другу, нашла машина (Egiz {version}); "
    "медиана вероятности соответствия: {sure}. Выделенные предложения остались без соответствия или, "
    "возможно, стоят не на своём месте.",
    "kk": "Аударманы адамдар жасаған. Қай сөйлемдер бір-біріне сәйкес келетінін машина тапты "
    "(Egiz {version}); сәйкестік ықтималдығының медианасы: {sure}. Боялған сөйлемдердің сыңары жоқ немесе "
    "олар басқа сөйлемнің жанында тұруы мүмкін.",
}


def _people(published: Published, made: Provenance) -> list[tuple[str, str]]:
    """That people translated, what the machine did, and how sure it is in each language."""
    counts: dict[str, Counter[float]] = {tag: Counter() for tag in published.target_languages}
    for row in published.rows():
        for target in row.targets:
            if target.text and target.quality is not None:
                counts[target.language][target.quality] += 1
    sure = ", ".join(f"{tag} {median_low(found.elements()):.2f}" for tag, found in counts.items() if found)
    lines = [(tag, line.format(version=made.version, sure=sure or "–")) for tag, line in _PEOPLE.items()]
    return [*lines, *(("en", line) for line in _reviewed(published))]


def _reviewed(published: Published) -> list[str]:
    """How many translations people answer for, where a review says so."""
    review = published.descriptor.get("egiz", {}).get("review")
    cells = review.get("cells") if isinstance(review, dict) else None
    if not isinstance(cells, dict):
        return []
    said = [f"{language(tag).name} {cells[tag]}" for tag in published.target_languages if cells.get(tag)]
    return [f"Translations that people wrote or approved: {', '.join(said)}."] if said else []
