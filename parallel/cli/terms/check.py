"""`egiz terms check`: right and wrong uses of terms in bilingual files."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from egiz.parallel.cli.terms.model import ModelChoice, model_options

if TYPE_CHECKING:
    from egiz.glossary.records import Severity
    from egiz.parallel.align.words import Method
    from egiz.parallel.bilingual.findings import Format, Summary, TermFinding
    from egiz.parallel.bilingual.links import LinksOf


@click.command(epilog="Example: egiz terms check out/parallel.tsv --terms soviet-history --to ru")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--terms",
    "bases",
    multiple=True,
    required=True,
    metavar="BASE",
    help="A term base: a file, or the name of one that ships with Egiz. May be given again; later ones go "
    "before earlier ones.",
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
@click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "json", "sarif", "tsv"]),
    default="text",
    show_default=True,
    help="text for people, json for programs, sarif for code hosts, tsv: one finding a line.",
)
@click.option("-o", "--output", metavar="FILE", help="Write the report there instead of to standard output.")
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
@click.option("--strict", is_flag=True, help="Leave with status 1 if an error or a warning is reported.")
def command(
    *,
    files: tuple[Path, ...],
    bases: tuple[str, ...],
    source: str | None,
    target: str | None,
    layout: Format,
    output: str | None,
    least: Severity,
    words: Method | None,
    model: ModelChoice,
    strict: bool,
) -> None:
    """Say where translations use terms wrongly, or not at all.

    FILEs are tables that Egiz published, other tab-separated tables with a text beside its translation, TMX,
    XLIFF 1 or 2, or PO. Each occurrence of a term in the source is looked for in the target, in all its
    forms: a forbidden wording is an error; none at all, and more than one accepted wording throughout the
    files, are warnings; an accepted wording that is not the preferred one, and fewer uses than in the source,
    are notes. The report goes to standard output or FILE, the numbers to standard error.
    """
    from egiz.glossary.termbase import load_all
    from egiz.parallel.bilingual.findings import TermCheck
    from egiz.parallel.bilingual.reports import FORMATS
    from egiz.parallel.bitext import read_bitext

    links = _links(words, model, files, source, target) if words else None
    check = TermCheck(load_all(bases).terms, links)
    segments = (segment for file in files for segment in read_bitext(file, source, target))
    shown = _Shown(least)
    with opened(output, (*files, *map(Path, bases))) as stream:
        FORMATS[layout](shown.of(check.findings(segments)), check.summary, stream, linked=links is not None)
    if layout != "text" or output is not None:
        _say(check.summary())
    if strict and shown.needs_attention:
        raise click.exceptions.Exit(1)


def _links(
    words: Method, model: ModelChoice, files: Sequence[Path], source: str | None, target: str | None
) -> LinksOf:
    from egiz.parallel.bilingual.links import AttentiveLinks, LearnedLinks

    return (
        AttentiveLinks(model.forcing) if words == "attention" else LearnedLinks(words, files, source, target)
    )


class _Shown:
    """The findings that are reported, and whether one of them is more than a note."""

    def __init__(self, least: Severity) -> None:
        from egiz.parallel.bilingual.findings import SEVERITIES

        self._severities = SEVERITIES[: SEVERITIES.index(least) + 1]
        self.needs_attention = False

    def of(self, findings: Iterator[TermFinding]) -> Iterator[TermFinding]:
        for item in findings:
            if item.finding.severity in self._severities:
                self.needs_attention |= item.finding.severity != "note"
                yield item


@contextmanager
def opened(output: str | None, read: Sequence[Path]) -> Iterator[TextIO]:
    """Standard output, or a file that appears whole or not at all.

    Raises OptionError where the file is one of those that are read, OutputError where it cannot be written.
    """
    if output is None:
        yield sys.stdout
        return
    from egiz.parallel.publish.ours import Files
    from egiz.translate.errors import OptionError

    place = Path(output)
    if not place.name or place.resolve() in {path.resolve() for path in read}:
        raise OptionError(f"{output!r}", where="--output", expected="a file that is not read")
    with Files(place.parent) as publication, publication.open(place.name) as stream:
        yield stream


def _say(summary: Summary) -> None:
    from egiz.parallel.bilingual.reports import summary_lines

    for line in summary_lines(summary):
        click.echo(line, err=True)
