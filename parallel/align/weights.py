"""The weights of the features, measured on documents whose links are known, and kept as data.

``python benchmarks/align_weights.py`` makes the file. For each set of layers there are weights of their own,
because what a layer is worth depends on the others.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from egiz.parallel.align.layers import LAYERS
from egiz.translate.errors import OptionError, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What one set of layers needs: feature weights, and the line that turns the programme's own log-odds of
    a link into those that were seen (Platt 1999)."""

    features: Mapping[str, float]
    slope: float
    intercept: float


@cache
def _data() -> dict[str, Any]:
    text = files("egiz.parallel.align").joinpath("data/weights.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def signature() -> str:
    """The name of the method and of the weights in use."""
    return f"beads|crf|{_data()['version']}"


def set_name(layers: Collection[str]) -> str:
    """The name of a set of layers, in the order of `LAYERS`; raises OptionError for one unknown."""
    for name in layers:
        if name not in LAYERS:
            raise OptionError(f"no layer {name!r}", expected=", ".join(LAYERS), action=nearest(name, LAYERS))
    if not layers:
        raise OptionError("no layer", expected=", ".join(LAYERS))
    return "+".join(name for name in LAYERS if name in layers)


def weights_for(layers: Collection[str]) -> Weights:
    """The weights of a set of layers.

    A set that was not measured gets those of the smallest measured one that holds it all; what it lacks has
    no features then.
    """
    name, sets = set_name(layers), _data()["sets"]
    if name not in sets:
        holding = [own for own in sets if set(name.split("+")) <= set(own.split("+"))]
        name = min(holding, key=lambda own: own.count("+"))
    found = sets[name]
    return Weights(features=found["features"], slope=found["slope"], intercept=found["intercept"])
