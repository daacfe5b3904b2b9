"""`egiz build`: translate documents, and publish parallel text."""

from __future__ import annotations

import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from egiz.parallel.build.job import SHARD_ROWS, EngineChoice, Job
from egiz.parallel.cli.options import (
    effort_option,
    engine_options,
    language_options,
    neural_option,
    output_folder,
    split_languages,
    terms_mode_option,
)
from egiz.parallel.cli.sections import Sectioned

if TYPE_CHECKING:
    from egiz.glossary.correct import Mode
    from egiz.parallel.build.flow import Progress


@click.command(cls=Sectioned, epilog="Example: egiz build seeds/kk/qaita-quru.txt -o out")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="DIR",
    callback=output_folder,
    help="Folder for parallel.tsv, scores.tsv, page.html, datapackage.json and README.md; made if need be.",
)
@language_options
@engine_options
@click.option(
    "--terms",
    "term_bases",
    multiple=True,
    metavar="BASE",
    help="Correct terms by this term base: a TSV, CSV, JSON or TBX file, or one that ships with Egiz, "
    "soviet-history or government. May be given again; later ones override earlier ones.",
)
@terms_mode_option
@effort_option
@neural_option
@click.option(
    "--column", metavar="NAME", help="Read this column of a TSV or CSV source, by name or number from 1."
)
@click.option(
    "--encoding",
    metavar="NAME",
    help="Read sources in this encoding instead of UTF-8 or UTF-16; auto guesses it, file by file.",
)
@click.option("--title", default="", metavar="TEXT", help="Title of the table.")
@click.option(
    "--licence", default="", metavar="NAME", help="Licence of the text, carried into the data card."
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="Work in so many processes, each with a model of its own.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Work on the dask cluster whose scheduler is there, such as tcp://host:8786; needs egiz[cluster].",
)
@click.option(
    "--shard-rows",
    type=click.IntRange(min=1),
    default=SHARD_ROWS,
    show_default=True,
    metavar="N",
    help="Sentences that a worker takes at a time, a multiple of 64.",
)
@click.option(
    "--log-json",
    metavar="FILE",
    help="Also write what happens as one JSON object a line: start, progress, end with counts and the time "
    "of each stage; - for standard error.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Leave with status 1 if any row is suspect or failed, or a file of a folder could not be read.",
)
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary.")
def command(
    *,
    sources: tuple[str, ...],
    output: str,
    source: str,
    targets: str,
    choice: EngineChoice,
    term_bases: tuple[str, ...],
    terms_mode: Mode,
    effort: str,
    neural: tuple[Path, ...],
    column: str | None,
    encoding: str | None,
    title: str,
    licence: str,
    workers: int,
    scheduler: str | None,
    shard_rows: int,
    log_json: str | None,
    strict: bool,
    quiet: bool,
) -> None:
    """Make parallel text: split, translate, publish as TSV with a data package.

    Each SOURCE is a .txt, .md, .html, .mhtml, .docx, .epub or .fb2 file, a folder of them, a table with
    --column, or - for standard input. Files of a folder that are not read are named with the reason, in the
    summary and in DIR/README.md. Sentences are split, translated and published side by side in
    DIR/parallel.tsv: one row per source sentence, each translation with its quality, status and flags.
    If it is interrupted, the same command continues where it stopped.
    """
    from egiz.parallel.build.run import carry_out, workers_of
    from egiz.parallel.cli.progress import (
        json_log,
        show_progress,
        show_summary,
        show_uncalibrated,
        warner,
    )
    from egiz.translate.languages import language
    from egiz.translate.read import ReadOptions

    start, folder = time.monotonic(), _folder(output)
    with json_log(log_json) as log, show_progress(quiet=quiet) as show:
        job = Job(
            choice=choice,
            source=language(source).tag,
            targets=split_languages(targets),
            term_bases=term_bases,
            terms_mode=terms_mode,
            effort=effort,
            neural=neural,
        )
        reading = ReadOptions(language=job.source, column=column, encoding=encoding, licence=licence)
        log.event(
            "start",
            version=version("egiz"),
            sources=sources,
            output=output,
            languages={"source": job.source, "targets": job.targets},
            model=choice.model,
            decoding=choice.decoding,
            terms=term_bases,
            terms_mode=terms_mode,
            effort=effort,
            workers=workers,
            scheduler=scheduler,
        )

        warn = warner(quiet=quiet)

        def report(progress: Progress) -> None:
            warn(progress)
            show(progress)
            log.progress(progress)

        with workers_of(workers, scheduler) as crew:
            built = carry_out(
                job,
                sources,
                folder,
                reading,
                title=title,
                report=report,
                workers=crew,
                shard_rows=shard_rows,
            )
        log.end(built)
    if not quiet:
        show_summary(built, time.monotonic() - start)
        show_uncalibrated(built.provenance.quality.unfitted)
    if strict and (built.attention or built.unread):
        raise click.exceptions.Exit(1)


def _folder(text: str) -> Path:
    """Return the output folder. Raises OptionError for an empty name, which `Path` would take for the current
    folder."""
    from egiz.translate.errors import OptionError

    if not text.strip() or "\0" in text:
        raise OptionError(f"{text!r}", where="--output", expected="the name of a folder")
    return Path(text)
