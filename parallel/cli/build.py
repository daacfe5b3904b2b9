"""`egiz build`: the main job."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from egiz.parallel.cli.options import engine_choice, engine_options, language_options, split_languages


@click.command(epilog="Example: egiz build seeds/kk/qaita-quru.txt -o out")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder for parallel.tsv, datapackage.json and README.md; made if need be.",
)
@language_options
@engine_options
@click.option(
    "--column", metavar="NAME", help="Read this column of a TSV or CSV source, by name or number from 1."
)
@click.option("--encoding", metavar="NAME", help="Read sources in this encoding instead of UTF-8 or UTF-16.")
@click.option("--title", default="", metavar="TEXT", help="Title of the text.")
@click.option(
    "--licence", default="", metavar="NAME", help="Licence of the text, carried into the data card."
)
@click.option("--strict", is_flag=True, help="Leave with status 1 if any row is suspect or failed.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary.")
def command(sources: tuple[str, ...], output: Path, strict: bool, quiet: bool, **values: Any) -> None:
    """Make parallel text of SOURCEs: .txt, .md, .html, .docx, .epub, a TSV column, a folder, or -.

    Sentences are split, translated and published side by side in DIR/parallel.tsv: one row per source
    sentence, each translation with its quality, status and flags. Interrupted, the same command goes on
    where it stopped.
    """
    from egiz.parallel.build import build
    from egiz.parallel.cli.progress import show_progress, show_summary
    from egiz.translate.read import ReadOptions
    from egiz.translate.translator import Translator

    start = time.monotonic()
    choice = engine_choice(values)
    with choice.memory() as memory, show_progress(quiet=quiet) as report:
        engine = choice.engine()
        languages = split_languages(values["targets"])
        translator = Translator(engine, values["source"], languages, options=choice.options(), memory=memory)
        reading = ReadOptions(
            language=translator.source,
            column=values["column"],
            encoding=values["encoding"],
            title=values["title"],
            licence=values["licence"],
        )
        built = build(
            sources,
            output,
            translator,
            manifest=engine.manifest,
            reading=reading,
            title=values["title"],
            report=report,
        )
    if not quiet:
        show_summary(built, time.monotonic() - start)
    if strict and built.attention:
        raise click.exceptions.Exit(1)
