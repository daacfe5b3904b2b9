"""The tables of `data/en.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def knowledge() -> Mapping[str, Any]:
    """All tables."""
    source = files("egiz.glossary.english").joinpath("data", "en.toml")
    table: Mapping[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    return table


@cache
def words_of(section: str, name: str) -> frozenset[str]:
    """The words of one list."""
    return frozenset(knowledge()[section][name].split())
