"""`egiz score calibrate`: fit what a model's quality means."""

from __future__ import annotations

from pathlib import Path

import click

from egiz.parallel.build.job import EngineChoice
from egiz.parallel.cli.options import (
    effort_option,
    engine_options_but,
    language_options,
    no_stdout,
    split_languages,
)
from egiz.parallel.cli.sections import Sectioned


@click.command(
    cls=Sectioned, epilog="Example: egiz score calibrate dev.tsv --columns kk,ru,en --model nllb-600m"
)
@click.argument("table", metavar="TABLE", type=click.Path(path_type=Path))
@click.option(
    "--columns", metavar="LANGS", help="The languages of the columns of a TABLE without a header, in order."
)
@language_options
@effort_option
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    callback=no_stdout,
    help="Write the fit there instead of beside the translation memory.",
)
@engine_options_but("fast", "engine_name")
def command(
    *,
    table: Path,
    columns: str | None,
    source: str,
    targets: str,
    effort: str,
    output: str | None,
    choice: EngineChoice,
) -> None:
    """Fit the quality of a model on translations beside their references.

    TABLE is tab-separated, with a column for the source and one for each target, some hundreds of sentences
    that the model has not been trained on. They are translated and compared; what is learnt is kept as
    readable JSON under the model's fingerprint, and every later build with that model uses it. Other pairs
    and efforts that were fitted before stay.
    """
    from egiz.parallel.scores.calibrate import calibrate_table, read_table
    from egiz.parallel.scores.records import effort_of

    wanted = split_languages(targets)
    held = read_table(table, source, wanted, split_languages(columns) if columns else None)
    engine = choice.forcing_engine("egiz score calibrate")
    with choice.memory() as memory:
        place, made = calibrate_table(
            held,
            table,
            engine,
            effort_of(effort),
            options=choice.options(engine.manifest),
            memory=memory,
            home=choice.home,
            output=Path(output) if output else None,
            report=lambda line: click.echo(line, err=True),
        )
    for fit in made.fits:
        check = fit.check
        click.echo(
            f"{fit.source} to {fit.target}, {fit.effort}: {check.rows} rows, {check.reached} reach chrF++ 50;"
            f" unseen: AUC {check.auc:.3f} (log-probability alone {check.auc_likelihood:.3f}),"
            f" ECE {check.ece:.3f}"
        )
    click.echo(f"written: {place}", err=True)
