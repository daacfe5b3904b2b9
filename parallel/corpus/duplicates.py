"""Find duplicates among pairs: of several pairs that are equal or nearly equal, only the best is kept.

Near duplicates are found by MinHash. A text is represented by the set of its 5-grams of letters, digits and
single spaces. The similarity of two texts is the number of 5-grams in both texts, divided by the number of
5-grams in at least one (Jaccard). The signature of a text takes 128 bytes: for each of 128 hash functions,
the low 8 bits of the least hash of its 5-grams (b-bit MinHash, Li and König 2010). Every 8 bytes form one of
16 bands; texts are compared if a whole band is equal. For texts with a similarity of .9, .8, .7 and .5, the
probability of an equal band is 1.00, .95, .61 and .06.

No library is used: numpy is installed anyway (CTranslate2 needs it). `datasketch` (MIT) also needs scipy;
`rensa` (MIT, Rust) makes signatures two to three times faster, but keeps four times as many bytes for each
text. Neither chooses which text of a cluster to keep. Figures: ``python benchmarks/export.py``.

Two pairs that differ in a number or a negation differ in meaning, however similar their letters are. So pairs
are near duplicates only if these are equal: a hash of the number values and of the count of negations is kept
beside each signature.

Memory holds 17 bytes for each pair, or 153 if near duplicates are searched for, so a million pairs take some
160 MB. The texts are not held in memory.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

from egiz.parallel.corpus.records import DataRow, DataSide
from egiz.parallel.scores.form import negations
from egiz.translate.numbers import numbers
from egiz.translate.numbers.words import spelled
from egiz.translate.train.copies import letters

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Signatures = NDArray[numpy.uint8]
    Numbers = NDArray[numpy.int64]


FUNCTIONS = 128
"""The number of hash functions of a signature; each gives one byte."""
BAND = 8
"""The number of bytes in a band; two signatures that share a band are compared."""
GRAM = 5
"""The number of characters in an n-gram."""
_SEED = 0x9E3779B97F4A7C15
"""The increment of the random number generator splitmix64 (Steele et al. 2014), with which the constants of
the hash functions are made."""
_MASK = 2**64 - 1
_WORD = re.compile(r"[^\W_]+")
_CHANCE = 1 / 256
"""The probability that the low 8 bits of two unrelated hashes agree."""


def folded(text: str) -> str:
    """Return the words of a text in lower case, separated by one space.

    >>> folded("«Қайта құру», 1985—91!")
    'қайта құру 1985 91'
    """
    return " ".join(_WORD.findall(text.lower()))


def _mixed(value: int) -> int:
    """Apply one step of splitmix64 to a value."""
    value = (value + _SEED) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


class Signer:
    """Makes MinHash signatures, which are equal on all machines and in all runs."""

    def __init__(self) -> None:
        import numpy

        self._numpy = numpy
        drawn = [_mixed(number * _SEED & _MASK) for number in range(2 * FUNCTIONS)]
        factors = [value >> 32 | 1 for value in drawn[:FUNCTIONS]]
        self._factors = numpy.array(factors, dtype=numpy.uint32)[:, None]
        self._offsets = numpy.array([value >> 32 for value in drawn[FUNCTIONS:]], dtype=numpy.uint32)[:, None]
        self._powers = numpy.array([pow(_SEED, place, 2**64) for place in range(1, GRAM + 1)], numpy.uint64)

    def sign(self, *texts: str, salt: int = 0) -> bytes:
        """Return one signature, `FUNCTIONS` bytes long, for all `texts` together.

        A 5-gram that occurs in two of the texts, for example in source and target, counts as two different
        5-grams. Signatures that are made with different salts do not agree even for the same text.
        """
        np = self._numpy
        with np.errstate(over="ignore"):
            grams = np.concatenate(
                [self._grams(text, salt + place * _SEED) for place, text in enumerate(texts)]
            )
            hashes = self._factors * grams + self._offsets
            least = hashes.min(axis=1)
            return bytes((least ^ (least >> np.uint32(13))).astype(np.uint8))

    def _grams(self, text: str, salt: int) -> NDArray[numpy.uint32]:
        """Return 32-bit hashes of the 5-grams of the folded text, or of the text itself if it has no words.

        A text of fewer than `GRAM` characters is filled up with spaces.
        """
        np = self._numpy
        letters = (folded(text) or text).ljust(GRAM).encode("utf-32-le", "surrogatepass")
        codes = np.frombuffer(letters, dtype=np.uint32).astype(np.uint64)
        windows = np.lib.stride_tricks.sliding_window_view(codes, GRAM)
        mixed = (windows * self._powers).sum(axis=1, dtype=np.uint64) + np.uint64(salt & _MASK)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        result: NDArray[numpy.uint32] = ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(32)).astype(
            np.uint32
        )
        return result


def alike(one: Signatures, many: Signatures) -> NDArray[numpy.float64]:
    """Estimate the Jaccard similarity of one text to each of many other texts, from their signatures.

    At a similarity of .8, the standard error is .035.
    """
    agreeing = (many == one).mean(axis=1)
    result: NDArray[numpy.float64] = (agreeing - _CHANCE) / (1 - _CHANCE)
    return result


Duplicates = Literal["off", "exact", "near"]
Measure = Literal["pair", "source", "target"]

KEPT, EXACT, NEAR = 0, 1, 2
APPROVED, EDITED = 3.0, 2.0
UNSCORED = -1.0
"""Ranks (see `rank`): `APPROVED` and `EDITED` are higher than every quality, `UNSCORED` is lower."""
_LEADERS = 64
"""Of the pairs that have the same value in a band, a pair is compared only with so many others, the best.
More of them occur only in huge clusters of similar pairs, whose members have the same value in other bands
too."""


def rank(side: DataSide) -> float:
    """Return the rank of a pair; a pair with a higher rank is better.

    Pairs that a person approved rank highest, then those that a person edited, then all others by quality.
    """
    if side.approved or side.status == "edited":
        return APPROVED if side.approved else EDITED
    return UNSCORED if side.chance is None else side.chance


def hash64(text: str) -> int:
    """Return a 64-bit hash that is the same in every run."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def same(text: str) -> str:
    """Return the form of a text that is compared for equality: its letters and digits only.

    A text without letters and digits is returned unchanged.
    """
    return letters(text) or text


