"""Writes a source document in another language: its sentences replaced in place, all else kept.

A table says where a sentence stands in its document only by its id, so the document is read and split again.
That it is the same document, its hash in the data package shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from egiz.parallel.corpus.cues import write_cues
from egiz.parallel.corpus.placed import Placed
from egiz.parallel.publish.atomic import cannot_write
from egiz.parallel.publish.ours import Files
from egiz.parallel.publish.published import Published, paragraph_of
from egiz.parallel.summary import Source
from egiz.translate.errors import InputError, OptionError
from egiz.translate.files import read_whole
from egiz.translate.read import EXTENSIONS, Kind, ReadOptions, read
from egiz.translate.read.decode import decode_or_guess
from egiz.translate.records import Document
from egiz.translate.split import split
from egiz.translate.text import source_text

SAME = "same"
"""The name of the format on the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """What was written: sentences, those of them that stay in the source language since they have no
    translation, and what was not kept of the document, in words."""

    sentences: int
    untranslated: int
    lost: tuple[str, ...] = ()


def write_same(published: Published, document: Path, output: Path, languages: Sequence[str] = ()) -> Same:
    """Write a source document of a table in another language, whole or not at all.

    `languages` are those that it gets, in their order: one target for a translation; with the source language
    each translation stands below its paragraph, or in its cue. The only target of a table need not be named.
    Text, SRT and WebVTT are written.

    Raises InputError if the document is not one of the table's sources, or is read differently now;
    OptionError for languages that do not fit, an output of another kind, and an output that is the document;
    OutputError if a file that Egiz did not write is in the way.
    """
    kind = EXTENSIONS.get(document.suffix.lower())
    if kind not in _WRITERS:
        raise OptionError(
            f"{document.suffix or 'a file without an ending'} cannot be written again",
            where=str(document),
            expected="a document that ends in .txt, .srt or .vtt",
        )
    if output.suffix.lower() != document.suffix.lower():
        raise OptionError("has another ending", where=str(output), expected=document.suffix)
    if output.resolve() in (document.resolve(), published.table.resolve()):
        raise OptionError("is the input of this export", where=str(output), expected="another file")
    tags = _languages(published, languages)
    data = read_whole(document)
    source = _source(published, data, document)
    placed, text = _placed(published, source, document, tags)
    raw = decode_or_guess(data, where=str(document), encoding="auto" if source.encoding else None)[0]
    written, lost = _WRITERS[kind](raw, text, placed, published.source_language in tags)
    with Files(output.parent) as publication:
        try:
            publication.path(output.name).write_text(written, encoding="utf-8", newline=_line_end(raw))
        except OSError as error:
            raise cannot_write(output, error) from error
    missing = sum(not all(item.texts) for item in placed)
    return Same(sentences=len(placed), untranslated=missing, lost=lost)


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _languages(published: Published, languages: Sequence[str]) -> tuple[str, ...]:
    known = (published.source_language, *published.target_languages)
    tags = tuple(languages) or published.target_languages
    if not languages and len(tags) > 1:
        raise OptionError(
            f"{len(tags)} translations", where="--languages", expected=f"one of {', '.join(tags)}"
        )
    for tag in tags:
        if tag not in known:
            raise OptionError(f"the table has no {tag!r}", where="--languages", expected=" or ".join(known))
    if tags == (published.source_language,) or len(set(tags)) < len(tags):
        raise OptionError(", ".join(tags), where="--languages", expected="a target language, each once")
    return tags


def _source(published: Published, data: bytes, document: Path) -> Source:
    digest = hashlib.sha256(data).hexdigest()
    found = next((item for item in published.sources if item.sha256 == digest), None)
    if found is None:
        titles = ", ".join(item.title or item.id for item in published.sources)
        raise InputError(
            "is not a source of this table, or was changed since",
            where=str(document),
            expected=f"one of its sources ({titles})" if titles else "a table with a data package",
        )
    return found


def _placed(
    published: Published, source: Source, path: Path, tags: Sequence[str]
) -> tuple[list[Placed], str]:
    """The sentences of the document with their translations, and its text."""
    options = ReadOptions(language=published.source_language, encoding="auto" if source.encoding else None)
    document: Document = replace(next(read(path, options)), id=source.id)
    rows = {row.id: row for row in published.rows() if paragraph_of(row.id)[0] == source.id}
    sentences = list(split(document))
    placed = []
    for sentence in sentences:
        row = rows.get(sentence.id)
        if row is None or row.source != source_text(sentence.text, published.source_language):
            raise InputError(
                f"its sentence {sentence.id} is not that of the table",
                where=str(path),
                expected="a table built by this version of Egiz",
                action="Build the table again.",
            )
        found = {target.language: target.text for target in row.targets}
        texts = tuple(found.get(tag, "") for tag in tags if tag != published.source_language)
        placed.append(
            Placed(start=sentence.start, stop=sentence.stop, paragraph=sentence.paragraph, texts=texts)
        )
    if len(rows) != len(sentences):
        raise InputError(
            f"{len(sentences)} sentences", where=str(path), expected=f"{len(rows)}, as in the table"
        )
    return placed, document.text


def write_text(raw: str, text: str, placed: Sequence[Placed], bilingual: bool) -> tuple[str, tuple[str, ...]]:
    """A plain text with its sentences replaced; bilingual, translations stand on lines below a paragraph.

    What stands between sentences, blank lines and indents above all, stays as it is.
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
        pieces.append(sentence.texts[at] or text[sentence.start : sentence.stop])
    return "".join(pieces)


_Write = Callable[[str, str, Sequence[Placed], bool], tuple[str, tuple[str, ...]]]
_WRITERS: dict[Kind | None, _Write] = {"text": write_text, "subtitles": write_cues}
"""How each kind is written: takes the decoded file, the text that was split, the sentences, and whether the
source stays; gives the new file, and what was lost of the old one, in words."""
