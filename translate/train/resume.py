"""Save checkpoints of a training run, and resume it or continue another one from them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from egiz.translate.errors import ModelError
from egiz.translate.models.layout import SENTENCEPIECE
from egiz.translate.models.manifest import file_sha256
from egiz.translate.train.corpus import ROWS
from egiz.translate.train.hints import HINTS
from egiz.translate.train.recipe import Recipe

if TYPE_CHECKING:
    import torch

    from egiz.translate.train.step import Learner

CHECKPOINT = "checkpoint.pt"
_MAY_CHANGE = ("steps", "cooldown")
_SHARED = ("embed_tokens.weight", "lm_head.weight")
"""Ends of the names of weights that are shared with `model.shared.weight`, and may be missing."""
_ANEW = f"Put back what was changed, or remove {CHECKPOINT} to begin anew"


@dataclass(slots=True, kw_only=True)
class RunSegment:
    """The steps `first` to `step` of a run, on one machine, in one precision, with the same inputs.

    `origin` is the result of `input_hashes`; `batch` is the number of positions on one side of a batch;
    `tokens` and `seconds` are those of the segment.
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
    """The position in the data (`epoch` and `batch`), and the steps, tokens and seconds of the whole run."""

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
        leg = self.history[-1]
        leg.step = self.step
        leg.tokens += tokens
        leg.seconds = round(leg.seconds + seconds, 3)


def input_hashes(recipe: Recipe, folder: Path, start: Path | None = None) -> dict[str, str]:
    """SHA-256 of all inputs that must not change during a run: recipe, rows, pieces, hints, and `start`.

    `start` is the model or checkpoint that the run began from. The recipe's name, steps and cool-down may
    change, so that a run can be made longer; so may its licences, repositories and domains, which do not
    affect training.
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
    """The file of weights in `start`: a training checkpoint, or the `model.bin` of a CTranslate2 model."""
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

    The hash of the model that the run began from is added to `made_from`. Raises ModelError if the checkpoint
    cannot be read or was made from another recipe, other rows or other pieces. A checkpoint without hashes is
    accepted.
    """
    held = read_checkpoint(path)
    changed = _changed(held.get("origin"), made_from)
    if changed:
        raise ModelError(
            f"the checkpoint was made with another {' and another '.join(changed)}",
            where=str(path),
            expected="the same as before, but for the schedule's steps and cooldown",
            action=f"{_ANEW}, or go on from it in another folder with --from {path.parent}.",
        )
    if began := (held.get("origin") or {}).get("start"):
        made_from["start"] = began
    return _put(held, path, learner)


def follow(path: Path, learner: Learner, made_from: dict[str, str]) -> State:
    """Load another run's checkpoint, to continue with other rows or sources from their beginning.

    Steps, tokens and history continue. Raises ModelError if the pieces or the shape differ.
    """
    held = read_checkpoint(path)
    if SENTENCEPIECE in _changed(held.get("origin"), made_from):
        raise ModelError(
            f"the checkpoint was made with another {SENTENCEPIECE}",
            where=str(path),
            action="Copy the pieces from the folder of that run.",
        )
    state = _put(held, path, learner)
    return replace(state, epoch=state.epoch + 1, batch=0)


def _put(held: dict[str, Any], path: Path, learner: Learner) -> State:
    told = dict(held["state"])
    history = [RunSegment(**leg) for leg in told.pop("history", ())]
    state = State(**told, history=history)
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
    """The content of a checkpoint; only tensors and plain values are unpickled.

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
    if not isinstance(held, dict):
        return []
    return [name for name, digest in made_from.items() if held.get(name) != digest]
