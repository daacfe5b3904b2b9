"""`egiz train`: a small NLLB-layout model from tables of parallel text, one command per stage."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from egiz.parallel.cli.options import home_option
from egiz.parallel.cli.sections import Option

if TYPE_CHECKING:
    from egiz.translate.models import Figure
    from egiz.translate.train.evaluate import ModelEvaluation
    from egiz.translate.train.learn import Point

from egiz.parallel.cli.train_data import (
    FOLDER_OPTION,
    RECIPE_OPTION,
    back,
    hints,
    prepare,
    recipe_of,
    start_option,
    vocabulary,
)


@click.group()
def command() -> None:
    """Train a small model of one's own (needs egiz[torch]).

    The stages in order: prepare, vocabulary, learn, export, evaluate, card. Each reads what the one before
    left in --folder, so any of them can be run again. An interrupted learn goes on from its last checkpoint.
    """


for part in (prepare, vocabulary, back, hints):
    command.add_command(part)


@command.command()
@RECIPE_OPTION
@FOLDER_OPTION
@click.option(
    "--dev",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Aligned sentences in the recipe's languages, to measure the loss on.",
)
@click.option(
    "--every", type=click.IntRange(min=1), default=250, show_default=True, help="Steps between checkpoints."
)
@click.option(
    "--steps",
    type=click.IntRange(min=1),
    help="Stop after so many steps in all, instead of the recipe's number.",
)
@click.option(
    "--tokens",
    type=click.IntRange(min=1),
    help="Positions of one side of a batch, instead of the recipe's number; large ones suit a GPU.",
)
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True),
    help="End after this time, cooled down, with a checkpoint.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Processes that make the batches ahead; a GPU needs some ten to be fed.",
)
@click.option(
    "--precision",
    type=click.Choice(("bfloat16", "float32")),
    help="Type of numbers to multiply in; the one that is faster here if not given.",
)
@start_option("Begin with the weights of this model, checkpoint or training folder, instead of random ones.")
@home_option
def learn(
    recipe: Path | None,
    folder: Path,
    dev: Path | None,
    every: int,
    steps: int | None,
    tokens: int | None,
    minutes: float | None,
    workers: int,
    precision: str | None,
    start: str | None,
    home: Path | None,
) -> None:
    """Train, or go on training, the network."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # waiting threads must not occupy cores
    from egiz.translate.train.learn import TrainingLimits, read_dev
    from egiz.translate.train.learn import learn as run

    chosen = recipe_of(recipe).resized(steps=steps, tokens=tokens)
    run(
        chosen,
        folder,
        read_dev(dev, chosen) if dev else (),
        start=_start(start, home) if start else None,
        limits=TrainingLimits(every=every, minutes=minutes, workers=workers, precision=precision),
        report=_show,
        say=lambda text: click.echo(text, err=True),
    )


def _start(start: str, home: Path | None) -> Path:
    """Return the path of the weights from which the training starts.

    If `start` is a file or a training folder with a checkpoint, it is returned as given; otherwise it is the
    name of a model, and the folder of this model is returned.
    """
    from egiz.translate.models import resolve
    from egiz.translate.train.resume import CHECKPOINT

    path = Path(start)
    return path if path.is_file() or (path / CHECKPOINT).is_file() else resolve(start, home)


@command.command()
@RECIPE_OPTION
@FOLDER_OPTION
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The archive (.tar.xz).")
@click.option(
    "--dev", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The table to measure on."
)
@start_option("A model, ready converted, to begin from.")
@home_option
def pack(
    recipe: Path | None, folder: Path, output: Path, dev: Path | None, start: str | None, home: Path | None
) -> None:
    """Pack code, recipe, rows and pieces of a run into one archive, to train on another machine."""
    from egiz.translate.models import resolve
    from egiz.translate.train.export import pack as run
    from egiz.translate.train.recipe import recipe_file

    with recipe_file(recipe) as path:
        size = run(folder, path, output, dev=dev, start=resolve(start, home) if start else None)
    click.echo(f"{output}  {size / 2**20:.1f} MiB")


@command.command()
@FOLDER_OPTION
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="Where the parts go.",
)
@click.option("--mib", type=click.IntRange(min=1), default=15, show_default=True, help="Most of one file.")
def split(folder: Path, output: Path, mib: int) -> None:
    """Write the averaged weights of a run's checkpoint in small files, to carry them back."""
    from egiz.translate.train.export import split_weights

    for path in split_weights(folder, output, mib * 2**20):
        click.echo(f"{path}  {path.stat().st_size / 2**20:.1f} MiB")


