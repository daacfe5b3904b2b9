"""Code shared by the formats for readers: paragraphs with facing columns, titles, the colophon, XML
escaping."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from statistics import median_low
from xml.sax.saxutils import escape

from egiz.parallel.publish import PublishedRow
from egiz.parallel.publish.published import Published, paragraph_of
from egiz.parallel.scores.records import label
from egiz.parallel.summary import HUMAN_STATUSES, Provenance
from egiz.translate.languages import language

_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 (section 2.2) cannot hold, not even as a character reference."""

MAX_PARAGRAPH_ROWS = 300
"""The most rows of a paragraph that are held in memory at a time."""

_RIGHT_TO_LEFT = frozenset(("Arab", "Hebr"))
"""The right-to-left scripts of NLLB-200's languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One text of a row.

    `doubtful` marks a translation that no person wrote or approved and that has poor quality or the status
    ``suspect``, ``failed`` or ``unlinked``; the reader page marks the same translations.
    """

    language: str
    text: str
    doubtful: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BookParagraph:
    """The cells of one paragraph, row by row.

    `document` is the id of its document; it is empty if the row ids do not contain the id of a document.
    `level` is 1 to 6 if there is a heading here, else 0; `heading` is the text of the heading in the source
    language. If `stands` is true, the paragraph itself is the heading; otherwise the heading is only in the
    outline of the document, and a chapter with this title begins at the paragraph.
    """

    document: str
    rows: tuple[tuple[Cell, ...], ...]
    level: int = 0
    heading: str = ""
    stands: bool = True


def xml_characters(text: str) -> str:
    """Return the text with U+FFFD in place of every character that XML cannot hold."""
    return _NO_XML.sub("\ufffd", text)


def xml_text(text: str) -> str:
    """Return the text, after `xml_characters`, escaped for an XML element or a double-quoted attribute.

    >>> xml_text('</p> & "x"')
    '&lt;/p&gt; &amp; &quot;x&quot;'
    """
    return escape(xml_characters(text), {'"': "&quot;"})


def direction(tag: str) -> str:
    """Return the direction of a language's script: ``rtl`` or ``ltr``."""
    return "rtl" if language(tag).script in _RIGHT_TO_LEFT else "ltr"


def paragraphs(published: Published, languages: Sequence[str]) -> Iterator[BookParagraph]:
    """Group consecutive rows by paragraph, with the cells of `languages` in that order.

    A paragraph of more than `MAX_PARAGRAPH_ROWS` rows is yielded in several parts, to limit memory; only the
    first part can have a heading.
    """
    outlines = {source.id: {item.paragraph: item for item in source.outline} for source in published.sources}
    for (document, number), group in groupby(published.rows(), lambda row: paragraph_of(row.id)):
        entry = outlines.get(document, {}).get(int(number)) if number.isdecimal() else None
        while part := list(islice(group, MAX_PARAGRAPH_ROWS)):
            yield BookParagraph(
                document=document,
                rows=tuple(_cells(row, languages) for row in part),
                level=entry.level if entry else 0,
                heading=(entry.title or " ".join(row.source for row in part)) if entry else "",
                stands=entry is None or not entry.title,
            )
            entry = None


def chapter_level(published: Published, document: str) -> int:
    """Return the number L if headings of level 1 to L begin the chapters of a document; 0 without headings.

    L is the first level with more than one heading: a single heading above it is the title of the document.
    If there is no such level, L is the greatest level.
    """
    outline = next((source.outline for source in published.sources if source.id == document), ())
    levels = Counter(entry.level for entry in outline)
    return next((level for level in sorted(levels) if levels[level] > 1), max(levels, default=0))


def _cells(row: PublishedRow, languages: Sequence[str]) -> tuple[Cell, ...]:
    found = {row.source_language: Cell(language=row.source_language, text=row.source, doubtful=False)}
    for target in row.targets:
        poor = target.quality is not None and label(target.quality) == "poor"
        doubtful = target.status not in HUMAN_STATUSES and (
            poor or target.status in ("suspect", "failed", "unlinked")
        )
        found[target.language] = Cell(language=target.language, text=target.text, doubtful=doubtful)
    return tuple(found[tag] for tag in languages)


def document_titles(published: Published) -> dict[str, str]:
    """Return the title of each document by its id."""
    return {source.id: source.title or source.id for source in published.sources}


def colophon(published: Published) -> list[tuple[str, str]]:
    """Return the lines of the front matter of a book: translator, sources and licences.

    Each line is a pair of language tag and text. The lines are in English; the statement about translations
    by people is also given in Russian and Kazakh.
    """
    made = published.provenance
    source, *targets = (
        language(tag).name for tag in (published.source_language, *published.target_languages)
    )
    head = f"{source} with translation into {' and '.join(targets)}, sentence by sentence."
    lines = [] if made is None else [f"Licence of the {what}: {licence}." for licence, what in made.licences]
    lines += (
        []
        if made is None
        else [f"Terms of use of the {what}: {terms}." for terms, what in made.model_licences]
    )
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
    lines.append(
        "Shaded sentences are poor, doubtful or missing: the machine or a check of its output objected."
    )
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
    """Return the lines of the colophon for a table of aligned human translations.

    They state the median link probability of each target language.
    """
    counts: dict[str, Counter[float]] = {tag: Counter() for tag in published.target_languages}
    for row in published.rows():
        for target in row.targets:
            if target.text and target.quality is not None:
                counts[target.language][target.quality] += 1
    sure = ", ".join(f"{tag} {median_low(found.elements()):.2f}" for tag, found in counts.items() if found)
    lines = [(tag, line.format(version=made.version, sure=sure or "–")) for tag, line in _PEOPLE.items()]
    return [*lines, *(("en", line) for line in _reviewed(published))]


def _reviewed(published: Published) -> list[str]:
    """Return a line with the number of translations that people wrote or approved; empty if they are none."""
    review = published.descriptor.get("egiz", {}).get("review")
    cells = review.get("cells") if isinstance(review, dict) else None
    if not isinstance(cells, dict):
        return []
    said = [f"{language(tag).name} {cells[tag]}" for tag in published.target_languages if cells.get(tag)]
    return [f"Translations that people wrote or approved: {', '.join(said)}."] if said else []
