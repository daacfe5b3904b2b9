"""`egiz evaluate`: translations against references."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from egiz.parallel.evaluate.report import Format


@click.command(epilog="Example: egiz evaluate out/parallel.tsv --reference human.tsv --to ru")
@click.argument(
    "hypotheses", nargs=-1, required=True, metavar="HYPOTHESIS...", type=click.Path(path_type=Path)
)
@click.option(
    "--reference",
    "-r",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The human translations; a table may have the source beside them.",
)
@click.option(
    "--from", "-f", "source", metavar="LANG", help="Source language; the reference's first if not given."
)
@click.option(
    "--to",
    "-t",
    "targets",
    default="",
    metavar="LANGS",
    help="Languages to score, separated by commas; all that every file has if not given.",
)
@click.option(
    "--columns", default="", metavar="LANGS", help="Languages of the columns of tables without a header."
)
@click.option(
    "--terms",
    "bases",
    multiple=True,
    metavar="BASE",
    help="Count how many terms of this term base are right: a file, or the name of one that ships with "
    "Egiz. May be given again; later ones go before earlier ones.",
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "json", "tsv"]),
    default="text",
    show_default=True,
    help="text for people, json for programs, tsv: one figure a line.",
)
def command(
    *,
    hypotheses: tuple[Path, ...],
    reference: Path,
    source: str | None,
    targets: str,
    columns: str,
    bases: tuple[str, ...],
    layout: Format,
) -> None:
    """Score translations against references: chrF++, chrF, BLEU and TER, each with its signature.

    Each HYPOTHESIS is one system: a table that Egiz published, another tab-separated table with a column per
    language, TMX, XLIFF, PO, or plain lines (with --to, one language). Rows are matched by id where both
    files have ids, else by line, and there must be as many. Scores are sacreBLEU's, of all rows, of each
    document, and of rows by the length of their source; every system but the first is compared with the
    first by paired bootstrap resampling.
    """
    from egiz.glossary.termbase import load_all
    from egiz.parallel.cli.options import split_languages
    from egiz.parallel.evaluate import FORMATS, EvaluateOptions, evaluate, read_texts
    from egiz.translate.languages import language

    languages = tuple(language(tag).tag for tag in split_languages(targets))
    header = split_languages(columns)
    plain = languages[0] if len(languages) == 1 else None
    files = [read_texts(path, header, plain) for path in (*hypotheses, reference)]
    options = EvaluateOptions(
        languages=languages,
        source=language(source).tag if source else None,
        terms=load_all(bases) if bases else None,
    )
    FORMATS[layout](evaluate(files[:-1], files[-1], options), sys.stdout)
