"""`egiz terms convert`: a term base in another format."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example: egiz terms convert soviet-history -o soviet-history.tbx")
@click.argument("base", metavar="BASE")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File to write; standard output if not given."
)
@click.option(
    "--format",
    "name",
    metavar="FORMAT",
    help="tsv, csv, json, tbx or tbx2008; by the ending of the output file if not given.",
)
@click.option("--encoding", metavar="NAME", help="Read a table in this encoding instead of UTF-8 or UTF-16.")
def command(*, base: str, output: Path | None, name: str | None, encoding: str | None) -> None:
    """Turn a term base into another format.

    BASE is a TSV, CSV, JSON or TBX file, or the name of a term base that ships with Egiz. What the new format
    cannot hold, and what of a TBX file has no place in Egiz, is said on standard error; the rest is kept.
    """
    from egiz.glossary.formats import choose, summarise
    from egiz.glossary.termbase import load
    from egiz.parallel.publish.ours import Files

    chosen = choose(name, output)
    found = load(base, encoding)
    written = chosen.write(found)
    if output is None:
        click.echo(written.text, nl=False)
    else:
        with Files(output.parent) as publication:
            publication.write(output.name, written.text)
    for line in found.unread:
        click.echo(f"not read: {line}", err=True)
    for line in summarise(written.losses):
        click.echo(f"not kept: {line}", err=True)
