"""`egiz read`: a page to read the rows side by side."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example: egiz read out -o page.html")
@click.argument("source", metavar="DIR|FILE.tsv", type=click.Path(path_type=Path, exists=True))
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The page; replaced where it exists.",
)
@click.option("--title", default="", metavar="TEXT", help="Title of the page, instead of the table's own.")
@click.option(
    "--language",
    default="",
    metavar="LANG",
    help="Language of the interface at the first visit: en, ru or kk; the browser's if not given.",
)
def command(*, source: Path, output: Path, title: str, language: str) -> None:
    """Make one HTML page that shows source and translations side by side.

    Takes an output folder of egiz build, its table, or any tab-separated table with language tags in its
    header. The page needs no network and no server: open it from disk, send it by mail. In it one can
    search, filter, print, correct translations and download the corrections.
    """
    from egiz.parallel.reader import load, write_page
    from egiz.parallel.words import plural

    reading = load(source)
    write_page(reading, output, title=title, language=language)
    size = output.stat().st_size / 1000
    click.echo(f"{plural(len(reading.rows), 'row')} → {output} ({size:,.0f} kB)", err=True)
