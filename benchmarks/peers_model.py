"""A checkpoint with random weights, of any shape, whose translations are as long as what they translate.

A few of the weights are chosen. One head of the first decoder layer looks at the source token of the number
that the decoder has come to, and when that is ``</s>``, it makes ``</s>`` next to certain; until then it
makes it next to impossible. So each translation has exactly the tokens of its source, by any search, in any
engine and in int8 too, and sentences of a batch end one by one, as they do in real life. What is computed is
as much as with any other weights of this shape.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from trim_models import ALL_CODES, Shape, write_pieces

from egiz.translate.models.checkpoint import write_checkpoint

MARK = 0.25
"""What the embedding of ``</s>`` has in a dimension of its own: little, or normalising would dim the rest."""
SHARP = 40.0
"""By about how much the source token looked at scores above its neighbours, in nats."""
GAIN = 16.0
"""What the last normalisation of the decoder makes of that dimension."""
END, PAD = 2, 1


def make_checkpoint(starter: Path, folder: Path, shape: Shape) -> None:
    """Write it in hub layout, as `write_checkpoint` does, with the pieces of `starter` and others."""
    import torch
    from transformers import M2M100Config, M2M100ForConditionalGeneration

    config = M2M100Config(
        vocab_size=shape.tokens,
        d_model=shape.width,
        encoder_layers=shape.layers,
        decoder_layers=shape.layers,
        encoder_attention_heads=shape.heads,
        decoder_attention_heads=shape.heads,
        encoder_ffn_dim=shape.feed_forward,
        decoder_ffn_dim=shape.feed_forward,
        encoder_layerdrop=0.0,
        decoder_layerdrop=0.0,
        activation_function="relu",
        scale_embedding=True,
        init_std=0.02,
    )
    torch.manual_seed(1)
    model = M2M100ForConditionalGeneration(config).eval()
    with torch.no_grad():
        _end_with_the_source(model, shape)
    pieces = folder.with_suffix(".pieces")
    write_pieces(starter, pieces, shape)
    write_checkpoint(folder, model, pieces, ALL_CODES)
    pieces.unlink()


def _end_with_the_source(model: Any, shape: Shape) -> None:
    """Choose the weights that make translations end; `model` is in training's usual random state."""
    half = shape.width // 2
    pairs = shape.width // shape.heads // 2
    places = [*range(pairs), *range(half, half + pairs)]  # sines and cosines of the highest frequencies
    own = half - 1  # the sine of the lowest one, which is all but zero at any length
    kept = [*places, own]

    embedding = model.model.shared.weight
    embedding.mul_(0.25)  # else every token would be its own most likely successor, as the tables are tied
    embedding[:, kept] = 0
    embedding[END, own] = MARK
    layers = [*model.model.encoder.layers, *model.model.decoder.layers]
    for layer in layers:
        for writer in (layer.self_attn.out_proj, layer.fc2, getattr(layer, "encoder_attn", None)):
            written = getattr(writer, "out_proj", writer)
            if written is not None:
                written.weight[kept] = 0

    attention = model.model.decoder.layers[0].encoder_attn
    size = shape.width // shape.heads
    frequencies = [10_000 ** (-number / (half - 1)) for number in range(pairs)]
    apart = sum(1 - math.cos(frequency) for frequency in frequencies)
    gain = math.sqrt(SHARP * math.sqrt(size) / apart)
    for projection in (attention.q_proj, attention.k_proj):
        projection.weight[:size] = 0
        projection.weight[range(size), places] = gain
    attention.v_proj.weight[:size] = 0
    attention.v_proj.weight[0, own] = 1
    attention.out_proj.weight[own, 0] = 8
    attention.out_proj.bias[own] = -1
    model.model.decoder.layer_norm.weight[own] = GAIN
