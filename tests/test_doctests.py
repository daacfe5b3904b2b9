"""The examples in the docstrings of the product are right."""

from __future__ import annotations

import doctest
from importlib import import_module
from pkgutil import walk_packages

import pytest


@pytest.mark.parametrize("layer", ["egiz.translate", "egiz.glossary", "egiz.parallel"])
def test_examples_in_docstrings(layer: str) -> None:
    names = [item.name for item in walk_packages(import_module(layer).__path__, f"{layer}.")]
    results = [doctest.testmod(import_module(name)) for name in names if not name.endswith("__main__")]
    assert sum(result.attempted for result in results) > 10
    assert sum(result.failed for result in results) == 0
