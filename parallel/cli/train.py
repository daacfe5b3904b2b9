"""`egiz train`: a small NLLB-layout model from tables of parallel text, one command per stage."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from egiz.parallel.cli.options import Command, home_option
from egiz.parallel.cli.sections import Option

if TYPE_CHECKING:
    from egiz.translate.engine.protocol import Engine
    from egiz.translate.models import Figure
    from egiz.translate.train.back import BackOptions
    from egiz.translate.train.evaluate import ModelEvaluation
    from egiz.translate.train.learn import Point
    from egiz.translate.train.recipe import Recipe

_RECIPE = click.option(
    "--recipe",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Recipe in TOML; the starter's own if not given.",
)
_FOLDER = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="Where rows, vocabulary, checkpoints and the learning curve are kept.",
)


def _start_option(meaning: str) -> Callable[[Command], Command]:
    """``--start-from MODEL``, with what the command takes of the model."""
    return click.option("--start-from", "start", cls=Option, old=("--from",), metavar="MODEL", help=meaning)


@click.group()
def command() -> None:
    """Train a small model of one's own (needs egiz[torch]).

    The stages in order: prepare, vocabulary, learn, export, evaluate, card. Each reads what the one before
    left in --folder, so any of them can be run again. An interrupted learn goes on from its last checkpoint.
    """


def _recipe(path: Path | None) -> Recipe:
    from egiz.translate.train.recipe import read_recipe, starter_recipe

    return read_recipe(path) if path else starter_recipe()


@command.command()
@_RECIPE
@_FOLDER
@click.option(
    "--corpora",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="Folder of the tables that the recipe names. May be given again; the first that has a table counts.",
)
@click.option(
    "--unseen",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A test set; no row that resembles one of its sentences is kept. May be given again.",
)
def prepare(recipe: Path | None, folder: Path, corpora: tuple[Path, ...], unseen: tuple[Path, ...]) -> None:
    """Clean the parallel texts and account for what was left out."""
    from egiz.translate.train.corpus import REPORT
    from egiz.translate.train.corpus import prepare as run

    total: Counter[str] = Counter()
    for counts in run(_recipe(recipe), corpora, unseen, folder).values():
        total.update(counts)
    for reason, count in sorted(total.items(), key=lambda item: -item[1]):
        click.echo(f"{count:8}  {reason}")
    click.echo(f"by source: {folder / REPORT}", err=True)


@command.command()
@_RECIPE
@_FOLDER
@_start_option("Take the pieces of this model instead, to train it on with `learn --start-from`.")
@home_option
def vocabulary(recipe: Path | None, folder: Path, start: str | None, home: Path | None) -> None:
    """Learn the subword pieces from the prepared rows."""
    from egiz.translate.models import resolve
    from egiz.translate.train.corpus import read_rows, read_texts
    from egiz.translate.train.pieces import take_vocabulary, train_vocabulary

    chosen = _recipe(recipe)
    if start:
        click.echo(take_vocabulary(chosen, resolve(start, home), folder))
    else:
        click.echo(train_vocabulary(chosen, read_rows(folder), folder, read_texts(folder)))


@command.command()
@_RECIPE
@_FOLDER
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
@_start_option("Begin with the weights of this model, checkpoint or training folder, instead of random ones.")
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
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # threads that wait must not keep others from working
    from egiz.translate.train.learn import TrainingLimits, read_dev
    from egiz.translate.train.learn import learn as run

    chosen = _recipe(recipe).resized(steps=steps, tokens=tokens)
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
    """A checkpoint or training folder as it is, anything else as the name or folder of a model."""
    from egiz.translate.models import resolve
    from egiz.translate.train.resume import CHECKPOINT

    path = Path(start)
    return path if path.is_file() or (path / CHECKPOINT).is_file() else resolve(start, home)


@command.command("back-translate")
@click.argument("model", metavar="MODEL")
@_RECIPE
@_FOLDER
@click.option(
    "--direction",
    required=True,
    metavar="FROM-INTO",
    help="Such as ru-kk: Russian texts into Kazakh, to learn Kazakh into Russian from.",
)
@click.option("--limit", type=click.IntRange(min=0), default=0, help="Translate so many sentences; 0: all.")
@click.option("--least", type=float, help="Leave out what has a lower mean log-probability per token.")
@click.option(
    "--workers",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Processes that check the translations.",
)
@home_option
def back(
    model: str,
    recipe: Path | None,
    folder: Path,
    direction: str,
    limit: int,
    least: float | None,
    workers: int,
    home: Path | None,
) -> None:
    """Translate the recipe's texts with MODEL, to learn from them what they are the translation of.

    MODEL is a model, which translates with a narrow beam, or a training folder, from whose network
    translations are drawn at random; on a GPU that is far faster.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from egiz.translate.train.back import MADE, BackOptions, as_source, back_translate

    chosen = _recipe(recipe)
    language, _, into = direction.partition("-")
    options = BackOptions(limit=limit, workers=workers)
    if least is not None:
        options = replace(options, least=least)
    engine, options = _back_engine(model, chosen, options, home)
    counts = back_translate(engine, chosen, folder, language, into, options, report=_show_done)
    for reason, count in sorted(counts.items(), key=lambda item: -item[1]):
        click.echo(f"{count:8}  {reason}", err=True)
    click.echo(f"for the recipe, with --corpora {folder / MADE} to prepare it:\n", err=True)
    click.echo(as_source(chosen, language, into), nl=False)


