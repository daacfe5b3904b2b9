"""Training checkpoints: save them, resume a run, continue another run, or start from a model.

A converted CTranslate2 model is enough to start from, even with other pieces, so training can continue from
the starter in the package without its original checkpoint. The loss of precision by int8 is soon recovered.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from egiz.translate.errors import ModelError
from egiz.translate.models.layout import SENTENCEPIECE, load_sentencepiece, nllb_tokens
from egiz.translate.models.manifest import file_sha256
from egiz.translate.models.weights import read_weights
from egiz.translate.train.corpus import HINTS, ROWS
from egiz.translate.train.recipe import Recipe

if TYPE_CHECKING:
    import torch

    from egiz.translate.train.step import Learner

CHECKPOINT = "checkpoint.pt"
_MAY_CHANGE = ("steps", "cooldown")
_SHARED = ("embed_tokens.weight", "lm_head.weight")
"""Endings of the names of weights that are the same as `model.shared.weight`; a checkpoint may lack them."""
_RESTART = f"Put back what was changed, or remove {CHECKPOINT} to begin again from step 0"


@dataclass(slots=True, kw_only=True)
class RunSegment:
    """A part of a run, on one machine, in one precision, with the same inputs.

    `first` and `step` are the numbers of steps of the run before and after the segment. `origin` is the
    result of `input_hashes`; `batch` is `Schedule.tokens`; `tokens` and `seconds` are those of the segment.
    """

    origin: dict[str, str]
    machine: str
    precision: str
    batch: int
    first: int
    step: int
    tokens: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class State:
    """The state of a run: its position in the data (`epoch`, and `batch` in it), and its totals.

    `step`, `tokens` and `seconds` count the whole run; `history` has its segments, of which the last one
    grows.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0
    tokens: int = 0
    seconds: float = 0.0
    history: list[RunSegment] = field(default_factory=list)

    def took(self, tokens: int, seconds: float) -> None:
        """Count one more step, with its tokens and seconds."""
        self.step += 1
        self.tokens += tokens
        self.seconds += seconds
        segment = self.history[-1]
        segment.step = self.step
        segment.tokens += tokens
        segment.seconds = round(segment.seconds + seconds, 3)


def input_hashes(recipe: Recipe, folder: Path, start: Path | None = None) -> dict[str, str]:
    """SHA-256 of all inputs that must not change during a run, by name: recipe, rows, pieces, hints, `start`.

    `start` is the model or checkpoint that the run began from. The hash of the recipe leaves out steps and
    cool-down, so that a run can be made longer, and the name, licences, repositories and domains, which do
    not affect training.
    """
    content = asdict(recipe)
    del content["name"], content["licence"]
    content["directions"] = list(recipe.directions.items())
    content["sources"] = [(item.file, item.weight, item.synthetic) for item in recipe.sources]
    del content["texts"]  # they affect training only through the pieces and the back-translated sources
    for name in _MAY_CHANGE:
        del content["schedule"][name]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    began = {"start": file_sha256(weights_in(start))} if start else {}
    return {
        "recipe": hashlib.sha256(text.encode("utf-8")).hexdigest(),
        ROWS: file_sha256(folder / ROWS),
        SENTENCEPIECE: file_sha256(folder / SENTENCEPIECE),
        **({HINTS: file_sha256(folder / HINTS)} if (folder / HINTS).is_file() else {}),
        **began,
    }


def weights_in(start: Path) -> Path:
    """The file with the weights of `start`: a checkpoint, or the `model.bin` of a CTranslate2 model."""
    if not start.is_dir():
        return start
    return start / ("model.bin" if is_converted_model(start) else CHECKPOINT)


def is_converted_model(start: Path) -> bool:
    """Whether `start` is a CTranslate2 model, rather than a training checkpoint."""
    return (start / "model.bin").is_file() and not (start / CHECKPOINT).is_file()


def save(path: Path, recipe: Recipe, learner: Learner, state: State, made_from: dict[str, str]) -> None:
    """Write a checkpoint atomically; `made_from` is the result of `input_hashes` when the run began."""
    import torch

    temporary = path.with_suffix(".tmp")
    torch.save(
        {
            "recipe": recipe.name,
            "model": learner.model.state_dict(),
            "averaged": learner.averaged.module.state_dict(),
            "count": int(learner.averaged.n_averaged),
            "optimisers": [optimiser.state_dict() for optimiser in learner.optimisers],
            "state": asdict(state),
            "origin": made_from,
        },
        temporary,
    )
    temporary.replace(path)


