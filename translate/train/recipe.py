"""A training recipe: all settings that determine a model, in one TOML file.

The recipe names its sources with their licences, so that the model card can be written from it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from egiz.translate.errors import InputError, OptionError, nearest
from egiz.translate.io.files import read_whole
from egiz.translate.languages import language

MAX_TOKENS = 120
"""The most tokens of the source, and of the target, of a training pair. A batch has room for at least one
pair."""
HEAD = 64
"""The width of an attention head, as in every NLLB model."""
_KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "bool": (bool,),
    "float": (int, float),
    "dict[str, float]": (dict,),
    "tuple[str, ...]": (list,),
    "tuple[ParallelTable, ...]": (list,),
    "tuple[TextTable, ...]": (list,),
    "NetworkShape": (dict,),
    "Schedule": (dict,),
    "Noise": (dict,),
    "Filters": (dict,),
}
_NAMES = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "tuple[str, ...]": "a list of texts",
}
_LEAST: dict[str, float] = {
    "vocabulary": 8,
    "width": HEAD,
    "feed_forward": 1,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "steps": 1,
    "tokens": MAX_TOKENS,
    "shortest": 1,
    "longest": 1,
    "ratio": 1,
}
"""The smallest allowed values of settings; a number that is not listed here must be at least 0."""
_ABOVE_ZERO = ("rate", "matrix_rate", "weight")
_SHARES = (
    *("cooldown", "smoothing", "dropout", "piece_dropout"),
    *("lower_case", "lost_stop", "joined", "glued", "hinted", "letters"),
)
_LARGEST_SEED = 2**31
_MOST = 2**53
"""The largest allowed value; every integer up to this one is exact as a float."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelTable:
    """One table of parallel text: columns as in `Recipe.languages`, no header, further columns ignored.

    `weight` is the average number of times that an epoch uses each row in a direction whose share is 1. For
    example, with the weight 0.3 an epoch uses a random three tenths of the rows. `synthetic` is the language
    of the column that was machine-translated from another column; it is empty if there is no such column.
    Machine-translated text is only used as a source, and it is marked as back-translated.
    """

    file: str
    repository: str
    licence: str
    domain: str
    weight: float = 1.0
    synthetic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """One table of text in one language: sentences in the first column, no header.

    `part` selects the rows that have this value in another column; empty selects all. `weight` is the share
    of the sentences to use for the vocabulary and for back-translation.
    """

    file: str
    part: str = ""
    language: str
    repository: str
    licence: str
    domain: str
    weight: float = 1.0

    @property
    def title(self) -> str:
        """The file name, and the part if there is one."""
        return f"{self.file} {self.part}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkShape:
    """The dimensions of the network (M2M100, like NLLB); attention heads are 64 wide."""

    width: int
    feed_forward: int
    encoder_layers: int
    decoder_layers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Length of training, learning rates and regularisation.

    The learning rate rises over `warmup` steps, stays constant, and falls linearly to a tenth over the last
    `cooldown` (a share of `steps`). Weight matrices of layers are trained by Muon with the peak rate
    `matrix_rate`, all other weights by AdamW with the peak rate `rate`. `tokens` is the size of a batch: the
    number of its source positions, padding included. A batch has as many target positions.
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
    """The probability, per example, of each change that makes the model robust to untidy input.

    `lower_case` applies to the first capital of the source, `lost_stop` to the final stops of both texts,
    `joined` to joining an example with the next row, and `glued` to leaving out the space between the two.
    `hinted` is the probability that hints of an example are used. `piece_dropout` is the probability, per
    merge, that a BPE merge is skipped.
    """

    piece_dropout: float
    lower_case: float
    lost_stop: float
    joined: float
    glued: float
    hinted: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The conditions on training rows.

    `shortest` and `longest` are the limits on the length of a cell, in characters of the normalised text.
    `ratio` is the largest allowed ratio of the longest cell of a row to its shortest cell. `letters` is the
    least share of letters of the language's script in a cell.

    With `numberless`, rows that differ only by numbers or at an end count as copies, and so do rows that
    differ from a test sentence only by numbers. That suits transcribed news, but not text whose lines differ
    only in numbers.
    """

    shortest: int
    longest: int
    ratio: float
    letters: float
    numberless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A complete recipe.

    `directions` maps each direction ``source-target`` to its share, a factor on the weights of the tables.
    `vocabulary` is the number of tokens, language codes included. `licence` is that of the model; if it is
    empty, the licences of its sources are named instead.
    """

    name: str
    languages: tuple[str, ...]
    directions: dict[str, float]
    vocabulary: int
    shape: NetworkShape
    schedule: Schedule
    noise: Noise
    filters: Filters
    sources: tuple[ParallelTable, ...]
    texts: tuple[TextTable, ...] = ()
    licence: str = ""

    def resized(self, *, steps: int | None = None, tokens: int | None = None) -> Recipe:
        """The same recipe with another number of steps or of tokens per batch.

        The cool-down keeps its share of the steps. Raises OptionError for less than one step, or if a batch
        has no room for the longest pair.
        """
        changed = {"steps": steps, "tokens": tokens}
        given = {name: value for name, value in changed.items() if value is not None}
        for name, value in given.items():
            if value < _LEAST[name]:
                raise OptionError(f"{value} {name}", expected=f"{_LEAST[name]} or more")
        return replace(self, schedule=replace(self.schedule, **given))


def starter_recipe() -> Recipe:
    """The recipe of the starter model, which ships with the package."""
    with recipe_file(None) as path:
        return read_recipe(path)


