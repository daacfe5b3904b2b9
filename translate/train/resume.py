"""Saving an interrupted run and taking it up again, with the same data and network as before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from egiz.translate.errors import ModelError
from egiz.translate.models.layout import SENTENCEPIECE
from egiz.translate.models.manifest import file_sha256
from egiz.translate.train.corpus import ROWS
from egiz.translate.train.recipe import Recipe

if TYPE_CHECKING:
    import torch
    from torch.optim.swa_utils import AveragedModel

CHECKPOINT = "checkpoint.pt"
_MAY_CHANGE = ("steps", "cooldown")
_ANEW = f"Put back what was changed, or remove {CHECKPOINT} to begin anew"


@dataclass(slots=True)
class State:
    """The place in the data and what it took to get there."""

    step: int = 0
    epoch: int = 0
    batch: int = 0
    tokens: int = 0
    seconds: float = 0.0


def origin(recipe: Recipe, folder: Path, start: Path | None = None) -> dict[str, str]:
    """SHA-256 of all that a run must not change half-way: the recipe's part, the rows and the pieces.

    With `start`, the model that the run began from, its weights too.

    The recipe's name, steps and cool-down may change, for a run may be made longer; so may licences and
    domains of its sources, which no step depends on.
    """
    content = asdict(recipe)
    del content["name"]
    content["directions"] = list(recipe.directions.items())
    content["sources"] = [(source.file, source.weight) for source in recipe.sources]
    for name in _MAY_CHANGE:
        del content["schedule"][name]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    began = {"start": file_sha256(start / "model.bin")} if start else {}
    return {
        "recipe": hashlib.sha256(text.encode("utf-8")).hexdigest(),
        ROWS: file_sha256(folder / ROWS),
        SENTENCEPIECE: file_sha256(folder / SENTENCEPIECE),
        **began,
    }


def save(
    path: Path,
    recipe: Recipe,
    model: torch.nn.Module,
    averaged: AveragedModel,
    optimisers: Sequence[torch.optim.Optimizer],
    state: State,
    made_from: dict[str, str],
) -> None:
    """Write a checkpoint, whole or not at all; `made_from` is what `origin` gave when the run began."""
    import torch

    temporary = path.with_suffix(".tmp")
    torch.save(
        {
            "recipe": recipe.name,
            "model": model.state_dict(),
            "averaged": averaged.module.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in optimisers],
            "state": asdict(state),
            "origin": made_from,
            "chance": torch.get_rng_state(),
            "device chance": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        },
        temporary,
    )
    temporary.replace(path)


def resume(
    path: Path,
    model: torch.nn.Module,
    averaged: AveragedModel,
    optimisers: Sequence[torch.optim.Optimizer],
    made_from: dict[str, str],
) -> State:
    """Put weights, their average, optimisers and random state in place; a fresh state without a checkpoint.

    Raises ModelError where the checkpoint was made from another recipe, other rows or other pieces, or
    cannot be read. One that does not say what it was made from is taken as it is.
    """
    import torch

    if not path.exists():
        return State()
    held = read_checkpoint(path)
    _check_origin(held.get("origin"), made_from, path)
    state = State(**held["state"])
    load_weights(model, held, path)
    load_weights(averaged.module, held, path, averaged=True)
    averaged.n_averaged.fill_(state.step)
    for optimiser, saved in zip(optimisers, held["optimisers"], strict=True):
        optimiser.load_state_dict(saved)
    if "chance" in held:
        torch.set_rng_state(held["chance"])
        states = held["device chance"]
        if states and torch.cuda.is_available() and len(states) == torch.cuda.device_count():
            torch.cuda.set_rng_state_all(states)
    return state


def read_checkpoint(path: Path) -> dict[str, Any]:
    """All that a checkpoint holds; only tensors and plain values are ever unpacked.

    Raises ModelError where the file is none or was cut short.
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
    """Put a checkpoint's weights, or their running average, into a network.

    Raises ModelError where they are of another shape.
    """
    try:
        model.load_state_dict(held["averaged" if averaged else "model"])
    except RuntimeError as error:
        raise ModelError(
            "the weights do not fit the recipe's shape and vocabulary",
            where=str(path),
            action=f"Use the recipe that it was trained with (named {held.get('recipe', 'unknown')!r}).",
        ) from error


def _check_origin(held: object, made_from: dict[str, str], path: Path) -> None:
    if not isinstance(held, dict):
        return
    changed = [name for name, digest in made_from.items() if held.get(name) != digest]
    if changed:
        raise ModelError(
            f"the checkpoint was made with another {' and another '.join(changed)}",
            where=str(path),
            expected="the same as before, but for the schedule's steps and cooldown",
            action=f"{_ANEW}.",
        )
