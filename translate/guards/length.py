"""Length guards: an output far shorter or longer than people make it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from egiz.translate.guards.case import Case
from egiz.translate.languages import language

SMOOTHING = 10
"""Characters added to both sides before they are compared, so that short texts are judged gently."""

_SHORT = -3.5
_SHORT_UNFINISHED = -2.0
_LONG = 5.0
"""Bounds in standard deviations of the log ratio; the second for outputs of measured pairs that lack the
final mark that the source has. Chosen on FLORES-200 dev so that under 1 % of human translations are called
short in any direction and none long (`benchmarks/guards.py`)."""

_UNMEASURED = 0.5
"""Standard deviation taken for pairs that are not in the table; the bounds are then far apart."""

_DENSE = frozenset({"Hans", "Hant", "Jpan", "Hang"})
"""Scripts that put a syllable or a word into a character: nothing is said of unmeasured pairs with one."""

_FINISHED = re.compile(r"[.!?…。！？।։።۔؟:;][\W_]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Human lengths for sources of at least `characters`: ln((target+10)/(source+10)) over `pairs` pairs."""

    characters: int
    mean: float
    deviation: float
    pairs: int


def short(case: Case) -> bool | None:
    """Whether the output is so short that something must be missing."""
    bucket = _bucket(case)
    if bucket is None:
        return None
    unfinished = bucket.pairs > 0 and finished(case.source) and not finished(case.output)
    return _off(case, bucket) < (_SHORT_UNFINISHED if unfinished else _SHORT)


def long(case: Case) -> bool | None:
    """Whether the output is so long that something must be added."""
    bucket = _bucket(case)
    return None if bucket is None else _off(case, bucket) > _LONG


def deviation(case: Case) -> float | None:
    """How many standard deviations the length ratio is off the human one; None without a yardstick."""
    bucket = _bucket(case)
    return None if bucket is None else _off(case, bucket)


def _off(case: Case, bucket: Bucket) -> float:
    """How many standard deviations the length ratio is off the human one."""
    ratio = math.log((len(case.output) + SMOOTHING) / (len(case.source) + SMOOTHING))
    return (ratio - bucket.mean) / bucket.deviation


def finished(text: str) -> bool:
    """Whether a text ends in a mark that ends a sentence or a line, quotes and brackets aside."""
    return bool(_FINISHED.search(text))


def _bucket(case: Case) -> Bucket | None:
    """The yardstick for a source of this length; None where there is none."""
    source, target = language(case.source_language), language(case.target_language)
    table = buckets().get((source.tag, target.tag))
    if table is not None:
        return [row for row in table if row.characters <= len(case.source)][-1]
    if {source.script, target.script} & _DENSE:
        return None
    return Bucket(characters=0, mean=0.0, deviation=_UNMEASURED, pairs=0)


@cache
def buckets() -> dict[tuple[str, str], tuple[Bucket, ...]]:
    """The measured pairs, from `data/lengths.tsv`, which ``python benchmarks/lengths.py`` writes."""
    text = files("egiz.translate").joinpath("data/lengths.tsv").read_text(encoding="utf-8")
    table: dict[tuple[str, str], tuple[Bucket, ...]] = {}
    for line in text.splitlines()[1:]:
        source, target, characters, mean, spread, pairs = line.split("\t")
        row = Bucket(characters=int(characters), mean=float(mean), deviation=float(spread), pairs=int(pairs))
        table[source, target] = (*table.get((source, target), ()), row)
    return table
