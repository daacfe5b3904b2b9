"""A recipe of `egiz train` for exported data: the starter trained on a little further."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from egiz.parallel.corpus.about import About
from egiz.translate.train.recipe import Recipe, Schedule, Source, starter_recipe

RECIPE = "recipe.toml"
_TOKENS = 2048
"""Positions of one side of a batch: 60 sentences. A third of the starter's, because only full batches of one
length are learnt from, and little text fills few. A smaller batch takes nearly as long: on a CPU most of a
step of this network is Muon's work on its matrices, which is the same for every batch."""
_FEW, _FEW_TOKENS = 300, 512
"""Below so many pairs, batches are a quarter of that, lest none be full."""
_PASSES = 3
"""Over all pairs. More make a small model forget what else it knew."""
_PAIR = 45
"""Tokens of a pair's longer side, roughly: 140 characters of news at three characters a piece."""
_STEPS = (20, 2_000)
_RATE = 0.25
"""Share of the starter's own peak rates: it is at the end of its cool-down, at a tenth of them."""

_HEAD = """\
# Train the starter on with this data. From the folder that this file is in:
#
#   egiz train prepare    --recipe recipe.toml --folder run --corpora .{unseen}
#   egiz train vocabulary --recipe recipe.toml --folder run --from starter
#   egiz train learn      --recipe recipe.toml --folder run --from starter{dev}
#   egiz train export     --recipe recipe.toml --folder run -o model
#   egiz train card       model --recipe recipe.toml --folder run

"""


def tuning_recipe(about: About, file: str, pairs: int) -> Recipe:
    """A recipe for one table in the starter's shape, of about three passes over so many pairs.

    Its languages are the starter's where these hold all of the data's, so that the starter's pieces fit;
    else the data's own, whose pieces must then be learnt. Licences are joined by commas, as recipes have it.
    """
    starter = starter_recipe()
    fits = set(about.languages) <= set(starter.languages)
    return replace(
        starter,
        name="tuned",
        languages=starter.languages if fits else about.languages,
        directions={f"{about.source_language}-{tag}": 1.0 for tag in about.target_languages},
        schedule=_schedule(starter.schedule, pairs),
        filters=replace(starter.filters, numberless=False),
        sources=(
            Source(
                file=file,
                repository="; ".join(about.sources) or about.title,
                licence=", ".join(about.licence_names) or "not stated",
                domain=about.title,
            ),
        ),
        texts=(),
        licence="",
    )


def _schedule(starter: Schedule, pairs: int) -> Schedule:
    tokens = _TOKENS if pairs >= _FEW else _FEW_TOKENS
    least, most = _STEPS
    steps = max(least, min(most, _PASSES * pairs * _PAIR // tokens))
    return replace(
        starter,
        steps=steps,
        tokens=tokens,
        warmup=max(1, steps // 10),
        rate=starter.rate * _RATE,
        matrix_rate=starter.matrix_rate * _RATE,
    )


def recipe_text(recipe: Recipe, parts: Sequence[str]) -> str:
    """The recipe in TOML, with the commands that use it; `parts` are those of the data beside it."""
    values = asdict(recipe)
    tables = {name: values.pop(name) for name in ("directions", "shape", "schedule", "noise", "filters")}
    sources = values.pop("sources")
    del values["texts"]
    lines = [f"{name} = {_value(value)}" for name, value in values.items() if value != ""]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{_key(key)} = {_value(value)}" for key, value in table.items())]
    for source in sources:
        lines += [
            "",
            "[[sources]]",
            *(f"{key} = {_value(value)}" for key, value in source.items() if value != ""),
        ]
    head = _HEAD.format(
        unseen=" --unseen test.tsv" if "test" in parts else "",
        dev=" --dev dev.tsv" if "dev" in parts else "",
    )
    return head + "\n".join(lines) + "\n"


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)


def _value(value: Any) -> str:
    """TOML writes texts, numbers and lists as JSON does, but for DEL, which no text of ours has."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
