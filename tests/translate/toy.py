"""A language of eight words in three languages, and a recipe small enough to learn it in seconds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from egiz.translate.train.corpus import prepare, read_rows
from egiz.translate.train.pieces import train_vocabulary
from egiz.translate.train.recipe import NetworkShape, Noise, ParallelTable, Recipe, Schedule, starter_recipe

WORDS = [
    ("бір", "один", "one"),
    ("екі", "два", "two"),
    ("үй", "дом", "house"),
    ("кітап", "книга", "book"),
    ("қала", "город", "town"),
    ("жол", "дорога", "road"),
    ("күн", "день", "day"),
    ("жыл", "год", "year"),
]
LINES = [
    tuple(f"{first[side]} {second[side]} {third[side]}." for side in range(3))
    for first in WORDS
    for second in WORDS
    for third in WORDS
]
NO_NOISE = Noise(piece_dropout=0.0, lower_case=0.0, lost_stop=0.0, joined=0.0, glued=0.0)


def toy_recipe() -> Recipe:
    return replace(
        starter_recipe(),
        name="toy",
        vocabulary=640,
        shape=NetworkShape(width=64, feed_forward=64, encoder_layers=1, decoder_layers=1),
        schedule=Schedule(
            steps=6,
            tokens=128,
            warmup=2,
            cooldown=0.5,
            rate=0.01,
            matrix_rate=0.01,
            smoothing=0.1,
            dropout=0.0,
            seed=7,
        ),
        sources=(ParallelTable(file="toy.tsv", repository="toy", licence="CC0-1.0", domain="toy"),),
        filters=replace(starter_recipe().filters, numberless=False),
        texts=(),
        licence="",
    )


def longer(recipe: Recipe) -> Recipe:
    """Long enough to get most sentences right."""
    schedule = replace(recipe.schedule, steps=120, tokens=512, warmup=20)
    return replace(recipe, noise=NO_NOISE, schedule=schedule)


def prepare_toy(folder: Path) -> Path:
    """Rows and vocabulary, ready to learn from."""
    (folder / "corpora").mkdir()
    lines = ["\t".join((*cells, "toy")) for cells in LINES]
    (folder / "corpora" / "toy.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    prepare(toy_recipe(), folder / "corpora", (), folder / "run")
    train_vocabulary(toy_recipe(), read_rows(folder / "run"), folder / "run")
    return folder / "run"
