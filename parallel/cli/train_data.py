"""The commands of `egiz train` that prepare training data: prepare, vocabulary, back-translate and hints.

The options that all commands of `egiz train` share are here too.
"""

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
    from egiz.translate.train.back import BackOptions
    from egiz.translate.train.recipe import Recipe

RECIPE_OPTION = click.option(
    "--recipe",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Recipe in TOML; the starter's own if not given.",
)
FOLDER_OPTION = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="Where rows, vocabulary, checkpoints and the learning curve are kept.",
)


def start_option(meaning: str) -> Callable[[Command], Command]:
    """Return the option ``--start-from MODEL``; its help is `meaning`, which says how the command uses the
    model."""
    return click.option("--start-from", "start", cls=Option, old=("--from",), metavar="MODEL", help=meaning)


def recipe_of(path: Path | None) -> Recipe:
    from egiz.translate.train.recipe import read_recipe, starter_recipe

    return read_recipe(path) if path else starter_recipe()


@click.command()
@RECIPE_OPTION
@FOLDER_OPTION
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
    for counts in run(recipe_of(recipe), corpora, unseen, folder).values():
        total.update(counts)
    for reason, count in sorted(total.items(), key=lambda item: -item[1]):
        click.echo(f"{count:8}  {reason}")
    click.echo(f"by source: {folder / REPORT}", err=True)


@click.command()
@RECIPE_OPTION
@FOLDER_OPTION
@start_option("Take the pieces of this model instead, to train it on with `learn --start-from`.")
@home_option
def vocabulary(recipe: Path | None, folder: Path, start: str | None, home: Path | None) -> None:
    """Learn the subword pieces from the prepared rows."""
    from egiz.translate.models import resolve
    from egiz.translate.train.corpus import read_rows, read_texts
    from egiz.translate.train.pieces import take_vocabulary, train_vocabulary

    chosen = recipe_of(recipe)
    if start:
        click.echo(take_vocabulary(chosen, resolve(start, home), folder))
    else:
        click.echo(train_vocabulary(chosen, read_rows(folder), folder, read_texts(folder)))


@click.command("back-translate")
@click.argument("model", metavar="MODEL")
@RECIPE_OPTION
@FOLDER_OPTION
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
    """Translate the recipe's texts with MODEL; the translations become sources to train on.

    MODEL is a model, which translates with a narrow beam, or a training folder, from whose network
    translations are drawn at random; on a GPU that is far faster.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from egiz.translate.train.back import MADE, BackOptions, as_source, back_translate

    chosen = recipe_of(recipe)
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
    """Return the engine for back-translation, and the options with a batch size (`window`) that suits it."""
    from egiz.translate.train.resume import CHECKPOINT

    if (Path(model) / CHECKPOINT).is_file():
        from egiz.translate.train.sampling import SamplingEngine

        return SamplingEngine(recipe, Path(model)), replace(options, window=16_000)
    from egiz.translate.engine.ctranslate2 import CTranslate2Engine
    from egiz.translate.models import resolve

    return CTranslate2Engine(resolve(model, home)), options


def _show_done(done: int, count: int) -> None:
    click.echo(f"{done} of {count}", err=True)


@click.command()
@RECIPE_OPTION
@FOLDER_OPTION
@click.option("--directions", default="kk-ru,kk-en", show_default=True, help="What to find hints for.")
def hints(recipe: Path | None, folder: Path, directions: str) -> None:
    """Find dictionary forms to give as hints, for the recipe's share `hinted` of the examples."""
    from egiz.parallel.bilingual.hints import annotate
    from egiz.translate.train.corpus import read_rows, write_hints

    found = annotate(recipe_of(recipe), read_rows(folder), directions.split(","))
    click.echo(write_hints(folder, found))
