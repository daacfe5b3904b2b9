"""Export a published table for readers (EPUB, DOCX), and find any export format by its name or file
ending."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from egiz.glossary.records import TermBase
from egiz.parallel.bitext.segment import plain_tag
from egiz.parallel.corpus.data import DATA_FORMATS, ENDINGS, DataFormat, DataOptions, Exported, export_data
from egiz.parallel.corpus.docx import write_docx
from egiz.parallel.corpus.epub import write_epub
from egiz.parallel.publish.atomic import cannot_write
from egiz.parallel.publish.destination import UnlistedFiles
from egiz.parallel.publish.published import Published, open_published
from egiz.translate.errors import OptionError, nearest
from egiz.translate.languages import language

Write = Callable[[Published, Sequence[str], Path], None]
"""A function that writes a book, given the table, the languages of the columns in order, and the path of the
file, which is overwritten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookFormat:
    """One format for readers: name, file ending, description for the help, and its writer."""

    name: str
    ending: str
    about: str
    write: Write


_ALL = (
    BookFormat(name="epub", ending=".epub", about="book with facing columns", write=write_epub),
    BookFormat(name="docx", ending=".docx", about="Word document with facing columns", write=write_docx),
)
FORMATS: dict[str, BookFormat] = {item.name: item for item in _ALL}
"""The formats for readers by name, in the order of the help."""


def format_named(name: str) -> BookFormat | DataFormat:
    """Return the format with the name `name`.

    Raises OptionError for an unknown name; the message suggests the most similar known name.
    """
    known: dict[str, BookFormat | DataFormat] = {**FORMATS, **DATA_FORMATS}
    if name not in known:
        raise OptionError(
            f"no format {name!r}", where="--format", expected=" or ".join(known), action=nearest(name, known)
        )
    return known[name]


def format_of(path: Path) -> BookFormat | DataFormat:
    """Return the format that has the ending of `path`; raises OptionError if no format has this ending."""
    endings: dict[str, BookFormat | DataFormat] = {item.ending: item for item in FORMATS.values()}
    endings |= ENDINGS
    ending = path.suffix.lower()
    if ending not in endings:
        raise OptionError(
            f"no format has the ending {ending!r}" if ending else "has no ending that names its format",
            where=str(path),
            expected=" or ".join(endings),
            action=nearest(ending, endings) or "Name the format with --format.",
        )
    return endings[ending]


def write_book(published: Published, form: BookFormat, output: Path, languages: Sequence[str] = ()) -> Path:
    """Write a table as a book, whole or not at all, and return its path; equal tables give equal bytes.

    `languages` are the wanted columns, in the order of the book; all if empty. Raises OptionError for a
    language that the table lacks or that is given twice, and if the output is the table or its data package;
    InputError if the table is malformed; OutputError if the file system refuses to write or if a file that
    Egiz did not write would be replaced.
    """
    tags = _chosen(published, languages)
    taken = (published.table, published.table.with_name(published.manifest))
    if output.resolve() in [place.resolve() for place in taken]:
        raise OptionError("is the input of this export", where=str(output), expected="another file")
    with UnlistedFiles(output.parent) as publication:
        try:
            form.write(published, tags, publication.path(output.name))
        except OSError as error:
            raise cannot_write(output, error) from error
    return output


def _chosen(published: Published, languages: Sequence[str]) -> tuple[str, ...]:
    known = (published.source_language, *published.target_languages)
    chosen = tuple(language(tag).tag for tag in languages) or known
    for tag in chosen:
        if tag not in known:
            raise OptionError(
                f"the table has no {tag!r}", where=str(published.table), expected=" or ".join(known)
            )
    if len(set(chosen)) < len(chosen):
        raise OptionError(f"a language is named twice in {', '.join(chosen)}", expected="each language once")
    return chosen


def export(
    sources: str | Path | Sequence[str | Path],
    output: str | Path,
    *,
    format: str | None = None,
    languages: Sequence[str] = (),
    options: DataOptions | None = None,
    terms: TermBase | None = None,
) -> Exported | Path:
    """Write published tables, or other bilingual files, in another format.

    `sources` are output folders, tables, TMX, XLIFF or PO files; a format for readers (EPUB, DOCX) takes one
    table. `format` is a name of `FORMATS` or `DATA_FORMATS`; if it is None, the ending of `output` decides.
    `languages` are the wanted columns, in order; all if empty. `options` filter, deduplicate and split
    training data; `terms` is the term base for the term filters. Returns the files and counts of an export of
    training data or, for a book, its path.

    Raises OptionError for options that do not fit, InputError for a damaged input, OutputError if the file
    system refuses to write or if a file that Egiz did not write would be replaced.
    """
    paths = [Path(sources)] if isinstance(sources, str | Path) else [Path(item) for item in sources]
    place = Path(output)
    form = format_named(format) if format else format_of(place)
    tags = tuple(plain_tag(tag) for tag in languages)
    if isinstance(form, DataFormat):
        options = options or DataOptions()
        if tags:
            options = replace(options, corpus=replace(options.corpus, languages=tags))
        return export_data(paths, form, place, options, terms=terms)
    if len(paths) > 1:
        raise OptionError(f"{len(paths)} inputs", where=f"format {form.name}", expected="one table")
    return write_book(open_published(paths[0]), form, place, tags)
