"""The network to train (M2M100, like NLLB) in the recipe's shape, and its input tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from egiz.translate.train.batches import Batch
from egiz.translate.train.pieces import END, PAD
from egiz.translate.train.recipe import HEAD, Recipe

if TYPE_CHECKING:
    import torch
    from transformers import M2M100ForConditionalGeneration

IGNORED = -100
"""The label of positions that do not count in the loss."""


def network(recipe: Recipe) -> M2M100ForConditionalGeneration:
    """An untrained M2M100 in the recipe's dimensions."""
    from transformers import M2M100Config, M2M100ForConditionalGeneration

    shape = recipe.shape
    config = M2M100Config(
        vocab_size=recipe.vocabulary,
        d_model=shape.width,
        encoder_layers=shape.encoder_layers,
        decoder_layers=shape.decoder_layers,
        encoder_ffn_dim=shape.feed_forward,
        decoder_ffn_dim=shape.feed_forward,
        encoder_attention_heads=shape.width // HEAD,
        decoder_attention_heads=shape.width // HEAD,
        dropout=recipe.schedule.dropout,
        attention_dropout=0.0,
        activation_dropout=0.0,
        encoder_layerdrop=0.0,
        decoder_layerdrop=0.0,
        max_position_embeddings=512,
        decoder_start_token_id=END,
    )
    return M2M100ForConditionalGeneration(config)


def tensors(batch: Batch, device: str) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The padded tensors of a batch: source, decoder input and labels, each ``[examples, length]``.

    The decoder input is the end token, the language code and the pieces. The code is forced in translation,
    so it does not count in the loss.
    """
    import numpy
    import torch

    shape = len(batch.examples), batch.length
    source, given = numpy.full(shape, PAD), numpy.full(shape, PAD)
    labels = numpy.full(shape, IGNORED)
    given[:, 0] = END
    for place, example in enumerate(batch.examples):
        source[place, : len(example.source)] = example.source
        given[place, 1 : len(example.target)] = example.target[:-1]
        labels[place, 1 : len(example.target)] = example.target[1:]
    made = (torch.from_numpy(table).to(device) for table in (source, given, labels))
    return tuple(made)  # type: ignore[return-value]
