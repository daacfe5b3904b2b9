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
