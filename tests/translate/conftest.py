"""Models small enough for tests, each made once a session; all are read only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import MadeOnce


@pytest.fixture(scope="session")
def tiny_checkpoint(made_once: MadeOnce) -> Path:
    """A random checkpoint in hub layout for kk, ru and en."""
    pytest.importorskip("torch", reason="making a checkpoint needs torch")
    pytest.importorskip("transformers", reason="making a checkpoint needs transformers")

    def make(folder: Path) -> None:
        from tests.translate.tiny import make_tiny_checkpoint

        make_tiny_checkpoint(folder / "tiny")

    return made_once("tiny-checkpoint", make) / "tiny"


@pytest.fixture(scope="session")
def tiny_models(tiny_checkpoint: Path, made_once: MadeOnce) -> Callable[[str], Path]:
    """The tiny checkpoint converted to the precision asked for, with its manifest."""

    def converted(precision: str) -> Path:
        name = f"tiny-{precision}"

        def make(folder: Path) -> None:
            from egiz.translate.models.convert import convert

            convert(tiny_checkpoint, folder / name, precision=precision, licence="CC0-1.0")

        return made_once(f"models-{precision}", make) / name

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
def toy_run(made_once: MadeOnce) -> Path:
    """The training folder of a model that has learnt the toy language."""
    pytest.importorskip("torch", reason="learning needs torch")

    def make(home: Path) -> None:
        from egiz.translate.train.export import export_checkpoint
        from egiz.translate.train.learn import TrainingLimits, learn
        from tests.translate.toy import longer, prepare_toy, toy_recipe

        folder = prepare_toy(home)
        recipe = longer(toy_recipe())
        learn(recipe, folder, limits=TrainingLimits(every=1000, precision="float32"))
        export_checkpoint(recipe, folder)

    return made_once("toy", make) / "run"


@pytest.fixture(scope="session")
def toy_model(toy_run: Path, made_once: MadeOnce) -> Path:
    """That model converted in float32."""

    def make(folder: Path) -> None:
        from egiz.translate.train.export import export_model
        from tests.translate.toy import longer, toy_recipe

        export_model(longer(toy_recipe()), toy_run / "checkpoint", folder / "model", precision="float32")

    return made_once("toy-model", make) / "model"
