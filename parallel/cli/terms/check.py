"""`egiz terms check`: report wrong uses of terms in bilingual files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from egiz.parallel.cli.options import columns_option, or_stdout, quiet_option, workers_option
from egiz.parallel.cli.sections import Sectioned
from egiz.parallel.cli.terms.options import (
    STRICT,
    ModelChoice,
    format_of,
    model_options,
    opened,
    print_unread,
)

if TYPE_CHECKING:
    from egiz.glossary.records import Severity
    from egiz.parallel.align.words import Method
    from egiz.parallel.bilingual.files import BilingualFiles
    from egiz.parallel.bilingual.findings import Format, Summary
    from egiz.parallel.bilingual.links import LinksOf


@click.command(
    cls=Sectioned, epilog="Example: egiz terms check out/parallel.tsv --terms soviet-history --to ru"
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--terms",
    "bases",
    multiple=True,
    required=True,
    metavar="BASE",
    help="A term base: a file, or the name of one that ships with Egiz. May be given again; later ones "
    "override earlier ones.",
)
@click.option(
    "--from",
    "-f",
    "source",
    metavar="LANG",
    help="Source language (BCP-47); needed where the file does not say it.",
)
@click.option(
    "--to",
    "-t",
    "target",
    metavar="LANG",
    help="Target language; all that a file has, other than the source, if not given.",
)
@columns_option
@click.option(
    "--terms-columns",
    metavar="LIST",
    help="The same for BASEs: kk=Term,ru=Translation,status=State.",
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "json", "sarif", "tsv", "junit", "github"]),
    help="text for people, json for programs, tsv: one finding a line, sarif for code hosts, junit for build "
    "servers, github: annotations of GitHub Actions. By the ending of FILE (.txt, .json, .tsv, .sarif, "
    ".xml), else text.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    callback=or_stdout,
    help="Write the report there instead of to standard output.",
)
@click.option(
    "--severity",
    "least",
    type=click.Choice(["note", "warning", "error"]),
    default="warning",
    show_default=True,
    help="Report findings of this severity and worse.",
)
@click.option(
    "--words",
    type=click.Choice(["table", "thot", "attention"]),
    help="Say which words of the target stand for a missing term, where some surely do: by the table of "
    "words learned from FILEs, which are read twice for that (of large ones, every second, fourth … row, so "
    "that memory does not grow), by sil-thot (egiz[align]), learning likewise, or by the model's attention.",
)
@model_options("For --words attention: as for egiz build; starter if not given.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="TABLE",
    help="Report no finding that stands in this table of accepted ones.",
)
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path),
    metavar="TABLE",
    help="Write all findings of the severity there as accepted, to be given as --baseline; people write the "
    "reasons into it, and these stay when it is written again.",
)
@click.option(
    "--changed-from",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="OLD",
    help="Check only rows that do not stand in this file or folder. May be given again.",
)
@workers_option
@quiet_option
@click.option("--strict", is_flag=True, help=STRICT)
def command(
    *,
    files: tuple[Path, ...],
    bases: tuple[str, ...],
    source: str | None,
    target: str | None,
    columns: str | None,
    terms_columns: str | None,
    layout: str | None,
    output: str | None,
    least: Severity,
    words: Method | None,
    model: ModelChoice,
    baseline: Path | None,
    write_baseline: Path | None,
    changed_from: tuple[Path, ...],
    workers: int,
    quiet: bool,
    strict: bool,
) -> None:
    """Say where translations use terms wrongly, or not at all.

    FILEs are tables that Egiz published, other tables with a text beside its translation (TSV, CSV, XLSX),
    TMX, XLIFF 1 or 2, PO, Qt .ts, or Android strings, JSON and .properties beside those of the source
    language; or folders of them. Each occurrence of a term in the source is looked for in the target, in all
    its forms: a forbidden wording is an error; none at all, and more than one accepted wording throughout the
    files, are warnings; an accepted wording that is not the preferred one, and fewer uses than in the source,
    are notes. The report goes to standard output or FILE, the numbers to standard error. A file of several
    that cannot be read is named, the others are checked, and the status is 2.
    """
    import gc

    from egiz.glossary.termbase import load_all
    from egiz.parallel.bilingual import baseline as accepted
    from egiz.parallel.bilingual.check import TermCheck
    from egiz.parallel.bilingual.files import BilingualFiles
    from egiz.parallel.bilingual.findings import with_regions
    from egiz.parallel.bilingual.reports import ENDINGS, FORMATS
    from egiz.translate.errors import plural

    chosen = cast("Format", format_of(layout, output, ENDINGS))
    base = load_all(bases, columns=terms_columns, languages=(source, target))
    gc.freeze()  # the term base stays in memory; without this, garbage collection takes a tenth of the time
    read = BilingualFiles(
        files,
        source,
        target,
        columns=columns,
        changed_from=changed_from,
        besides=[Path(name) for name in bases],
    )
    reasons = accepted.read_baseline(baseline) if baseline else {}
    links = _links(words, model, read, (source, target), columns) if words else None
    check = TermCheck(base.terms, links, least=least, workers=workers)
    shown = accepted.Selection(
        least, reasons, shows_accepted=chosen == "sarif", keeps=write_baseline is not None
    )

    def summary() -> Summary:
        return _with_unread_files(check.summary(), read, shown.accepted)

    with opened(output, (*read.paths, *map(Path, bases))) as stream:
        found = shown.of(check.findings(read.segments()))
        placed = with_regions(found) if chosen in ("sarif", "github") else found
        FORMATS[chosen](placed, summary, stream, linked=links is not None)
    print_unread(base)
    if not quiet and (chosen != "text" or output is not None):
        _print_summary(summary())
    if shown.stale:
        click.echo(f"baseline: {shown.stale} of its findings no longer occur", err=True)
    if write_baseline is not None:
        count = accepted.write_baseline(
            write_baseline, shown.found, _accepted_reasons(write_baseline, reasons)
        )
        click.echo(f"baseline: {count} accepted in {write_baseline}", err=True)
    if read.others and not quiet:
        named = ", ".join(map(str, read.others[:3])) + (", …" if len(read.others) > 3 else "")
        click.echo(f"in other languages: {plural(len(read.others), 'file')} ({named})", err=True)
    for path, problem in read.problems:
        click.echo(
            f"egiz: not read: {problem if str(path) in str(problem) else f'{path}: {problem}'}", err=True
        )
    if read.problems:
        raise click.exceptions.Exit(2)
    if strict and shown.needs_attention and write_baseline is None:
        raise click.exceptions.Exit(1)


def _links(
    words: Method,
    model: ModelChoice,
    read: BilingualFiles,
    languages: tuple[str | None, str | None],
    columns: str | None,
) -> LinksOf:
    from egiz.parallel.bilingual.links import AttentiveLinks, LearnedLinks

    if words == "attention":
        return AttentiveLinks(model.forcing)
    return LearnedLinks(words, read.paths, *languages, columns=columns)


def _accepted_reasons(path: Path, reasons: dict[str, str]) -> dict[str, str]:
    """Return the reasons for accepting findings, by fingerprint, for the baseline that is written to `path`.

    These are `reasons`, which were read from the baseline that the user gave. If a baseline exists at `path`
    already, its reasons are added, because that file is overwritten.
    """
    from egiz.parallel.bilingual.baseline import read_baseline
    from egiz.translate.errors import InputError

    try:
        return {**read_baseline(path), **reasons} if path.is_file() else reasons
    except InputError:
        return reasons  # `write_baseline` refuses a file that is no baseline


def _with_unread_files(totals: Summary, read: BilingualFiles, accepted: int) -> Summary:
    """Return `totals` with what the check itself does not know.

    Added are the files from which no row was read, the problems of files that could not be read, and the
    numbers of unchanged rows and of accepted findings.
    """
    from egiz.parallel.bilingual.findings import SEVERITIES, FileCounts

    problems = {str(path): str(problem) for path, problem in read.problems}
    known = {item.file: item for item in totals.files}
    empty = tuple((name, 0) for name in SEVERITIES)
    files = (
        known.get(str(path)) or FileCounts(file=str(path), rows=0, severities=empty)
        for path in read.paths
        if path not in read.others
    )
    return replace(
        totals,
        files=tuple(replace(item, problem=problems.get(item.file, "")) for item in files),
        unchanged=read.unchanged,
        accepted=accepted,
    )


def _print_summary(summary: Summary) -> None:
    from egiz.parallel.bilingual.reports import summary_lines

    for line in summary_lines(summary):
        click.echo(line, err=True)
