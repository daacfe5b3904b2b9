"""`egiz terms convert`: writes term bases in another format."""

from __future__ import annotations

from pathlib import Path

import click

from egiz.parallel.cli.options import or_stdout
from egiz.parallel.cli.sections import Sectioned
from egiz.parallel.cli.terms.options import base_options, say_of, write_base


@click.command(cls=Sectioned, epilog="Example: egiz terms convert soviet-history -o soviet-history.tbx")
@click.argument("bases", nargs=-1, required=True, metavar="BASE...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    callback=or_stdout,
    help="File to write; standard output if not given.",
)
@click.option(
    "--format",
    "name",
    metavar="FORMAT",
    help="tsv, csv, xlsx, json, tbx or tbx2008; by the ending of the output file if not given.",
)
@base_options
def command(
    *,
    bases: tuple[str, ...],
    output: Path | None,
    name: str | None,
    encoding: str | None,
    columns: str | None,
) -> None:
    """Turn term bases into another format, several of them into one.

    BASEs are tables (TSV, CSV, tab-separated text, XLSX), TBX, MultiTerm XML, Qt phrase books, JSON, or names
    of term bases that ship with Egiz. Of two entries for one term, that of the later base stays. What is not
    read, what is taken for granted and what the new format cannot hold is said on standard error.
    """
    from egiz.glossary.formats import choose, summarise
    from egiz.glossary.sentences import load_terms

    chosen = choose(name, output)
    found = load_terms(*bases, encoding=encoding, columns=columns)
    written = chosen.write(found)
    write_base(written, output, bases)
    say_of(found)
    for line in summarise(written.losses):
        click.echo(f"not kept: {line}", err=True)
