"""Write a recipe with which `egiz train` fine-tunes the shipped model, the starter, on exported data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from egiz.parallel.corpus.records import About
from egiz.translate.train.recipe import ParallelTable, Recipe, Schedule, starter_recipe

RECIPE = "recipe.toml"
_TOKENS = 2048
"""The number of source or target tokens in a batch: about 60 sentences, a third of the batches with which the
starter was trained. A batch has pairs of one length. Batches that are not full are not used, and a small
corpus fills only few. Smaller batches would hardly be faster: on a CPU, most of the time of a training step
is taken by the optimizer (Muon), and does not depend on the size of the batch."""
_FEW, _FEW_TOKENS = 300, 512
"""With fewer pairs than `_FEW`, a batch has only `_FEW_TOKENS` tokens, so that some batches are full."""
_PASSES = 3
"""The number of passes over all pairs. With more passes, a small model forgets its earlier training."""
_PAIR = 45
"""The rough number of tokens in the longer text of a pair: 140 characters (news) at three characters per
token."""
_STEPS = (20, 2_000)
"""The least and the largest number of training steps."""
_RATE = 0.25
"""The learning rates of the recipe, divided by the highest learning rates in the training of the starter.
(The training of the starter ended with a tenth of its highest rates.)"""

_HEAD = """\
# Train the starter on with this data. From the folder that this file is in:
#
#   egiz train prepare    --recipe recipe.toml --folder run --corpora .{unseen}
#   egiz train vocabulary --recipe recipe.toml --folder run --start-from starter
#   egiz train learn      --recipe recipe.toml --folder run --start-from starter{dev}
#   egiz train export     --recipe recipe.toml --folder run -o model
#   egiz train card       model --recipe recipe.toml --folder run

"""


def tuning_recipe(about: About, file: str, pairs: int) -> Recipe:
    """Return the recipe for training on the table `file`, which has `pairs` pairs.

    The network is that of the starter (the shipped model), and all pairs are used about three times.

    If the starter has all languages of the data, the recipe has the languages of the starter, so that its
    vocabulary can be used. Otherwise it has the languages of the data, and a vocabulary must be learned.
    Licences are joined by commas, as in all recipes.
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
            ParallelTable(
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
    """Return the recipe as TOML; a comment has the commands that use it.

    `parts` are the names of the exported parts: the commands use ``dev`` and ``test`` if they exist.
    """
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
    """Return a value as TOML. For strings, numbers and lists it is the same as JSON, except for the control
    character DEL, which no text of a recipe contains."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
