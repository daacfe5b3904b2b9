"""The toy recipe and its prepared folder, which every test of training starts from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from egiz.translate.train.recipe import Recipe
from tests.conftest import MadeOnce
from tests.translate.toy import prepare_toy, toy_recipe


@pytest.fixture
def recipe() -> Recipe:
    return toy_recipe()


@pytest.fixture
def folder(tmp_path: Path, made_once: MadeOnce) -> Path:
    shutil.copytree(made_once("toy-prepared", prepare_toy), tmp_path, dirs_exist_ok=True)
    return tmp_path / "run"


@pytest.fixture
def toy_recipe_file(tmp_path: Path) -> Path:
    """The toy recipe as a file."""
    from egiz.parallel.corpus.recipe import recipe_text

    path = tmp_path / "toy.toml"
    path.write_text(recipe_text(toy_recipe(), ()), encoding="utf-8")
    return path
