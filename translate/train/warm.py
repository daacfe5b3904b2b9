"""Start training from an existing model: load its weights into a network, even with other pieces.

A converted CTranslate2 model is enough, so training can continue from the starter in the package without its
original checkpoint; the loss of precision by int8 is soon recovered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from egiz.translate.errors import ModelError
from egiz.translate.models.layout import SENTENCEPIECE, load_sentencepiece, nllb_tokens
from egiz.translate.models.weights import read_weights

if TYPE_CHECKING:
    import torch

_PARTS = (
    (r"/layer_(\d+)/", r".layers.\1."),
    (r"self_attention/layer_norm", "self_attn_layer_norm"),
    (r"attention/layer_norm", "encoder_attn_layer_norm"),
    (r"ffn/layer_norm", "final_layer_norm"),
    (r"ffn/linear_0", "fc1"),
    (r"ffn/linear_1", "fc2"),
    (r"self_attention/linear_0", "self_attn.{qkv}"),
    (r"self_attention/linear_1", "self_attn.out_proj"),
    (r"attention/linear_0", "encoder_attn.q_proj"),
    (r"attention/linear_1", "encoder_attn.{kv}"),
    (r"attention/linear_2", "encoder_attn.out_proj"),
    (r"(en|de)coder/layer_norm", r"\1coder.layer_norm"),
    (r"/gamma$", ".weight"),
    (r"/beta$", ".bias"),
    (r"/(weight|bias)$", r".\1"),
)
"""Replacements, in order, that turn CTranslate2's variable names into those of M2M100 in transformers."""
_FUSED = {"{qkv}": ("q_proj", "k_proj", "v_proj"), "{kv}": ("k_proj", "v_proj")}
_EMBEDDINGS = ("decoder/embeddings/weight", "encoder/embeddings_0/weight")


def start_from(folder: Path, model: torch.nn.Module, pieces: Path, codes: Sequence[str]) -> None:
    """Load the weights of the CTranslate2 model in `folder` into `model`, an M2M100 of the same shape.

    A token of the new vocabulary (sentencepiece model `pieces`, language `codes`) that the old one also has
    keeps its embedding; a new token gets the mean embedding of the old pieces that spell it.

    Raises ModelError if the folder holds no such model, or one of another shape.
    """
    held = _values(folder / "model.bin")
    state = model.state_dict()
    filled = {name: value for old, new in held.items() for name, value in _named(old, new)}
    filled["model.shared.weight"] = _embeddings(folder, held, pieces, codes, state["model.shared.weight"])
    for name, value in filled.items():
        if name not in state or state[name].shape != value.shape:
            raise ModelError(
                f"{name} is {tuple(value.shape)}",
                where=str(folder),
                expected=f"{tuple(state[name].shape)} as in the recipe" if name in state else "no such layer",
                action="Train it on in the shape that it has: see `egiz models info`.",
            )
    shared = {name for name in state if name.endswith(("embed_tokens.weight", "lm_head.weight"))}
    if missing := [name for name in state if name not in filled and name not in shared]:
        raise ModelError(
            f"the model has no {missing[0]}", where=str(folder), expected="the layers of the recipe's shape"
        )
    model.load_state_dict(filled, strict=False)


def _values(path: Path) -> dict[str, torch.Tensor]:
    """The weights in float32, by CTranslate2's names; integer weights are divided by their scales."""
    import torch

    types = {"float32": torch.float32, "int8": torch.int8, "float16": torch.float16}
    types |= {"int16": torch.int16, "bfloat16": torch.bfloat16}
    found = {
        name: torch.frombuffer(bytearray(content), dtype=types[kind]).reshape(shape).float()
        for name, shape, kind, content in read_weights(path)
        if kind in types and shape
    }
    return {
        name: value / found[f"{name}_scale"].reshape(-1, 1) if f"{name}_scale" in found else value
        for name, value in found.items()
        if not name.endswith("_scale")
    }


def _named(old: str, value: torch.Tensor) -> list[tuple[str, torch.Tensor]]:
    """The parts of a CTranslate2 variable by their names in transformers; empty for embeddings."""
    if old in _EMBEDDINGS or not old.endswith(("/weight", "/bias", "/gamma", "/beta")):
        return []
    name = old
    for pattern, new in _PARTS:
        name = re.sub(pattern, new, name)
    name = f"model.{name}"
    for mark, parts in _FUSED.items():
        if mark in name:
            chunks = value.chunk(len(parts))
            return [(name.replace(mark, part), chunk) for part, chunk in zip(parts, chunks, strict=True)]
    return [(name, value)]


def _embeddings(
    folder: Path, held: Mapping[str, torch.Tensor], pieces: Path, codes: Sequence[str], fresh: torch.Tensor
) -> torch.Tensor:
    import torch

    old = next((held[name] for name in _EMBEDDINGS if name in held), None)
    if old is None or old.shape[1] != fresh.shape[1]:
        found = "there are no embeddings" if old is None else f"the embeddings are {old.shape[1]} wide"
        raise ModelError(found, where=str(folder), expected=f"embeddings {fresh.shape[1]} wide")
    tokens = json.loads((folder / "shared_vocabulary.json").read_text(encoding="utf-8"))
    row = {token: number for number, token in enumerate(tokens)}
    speller = load_sentencepiece(folder / SENTENCEPIECE)
    mean = old.mean(0)
    made = []
    processor = load_sentencepiece(pieces)
    names = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    for token in nllb_tokens(names, codes):
        if token in row:
            made.append(old[row[token]])
            continue
        parts = [row[part] for part in speller.encode(token.replace("▁", " "), out_type=str) if part in row]
        made.append(old[parts].mean(0) if parts else mean)
    return torch.stack(made)
