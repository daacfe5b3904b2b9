"""The toy recipe and its prepared folder, which every test of training starts from."""

from __future__ import annotations

from pathlib import Path

import pytest

from egiz.translate.train.recipe import Recipe
from tests.translate.toy import prepare_toy, toy_recipe


@pytest.fixture
def recipe() -> Recipe:
    return toy_recipe()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return prepare_toy(tmp_path)
