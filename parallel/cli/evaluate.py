"""`egiz evaluate`: score translations against references, and alignment links against gold links."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from egiz.parallel.cli.options import columns_option
from egiz.parallel.cli.sections import Sectioned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from egiz.parallel.evaluate import EvaluateOptions
    from egiz.parallel.evaluate.report import Format


@click.command(cls=Sectioned, epilog="Example: egiz evaluate out/parallel.tsv --reference human.tsv --to ru")
@click.argument(
    "hypotheses", nargs=-1, required=True, metavar="HYPOTHESIS...", type=click.Path(path_type=Path)
)
@click.option(
    "--reference",
    "-r",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The human translations; a table may have the source beside them.",
)
@click.option(
    "--links",
    type=click.Path(path_type=Path),
    metavar="GOLD.tsv",
    help="Judge the links of what egiz align wrote, against the right ones: columns source and target (and "
    "language, where there are several) with the sentences of each link, by id or counted from 0 and joined "
    "by commas; or lines such as [0, 1]:[2].",
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
@columns_option
@click.option(
    "--terms",
    "bases",
    multiple=True,
    metavar="BASE",
    help="Count how many terms of this term base are right: a file, or the name of one that ships with "
    "Egiz. May be given again; later ones override earlier ones.",
)
@click.option(
    "--approved",
    is_flag=True,
    help="Score what people wrote or approved as well; without it, the machine's output in these rows, and "
    "none where that is not known.",
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
    reference: Path | None,
    links: Path | None,
    source: str | None,
    targets: str,
    columns: str | None,
    bases: tuple[str, ...],
    approved: bool,
    layout: Format,
) -> None:
    """Score translations against references: chrF++, chrF, BLEU and TER, each with its signature.

    Each HYPOTHESIS is one system: the output folder of a build or its table, another table with a column per
    language (TSV, CSV, XLSX), TMX, XLIFF, PO, or plain lines (with --to, one language). Rows are matched by
    id where both files have ids, else by line, and there must be as many. Scores are sacreBLEU's, of all
    rows, of each document, and of rows by the length of their source; every system but the first is compared
    with the first by paired bootstrap resampling.

    With --links each HYPOTHESIS is what egiz align wrote: precision, recall and F1 of the links that hold
    exactly the right sentences (strict) and some of them (lax), and the share of the sentences without
    counterpart that are left alone (null).
    """
    from egiz.parallel.cli.options import split_languages
    from egiz.translate.errors import OptionError
    from egiz.translate.languages import language

    languages = tuple(language(tag).tag for tag in split_languages(targets))
    if links is not None:
        if reference or source or columns or bases or approved:
            raise OptionError("other options beside --links", expected="--to and --format at most")
        _judge_links(hypotheses, links, languages, layout)
    elif reference is not None:
        from egiz.glossary.termbase import load_all
        from egiz.parallel.evaluate import EvaluateOptions

        options = EvaluateOptions(
            languages=languages,
            source=language(source).tag if source else None,
            terms=load_all(bases) if bases else None,
        )
        paths = (*hypotheses, reference)
        _judge_texts(paths, columns, options, layout, approved=approved)
    else:
        raise OptionError("nothing to compare with", expected="--reference FILE, or --links GOLD.tsv")


def _judge_texts(
    paths: Sequence[Path],
    columns: str | None,
    options: EvaluateOptions,
    layout: Format,
    *,
    approved: bool,
) -> None:
    from egiz.parallel.evaluate import FORMATS
    from egiz.parallel.evaluate.evaluate import evaluate

    *systems, reference = paths
    found = evaluate(systems, reference, options, columns=columns, approved=approved)
    FORMATS[layout](found, sys.stdout)


def _judge_links(hypotheses: Sequence[Path], gold: Path, languages: tuple[str, ...], layout: Format) -> None:
    from egiz.parallel.align import LINK_FORMATS, evaluate_files

    found = [item for path in hypotheses for item in evaluate_files(path, gold, languages)]
    LINK_FORMATS[layout](found, sys.stdout)
