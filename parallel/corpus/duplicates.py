"""Duplicates: of texts that are the same, or nearly, the best one stays.

Everything that is held of a pair is a handful of numbers, 17 bytes and with near duplicates 145, so that a
million pairs take some 150 MB; the texts are not among them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

from egiz.parallel.corpus.minhash import BAND, FUNCTIONS, Signer, alike
from egiz.parallel.corpus.records import Entry, Side
from egiz.translate.train.copies import letters

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Numbers = NDArray[numpy.int64]

Duplicates = Literal["keep", "exact", "near"]
Measure = Literal["pair", "source", "target"]

KEPT, EXACT, NEAR = 0, 1, 2
APPROVED = 2.0
UNSCORED = -1.0
"""Ranks above and below every quality."""
_LEADERS = 64
"""Different texts of one band that others are compared with. More share a band only in huge clusters, whose
members meet in other bands as well."""


def rank(side: Side) -> float:
    """How good a pair is beside another: approved ones first, then by quality."""
    if side.approved:
        return APPROVED
    return UNSCORED if side.quality is None else side.quality


def hash64(text: str) -> int:
    """A 64-bit hash that is the same in every run."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def same(text: str) -> str:
    """What texts must have in common to be the same: letters and digits; all of it where there are none."""
    return letters(text) or text


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateOptions:
    """Which duplicates go. `measure` is what is compared: the pair, or one side of it alone.

    `likeness` is the share of 5-grams from which two pairs are near duplicates. At .8, two sentences of 20
    words in which one word differs are; two in which three differ are not.
    """

    kind: Duplicates = "keep"
    measure: Measure = "pair"
    likeness: float = 0.8


class Index:
    """Collects pairs in their order, and tells which of them go."""

    def __init__(self, options: DuplicateOptions) -> None:
        self._options = options
        self._keys = array("Q")
        self._ranks = array("d")
        self._signatures = bytearray()
        self._signer = Signer() if options.kind == "near" else None

    def add(self, entry: Entry, side: Side) -> None:
        """Take note of a pair. Only pairs of the same two languages are ever duplicates."""
        self._ranks.append(rank(side))
        if self._options.kind == "keep":
            return
        texts = {"pair": (entry.source, side.text), "source": (entry.source,), "target": (side.text,)}
        chosen = texts[self._options.measure]
        languages = f"{entry.source_language} {side.language}"
        self._keys.append(hash64("\t".join((languages, *map(same, chosen)))))
        if self._signer is not None:
            self._signatures += self._signer.sign(*chosen, salt=hash64(languages))

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self._ranks)

    def best_first(self, pairs: array[int]) -> list[int]:
        """Pairs, named by their numbers, in the order of their ranks; of equal ones, the earlier first."""
        import numpy

        numbers = numpy.frombuffer(pairs, dtype=numpy.int64)
        ranks = numpy.frombuffer(self._ranks)[numbers]
        ordered: list[int] = numbers[numpy.argsort(-ranks, kind="stable")].tolist()
        return ordered

    def verdicts(self) -> bytearray:
        """`KEPT`, `EXACT` or `NEAR` for each pair.

        The pair of the highest rank stays, of equal ones the first. No pair goes unless a better or earlier
        one that stays is the same, or alike.
        """
        result = bytearray(len(self._ranks))
        if self._options.kind == "keep" or not result:
            return result
        import numpy

        keys = numpy.frombuffer(self._keys, dtype=numpy.uint64)
        order = numpy.argsort(-numpy.frombuffer(self._ranks), kind="stable")
        place = numpy.empty(len(order), dtype=numpy.int64)
        place[order] = numpy.arange(len(order))
        for group in _groups(keys, place):
            for number in group[1:]:
                result[number] = EXACT
        if self._signer is not None:
            self._drop_near(result, place)
        return result

    def _drop_near(self, result: bytearray, place: Numbers) -> None:
        import numpy

        table = numpy.frombuffer(self._signatures, dtype=numpy.uint8).reshape(-1, FUNCTIONS)
        standing = numpy.flatnonzero(numpy.frombuffer(bytes(result), dtype=numpy.uint8) == KEPT)
        edges: set[tuple[int, int]] = set()
        for band in range(FUNCTIONS // BAND):
            part = numpy.ascontiguousarray(table[standing, band * BAND : (band + 1) * BAND])
            for group in _groups(part.view(numpy.uint64).ravel(), place[standing]):
                edges.update(self._edges(standing[group], table))
        better: dict[int, list[int]] = {}
        for worse, leader in edges:
            better.setdefault(worse, []).append(leader)
        for number in sorted(better, key=lambda item: int(place[item])):
            if any(result[leader] == KEPT for leader in better[number]):
                result[number] = NEAR

    def _edges(self, group: Numbers, table: NDArray[numpy.uint8]) -> Iterator[tuple[int, int]]:
        """Pairs of one band that are alike, the worse and the better of them; `group` has the best first."""
        leaders = [int(group[0])]
        for number in map(int, group[1:]):
            found = alike(table[number], table[leaders]) >= self._options.likeness
            if found.any():
                yield from ((number, leaders[at]) for at in found.nonzero()[0])
            elif len(leaders) < _LEADERS:
                leaders.append(number)


def _groups(values: NDArray[numpy.uint64], place: Numbers) -> Iterator[Numbers]:
    """The positions of each value that occurs more than once, best place first."""
    import numpy

    order = numpy.lexsort((place, values))
    borders = numpy.flatnonzero(values[order][1:] != values[order][:-1]) + 1
    starts = numpy.concatenate(([0], borders))
    stops = numpy.concatenate((borders, [len(order)]))
    for at in numpy.flatnonzero(stops - starts > 1):
        yield order[starts[at] : stops[at]]
