"""Export a training checkpoint: to a checkpoint in hub layout, and from there to CTranslate2."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from egiz.translate.errors import ModelError
from egiz.translate.languages import language
from egiz.translate.models.checkpoint import write_checkpoint
from egiz.translate.models.convert import convert
from egiz.translate.models.layout import SENTENCEPIECE
from egiz.translate.models.manifest import Figure, Manifest, write_manifest
from egiz.translate.train.corpus import licences
from egiz.translate.train.hints import HINTS
from egiz.translate.train.network import network
from egiz.translate.train.recipe import Recipe
from egiz.translate.train.resume import CHECKPOINT, load_weights, read_checkpoint

_ALIGNMENT_LAYER = 0
"""The decoder layer whose attention links words best in a network of three: `benchmarks/attention.py`."""
HUB = "checkpoint"
"""Sub-folder of the training folder for the model in hub layout."""


def export_checkpoint(recipe: Recipe, folder: Path) -> Path:
    """Write the averaged weights of `folder`'s checkpoint in Hugging Face layout; return the new folder.

    Raises ModelError if there is no training checkpoint, or if it does not fit the recipe.
    """
    path = folder / CHECKPOINT
    if not path.exists():
        raise ModelError("no checkpoint", where=str(folder), action="Train first: egiz train learn.")
    held = read_checkpoint(path)
    model = network(recipe)
    load_weights(model, held, path, averaged=True)
    target = folder / HUB
    shutil.rmtree(target, ignore_errors=True)
    codes = [language(tag).code for tag in recipe.languages]
    write_checkpoint(target, model, folder / SENTENCEPIECE, codes)
    return target


def export_model(
    recipe: Recipe,
    checkpoint: Path,
    target: Path,
    *,
    precision: str = "int8",
    source: str = "local",
    figures: tuple[Figure, ...] = (),
) -> Manifest:
    """Convert the hub-layout `checkpoint`, in its training folder, to CTranslate2 at `target`.

    The manifest names the licence of the model, or those of its sources, and the marks that it understands.
    """
    manifest = convert(
        checkpoint,
        target,
        precision=precision,
        name=recipe.name,
        source=source,
        licence=recipe.licence or "trained on texts under " + ", ".join(licences(recipe.sources)),
        languages=recipe.languages,
        figures=figures,
        alignment_layer=_ALIGNMENT_LAYER,
    )
    learnt = {
        "back-translation": any(item.synthetic for item in recipe.sources),
        "hints": recipe.noise.hinted > 0 and (checkpoint.parent / HINTS).is_file(),
    }
    manifest = replace(manifest, understands=tuple(name for name, known in learnt.items() if known))
    write_manifest(target, manifest)
    return manifest
