"""Translations drawn from the network in training: the greedy ones are those of the whole forward pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from egiz.translate.engine.protocol import Decoding
from egiz.translate.errors import ModelError, OptionError
from egiz.translate.train.learn import TrainingLimits, learn
from egiz.translate.train.pieces import END
from egiz.translate.train.recipe import Recipe
from tests.translate.toy import LINES

torch = pytest.importorskip("torch", reason="learning needs torch")
TEXTS = [line[0] for line in LINES[:7]] + [" ".join(line[0] for line in LINES[7:10])]


def test_greedy_outputs_have_the_likeliest_piece_at_each_step(folder: Path, recipe: Recipe) -> None:
    from egiz.translate.train.network import hidden_states
    from egiz.translate.train.sampling import Sampling, SamplingEngine

    recipe = replace(recipe, schedule=replace(recipe.schedule, steps=20))
    learn(recipe, folder, limits=TrainingLimits(precision="float32"))
    engine = SamplingEngine(recipe, folder, Sampling(top=1))
    found = engine.translate(TEXTS, source="kk", target="ru", decoding=Decoding(length_extra=9))
    assert len(found) == len(TEXTS)
    model, pieces = engine.model, engine.pieces
    for text, (best,) in zip(TEXTS, found, strict=True):
        source = torch.tensor([[pieces.codes[0], *pieces.encode(text), END]])
        target = [pieces.model.piece_to_id(piece) + 1 for piece in best.tokens]
        given = torch.tensor([[END, pieces.codes[1], *target]])
        with torch.no_grad():
            states = hidden_states(model, source, given, torch.float32)[0, 1:]
            scores = states @ model.lm_head.weight.T
        scores[:, engine.banned] = -torch.inf
        wanted = [*target, END] if best.complete else target
        likely = scores.log_softmax(-1)[: len(wanted)]
        assert likely.argmax(-1).tolist() == wanted
        mean = likely[range(len(wanted)), wanted].mean()
        assert best.logprob == pytest.approx(float(mean), abs=1e-3)


def test_draws_follow_from_the_seed(folder: Path, recipe: Recipe) -> None:
    from egiz.translate.train.sampling import Sampling, SamplingEngine

    recipe = replace(recipe, schedule=replace(recipe.schedule, steps=4))
    learn(recipe, folder, limits=TrainingLimits(precision="float32"))

    def drawn(seed: int) -> list[str]:
        engine = SamplingEngine(recipe, folder, Sampling(temperature=1.0, seed=seed))
        found = engine.translate(TEXTS, source="ru", target="kk", decoding=Decoding())
        return [best.text for (best,) in found]

    assert drawn(1) == drawn(1) != drawn(2)


def test_it_refuses_what_it_cannot_translate(folder: Path, recipe: Recipe) -> None:
    from egiz.translate.train.sampling import SamplingEngine

    with pytest.raises(ModelError, match=r"checkpoint\.pt"):
        SamplingEngine(recipe, folder)
    learn(replace(recipe, schedule=replace(recipe.schedule, steps=1)), folder)
    with pytest.raises(OptionError, match="'de'"):
        SamplingEngine(recipe, folder).translate(TEXTS, source="kk", target="de", decoding=Decoding())
