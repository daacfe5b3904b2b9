"""`egiz split`: text to sentences."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from egiz.translate.records import Document, Sentence


@click.command(epilog="Example: egiz split seeds/kk/qaita-quru.txt --format tsv")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--from", "-f", "source", default="kk", show_default=True, metavar="LANG", help="Language (BCP-47)."
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(["lines", "tsv"]),
    default="lines",
    show_default=True,
    help="lines: a sentence a line, a blank line between paragraphs; tsv: id, start, stop, text.",
)
@click.option("--column", metavar="NAME", help="Read this column of a TSV or CSV source.")
@click.option("--encoding", metavar="NAME", help="Read sources in this encoding instead of UTF-8 or UTF-16.")
def command(
    sources: tuple[str, ...], source: str, layout: str, column: str | None, encoding: str | None
) -> None:
    """Split SOURCEs (files, folders, - for standard input) into sentences on standard output.

    Offsets count characters of the document as read (NFC, line ends made plain), from 0, half-open. What
    was repaired is summed up on standard error.
    """
    from egiz.translate.languages import language
    from egiz.translate.read import ReadOptions, read_all
    from egiz.translate.split import split

    options = ReadOptions(language=language(source).tag, column=column, encoding=encoding)
    repairs: Counter[str] = Counter()
    if layout == "tsv":
        click.echo("id\tstart\tstop\ttext")
    for document in read_all(sources or ("-",), options):
        repairs.update(_show(document, split(document), layout))
    for rule, count in sorted(repairs.items()):
        click.echo(f"{count:6} × {rule}", err=True)


def _show(document: Document, sentences: object, layout: str) -> Counter[str]:
    from collections.abc import Iterable
    from typing import cast

    repairs: Counter[str] = Counter()
    before = 1
    for sentence in cast("Iterable[Sentence]", sentences):
        if layout == "tsv":
            click.echo(f"{sentence.id}\t{sentence.start}\t{sentence.stop}\t{sentence.text}")
        else:
            gap = "\n" if sentence.paragraph != before else ""
            click.echo(gap + sentence.text)
        before = sentence.paragraph
        repairs.update(repair.rule for repair in sentence.repairs)
    return repairs
