"""`egiz score files`: a quality for each pair of a bilingual file."""

from __future__ import annotations

from pathlib import Path

import click

from egiz.parallel.build.job import EngineChoice, judge_of
from egiz.parallel.cli.options import (
    columns_option,
    effort_option,
    engine_options_but,
    neural_option,
    or_stdout,
    quiet_option,
)
from egiz.parallel.cli.sections import Sectioned
from egiz.parallel.cli.terms.report import opened


@click.command(cls=Sectioned, epilog="Example: egiz score corpus.tmx --effort fast -o scores.tsv")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--from", "-f", "source", metavar="LANG", help="Source language, where a file does not say it.")
@click.option(
    "--to", "-t", "target", metavar="LANG", help="Target language; all that a file has if not given."
)
@columns_option
@effort_option
@click.option("--features", is_flag=True, help="Write the value of every feature too.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    callback=or_stdout,
    help="Write the table there instead of to standard output.",
)
@quiet_option
@neural_option
@engine_options_but("beam", "decode", "fast", "decoding", "engine_name")
def command(
    *,
    files: tuple[Path, ...],
    source: str | None,
    target: str | None,
    columns: str | None,
    effort: str,
    features: bool,
    output: str | None,
    quiet: bool,
    neural: tuple[Path, ...],
    choice: EngineChoice,
) -> None:
    """Score the pairs of bilingual files; the word may be left out.

    FILEs are output folders of builds, their tables, other tables with a text beside its translation (TSV,
    CSV, XLSX), Moses files, TMX, XLIFF 1 or 2, or PO. Quality is the chance that a pair is a sound
    translation and not a spoilt one, by the checks of the two texts and, unless effort is fast, by how likely
    the model finds each from the other. With fast no model is opened. A tab-separated table comes out, one
    line a pair, without quoting.
    """
    from egiz.parallel.bilingual.score import score_segments, write_scores
    from egiz.parallel.bitext import read_bitexts
    from egiz.parallel.bitext.read import apart
    from egiz.parallel.scores.neural import load_neural

    models = [load_neural(path) for path in neural]
    with choice.memory() as memory, opened(output, apart(files), held=False) as stream:
        judge, witness = judge_of(choice, effort, memory)
        segments = read_bitexts(files, source, target, columns=columns)
        scored = score_segments(segments, judge, witness, models)
        counts = write_scores(scored, stream, features=features, neural=[model.name for model in models])
    if quiet:
        return
    said = ", ".join(f"{count:,} {label}" for label, count in counts.items())
    click.echo(f"{said}. {judge.about_given()}", err=True)
