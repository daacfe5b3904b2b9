"""The tables of Russian, read once from `data/ru.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any


@cache
def _knowledge() -> Mapping[str, Any]:
    source = files("egiz.glossary.morphology").joinpath("data", "ru.toml")
    table: Mapping[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    return table


@cache
def words_of(*path: str) -> frozenset[str]:
    """The words of one list, named by its path in the file."""
    table: Any = _knowledge()
    for name in path:
        table = table[name]
    return frozenset(table.split())


@lru_cache(maxsize=1 << 14)
def surname_model(word: str) -> str:
    """A surname that a capitalised word (folded) declines like if it is one by its ending; else nothing."""
    for like, endings in _knowledge()["surnames"]["endings"]:
        if any(word.endswith(ending) and len(word) > len(ending) + 2 for ending in endings.split()):
            return str(like)
    return ""


@cache
def governed_cases(preposition: str) -> tuple[str, ...]:
    """The cases behind a preposition of one or more words (folded), the likelier first.

    Empty for other words.
    """
    table = _knowledge()["prepositions"]
    for cases, listed in table["governing"]:
        if preposition in listed.split():
            return tuple(cases.split())
    for cases, listed in table["phrases"]:
        if preposition in (" ".join(phrase.split()) for phrase in listed.split("|")):
            return tuple(cases.split())
    return ()
