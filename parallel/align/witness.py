"""How much the content of linked units speaks for them: the test of whether two documents are one text.

A link is compared with what it would be with another link's target. In one text the right target wins nearly
always; between two works it wins not much more often than chance, however well the lengths were made to fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from egiz.parallel.align.layers import Layer
from egiz.parallel.align.records import Link, Span
from egiz.parallel.align.vectors import Floats, Ints, Vectors, products, vectors

_SAMPLE = 300
"""Links that are compared with each other at most."""


def witness(layers: Sequence[Layer], links: Sequence[Link], weights: Mapping[str, float]) -> float:
    """The share of comparisons that the links win, between 0 and 1; chance is one half, and no link gives it.

    Compared is the weighted likeness by all layers.
    """
    linked = [link for link in links if not link.is_null]
    step = max(1, len(linked) // _SAMPLE)
    chosen = linked[::step][:_SAMPLE]
    if len(chosen) < 2:
        return 0.5
    total = np.zeros((len(chosen), len(chosen)), dtype=np.float32)
    for layer in layers:
        left = _joined(layer.source, [link.source for link in chosen])
        right = _joined(layer.target, [link.target for link in chosen])
        alike = products(left, right, (0, len(left)), (0, len(right)))
        scale = _roots(left)[:, None] * _roots(right)[None, :]
        total += np.float32(weights.get(f"{layer.name} alike", 0.0)) * alike / (scale + 1e-6)
    own = np.diagonal(total)[:, None]
    wins = (own > total).sum() + 0.5 * ((own == total).sum() - len(chosen))
    return float(wins / (len(chosen) * (len(chosen) - 1)))


def _joined(units: Vectors, spans: Sequence[Span]) -> Vectors:
    """The vectors of joined units."""
    joined = []
    for start, stop in spans:
        low, high = units.starts[start], units.starts[stop]
        keys, values = units.keys[low:high].tolist(), units.values[low:high].tolist()
        sums: dict[int, float] = {}
        for key, value in zip(keys, values, strict=True):
            sums[key] = sums.get(key, 0.0) + value
        joined.append(sums)
    return vectors(joined)


def _roots(units: Vectors) -> Floats:
    owners: Ints = np.repeat(np.arange(len(units)), np.diff(units.starts))
    squares = np.bincount(owners, weights=units.values**2, minlength=len(units))
    return np.sqrt(squares).astype(np.float32)
