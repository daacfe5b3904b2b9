"""`egiz terms extract`: drafts a term base from documents or parallel text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from egiz.glossary.extract import Passage
from egiz.parallel.bitext import Segment, read_bitexts
from egiz.parallel.cli.options import columns_option, or_stdout, quiet_option
from egiz.parallel.cli.sections import Sectioned
from egiz.parallel.cli.terms.options import write_base
from egiz.translate.errors import InputError, plural
from egiz.translate.languages import language
from egiz.translate.read import ReadOptions, read_all
from egiz.translate.split import split

if TYPE_CHECKING:
    from egiz.glossary.extract import Extraction, ExtractOptions, Passage


_SENTENCE = re.compile(r"(?P<document>.+):\d+\.\d+")


def document_passages(sources: Sequence[str | Path], tag: str) -> Iterator[Passage]:
    """The sentences of documents in a language, in order; ``-`` is standard input.

    Raises what `read` raises: InputError, OptionError, LanguageError.
    """
    for document in read_all(sources, ReadOptions(language=language(tag).tag)):
        for sentence in split(document):
            yield Passage(id=sentence.id, document=sentence.document, text=sentence.text)


def row_passages(
    files: Sequence[Path],
    source: str | None = None,
    target: str | None = None,
    *,
    columns: str | None = None,
) -> tuple[Iterator[Passage], str, str]:
    """The rows of bilingual files, with their source and target language.

    A language that is None is taken from the first row, so only the first target of a table is read. All
    files must have these two languages. Rows without a source are left out, and the targets of drafts (fuzzy,
    not translated yet) are empty. A row is named by its own id if that is a sentence's id, else by file
    and id.

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


_DETAILS = "details"


@click.command(
    cls=Sectioned,
    epilog="Example: egiz terms extract seeds/kk/qaita-quru.txt --known soviet-history -o draft.tsv",
)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--parallel", "bilingual", is_flag=True, help="SOURCEs are bilingual files, not documents.")
@click.option(
    "--from",
    "-f",
    "source",
    metavar="LANG",
    help="Language of the terms (BCP-47): kk if not given, or what a bilingual file says.",
)
@click.option(
    "--to",
    "-t",
    "target",
    metavar="LANG",
    help="With --parallel: language of the renderings; the first of the file.",
)
@columns_option
@click.option(
    "--known",
    multiple=True,
    metavar="BASE",
    help="Leave out the terms of this term base: a file, or one that ships with Egiz. May be given again.",
)
@click.option("--least", default=2, show_default=True, metavar="N", help="Occurrences that a term must have.")
@click.option("--top", default=200, show_default=True, metavar="N", help="Propose so many terms at most.")
@click.option(
    "--format",
    "layout",
    metavar="FORMAT",
    help="tsv, csv, xlsx, json, tbx, tbx2008, or details: all that was found, as JSON; by the ending of FILE "
    "if not given.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    callback=or_stdout,
    help="Write the draft there.",
)
@quiet_option
def command(
    *,
    sources: tuple[str, ...],
    bilingual: bool,
    source: str | None,
    target: str | None,
    columns: str | None,
    known: tuple[str, ...],
    least: int,
    top: int,
    layout: str | None,
    output: Path | None,
    quiet: bool,
) -> None:
    """Draft a term base from documents or parallel text.

    SOURCEs are documents, folders or - for standard input; with --parallel, output folders of builds, tables
    with a text beside its translation (TSV, CSV, XLSX), Moses files, TMX, XLIFF or PO. Candidates stand best
    first, with frequency, score and examples in the note; a rendering is filled in only where it is sure. The
    draft is for a person to finish. It goes to standard output or FILE, what was read to standard error.
    """
    from egiz.glossary.extract import ExtractOptions, extract
    from egiz.glossary.termbase import load_all

    write = _writer(layout, output, (*sources, *known))
    passages, source, target = _passages(sources, bilingual, source, target, columns)
    options = ExtractOptions(language=source, target_language=target, least=least, top=top)
    found = extract(passages, options, load_all(known).terms if known else ())
    write(found, options)
    if not quiet:
        click.echo(_summary(found), err=True)


def _passages(
    sources: Sequence[str], bilingual: bool, source: str | None, target: str | None, columns: str | None
) -> tuple[Iterable[Passage], str, str]:
    """The passages to search, their language, and the language of their translations (empty without any)."""
    from egiz.translate.errors import OptionError

    if bilingual:
        return row_passages([Path(file) for file in sources], source, target, columns=columns)
    for name, given in (("--to", target), ("--columns", columns)):
        if given is not None:
            raise OptionError(
                "documents have no translations", where=name, expected="--parallel, with bilingual files"
            )
    language = source or "kk"
    return document_passages(sources, language), language, ""


def _writer(
    layout: str | None, output: Path | None, read: Sequence[str]
) -> Callable[[Extraction, ExtractOptions], None]:
    """The writer of the result. Invalid options are refused before anything is read.

    Raises OptionError for a format that is not known and for an output that is one of the sources.
    """
    from egiz.glossary.extract import as_json, draft
    from egiz.glossary.formats import Written, choose
    from egiz.translate.errors import OptionError

    if output is not None and output.resolve() in {Path(name).resolve() for name in read}:
        raise OptionError(f"{str(output)!r}", where="--output", expected="a file that is not read")
    chosen = None if layout == _DETAILS else choose(layout, output)

    def write(found: Extraction, options: ExtractOptions) -> None:
        made = Written(text=as_json(found)) if chosen is None else chosen.write(draft(found, options))
        write_base(made, output, read)

    return write


def _summary(found: Extraction) -> str:
    parts = [plural(len(found.candidates), "candidate")]
    if found.target_language:
        rendered = sum(1 for item in found.candidates if item.renderings)
        parts.append(f"{rendered:,} with renderings in {found.target_language}")
    if found.known:
        parts.append(f"{found.known:,} known already")
    if found.cut:
        parts.append(f"{found.cut:,} more below these")
    searched = f"{plural(found.words, 'word')}, {plural(found.documents, 'document')}"
    return f"{', '.join(parts)}; searched {searched}"
