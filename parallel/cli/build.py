"""`egiz build`: the main job."""

from __future__ import annotations

import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from egiz.parallel.cli.options import (
    EngineChoice,
    effort_option,
    engine_options,
    language_options,
    neural_option,
    score_stage,
    split_languages,
    term_stage,
)

if TYPE_CHECKING:
    from egiz.parallel.build import Progress


@click.command(epilog="Example: egiz build seeds/kk/qaita-quru.txt -o out")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="DIR",
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
    "soviet-history or government. May be given again; later ones go first.",
)
@effort_option
@neural_option
@click.option(
    "--column", metavar="NAME", help="Read this column of a TSV or CSV source, by name or number from 1."
)
@click.option("--encoding", metavar="NAME", help="Read sources in this encoding instead of UTF-8 or UTF-16.")
@click.option("--title", default="", metavar="TEXT", help="Title of the table.")
@click.option(
    "--licence", default="", metavar="NAME", help="Licence of the text, carried into the data card."
)
@click.option(
    "--log-json",
    metavar="FILE",
    help="Also write what happens as one JSON object a line: start, progress, end with counts and the time "
    "of each stage; - for standard error.",
)
@click.option("--strict", is_flag=True, help="Leave with status 1 if any row is suspect or failed.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary.")
def command(
    *,
    sources: tuple[str, ...],
    output: str,
    source: str,
    targets: str,
    choice: EngineChoice,
    term_bases: tuple[str, ...],
    effort: str,
    neural: tuple[Path, ...],
    column: str | None,
    encoding: str | None,
    title: str,
    licence: str,
    log_json: str | None,
    strict: bool,
    quiet: bool,
) -> None:
    """Make parallel text: split, translate, publish as TSV with a data package.

    Each SOURCE is a .txt, .md, .html, .docx or .epub file, a folder of them, a table with --column, or - for
    standard input. Sentences are split, translated and published side by side in DIR/parallel.tsv: one row
    per source sentence, each translation with its quality, status and flags. Interrupted, the same command
    goes on where it stopped.
    """
    from egiz.glossary.termbase import load_all
    from egiz.parallel.build import build
    from egiz.parallel.cli.json_log import json_log
    from egiz.parallel.cli.progress import show_progress, show_summary, show_uncalibrated
    from egiz.parallel.terms import TermPreference
    from egiz.translate.read import ReadOptions
    from egiz.translate.translator import Translator

    start, folder = time.monotonic(), _folder(output)
    with json_log(log_json) as log, choice.memory() as memory, show_progress(quiet=quiet) as show:
        engine, languages = choice.engine(), split_languages(targets)
        base = load_all(term_bases) if term_bases else None
        translator = Translator(
            engine,
            source,
            languages,
            options=choice.options(engine.manifest),
            memory=memory,
            preference=TermPreference(base, source, languages) if base else None,
        )
        terms = term_stage(base, translator, engine, memory)
        scores = score_stage(choice, engine, effort, neural, memory)
        reading = ReadOptions(language=translator.source, column=column, encoding=encoding, licence=licence)
        log.event(
            "start",
            version=version("egiz"),
            sources=sources,
            output=output,
            languages={"source": translator.source, "targets": translator.targets},
            model=engine.manifest.name,
            engine=translator.identity,
            decoding=translator.settings,
            terms=term_bases,
            effort=effort,
        )

        def report(progress: Progress) -> None:
            show(progress)
            log.progress(progress)

        built = build(
            sources,
            folder,
            translator,
            manifest=engine.manifest,
            reading=reading,
            terms=terms,
            scores=scores,
            title=title,
            report=report,
        )
        log.end(built)
    if not quiet:
        show_summary(built, time.monotonic() - start)
        show_uncalibrated(scores.judge.lacking(translator.source, translator.targets))
    if strict and built.attention:
        raise click.exceptions.Exit(1)


def _folder(text: str) -> Path:
    """The output folder. A path of nothing would be taken for the current folder."""
    from egiz.translate.errors import OptionError

    if not text.strip() or "\0" in text:
        raise OptionError(f"{text!r}", where="--output", expected="the name of a folder")
    return Path(text)
