"""Training with the wrong recipe, in the wrong order, or half-way with other data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from egiz.translate.errors import InputError, LanguageError, ModelError, OptionError
from egiz.translate.models.layout import SENTENCEPIECE
from egiz.translate.train.corpus import REPORT, ROWS, TrainingRow, prepare, read_rows
from egiz.translate.train.learn import TrainingLimits, learn
from egiz.translate.train.pieces import Pieces, train_vocabulary
from egiz.translate.train.recipe import ParallelTable, Recipe, read_recipe
from egiz.translate.train.resume import CHECKPOINT, input_hashes
from tests.translate.toy import LINES

VALUES = [
    ("vocabulary = 12288", "vocabulary = '12288'", r"vocabulary is '12288'; expected a whole number"),
    ("vocabulary = 12288", "vocabulary = true", r"vocabulary is True; expected a whole number"),
    ("vocabulary = 12288", "vocabulary = 0", r"vocabulary is 0; expected a number from 8 up"),
    ('languages = ["kk", "ru", "en"]', "languages = 'kk'", "languages is 'kk'; expected a list of texts"),
    ('languages = ["kk", "ru", "en"]', "languages = ['kk', 5]", "languages holds 5"),
    ('languages = ["kk", "ru", "en"]', "languages = ['kk', 'ru', 'en', 'en']", "two or more, each once"),
    ('"kk-ru" = 1.0', '"kk-ru" = "much"', "share 'much' for kk-ru; expected a number above 0"),
    ('"kk-ru" = 1.0', '"kk-ru" = 0.0', "share 0.0 for kk-ru; expected a number above 0"),
    ("width = 512", "width = '512'", r"\[shape\]: width is '512'; expected a whole number"),
    ("width = 512", "width = 100", "width is 100; expected a multiple of 64"),
    ("width = 512", "width = 0", "width is 0; expected a number from 64 up"),
    ("decoder_layers = 3", "decoder_layers = 0", "decoder_layers is 0; expected a number from 1 up"),
    ("steps = 20000", "steps = -1", r"\[schedule\]: steps is -1; expected a number from 1 up"),
    ("tokens = 6144", "tokens = 119", "tokens is 119; expected a number from 120 up"),
    ("warmup = 200", "warmup = 1.5", "warmup is 1.5; expected a whole number"),
    ("cooldown = 0.35", "cooldown = 35", "cooldown is 35; expected a share from 0 to 1"),
    ("\nrate = 0.002", "\nrate = 0.0", "rate is 0.0; expected a number above 0"),
    ("\nrate = 0.002", "\nrate = nan", "rate is nan; expected a number"),
    ("seed = 20261127", "seed = 9999999999", "seed is 9999999999; expected a number below"),
    ("piece_dropout = 0.05", "piece_dropout = -0.1", r"\[noise\]: piece_dropout is -0.1"),
    ("longest = 400", "longest = 1", r"\[filters\]: longest is 1; expected at least shortest, 2"),
    ("numberless = true", "numberless = 1", r"numberless is 1; expected true or false"),
    ("longest = 400", "longest = true", r"longest is True; expected a whole number"),
    ("weight = 3.0", "weight = 0", r"\[\[sources\]\]: weight is 0; expected a number above 0"),
    ('file = "ui_chromium.tsv"', "file = 7", "file is 7; expected a text"),
]


@pytest.mark.parametrize(("good", "bad", "message"), VALUES)
def test_values_that_make_no_sense(tmp_path: Path, good: str, bad: str, message: str) -> None:
    text = (files("egiz.translate") / "train" / "recipes" / "starter.toml").read_text(encoding="utf-8")
    assert good in text
    path = tmp_path / "recipe.toml"
    path.write_text(text.replace(good, bad), encoding="utf-8")
    with pytest.raises(OptionError, match=message):
        read_recipe(path)


TABLES = [
    ("shape = 5\n", "shape is 5; expected a table"),
    ("sources = 5\n", "sources is 5; expected an array of tables"),
    ("sources = [5]\n", r"sources holds 5; expected \[\[sources\]\] tables"),
    ("directions = ['kk-ru']\n", r"directions is \['kk-ru'\]; expected a table"),
]


@pytest.mark.parametrize(("text", "message"), TABLES)
def test_values_where_tables_should_be(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OptionError, match=message):
        read_recipe(path)


def test_recipe_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_bytes("name = 'үлгі'".encode("utf-16"))
    with pytest.raises(InputError, match="expected TOML in UTF-8"):
        read_recipe(path)


def test_unknown_language(tmp_path: Path) -> None:
    text = (files("egiz.translate") / "train" / "recipes" / "starter.toml").read_text(encoding="utf-8")
    path = tmp_path / "recipe.toml"
    path.write_text(text.replace('"en"]', '"qqx"]'), encoding="utf-8")
    with pytest.raises(LanguageError, match="qqx"):
        read_recipe(path)


def test_no_steps(recipe: Recipe, folder: Path) -> None:
    with pytest.raises(OptionError, match="0 steps"):
        recipe.resized(steps=0)
    with pytest.raises(OptionError, match="a checkpoint every 0 steps"):
        TrainingLimits(every=0)
    with pytest.raises(OptionError, match=r"0\.0 minutes"):
        TrainingLimits(minutes=0.0)


def test_stages_in_the_wrong_order(tmp_path: Path, folder: Path, recipe: Recipe) -> None:
    with pytest.raises(InputError, match=r"no rows\.tsv in .*Run `egiz train prepare` first"):
        learn(recipe, tmp_path / "empty")
    (folder / SENTENCEPIECE).unlink()
    with pytest.raises(
        InputError, match=r"no sentencepiece\.bpe\.model in .*Run `egiz train vocabulary` first"
    ):
        learn(recipe, folder)
    with pytest.raises(InputError, match="Run `egiz train vocabulary` first"):
        Pieces.load(folder / SENTENCEPIECE, 3)


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (8192, r"too small for a vocabulary of 8192; expected at most \d+\. Add text"),
        (20, r"cannot hold the characters of the text; expected at least \d+"),
    ],
)
def test_vocabulary_that_does_not_fit_the_text(folder: Path, recipe: Recipe, size: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        train_vocabulary(replace(recipe, vocabulary=size), read_rows(folder), folder)


def test_the_largest_vocabulary_advised_works(folder: Path, recipe: Recipe) -> None:
    with pytest.raises(InputError) as caught:
        train_vocabulary(replace(recipe, vocabulary=8192), read_rows(folder), folder)
    size = int(caught.value.expected.removeprefix("at most "))
    path = train_vocabulary(replace(recipe, vocabulary=size), read_rows(folder), folder)
    assert Pieces.load(path, 3).codes[-1] == size - 2


def test_vocabulary_of_another_recipe(folder: Path, recipe: Recipe) -> None:
    with pytest.raises(InputError, match="the pieces make a vocabulary of 640; expected 650"):
        learn(replace(recipe, vocabulary=650), folder)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("a\tb\tc\t0\na\tb\t0\n", r"rows\.tsv:2: 2 cells and source '0'; expected 3 cells"),
        ("a\tb\tc\tx\n", r"rows\.tsv:1: 3 cells and source 'x'"),
        ("a\n", r"rows\.tsv:1: 0 cells"),
        ("a\tb\t0\n", r"rows\.tsv:1: 2 cells of source 0; expected 3 cells \(kk, ru, en\)"),
        ("a\tb\tc\t9\n", "3 cells of source 9; expected 3 cells .* of sources 0 to 0"),
        ("", "no rows to learn from"),
    ],
)
def test_rows_of_another_form(folder: Path, recipe: Recipe, lines: str, message: str) -> None:
    (folder / ROWS).write_text(lines, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        learn(recipe, folder)


def test_no_rows_for_a_vocabulary(tmp_path: Path, recipe: Recipe) -> None:
    with pytest.raises(InputError, match="no rows to learn from"):
        train_vocabulary(recipe, [], tmp_path)


def test_an_interrupted_preparation_leaves_the_former_rows(
    tmp_path: Path, folder: Path, recipe: Recipe
) -> None:
    before = (folder / ROWS).read_bytes(), (folder / REPORT).read_bytes()
    missing = ParallelTable(file="missing.tsv", repository="none", licence="MIT", domain="none")
    with pytest.raises(InputError, match=r"missing\.tsv: cannot be read"):
        prepare(replace(recipe, sources=(*recipe.sources, missing)), tmp_path / "corpora", (), folder)
    assert ((folder / ROWS).read_bytes(), (folder / REPORT).read_bytes()) == before
    assert list(folder.glob(".*")) == []


SAME: list[Callable[[Recipe], Recipe]] = [
    lambda recipe: recipe.resized(steps=9),
    lambda recipe: replace(recipe, name="other"),
    lambda recipe: replace(recipe, schedule=replace(recipe.schedule, cooldown=0.9)),
    lambda recipe: replace(recipe, sources=(replace(recipe.sources[0], licence="MIT"),)),
]
OTHER: list[Callable[[Recipe], Recipe]] = [
    lambda recipe: replace(recipe, vocabulary=181),
    lambda recipe: replace(recipe, languages=("ru", "kk", "en")),
    lambda recipe: replace(recipe, directions=dict(reversed(recipe.directions.items()))),
    lambda recipe: replace(recipe, shape=replace(recipe.shape, encoder_layers=2)),
    lambda recipe: replace(recipe, schedule=replace(recipe.schedule, rate=0.5)),
    lambda recipe: replace(recipe, noise=replace(recipe.noise, joined=0.5)),
    lambda recipe: replace(recipe, filters=replace(recipe.filters, longest=50)),
    lambda recipe: replace(recipe, sources=(replace(recipe.sources[0], weight=0.5),)),
]


def test_what_a_run_depends_on(folder: Path, recipe: Recipe) -> None:
    expected = input_hashes(recipe, folder)
    assert [input_hashes(change(recipe), folder) == expected for change in SAME] == [True] * len(SAME)
    found = [input_hashes(change(recipe), folder)["recipe"] for change in OTHER]
    assert len({expected["recipe"], *found}) == len(OTHER) + 1


def test_a_run_is_not_taken_up_with_other_data(folder: Path, recipe: Recipe) -> None:
    torch = pytest.importorskip("torch", reason="learning needs torch")
    path = learn(recipe.resized(steps=1), folder)
    hotter = replace(recipe, schedule=replace(recipe.schedule, rate=0.5))
    with pytest.raises(
        ModelError, match=r"made with another recipe; expected .* remove checkpoint\.pt to begin"
    ):
        learn(hotter, folder)
    rows = (folder / ROWS).read_text(encoding="utf-8")
    (folder / ROWS).write_text("".join(rows.splitlines(keepends=True)[1:]), encoding="utf-8")
    with pytest.raises(ModelError, match=r"made with another rows\.tsv"):
        learn(recipe, folder)
    held = torch.load(path, weights_only=True)
    assert held["state"]["step"] == 1
    del held["origin"]
    torch.save(held, path)
    learn(recipe.resized(steps=2), folder)
    assert torch.load(path, weights_only=True)["state"]["step"] == 2


def test_a_run_with_dropout_resumes_to_the_same_weights(folder: Path, recipe: Recipe) -> None:
    torch = pytest.importorskip("torch", reason="learning needs torch")
    dropping = replace(recipe, schedule=replace(recipe.schedule, steps=4, dropout=0.3, cooldown=0.0))
    limits = TrainingLimits(precision="float32")
    path = learn(dropping, folder, limits=limits)
    once = torch.load(path, weights_only=True)["model"]
    path.unlink()
    learn(dropping.resized(steps=2), folder, limits=limits)
    learn(dropping, folder)
    twice = torch.load(path, weights_only=True)["model"]
    assert all(torch.equal(once[name], twice[name]) for name in once)


def test_a_checkpoint_that_is_none(folder: Path, recipe: Recipe) -> None:
    torch = pytest.importorskip("torch", reason="learning needs torch")
    from egiz.translate.train.export import export_checkpoint

    with pytest.raises(ModelError, match="no checkpoint"):
        export_checkpoint(recipe, folder)
    (folder / CHECKPOINT).write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(ModelError, match="the checkpoint cannot be read"):
        export_checkpoint(recipe, folder)
    torch.save({"x": 1}, folder / CHECKPOINT)
    with pytest.raises(ModelError, match="holds no training checkpoint"):
        learn(recipe, folder)


def test_a_checkpoint_of_another_shape(folder: Path, recipe: Recipe) -> None:
    pytest.importorskip("torch", reason="learning needs torch")
    from egiz.translate.train.export import export_checkpoint

    learn(recipe.resized(steps=1), folder)
    wider = replace(recipe, shape=replace(recipe.shape, feed_forward=128))
    with pytest.raises(ModelError, match=r"do not fit the recipe's shape.*named 'toy'"):
        export_checkpoint(wider, folder)
    assert (export_checkpoint(recipe, folder) / "model.safetensors").is_file()


def test_too_few_rows_for_a_batch(folder: Path, recipe: Recipe) -> None:
    pytest.importorskip("torch", reason="learning needs torch")
    rows = [TrainingRow(cells=LINES[0], source=0)]
    (folder / ROWS).write_text("\t".join((*rows[0].cells, "0")) + "\n", encoding="utf-8")
    large = replace(recipe, schedule=replace(recipe.schedule, tokens=4096))
    with pytest.raises(InputError, match=r"1 rows make no full batch of 4096 tokens.*lower `tokens`"):
        learn(large, folder)
