"""`egiz split`: split text into sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from egiz.parallel.cli.sections import Sectioned

if TYPE_CHECKING:
    from egiz.translate.records import Document, LeftOut, Sentence


@click.command(cls=Sectioned, epilog="Example: egiz split seeds/kk/qaita-quru.txt --format tsv")
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
@click.option(
    "--encoding",
    metavar="NAME",
    help="Read sources in this encoding instead of UTF-8 or UTF-16; auto guesses it, file by file.",
)
def command(
    sources: tuple[str, ...], source: str, layout: str, column: str | None, encoding: str | None
) -> None:
    """Split text into sentences and show what was repaired.

    SOURCEs are files, folders or - for standard input; sentences go to standard output. Offsets count
    characters of the document as read (NFC, line ends made plain), from 0, half-open. What was repaired is
    summed up on standard error.
    """
    from egiz.parallel.cli.progress import show_left_out
    from egiz.parallel.publish.destination import read_documents
    from egiz.translate.split import split

    left: list[LeftOut] = []
    documents = _with_notes(
        read_documents(
            sources or ("-",), language=source, column=column, encoding=encoding, leave_out=left.append
        )
    )
    show = _show_rows if layout == "tsv" else _show_lines
    repairs: Counter[str] = Counter()
    show(_counted((sentence for document in documents for sentence in split(document)), repairs))
    for rule, count in sorted(repairs.items()):
        click.echo(f"{count:6} × {rule}", err=True)
    show_left_out(sorted(left, key=lambda item: item.path))


def _with_notes(documents: Iterable[Document]) -> Iterator[Document]:
    """Yield the documents, and print notes on each to standard error after it has been processed.

    The notes state its encoding, if that was guessed, and the parts of the file that were not read.
    """
    for document in documents:
        yield document
        if document.encoding:
            click.echo(f"  {document.id}: the encoding was guessed, {document.encoding}", err=True)
        if document.left_out:
            click.echo(f"  {document.id}: not read: {', '.join(document.left_out)}", err=True)


def _counted(sentences: Iterable[Sentence], repairs: Counter[str]) -> Iterator[Sentence]:
    """Yield the sentences and count their repairs by rule."""
    for sentence in sentences:
        repairs.update(repair.rule for repair in sentence.repairs)
        yield sentence


def _show_rows(sentences: Iterable[Sentence]) -> None:
    click.echo("id\tstart\tstop\ttext")
    for sentence in sentences:
        click.echo(f"{sentence.id}\t{sentence.start}\t{sentence.stop}\t{sentence.text}")


def _show_lines(sentences: Iterable[Sentence]) -> None:
    before = None
    for sentence in sentences:
        paragraph = (sentence.document, sentence.paragraph)
        click.echo(("\n" if before not in (None, paragraph) else "") + sentence.text)
        before = paragraph
