"""Term bases as files: drafted from documents or bilingual files, and saved in any format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from egiz.glossary.extract import Extraction, ExtractOptions, Passage, draft, extract
from egiz.glossary.formats import Written, choose, summarise
from egiz.glossary.records import TermBase
from egiz.glossary.sentences import Terms, term_base
from egiz.parallel.bitext import Segment, read_bitexts
from egiz.parallel.publish.destination import UnlistedFiles, read_documents
from egiz.translate.errors import InputError, OptionError
from egiz.translate.split import split

_SENTENCE = re.compile(r"(?P<document>.+):\d+\.\d+")
"""The id of a sentence in a published table."""


def extract_terms(
    sources: str | Path | Sequence[str | Path],
    options: ExtractOptions | None = None,
    *,
    parallel: bool = False,
    columns: str | None = None,
    known: Terms = (),
) -> Extraction:
    """Propose terms for a term base, best first, from documents or, if `parallel`, from bilingual files.

    `sources` are files or folders; ``-`` is standard input. The language of documents is
    ``options.language``, which is ``kk`` by default. The languages of bilingual files are given in `options`;
    by default, the languages of the first row are taken. Candidates from bilingual files have renderings too.
    `columns` says what the columns of tables are; give it if their headers do not. Terms of the term base
    `known` are left out.

    Raises InputError for files that are malformed or hold no row, OptionError for documents with a target
    language or columns, LanguageError for a language that is unknown or written without spaces.
    """
    named = (sources,) if isinstance(sources, str | Path) else sources
    options = options or ExtractOptions()
    source, target = options.language or None, options.target_language or None
    passages: Iterable[Passage]
    if parallel:
        passages, source, target = row_passages(list(map(Path, named)), source, target, columns=columns)
    else:
        for name, given in (("--to", target), ("--columns", columns)):
            if given is not None:
                raise OptionError(
                    "documents have no translations", where=name, expected="--parallel, with bilingual files"
                )
        source = source or "kk"
        passages = document_passages(named, source)
    options = replace(options, language=source, target_language=target or "")
    return extract(passages, options, term_base(known).terms if known else ())


def draft_terms(extraction: Extraction, options: ExtractOptions | None = None) -> TermBase:
    """Make a draft term base of extracted terms, one entry for each candidate, for a person to finish.

    A rendering becomes the target wording only if it is sure enough, as ``options.share`` and
    ``options.passages`` require; the note of the entry has all renderings, with frequency, score and
    examples.
    """
    return draft(extraction, options or ExtractOptions())


def save_terms(terms: Terms, path: str | Path, *, format: str | None = None) -> list[str]:
    """Write a term base to a file, whole or not at all.

    Returns a message for each kind of content that the format cannot hold. `format` is tsv, csv, xlsx, json,
    tbx or tbx2008; by default the ending of the file decides. Raises OptionError for an unknown format or
    ending, OutputError if the file cannot be written, or if a file that Egiz did not write would be replaced.
    """
    written = choose(format, Path(path)).write(term_base(terms))
    write_file(written, Path(path))
    return summarise(written.losses)


def write_file(written: Written, path: Path) -> None:
    """Write the content of a term base to a file, whole or not at all; raises OutputError as `save_terms`
    does."""
    with UnlistedFiles(path.parent) as publication, publication.open(path.name) as stream:
        stream.buffer.write(written.content)


def document_passages(sources: Iterable[str | Path], language: str) -> Iterator[Passage]:
    """Yield the sentences of documents in a language, in order; ``-`` is standard input.

    Raises what `read_documents` raises: InputError, OptionError, LanguageError.
    """
    for document in read_documents(sources, language=language):
        for sentence in split(document):
            yield Passage(id=sentence.id, document=sentence.document, text=sentence.text)


def row_passages(
    files: Sequence[Path],
    source: str | None = None,
    target: str | None = None,
    *,
    columns: str | None = None,
) -> tuple[Iterator[Passage], str, str]:
    """Return the rows of bilingual files as passages, with their source and target language.

    If `source` or `target` is None, the language is taken from the first row. So if a table has several
    target languages, only the first of them is read. All files must have the same two languages. Rows without
    a source are left out. The targets of drafts (fuzzy, not translated yet) are replaced by empty texts. A
    passage has the id of its row if the row is a sentence of a published table. Otherwise the id is made of
    file name and row id.

    Raises InputError for files that are malformed, hold no row, or are not in these languages.
    """
    segments = read_bitexts(files, source, target, columns=columns)
    first = next(segments, None)
    if first is None:
        raise InputError(
            "no rows", where=", ".join(map(str, files)), expected="a text beside its translation"
        )
    pair = (first.source_language, first.target_language)
    found = read_bitexts(files, *pair, columns=columns)
    return (_passage(segment) for segment in found if segment.source), *pair


def _passage(segment: Segment) -> Passage:
    name = Path(segment.file).stem
    sentence = _SENTENCE.fullmatch(segment.id)
    return Passage(
        id=segment.id if sentence else f"{name}:{segment.id}",
        document=sentence["document"] if sentence else name,
        text=segment.source,
        target="" if segment.draft else segment.target,
    )