@contextmanager
def recipe_file(path: Path | None) -> Iterator[Path]:
    """Yield `path` or, if it is None, the path of the starter model's recipe."""
    if path is not None:
        yield path
        return
    with as_file(files("egiz.translate") / "train" / "recipes" / "starter.toml") as own:
        yield own


def read_recipe(path: Path) -> Recipe:
    """Read a recipe file.

    Raises InputError if it is not TOML in UTF-8, OptionError for an unknown or missing key or an invalid
    value, LanguageError for an unknown language.
    """
    try:
        table = tomllib.loads(read_whole(path, expected="a recipe in TOML").decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(str(error), where=str(path), expected="TOML in UTF-8") from error
    where = str(path)
    _field_names(Recipe, table, where)
    _check_values(Recipe, table, where)
    made = {
        "shape": _make(NetworkShape, table.get("shape", {}), f"{where} [shape]"),
        "schedule": _make(Schedule, table.get("schedule", {}), f"{where} [schedule]"),
        "noise": _make(Noise, table.get("noise", {}), f"{where} [noise]"),
        "filters": _make(Filters, table.get("filters", {}), f"{where} [filters]"),
        "sources": tuple(
            _make(ParallelTable, item, f"{where} [[sources]]") for item in table.get("sources", [])
        ),
        "texts": tuple(_make(TextTable, item, f"{where} [[texts]]") for item in table.get("texts", [])),
        "languages": tuple(table.get("languages", ())),
    }
    recipe: Recipe = _make(Recipe, {**table, **made}, where)
    _check(recipe, where)
    return recipe


def _field_names(kind: Any, values: dict[str, Any], where: str) -> list[str]:
    """The names of the fields of `kind`; OptionError if `values` has another key."""
    names = [field.name for field in fields(kind)]
    for name in values:
        if name not in names:
            raise OptionError(f"unknown key {name!r}", where=where, action=nearest(name, names))
    return names


def _make(kind: Any, values: dict[str, Any], where: str) -> Any:
    """Make a record of the class `kind` from a table; OptionError if keys or values do not fit."""
    names = _field_names(kind, values, where)
    if kind is not Recipe:
        _check_values(kind, values, where)
    try:
        return kind(**values)
    except TypeError as error:
        found = str(error).partition("() ")[2]
        raise OptionError(found, where=where, expected=f"the keys {', '.join(names)}") from error


def _check_values(kind: Any, values: dict[str, Any], where: str) -> None:
    """Raise OptionError if a value does not have the type of its field in the class `kind`, or is out of
    range."""
    for field in fields(kind):
        if field.name not in values:
            continue
        value = values[field.name]
        wanted = _KINDS[str(field.type)]
        if not isinstance(value, wanted) or isinstance(value, bool) != (wanted == (bool,)):
            expected = _NAMES.get(str(field.type), "a table" if dict in wanted else "an array of tables")
            raise OptionError(f"{field.name} is {value!r}", where=where, expected=expected)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            _check_number(field.name, value, where)
    for name in ("sources", "texts"):
        for item in values.get(name, ()):
            if not isinstance(item, dict):
                raise OptionError(f"{name} holds {item!r}", where=where, expected=f"[[{name}]] tables")
    for tag in values.get("languages", ()):
        if not isinstance(tag, str):
            raise OptionError(f"languages holds {tag!r}", where=where, expected="texts such as 'kk'")
    for direction, share in values.get("directions", {}).items():
        if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 < share <= _MOST:
            raise OptionError(f"share {share!r} for {direction}", where=where, expected="a number above 0")


def _check_number(name: str, value: float, where: str) -> None:
    """Raise OptionError if a number is out of the range of its field."""
    least = _LEAST.get(name, 0)
    if not least <= value <= _MOST:  # refuses NaN too
        expected = f"a number from {least} up"
    elif name in _ABOVE_ZERO and value == 0:
        expected = "a number above 0"
    elif name in _SHARES and value > 1:
        expected = "a share from 0 to 1"
    elif name == "width" and value % HEAD:
        expected = f"a multiple of {HEAD}, the width of an attention head"
    elif name == "seed" and value >= _LARGEST_SEED:
        expected = f"a number below {_LARGEST_SEED}"
    else:
        return
    raise OptionError(f"{name} is {value}", where=where, expected=expected)


def _check(recipe: Recipe, where: str) -> None:
    """Raise OptionError or LanguageError if languages, directions and tables of a recipe do not agree."""
    for tag in recipe.languages:
        language(tag)
    if len(set(recipe.languages)) < max(2, len(recipe.languages)):
        raise OptionError(
            f"languages {', '.join(recipe.languages)}", where=where, expected="two or more, each once"
        )
    if not recipe.directions:
        raise OptionError("no [directions]", where=where, expected='at least one, such as "kk-ru" = 1.0')
    if recipe.filters.longest < recipe.filters.shortest:
        raise OptionError(
            f"longest is {recipe.filters.longest}",
            where=f"{where} [filters]",
            expected=f"at least shortest, {recipe.filters.shortest}",
        )
    for direction in recipe.directions:
        source, _, target = direction.partition("-")
        if source == target or not {source, target} <= set(recipe.languages):
            raise OptionError(
                f"unknown direction {direction!r}",
                where=where,
                expected=f"two of {', '.join(recipe.languages)}",
            )
    named = [source.synthetic for source in recipe.sources if source.synthetic]
    for tag in (*named, *(text.language for text in recipe.texts)):
        if tag not in recipe.languages:
            raise OptionError(
                f"unknown language {tag!r} of a table", where=where, expected=", ".join(recipe.languages)
            )
    if not recipe.sources:
        raise OptionError("no [[sources]]", where=where, expected="at least one table of parallel text")
