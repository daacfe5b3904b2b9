"""A run that begins from a model begins with what that model knows, whatever its pieces are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from egiz.translate.errors import ModelError
from egiz.translate.languages import language
from egiz.translate.models.layout import SENTENCEPIECE
from egiz.translate.train.recipe import Recipe
from tests.translate.toy import LINES, longer

torch = pytest.importorskip("torch", reason="learning needs torch")


def codes(recipe: Recipe) -> list[str]:
    return [language(tag).code for tag in recipe.languages]


def dev_loss(recipe: Recipe, model: object, pieces: Path) -> float:
    from egiz.translate.train.pieces import Pieces
    from egiz.translate.train.step import measure

    return measure(recipe, model, Pieces.load(pieces, len(recipe.languages)), LINES[:40], "cpu")["kk-en"]


def test_weights_come_over_and_only_rounding_is_lost(toy_run: Path, toy_model: Path, recipe: Recipe) -> None:
    from egiz.translate.train.network import network
    from egiz.translate.train.resume import CHECKPOINT, load_weights, read_checkpoint, start_from

    recipe = longer(recipe)
    trained, begun = network(recipe), network(recipe)
    load_weights(trained, read_checkpoint(toy_run / CHECKPOINT), toy_run / CHECKPOINT, averaged=True)
    start_from(toy_model, begun, toy_run / SENTENCEPIECE, codes(recipe))
    known = dev_loss(recipe, trained, toy_run / SENTENCEPIECE)
    assert dev_loss(recipe, begun, toy_run / SENTENCEPIECE) == pytest.approx(known, abs=0.1)
    assert dev_loss(recipe, network(recipe), toy_run / SENTENCEPIECE) > known + 1


def test_another_vocabulary_keeps_the_pieces_it_shares(
    folder: Path, toy_model: Path, recipe: Recipe, tmp_path: Path
) -> None:
    from egiz.translate.train.corpus import read_rows
    from egiz.translate.train.network import network
    from egiz.translate.train.pieces import train_vocabulary
    from egiz.translate.train.resume import start_from

    other = replace(longer(recipe), vocabulary=620)
    pieces = train_vocabulary(other, read_rows(folder), folder)
    begun = network(other)
    start_from(toy_model, begun, pieces, codes(other))
    assert dev_loss(other, begun, pieces) < dev_loss(other, network(other), pieces)


def test_another_shape_is_refused(toy_model: Path, toy_run: Path, recipe: Recipe) -> None:
    from egiz.translate.train.network import network
    from egiz.translate.train.resume import start_from

    for shape in (
        replace(recipe.shape, width=128),
        replace(recipe.shape, encoder_layers=2),
        replace(recipe.shape, feed_forward=128),
    ):
        with pytest.raises(ModelError, match="expected"):
            start_from(
                toy_model, network(replace(recipe, shape=shape)), toy_run / SENTENCEPIECE, codes(recipe)
            )


def test_learning_goes_on_from_the_model_and_says_so(folder: Path, toy_model: Path, recipe: Recipe) -> None:
    from egiz.translate.train.learn import learn

    made = learn(recipe.resized(steps=1), folder, start=toy_model)
    assert "start" in torch.load(made, weights_only=True)["origin"]
    other = folder / "other"
    other.mkdir()
    (other / "model.bin").write_bytes(b"another model")
    with pytest.raises(ModelError, match="another start"):
        learn(recipe, folder, start=other)
