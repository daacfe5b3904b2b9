"""The network to train (M2M100, like NLLB): its shape, its input tensors and its forward pass.

The forward pass gives the same results as transformers' M2M100, with weights of the same names, so
checkpoints and exports stay compatible. On CPUs with AMX a training step takes half as long, for three
reasons: queries, keys and values are computed by one matrix product; hidden states stay in the narrow type,
also for dropout; and the random numbers for dropout are drawn once per step, eight per draw.
"""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Any

from egiz.translate.train.batches import TrainingBatch
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


def tensors(batch: TrainingBatch, device: str) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The padded tensors of a batch: source, decoder input and labels; each is ``[examples, length]``.

    The decoder input is the end token, the language code and the pieces. Translation forces the language
    code, so the code is no label and does not count in the loss.
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


_BYTE = 256
_SPARE = 1 << 20  # offsets at which a mask may begin


class DropoutMasks:
    """The dropout masks of one step; each is a slice, at a random offset, of one block of random numbers.

    They depend only on `seed`, so that a repeated step drops the same values. `dropout` is rounded to a
    multiple of 1/256.
    """

    def __init__(self, dropout: float, seed: int, dtype: torch.dtype) -> None:
        self._most = round(dropout * _BYTE)
        self._chance = Random(seed)
        self._dtype = dtype
        self._block: torch.Tensor | None = None

    def add(self, text: torch.Tensor, change: torch.Tensor) -> torch.Tensor:
        """``text + change``, with dropout (scaled to keep the mean) on `change`."""
        return text + change if not self._most else text.addcmul(change, self._draw(change))

    def __call__(self, text: torch.Tensor) -> torch.Tensor:
        """`text` with dropout, scaled to keep the mean."""
        return text * self._draw(text) if self._most else text

    def _draw(self, like: torch.Tensor) -> torch.Tensor:
        """A mask of the shape of `like`: 0 where a value is dropped, and a factor above 1 elsewhere, which
        keeps the mean."""
        import torch

        size = like.numel()
        if self._block is None or len(self._block) < size + _SPARE:
            generator = torch.Generator(like.device).manual_seed(self._chance.getrandbits(62))
            draws = torch.empty((size + 2 * _SPARE) // 8, dtype=torch.int64, device=like.device)
            draws.random_(-(2**63), None, generator=generator)
            kept = draws.view(torch.uint8).ge(self._most)
            self._block = kept.to(self._dtype).mul_(_BYTE / (_BYTE - self._most))
        at = self._chance.randrange(len(self._block) - size)
        return self._block[at : at + size].view(like.shape)


def hidden_states(
    model: Any,
    source: torch.Tensor,
    given: torch.Tensor,
    dtype: torch.dtype,
    masks: DropoutMasks | None = None,
) -> torch.Tensor:
    """The last hidden states ``[examples, length, width]`` of an M2M100 `model`, computed in `dtype`.

    `source` and `given` (the decoder's input) are token ids ``[examples, length]``, padded at the end. States
    at padded positions are meaningless. Without `masks` there is no dropout.
    """
    drop = masks or DropoutMasks(0.0, 0, dtype)
    memory, bias = encode(model, source, dtype, drop)
    return _decode(model, given, memory, bias, drop)


def encode(
    model: Any, source: torch.Tensor, dtype: torch.dtype, drop: DropoutMasks
) -> tuple[torch.Tensor, torch.Tensor]:
    """The encoder's states ``[examples, length, width]``, and the bias that hides padding from attention."""
    import torch

    body = model.model
    heads = body.config.encoder_attention_heads
    hide = torch.zeros(source.shape, dtype=dtype, device=source.device).masked_fill_(
        source.eq(PAD), -math.inf
    )
    bias = hide.repeat_interleave(heads, 0)[:, None, :]
    text = drop(embed(body.encoder, body.shared.weight, source, dtype))
    for layer in body.encoder.layers:
        change = _attend(layer.self_attn, norm(layer.self_attn_layer_norm, text), None, heads, bias)
        text = drop.add(text, change)
        text = drop.add(text, feed(layer, norm(layer.final_layer_norm, text)))
    return norm(body.encoder.layer_norm, text), bias


def _decode(
    model: Any, given: torch.Tensor, memory: torch.Tensor, bias: torch.Tensor, drop: DropoutMasks
) -> torch.Tensor:
    """The decoder's states ``[examples, length, width]`` for the encoder's states `memory`."""
    import torch

    body, dtype = model.model, memory.dtype
    heads, length = body.config.decoder_attention_heads, given.shape[1]
    before = torch.full((length, length), -math.inf, dtype=dtype, device=given.device).triu_(1)
    text = drop(embed(body.decoder, body.shared.weight, given, dtype))
    for layer in body.decoder.layers:
        change = _attend(layer.self_attn, norm(layer.self_attn_layer_norm, text), None, heads, before)
        text = drop.add(text, change)
        change = _attend(layer.encoder_attn, norm(layer.encoder_attn_layer_norm, text), memory, heads, bias)
        text = drop.add(text, change)
        text = drop.add(text, feed(layer, norm(layer.final_layer_norm, text)))
    return norm(body.decoder.layer_norm, text)


def embed(
    part: Any, weight: torch.Tensor, tokens: torch.Tensor, dtype: torch.dtype, first: int = 0
) -> torch.Tensor:
    """The scaled embeddings of `tokens` ``[examples, length]`` plus position embeddings, ``[…, width]``.

    `first` is the position of the first token, from 0.
    """
    import torch

    length, width = tokens.shape[1], weight.shape[1]
    found = torch.nn.functional.embedding(tokens, weight).to(dtype)
    begin = PAD + 1 + first
    places = part.embed_positions.weights[begin : begin + length].to(dtype)
    return torch.add(places, found, alpha=math.sqrt(width))


def norm(layer: Any, text: torch.Tensor) -> torch.Tensor:
    """Layer normalisation in the type of `text`."""
    import torch

    weight, bias = layer.weight.to(text.dtype), layer.bias.to(text.dtype)
    return torch.nn.functional.layer_norm(text, layer.normalized_shape, weight, bias, layer.eps)


def linear(text: torch.Tensor, *parts: Any) -> torch.Tensor:
    """Apply the linear layers `parts` in one matrix product; the results are concatenated."""
    import torch

    if len(parts) == 1:
        weight, bias = parts[0].weight, parts[0].bias
    else:
        weight = torch.cat([part.weight for part in parts])
        bias = torch.cat([part.bias for part in parts])
    return torch.nn.functional.linear(text, weight.to(text.dtype), bias.to(text.dtype))


def _attend(
    layer: Any, text: torch.Tensor, memory: torch.Tensor | None, heads: int, bias: torch.Tensor
) -> torch.Tensor:
    """The output of attention of `text` to `memory` or, if `memory` is None, to itself; `bias` masks
    positions."""
    if memory is None:
        query, key, value = split(linear(text, layer.q_proj, layer.k_proj, layer.v_proj), 3, heads)
    else:
        (query,) = split(linear(text, layer.q_proj), 1, heads)
        key, value = split(linear(memory, layer.k_proj, layer.v_proj), 2, heads)
    return mix(layer, query, key, value, bias)


def split(both: torch.Tensor, count: int, heads: int) -> tuple[torch.Tensor, ...]:
    """Split ``[examples, length, count * width]`` into `count` tensors of the shape that `mix` takes.

    Each is ``[examples * heads, length, width of a head]``.
    """
    shape = (*both.shape[:2], count, heads, -1)
    return both.view(shape).permute(2, 0, 3, 1, 4).flatten(1, 2).unbind(0)


def mix(
    layer: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, bias: torch.Tensor
) -> torch.Tensor:
    """The output of attention ``[examples, length, width]`` for query, key and value as `split` returns them.

    Attention is computed in separate steps: on CPUs the backward pass of the fused kernel takes four times as
    long.
    """
    import torch

    scores = torch.baddbmm(bias, query, key.transpose(1, 2), alpha=1 / math.sqrt(query.shape[-1]))
    found = scores.softmax(-1) @ value
    apart = found.view(-1, layer.num_heads, *found.shape[1:])
    return linear(apart.transpose(1, 2).flatten(2), layer.out_proj)


def feed(layer: Any, text: torch.Tensor) -> torch.Tensor:
    """The output of the feed-forward part of a layer.

    ReLU makes a new tensor: if it changed its input in place, autograd would copy the input, which is a view.
    """
    return linear(linear(text, layer.fc1).relu(), layer.fc2)
