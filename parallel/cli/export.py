"""`egiz export`: published rows as a file of another format."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example: egiz export out -o book.epub")
@click.argument("source", type=click.Path(path_type=Path, exists=True), metavar="DIR|FILE.tsv")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="The file to write; one of that name is replaced.",
)
@click.option(
    "--format",
    "name",
    metavar="NAME",
    help="epub or docx, both with facing columns; what FILE ends in if not given.",
)
@click.option(
    "--languages",
    default="",
    metavar="LANGS",
    help="Only these columns, in this order, separated by commas; all if not given.",
)
def command(source: Path, output: Path, name: str | None, languages: str) -> None:
    """Write a published table as a file of another format.

    DIR is the output folder of a build, FILE.tsv a table of one. Titles and licences come from the data
    package beside the table, if there is one. Equal tables give equal bytes.
    """
    from egiz.parallel.cli.options import split_languages
    from egiz.parallel.export import export, format_named, format_of
    from egiz.parallel.published import open_published

    form = format_named(name) if name else format_of(output)
    export(open_published(source), form, output, split_languages(languages))
    click.echo(f"{source} → {output} ({form.about})", err=True)
