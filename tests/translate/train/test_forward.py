"""The lean forward pass is that of transformers; what is dropped follows from a seed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from egiz.translate.train.batches import Example, TrainingBatch
from egiz.translate.train.pieces import END, PAD
from egiz.translate.train.recipe import Recipe

torch = pytest.importorskip("torch", reason="learning needs torch")

EXAMPLES = [
    Example([176, 9, 12, 40, END], [177, 30, 31, END]),
    Example([177, 8, END], [178, 60, 61, 62, 63, END]),
]


@pytest.mark.parametrize(("precision", "near"), [("float32", 1e-5), ("bfloat16", 0.1)])
def test_states_are_those_of_transformers(recipe: Recipe, precision: str, near: float) -> None:
    from egiz.translate.train.network import IGNORED, hidden_states, network, tensors

    torch.manual_seed(1)
    shape = replace(recipe.shape, width=128, encoder_layers=2, decoder_layers=2)
    model = network(replace(recipe, shape=shape)).eval()
    source, given, labels = tensors(TrainingBatch(7, EXAMPLES), "cpu")
    with torch.no_grad():
        shown = source.ne(PAD).long()
        wanted = model.model(
            input_ids=source, attention_mask=shown, decoder_input_ids=given
        ).last_hidden_state
        found = hidden_states(model, source, given, getattr(torch, precision)).float()
    real = labels.ne(IGNORED)
    torch.testing.assert_close(found[real], wanted[real], rtol=0, atol=near)


def test_a_share_is_dropped_and_the_mean_stays() -> None:
    from egiz.translate.train.network import DropoutMasks

    ones = torch.ones(400, 250)
    masks = DropoutMasks(0.3, 5, torch.float32)
    first, second = masks(ones), masks(ones)
    assert float(first.eq(0).float().mean()) == pytest.approx(0.3, abs=0.01)
    assert float(first.mean()) == pytest.approx(1, abs=0.01)
    assert not torch.equal(first, second)
    assert torch.equal(first, DropoutMasks(0.3, 5, torch.float32)(ones))
    assert torch.equal(DropoutMasks(0.0, 5, torch.float32)(ones), ones)
    torch.testing.assert_close(
        masks.add(ones, ones).sub(1).clamp(max=1).mean(), torch.tensor(0.7), rtol=0, atol=0.01
    )
