"""`egiz read`: make the page that shows source and translations side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from egiz.parallel.build.job import EngineChoice
from egiz.parallel.cli.options import engine_options_but, no_stdout, quiet_option
from egiz.parallel.cli.sections import Sectioned

if TYPE_CHECKING:
    from egiz.parallel.align.words import Method


@click.command(cls=Sectioned, epilog="Example: egiz read out -o page.html")
@click.argument("source", metavar="DIR|FILE.tsv", type=click.Path(path_type=Path, exists=True))
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=no_stdout,
    help="The page; replaced where it exists.",
)
@click.option("--title", default="", metavar="TEXT", help="Title of the page, instead of the table's own.")
@click.option(
    "--language",
    default="",
    metavar="LANG",
    help="Language of the interface at the first visit: en, ru or kk; the browser's if not given.",
)
@click.option(
    "--words",
    type=click.Choice(["attention", "table", "thot"]),
    help="Link the words of each row by the model's attention, by a table of words learned from the rows, or "
    "by sil-thot (egiz[align]). Links beside the table, as egiz align --words writes them, are shown "
    "without asking.",
)
@quiet_option
@engine_options_but("beam", "decode", "fast", "decoding", "engine_name", "no_memory")
def command(
    *,
    source: Path,
    output: Path,
    title: str,
    language: str,
    words: Method | None,
    quiet: bool,
    choice: EngineChoice,
) -> None:
    """Make one HTML page that shows source and translations side by side.

    Takes an output folder of egiz build or egiz align, its table, or any tab-separated table with language
    tags in its header. The page needs no network and no server: open it from disk, send it by mail. In it
    one can search, filter, print, see which words stand for which where they are linked, correct
    translations and download the corrections. The options of the model are for --words attention.
    """
    from egiz.parallel.reader.make import make_page
    from egiz.translate.errors import plural

    _refuse_idle(words)
    page = make_page(source, output, title=title, language=language, words=words, model=choice)
    for path in page.unread:
        click.echo(f"{path} is not shown: the table was changed since. Link anew with --words.", err=True)
    if quiet:
        return
    size = page.path.stat().st_size / 1000
    click.echo(f"{plural(page.rows, 'row')} → {page.path} ({size:,.0f} kB)", err=True)


def _refuse_idle(words: Method | None) -> None:
    """Raise OptionError if the user gave an option of the model, but `words` says that no model is used."""
    from egiz.translate.errors import OptionError

    context = click.get_current_context()
    for name in ("model", "device", "precision", "threads"):
        if words != "attention" and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise OptionError("has no effect here", where=f"--{name}", expected="--words attention beside it")