def resume(path: Path, learner: Learner, made_from: dict[str, str]) -> State:
    """Load weights, their average and the optimiser states into `learner`, and return the state of the run.

    `made_from` holds the hashes of the present inputs. If the run began from a model, the hash of this model
    is copied from the checkpoint into `made_from`. Raises ModelError if the checkpoint cannot be read or was
    made from other inputs. A checkpoint without hashes is accepted.
    """
    held = read_checkpoint(path)
    changed = _changed(held.get("origin"), made_from)
    if changed:
        raise ModelError(
            f"the checkpoint was made with another {' and another '.join(changed)}",
            where=str(path),
            expected="the same as before, but for the schedule's steps and cooldown",
            action=f"{_RESTART}, or go on from it in another folder with --from {path.parent}.",
        )
    if began := (held.get("origin") or {}).get("start"):
        made_from["start"] = began
    return _restore(held, path, learner)


def follow(path: Path, learner: Learner, made_from: dict[str, str]) -> State:
    """Load another run's checkpoint into `learner`, to continue with other rows or sources.

    The data begins anew, with the next epoch; steps, tokens and history of the other run continue. Returns
    the state. Raises ModelError if the pieces or the shape differ.
    """
    held = read_checkpoint(path)
    if SENTENCEPIECE in _changed(held.get("origin"), made_from):
        raise ModelError(
            f"the checkpoint was made with another {SENTENCEPIECE}",
            where=str(path),
            action="Copy the pieces from the folder of that run.",
        )
    state = _restore(held, path, learner)
    return replace(state, epoch=state.epoch + 1, batch=0)


def _restore(held: dict[str, Any], path: Path, learner: Learner) -> State:
    """Load the content of a checkpoint into `learner`, and return the state of the run."""
    fields = dict(held["state"])
    history = [RunSegment(**segment) for segment in fields.pop("history", ())]
    state = State(**fields, history=history)
    load_weights(learner.model, held, path)
    load_weights(learner.averaged.module, held, path, averaged=True)
    learner.averaged.n_averaged.fill_(held.get("count", state.step))
    for optimiser, saved in zip(learner.optimisers, held.get("optimisers", ()), strict=False):
        peaks = [group["peak"] for group in optimiser.param_groups]
        optimiser.load_state_dict(saved)
        for group, peak in zip(optimiser.param_groups, peaks, strict=True):
            group["peak"] = peak
    return state


def read_checkpoint(path: Path) -> dict[str, Any]:
    """The content of a checkpoint. It is unpickled in torch's safe mode: only tensors and plain values.

    Raises ModelError if the file is truncated or not a training checkpoint.
    """
    import pickle

    import torch

    try:
        held = torch.load(path, weights_only=True, map_location="cpu")
    except (RuntimeError, EOFError, OSError, pickle.UnpicklingError) as error:
        reason = str(error).partition("\n")[0]
        raise ModelError(
            f"the checkpoint cannot be read ({reason})", where=str(path), action="Remove it and train again."
        ) from error
    if not isinstance(held, dict) or not {"model", "averaged"} <= set(held):
        raise ModelError("the file holds no training checkpoint", where=str(path))
    return held


def load_weights(model: torch.nn.Module, held: dict[str, Any], path: Path, *, averaged: bool = False) -> None:
    """Load a checkpoint's weights, or their running average, into a network.

    Raises ModelError if they have other names or shapes than the network's.
    """
    weights = held["averaged" if averaged else "model"]
    shared = {name for name in model.state_dict() if name.endswith(_SHARED)}
    try:
        missing, more = model.load_state_dict(weights, strict=False)
        if set(missing) - shared or more:
            raise RuntimeError
    except RuntimeError as error:
        raise ModelError(
            "the weights do not fit the recipe's shape and vocabulary",
            where=str(path),
            action=f"Use the recipe that it was trained with (named {held.get('recipe', 'unknown')!r}).",
        ) from error


def _changed(held: object, made_from: dict[str, str]) -> list[str]:
    """The names of the inputs whose hashes differ from those in a checkpoint; empty if it has no hashes."""
    if not isinstance(held, dict):
        return []
    return [name for name, digest in made_from.items() if held.get(name) != digest]


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
    filled = {name: value for old, new in held.items() for name, value in _split_variable(old, new)}
    filled["model.shared.weight"] = _embeddings(folder, held, pieces, codes, state["model.shared.weight"])
    for name, value in filled.items():
        if name not in state or state[name].shape != value.shape:
            raise ModelError(
                f"{name} is {tuple(value.shape)}",
                where=str(folder),
                expected=f"{tuple(state[name].shape)} as in the recipe" if name in state else "no such layer",
                action="Give the recipe the shape of the model: see `egiz models info`.",
            )
    shared = {name for name in state if name.endswith(_SHARED)}
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


def _split_variable(old: str, value: torch.Tensor) -> list[tuple[str, torch.Tensor]]:
    """Convert a variable of CTranslate2 to weights of transformers, as pairs of name and value.

    CTranslate2 joins some weights, such as those of query, key and value, in one variable. The list is empty
    for embeddings, which `_embeddings` converts.
    """
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
    """The embeddings for the new vocabulary, made from the embeddings of the model in `folder`.

    `start_from` explains how. `held` are the weights of the model in `folder`. `fresh` are new embeddings;
    the embeddings of the model must have the same width.
    """
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
