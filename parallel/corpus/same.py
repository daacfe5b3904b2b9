"""Write a source document in another language: its sentences are replaced in place, all else is kept.

A table has the number of each sentence, but not its position in the document; so the document is read and
split again. Its hash, which the data package states, shows that it is the same document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from egiz.parallel.bilingual.links import LinksOf
from egiz.parallel.corpus.marked import word_links, write_marked
from egiz.parallel.documents import KINDS, WHOLE, open_document
from egiz.parallel.documents.texts import Placed
from egiz.parallel.publish.atomic import cannot_write
from egiz.parallel.publish.destination import UnlistedFiles
from egiz.parallel.publish.published import Published, paragraph_of
from egiz.parallel.summary import SourceDocument
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.decode import decode_or_guess
from egiz.translate.io.files import read_whole
from egiz.translate.read import EXTENSIONS, ReadOptions, read
from egiz.translate.records import Document
from egiz.translate.split import split
from egiz.translate.text import source_text

SAME = "same"
"""The name of the format on the command line."""
ENDINGS = tuple(ending for ending, kind in EXTENSIONS.items() if kind in KINDS)
"""The file endings of documents that can be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """The result of writing a document: the number of its `sentences`, and how many of them are
    `untranslated`.

    An untranslated sentence stays in the source language. `lost` are messages about parts of the document
    that were not kept.
    """

    sentences: int
    untranslated: int
    lost: tuple[str, ...] = ()


def write_same(
    published: Published,
    document: Path,
    output: Path,
    languages: Sequence[str] = (),
    attention: LinksOf | None = None,
) -> Same:
    """Write a source document of a table in another language, whole or not at all.

    `languages` are the languages of the output. If it is one target language, the output is a translation. If
    the source language is given too, the output is bilingual: each translation is below its paragraph or, in
    subtitles, in the same cue. If `languages` is empty, the target language of the table is taken; the table
    must have only one. The kinds of documents are those of `egiz.parallel.documents`. `attention` returns a
    model's word linker for two languages, or None if the model lacks one of them; it is called only for
    documents with markup inside sentences.

    Raises InputError if the document is not one of the table's sources, or if its sentences are not those of
    the table; OptionError for languages that the table lacks or that are given twice, if the output has
    another file ending than the document, and if the output is the document or the table; OutputError if a
    file that Egiz did not write would be replaced.
    """
    kind = EXTENSIONS.get(document.suffix.lower())
    if kind not in KINDS:
        raise OptionError(
            f"{document.suffix or 'a file without an ending'} cannot be written again",
            where=str(document),
            expected=f"a document that ends in {', '.join(ENDINGS)}",
        )
    if output.suffix.lower() != document.suffix.lower():
        raise OptionError("has another ending", where=str(output), expected=document.suffix)
    if output.resolve() in (document.resolve(), published.table.resolve()):
        raise OptionError("is the input of this export", where=str(output), expected="another file")
    tags = _languages(published, languages)
    data = read_whole(document)
    source = _source(published, data, document)
    placed, text = _placed(published, source, document, tags)
    encoding = "auto" if source.encoding else None
    bilingual = published.source_language in tags
    targets = [tag for tag in tags if tag != published.source_language]
    if kind in WHOLE:
        raw = decode_or_guess(data, where=str(document), encoding=encoding)[0]
        made, lost = WHOLE[kind](raw, text, placed, bilingual)
        written = made.replace("\n", "\r\n" if "\r\n" in raw else "\n").encode()
    else:
        opened = open_document(kind, data, str(document), encoding)
        links = [word_links(published, tag, attention) for tag in targets]
        written, lost = write_marked(
            opened,
            text,
            placed,
            list(zip(targets, links, strict=True)),
            published.source_language,
            bilingual,
        )
    with UnlistedFiles(output.parent) as publication:
        try:
            publication.path(output.name).write_bytes(written)
        except OSError as error:
            raise cannot_write(output, error) from error
    missing = sum(not all(item.texts) for item in placed)
    return Same(sentences=len(placed), untranslated=missing, lost=lost)


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


def _source(published: Published, data: bytes, document: Path) -> SourceDocument:
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
    published: Published, source: SourceDocument, path: Path, tags: Sequence[str]
) -> tuple[list[Placed], str]:
    """Return the sentences of the document with their translations, and the text of the document.

    Raises InputError if the sentences are not those of the table.
    """
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