def stated(text: str, language: str) -> str:
    """Return a key that is equal for near duplicates: the values of the numbers, and the count of negations.

    >>> stated("Ол 5 алма алған жоқ.", "kk") == stated("Ол бес алма алған жоқ.", "kk")
    True
    >>> stated("It did not rain.", "en") == stated("It did rain.", "en")
    False
    """
    found = (*numbers(text, language), *spelled(text, language))
    values = sorted("|".join(sorted(map(str, item.readings))) for item in found)
    return f"{negations(text, language)} {values}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateOptions:
    """Which duplicates are dropped.

    `kind` is ``off`` (no duplicates are dropped), ``exact`` (exact duplicates) or ``near`` (exact and near
    duplicates).

    `measure` says which texts of two pairs are compared: source and target, or only one of them. Pairs are
    near duplicates if the Jaccard similarity of their 5-grams is at least `likeness`. At .8, two sentences of
    20 words are near duplicates if one word differs, but not if three words differ.
    """

    kind: Duplicates = "off"
    measure: Measure = "pair"
    likeness: float = 0.8


class Index:
    """Collects pairs, numbers them in order from 0, and decides which are dropped as duplicates."""

    def __init__(self, options: DuplicateOptions) -> None:
        self._options = options
        self._keys = array("Q")
        self._ranks = array("d")
        self._signatures = bytearray()
        self._stated = array("Q")
        self._signer = Signer() if options.kind == "near" else None

    def add(self, entry: DataRow, side: DataSide) -> None:
        """Add a pair. Only pairs of the same two languages can be duplicates."""
        self._ranks.append(rank(side))
        if self._options.kind == "off":
            return
        both = ((entry.source, entry.source_language), (side.text, side.language))
        compared = {"pair": both, "source": both[:1], "target": both[1:]}[self._options.measure]
        chosen = [text for text, _ in compared]
        languages = f"{entry.source_language} {side.language}"
        self._keys.append(hash64("\t".join((languages, *map(same, chosen)))))
        if self._signer is not None:
            self._signatures += self._signer.sign(*chosen, salt=hash64(languages))
            self._stated.append(hash64("\t".join(stated(text, language) for text, language in compared)))

    def __len__(self) -> int:
        """Return the number of pairs added."""
        return len(self._ranks)

    def best_first(self, pairs: array[int]) -> list[int]:
        """Return the given numbers of pairs, sorted by descending rank; equal ranks keep their order."""
        import numpy

        numbers = numpy.frombuffer(pairs, dtype=numpy.int64)
        ranks = numpy.frombuffer(self._ranks)[numbers]
        ordered: list[int] = numbers[numpy.argsort(-ranks, kind="stable")].tolist()
        return ordered

    def verdicts(self) -> bytearray:
        """Return a verdict for each pair, in order of the numbers: `KEPT`, `EXACT` or `NEAR`.

        `EXACT` and `NEAR` mean that the pair is dropped as an exact or near duplicate. Among duplicates, the
        pair with the highest rank is kept; if several pairs have this rank, the first of them is kept. A pair
        is dropped only if it is equal or similar to a pair that is kept.
        """
        result = bytearray(len(self._ranks))
        if self._options.kind == "off" or not result:
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
        stated = numpy.frombuffer(self._stated, dtype=numpy.uint64)
        standing = numpy.flatnonzero(numpy.frombuffer(bytes(result), dtype=numpy.uint8) == KEPT)
        edges: set[tuple[int, int]] = set()
        for band in range(FUNCTIONS // BAND):
            part = numpy.ascontiguousarray(table[standing, band * BAND : (band + 1) * BAND])
            for group in _groups(part.view(numpy.uint64).ravel(), place[standing]):
                edges.update(self._edges(standing[group], table, stated))
        better: dict[int, list[int]] = {}
        for worse, leader in edges:
            better.setdefault(worse, []).append(leader)
        for number in sorted(better, key=lambda item: int(place[item])):
            if any(result[leader] == KEPT for leader in better[number]):
                result[number] = NEAR

    def _edges(
        self, group: Numbers, table: NDArray[numpy.uint8], stated: NDArray[numpy.uint64]
    ) -> Iterator[tuple[int, int]]:
        """Yield the near duplicates among pairs that have the same value in a band.

        Each item is (number of the worse pair, number of the better pair). `group` are the numbers of the
        pairs, by descending rank. `table` has the signature of every pair, and `stated` the hash of its
        numbers and negations, which must be equal for near duplicates.
        """
        leaders = [int(group[0])]
        for number in map(int, group[1:]):
            found = alike(table[number], table[leaders]) >= self._options.likeness
            found &= stated[leaders] == stated[number]
            if found.any():
                yield from ((number, leaders[at]) for at in found.nonzero()[0])
            elif len(leaders) < _LEADERS:
                leaders.append(number)


def _groups(values: NDArray[numpy.uint64], place: Numbers) -> Iterator[Numbers]:
    """Yield one group for each value that occurs more than once in `values`: the indices at which it occurs.

    `values` and `place` have one item for each pair; `place` is the position of the pair in the order by
    rank. The indices of a group are sorted by `place`, so the best pair comes first.
    """
    import numpy

    order = numpy.lexsort((place, values))
    borders = numpy.flatnonzero(values[order][1:] != values[order][:-1]) + 1
    starts = numpy.concatenate(([0], borders))
    stops = numpy.concatenate((borders, [len(order)]))
    for at in numpy.flatnonzero(stops - starts > 1):
        yield order[starts[at] : stops[at]]
