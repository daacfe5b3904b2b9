"""A tiny checkpoint and its conversions, made once a session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random checkpoint in hub layout for kk, ru and en; read only."""
    pytest.importorskip("torch", reason="making a checkpoint needs torch")
    pytest.importorskip("transformers", reason="making a checkpoint needs transformers")
    from tests.translate.tiny import make_tiny_checkpoint

    return make_tiny_checkpoint(tmp_path_factory.mktemp("checkpoint") / "tiny")


@pytest.fixture(scope="session")
def tiny_models(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The tiny checkpoint converted to the precision asked for, with its manifest; read only."""
    from egiz.translate.models.convert import convert

    home = tmp_path_factory.mktemp("models")

    def converted(precision: str) -> Path:
        folder = home / f"tiny-{precision}"
        if not folder.exists():
            convert(tiny_checkpoint, folder, precision=precision, licence="CC0-1.0")
        return folder

    return converted


@pytest.fixture(scope="session")
def tiny_model(tiny_models: Callable[[str], Path]) -> Path:
    """The tiny model in float32: what engines run in tests."""
    return tiny_models("float32")


@pytest.fixture(scope="session")
def tiny_model_int8(tiny_models: Callable[[str], Path]) -> Path:
    """The tiny model in int8, as models are shipped."""
    return tiny_models("int8")


@pytest.fixture(scope="session")
def toy_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The training folder of a model that has learnt the toy language; read only."""
    pytest.importorskip("torch", reason="learning needs torch")
    from egiz.translate.train.export import export_checkpoint
    from egiz.translate.train.learn import Limits, learn
    from tests.translate.toy import longer, prepare_toy, toy_recipe

    folder = prepare_toy(tmp_path_factory.mktemp("toy"))
    recipe = longer(toy_recipe())
    learn(recipe, folder, limits=Limits(every=1000, precision="float32"))
    export_checkpoint(recipe, folder)
    return folder


@pytest.fixture(scope="session")
def toy_model(toy_run: Path) -> Path:
    """That model converted in float32; read only."""
    from egiz.translate.train.export import export_model
    from tests.translate.toy import longer, toy_recipe

    export_model(longer(toy_recipe()), toy_run / "checkpoint", toy_run / "model", precision="float32")
    return toy_run / "model"
