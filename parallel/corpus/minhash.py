"""MinHash: short signatures of texts, from which it can be told how much two texts share.

A text is the set of its 5-grams of letters, digits and single spaces; two texts are alike by the share of
all their 5-grams that both have (Jaccard). Of 128 hash functions, each keeps the low 8 bits of its least hash
(b-bit MinHash, Li and König 2010), so that a signature takes 128 bytes, and 8 of them in a row are one of 16
bands of 64 bits by which likely pairs are found: texts that share .9, .8, .7 and .5 of their 5-grams meet in
some band with a chance of 1.00, .95, .61 and .06.

Why our own: numpy is there already (CTranslate2 needs it). `datasketch` (MIT) is Python that needs scipy too;
`rensa` (MIT) is Rust that signs two to three times faster, but keeps four times as many bytes a text, and
neither says which text of a cluster is to stay. Figures: ``python benchmarks/export.py``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Signatures = NDArray[numpy.uint8]

FUNCTIONS = 128
BAND = 8
GRAM = 5
_SEED = 0x9E3779B97F4A7C15
"""The increment of splitmix64 (Steele et al. 2014), from which all constants are drawn."""
_MASK = 2**64 - 1
_WORD = re.compile(r"[^\W_]+")
_CHANCE = 1 / 256
"""How often the low 8 bits of two hashes agree that have nothing in common."""


def folded(text: str) -> str:
    """The words of a text in small letters, one space between.

    >>> folded("«Қайта құру», 1985—91!")
    'қайта құру 1985 91'
    """
    return " ".join(_WORD.findall(text.lower()))


def _mixed(value: int) -> int:
    """One step of splitmix64."""
    value = (value + _SEED) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


class Signer:
    """Makes signatures; the same for the same texts on every machine and in every run."""

    def __init__(self) -> None:
        import numpy

        self._numpy = numpy
        drawn = [_mixed(number * _SEED & _MASK) for number in range(2 * FUNCTIONS)]
        factors = [value >> 32 | 1 for value in drawn[:FUNCTIONS]]
        self._factors = numpy.array(factors, dtype=numpy.uint32)[:, None]
        self._offsets = numpy.array([value >> 32 for value in drawn[FUNCTIONS:]], dtype=numpy.uint32)[:, None]
        self._powers = numpy.array([pow(_SEED, place, 2**64) for place in range(1, GRAM + 1)], numpy.uint64)

    def sign(self, *texts: str, salt: int = 0) -> bytes:
        """The signature of texts that belong together.

        Equal 5-grams of different places, and of different salts, are different.
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
        """32-bit hashes of the 5-grams; a shorter text is padded to one, one without words taken as it is."""
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
    """Estimate the likeness (Jaccard) of one signature to each of many; standard error .035 at .8."""
    agreeing = (many == one).mean(axis=1)
    result: NDArray[numpy.float64] = (agreeing - _CHANCE) / (1 - _CHANCE)
    return result
