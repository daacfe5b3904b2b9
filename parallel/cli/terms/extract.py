"""`egiz terms extract`: drafts a term base from documents or parallel text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from egiz.parallel.cli.options import columns_option, or_stdout, quiet_option
from egiz.parallel.cli.sections import Sectioned
from egiz.parallel.cli.terms.options import write_base
from egiz.translate.errors import plural

if TYPE_CHECKING:
    from egiz.glossary.extract import Extraction, ExtractOptions

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
    from egiz.glossary.extract import ExtractOptions
    from egiz.parallel.bilingual.term_bases import extract_terms

    write = _writer(layout, output, (*sources, *known))
    options = ExtractOptions(language=source or "", target_language=target or "", least=least, top=top)
    found = extract_terms(sources, options, parallel=bilingual, columns=columns, known=known)
    write(found, options)
    if not quiet:
        click.echo(_summary(found), err=True)


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
