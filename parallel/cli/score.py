"""`egiz score`: score the pairs of bilingual files, and calibrate the qualities of a model."""

from __future__ import annotations

from pathlib import Path

import click

from egiz.parallel.build.job import EngineChoice, scoring_of
from egiz.parallel.cli.main import LazyGroup
from egiz.parallel.cli.options import (
    columns_option,
    effort_option,
    engine_options_but,
    language_options,
    neural_option,
    no_stdout,
    or_stdout,
    quiet_option,
    split_languages,
    workers_option,
)
from egiz.parallel.cli.sections import Sectioned
from egiz.parallel.cli.terms.options import opened


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
@workers_option
@quiet_option
@neural_option
@engine_options_but("beam", "decode", "fast", "decoding", "engine_name")
def files(
    *,
    files: tuple[Path, ...],
    source: str | None,
    target: str | None,
    columns: str | None,
    effort: str,
    features: bool,
    output: str | None,
    workers: int,
    quiet: bool,
    neural: tuple[Path, ...],
    choice: EngineChoice,
) -> None:
    """Score the pairs of bilingual files; the word may be left out.

    FILEs are output folders of builds, their tables, other tables with a text beside its translation (TSV,
    CSV, XLSX), Moses files, TMX, XLIFF 1 or 2, or PO. Soundness is the chance that a pair is a translation
    and not a spoilt one, by the checks of the two texts and, unless effort is fast, by how likely
    the model finds each from the other. With fast no model is opened. The result is a tab-separated table
    without quoting, one line per pair.
    """
    from egiz.parallel.bilingual.score import fast_lines, score_lines, score_segments, write_scores
    from egiz.parallel.bitext import read_bitexts
    from egiz.parallel.bitext.read import files_to_read
    from egiz.parallel.scores.neural import load_neural
    from egiz.translate.errors import OptionError

    if workers > 1 and (effort != "fast" or neural):
        raise OptionError(
            "several processes cannot share a model",
            where="--workers",
            expected="--effort fast, and no --neural",
        )
    models = [load_neural(path) for path in neural]
    with choice.memory() as memory, opened(output, files_to_read(files), held=False) as stream:
        scorer, collector = scoring_of(choice, effort, memory)
        segments = read_bitexts(files, source, target, columns=columns)
        if scorer.effort == "fast" and not models:
            lines = fast_lines(segments, features=features, workers=workers)
        else:
            lines = score_lines(score_segments(segments, scorer, collector, models), features=features)
        counts = write_scores(lines, stream, features=features, neural=[model.name for model in models])
    if quiet:
        return
    said = ", ".join(f"{count:,} {label}" for label, count in counts.items())
    click.echo(f"{said}. {scorer.about_given()}", err=True)


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
def calibrate(
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
    that the model has not been trained on. They are translated and compared; the fit is stored as
    readable JSON under the model's fingerprint, and every later build with that model uses it. Earlier
    fits of other pairs and efforts are kept.
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


COMMANDS = {
    "files": "Score the pairs of bilingual files; the word may be left out.",
    "calibrate": "Fit the quality of a model on translations beside their references.",
}


class _ScoreGroup(LazyGroup):
    """The group of the score commands; `egiz score FILE` is short for `egiz score files FILE`."""

    otherwise = "files"
    """The name of the command that is run if the first argument is not the name of a command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in COMMANDS and args[0] not in ("-h", "--help"):
            args = [self.otherwise, *args]
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return {"files": files, "calibrate": calibrate}.get(cmd_name)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the options of the default command, then the list of commands."""
        meant = self.get_command(ctx, self.otherwise)
        assert meant is not None
        meant.format_options(click.Context(meant, info_name=ctx.info_name, parent=ctx.parent), formatter)
        self.format_commands(ctx, formatter)


command = _ScoreGroup(
    "score",
    COMMANDS,
    package="egiz.parallel.cli.score",
    help="""Score bilingual files, and fit the scores of a model.

    `egiz score FILE...` scores the pairs of bilingual files; `egiz score calibrate TABLE` fits the quality
    of a model. A file that is named calibrate or files needs a folder before its name: ./files.
    """,
)