def _back_engine(
    model: str, recipe: Recipe, options: BackOptions, home: Path | None
) -> tuple[Engine, BackOptions]:
    """The engine that translates back, and the options with the window that suits it."""
    from egiz.translate.train.resume import CHECKPOINT

    if (Path(model) / CHECKPOINT).is_file():
        from egiz.translate.train.sampling import SamplingEngine

        return SamplingEngine(recipe, Path(model)), replace(options, window=16_000)
    from egiz.translate.engine.ctranslate2 import CTranslate2Engine
    from egiz.translate.models import resolve

    return CTranslate2Engine(resolve(model, home)), options


def _show_done(done: int, count: int) -> None:
    click.echo(f"{done} of {count}", err=True)


@command.command()
@_RECIPE
@_FOLDER
@click.option("--directions", default="kk-ru,kk-en", show_default=True, help="What to find hints for.")
def hints(recipe: Path | None, folder: Path, directions: str) -> None:
    """Find dictionary forms to tell beside source words, for the recipe's `hinted` share of examples."""
    from egiz.parallel.bilingual.hints import annotate
    from egiz.translate.train.corpus import read_rows, write_hints

    found = annotate(_recipe(recipe), read_rows(folder), directions.split(","))
    click.echo(write_hints(folder, found))


@command.command()
@_RECIPE
@_FOLDER
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The archive (.tar.xz).")
@click.option(
    "--dev", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The table to measure on."
)
@_start_option("A model, ready converted, to begin from.")
@home_option
def pack(
    recipe: Path | None, folder: Path, output: Path, dev: Path | None, start: str | None, home: Path | None
) -> None:
    """Put code, recipe, rows and pieces of a run into one archive, to learn elsewhere."""
    from egiz.translate.models import resolve
    from egiz.translate.train.export import pack as run
    from egiz.translate.train.recipe import recipe_file

    with recipe_file(recipe) as path:
        size = run(folder, path, output, dev=dev, start=resolve(start, home) if start else None)
    click.echo(f"{output}  {size / 2**20:.1f} MiB")


@command.command()
@_FOLDER
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
@_FOLDER
def join(parts: Path, folder: Path) -> None:
    """Make a checkpoint of the files that `split` wrote."""
    from egiz.translate.train.export import join_weights

    click.echo(join_weights(parts, folder))


def _show(point: Point) -> None:
    measured = "  ".join(f"{direction} {loss:.3f}" for direction, loss in point.dev.items())
    speed = point.tokens / point.seconds if point.seconds else 0
    click.echo(f"step {point.step}  loss {point.loss:.3f}  {measured}  {speed:.0f} tokens/s")


@command.command()
@_RECIPE
@_FOLDER
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

    chosen = _recipe(recipe)
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
@_RECIPE
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
    path.write_text(model_card(_recipe(recipe), describe(place), folders), encoding="utf-8", newline="\n")
    click.echo(path)
