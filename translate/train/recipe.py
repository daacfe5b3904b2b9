"""A training recipe: everything that decides what a model becomes, in one TOML file.

The recipe names its sources with their licences, so that the model card can be written from it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from egiz.translate.errors import InputError, OptionError, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One table of parallel text: columns as in `Recipe.languages`, no header, further columns ignored.

    `weight` is how many times an epoch passes over it on average (0.3: a random third each epoch).
    """

    file: str
    licence: str
    domain: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Dimensions of the network (M2M100, as NLLB); attention heads are 64 wide."""

    width: int
    feed_forward: int
    encoder_layers: int
    decoder_layers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long and how fast to learn.

    The rate rises over `warmup` steps, stays, and falls linearly to a tenth over the last `cooldown`
    share of `steps`. Matrices learn by Muon at `matrix_rate`, all else by AdamW at `rate`.
    `tokens` is the number of positions of one side of a batch.
    """

    steps: int
    tokens: int
    warmup: int
    cooldown: float
    rate: float
    matrix_rate: float
    smoothing: float
    dropout: float
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """Chances, per example, of each change made to training text so that untidy input does no harm."""

    piece_dropout: float
    lower_case: float
    lost_stop: float
    joined: float
    glued: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a pair must be to be learnt from; lengths in characters of the normalised text."""

    shortest: int
    longest: int
    ratio: float
    letters: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """See the module; `directions` maps ``source-target`` to its share of an epoch."""

    name: str
    languages: tuple[str, ...]
    directions: dict[str, float]
    vocabulary: int
    shape: Shape
    schedule: Schedule
    noise: Noise
    filters: Filters
    sources: tuple[Source, ...]

    def with_steps(self, steps: int) -> Recipe:
        """The same recipe with another number of steps; the cool-down moves along."""
        return replace(self, schedule=replace(self.schedule, steps=steps))


def starter_recipe() -> Recipe:
    """The recipe of the starter model, which ships with the package."""
    with as_file(files("egiz.translate") / "train" / "recipes" / "starter.toml") as path:
        return read_recipe(path)


def read_recipe(path: Path) -> Recipe:
    """Read a recipe file; raises InputError where it is not one, OptionError on an unknown or missing key."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", where=str(path), expected="a recipe in TOML"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(str(error), where=str(path), expected="TOML") from error
    where = str(path)
    _known(Recipe, table, where)
    made = {
        "shape": _make(Shape, table.get("shape", {}), f"{where} [shape]"),
        "schedule": _make(Schedule, table.get("schedule", {}), f"{where} [schedule]"),
        "noise": _make(Noise, table.get("noise", {}), f"{where} [noise]"),
        "filters": _make(Filters, table.get("filters", {}), f"{where} [filters]"),
        "sources": tuple(_make(Source, item, f"{where} [[sources]]") for item in table.get("sources", [])),
        "languages": tuple(table.get("languages", ())),
    }
    recipe: Recipe = _make(Recipe, {**table, **made}, where)
    _check(recipe, where)
    return recipe


def _known(kind: Any, values: dict[str, Any], where: str) -> list[str]:
    names = [field.name for field in fields(kind)]
    for name in values:
        if name not in names:
            raise OptionError(f"unknown key {name!r}", where=where, action=nearest(name, names))
    return names


def _make(kind: Any, values: dict[str, Any], where: str) -> Any:
    names = _known(kind, values, where)
    try:
        return kind(**values)
    except TypeError as error:
        found = str(error).partition("() ")[2]
        raise OptionError(found, where=where, expected=f"the keys {', '.join(names)}") from error


def _check(recipe: Recipe, where: str) -> None:
    for direction, share in recipe.directions.items():
        source, _, target = direction.partition("-")
        if source == target or not {source, target} <= set(recipe.languages):
            raise OptionError(
                f"unknown direction {direction!r}",
                where=where,
                expected=f"two of {', '.join(recipe.languages)}",
            )
        if share <= 0:
            raise OptionError(f"share {share} for {direction}", where=where, expected="a number above 0")
    if not recipe.sources:
        raise OptionError("no [[sources]]", where=where, expected="at least one table of parallel text")