@command.command()
@click.argument("parts", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR")
@FOLDER_OPTION
def join(parts: Path, folder: Path) -> None:
    """Make a checkpoint of the files that `split` wrote."""
    from egiz.translate.train.export import join_weights

    click.echo(join_weights(parts, folder))


def _show(point: Point) -> None:
    measured = "  ".join(f"{direction} {loss:.3f}" for direction, loss in point.dev.items())
    speed = point.tokens / point.seconds if point.seconds else 0
    click.echo(f"step {point.step}  loss {point.loss:.3f}  {measured}  {speed:.0f} tokens/s")


@command.command()
@RECIPE_OPTION
@FOLDER_OPTION
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="Where the CTranslate2 model goes.",
)
@click.option(
    "--precision", default="int8", show_default=True, metavar="TYPE", help="Type of the stored weights."
)
@click.option("--source", default="local", hidden=True)
def export(recipe: Path | None, folder: Path, output: Path, precision: str, source: str) -> None:
    """Write the network in hub layout, and converted to CTranslate2."""
    from egiz.translate.train.export import export_checkpoint, export_model

    chosen = recipe_of(recipe)
    manifest = export_model(
        chosen, export_checkpoint(chosen, folder), output, precision=precision, source=source
    )
    click.echo(f"{output}  {manifest.fingerprint}")


@command.command()
@click.argument("model", metavar="MODEL")
@home_option
@click.option(
    "--test",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    metavar="FILE",
    help="Table of aligned sentences, one column per language.",
)
@click.option("--columns", default="kk,ru,en", show_default=True, help="Languages of the table's columns.")
@click.option("--directions", default="kk-ru,kk-en", show_default=True, help="What to measure.")
@click.option(
    "--setting",
    "decoding",
    cls=Option,
    old=("--decoding",),
    multiple=True,
    metavar="NAME=VALUE",
    help="A decoding setting, such as length_penalty=1.5, in place of the model's own. May be given again.",
)
@click.option(
    "--record",
    is_flag=True,
    help="Write the figures into the model's manifest, and settings given with --setting as its own.",
)
def evaluate(
    model: str,
    home: Path | None,
    test: Path,
    columns: str,
    directions: str,
    decoding: tuple[str, ...],
    record: bool,
) -> None:
    """Score a model on sentences with references: chrF++ and BLEU with sacreBLEU's signatures, and speed."""
    from egiz.parallel.cli.options import directions as pairs
    from egiz.parallel.cli.options import split_languages
    from egiz.translate.engine.ctranslate2 import CTranslate2Engine
    from egiz.translate.engine.protocol import Decoding
    from egiz.translate.ladder import Options
    from egiz.translate.models import record_figures, resolve
    from egiz.translate.train.corpus import read_columns
    from egiz.translate.train.evaluate import evaluate as run

    tags = split_languages(columns)
    wanted = pairs(directions, tags)
    table = read_columns(test, tags)
    folder = resolve(model, home)
    engine = CTranslate2Engine(folder)
    options = Options(decoding=Decoding.parse((*engine.manifest.decoding, *decoding)))
    figures: list[Figure] = []
    for source, target in wanted:
        found = run(engine, table[source], table[target], source=source, target=target, options=options)
        figures.extend(found.figures)
        _show_scores(found)
    if record:
        record_figures(folder, figures, decoding)


def _show_scores(found: ModelEvaluation) -> None:
    for figure in found.figures:
        click.echo(f"{found.direction}  {figure.metric:12}{figure.value:6.2f}  {figure.signature}")
    click.echo(
        f"{found.direction}  {found.suspect} suspect and {found.failed} failed of {found.sentences} sentences"
    )


@command.command()
@click.argument("model", metavar="MODEL")
@RECIPE_OPTION
@click.option(
    "--folder",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="The training folder, for the learning curve and the hashes of the training data. May be given "
    "again: the folders of the runs that the model was trained in, in order.",
)
@home_option
def card(model: str, recipe: Path | None, folders: tuple[Path, ...], home: Path | None) -> None:
    """Write the model card: what MODEL is, its recorded scores, its sources and their licences."""
    from egiz.translate.models import describe, resolve
    from egiz.translate.train.evaluate import NAME, model_card

    place = resolve(model, home)
    path = place / NAME
    path.write_text(model_card(recipe_of(recipe), describe(place), folders), encoding="utf-8", newline="\n")
    click.echo(path)
