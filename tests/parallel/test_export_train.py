"""Exported training data goes straight into `egiz train`."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from egiz.parallel.cli.train import command
from egiz.parallel.corpus import CorpusOptions
from egiz.parallel.corpus.data import DATA_FORMATS, DataOptions, export_data
from egiz.parallel.corpus.inputs import InputOptions
from egiz.parallel.corpus.recipe import recipe_text, tuning_recipe
from egiz.parallel.corpus.records import About
from egiz.parallel.corpus.split import SplitOptions
from egiz.translate.errors import ModelError, OptionError
from egiz.translate.models import resolve
from egiz.translate.train.corpus import prepare, read_rows
from egiz.translate.train.learn import read_dev
from egiz.translate.train.pieces import take_vocabulary
from egiz.translate.train.recipe import Recipe, read_recipe, starter_recipe


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Sixty pairs of ten documents, in three parts."""
    rows = [
        f"d{number // 6}:1.{number}\tБұл {number}-ші сөйлем, ол сол {number * 7} туралы.\t"
        f"Это предложение {number}, оно о том {number * 7}.\n"
        for number in range(60)
    ]
    source = tmp_path / "source.tsv"
    source.write_text("id\tkk\tru\n" + "".join(rows), encoding="utf-8")
    options = DataOptions(
        inputs=InputOptions(licence='CC "BY"\\4.0'), corpus=CorpusOptions(split=SplitOptions(dev=6, test=6))
    )
    export_data([source], DATA_FORMATS["train"], tmp_path / "data", options)
    return tmp_path / "data"


def test_the_recipe_is_read_as_it_was_meant(data: Path) -> None:
    recipe = read_recipe(data / "recipe.toml")
    assert recipe.languages == ("kk", "ru", "en")
    assert recipe.directions == {"kk-ru": 1.0}
    assert recipe.sources[0].licence == 'CC "BY"\\4.0'
    assert recipe.shape == starter_recipe().shape
    head = (data / "recipe.toml").read_text(encoding="utf-8")
    assert "--unseen test.tsv" in head
    assert "--dev dev.tsv" in head


@pytest.mark.parametrize("pairs", [1, 1_000, 50_000, 10_000_000])
@pytest.mark.parametrize("targets", [("ru",), ("ru", "en"), ("de", "fr")])
def test_every_recipe_can_be_written_and_read(tmp_path: Path, pairs: int, targets: tuple[str, ...]) -> None:
    about = About(title='A "title"\u2028\\', source_language="kk", target_languages=targets)
    recipe = tuning_recipe(about, "train.tsv", pairs)
    path = tmp_path / "recipe.toml"
    path.write_text(recipe_text(recipe, ("train",)), encoding="utf-8")
    assert read_recipe(path) == recipe
    assert 20 <= recipe.schedule.steps <= 2000
    assert tomllib.loads(path.read_text(encoding="utf-8"))["name"] == "tuned"


def test_all_that_was_exported_is_prepared(data: Path, tmp_path: Path) -> None:
    recipe = read_recipe(data / "recipe.toml")
    [account] = prepare(recipe, data, [data / "test.tsv", data / "dev.tsv"], tmp_path / "run").values()
    lines = (data / "train.tsv").read_text(encoding="utf-8").splitlines()
    assert account == {"rows read": len(lines), "rows kept": len(lines)}
    assert all(len(row.cells) == 3 and not row.cells[2] for row in read_rows(tmp_path / "run"))
    assert len(read_dev(data / "dev.tsv", recipe)) == 6


def test_the_pieces_of_the_starter_are_taken(data: Path, tmp_path: Path) -> None:
    arguments = ["vocabulary", "--recipe", str(data / "recipe.toml"), "--folder", str(tmp_path / "run")]
    found = CliRunner().invoke(command, [*arguments, "--from", "starter"])
    assert found.exit_code == 0, found.output
    starter = resolve("starter", None)
    path = Path(found.stdout.strip())
    assert path.read_bytes() == (starter / path.name).read_bytes()


def test_pieces_that_do_not_fit_are_refused(data: Path, tmp_path: Path) -> None:
    recipe: Recipe = replace(read_recipe(data / "recipe.toml"), languages=("kk", "ru"))
    with pytest.raises(OptionError, match="a vocabulary of 12287 with 2 languages; expected 12288"):
        take_vocabulary(recipe, resolve("starter", None), tmp_path / "run")
    with pytest.raises(ModelError, match="has no"):
        take_vocabulary(recipe, tmp_path, tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(find_spec("torch") is None, reason="needs egiz[torch]")
def test_the_starter_learns_from_it(data: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    import torch

    from egiz.translate.train.learn import Point, TrainingLimits, learn

    request.addfinalizer(partial(torch.set_num_threads, torch.get_num_threads()))
    torch.set_num_threads(1)  # several wait for each other where other work runs beside them

    recipe = read_recipe(data / "recipe.toml").resized(steps=1)
    recipe = replace(recipe, schedule=replace(recipe.schedule, tokens=120))
    run, starter = tmp_path / "run", resolve("starter", None)
    prepare(recipe, data, [data / "test.tsv"], run)
    take_vocabulary(recipe, starter, run)
    points: list[Point] = []
    dev = read_dev(data / "dev.tsv", recipe)
    learn(recipe, run, dev, start=starter, limits=TrainingLimits(every=1), report=points.append)
    assert points[-1].dev["kk-ru"] < 7
