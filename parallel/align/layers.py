"""Layers: each is one kind of evidence that two units translate each other, as sparse vectors of the units of
both documents.

The features of a unit are its stems, names, numbers, punctuation and letter 4-grams. Nothing in this module
is learned. The dot product of the vectors of two units measures how similar the units are.

Several units may be linked as one, for example two sentences with one. Their vector is the sum of the units'
vectors, so its dot products are sums of the dot products of the units.

A layer does not need the others. A rare feature proves more than a frequent one, so features are weighted by
their inverse document frequency over the units of both documents (`rarity`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from egiz.translate.numbers.compare import romans
from egiz.translate.numbers.words import know

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_NUMBER = re.compile(r"\d+(?:[ \u00a0\u202f]\d{3}(?!\d))*")
_FIRST_NUMBER = re.compile(r"^\W*(?:[^\W\d_]+\s+)?(\d+(?:[-.]\d+)*)")
_ROMAN_HEAD = re.compile(
    r"\W*(?:([IVXLCІХС]{1,7})(?:[.)]|-[^\W\d_]+\W*$|\s[^\W\d_]{3,12}$|$)"
    r"|[^\W\d_]{3,12}\s([IVXLCІХС]{1,7})(?:[.:)]|\s?[—–-]|$))"
)
_MARK = re.compile(r"[?!:;()%§№$€…/=]|[«»“”„\"]|[–—]|\.\s*$|[.,]")
STEM = 5
"""Number of letters to which a word is cut. With five, most endings of Kazakh, Russian and English are cut
off, and few roots are cut.
"""
_SHORTEST_NAME = 4
_HEADING_WORDS = 8
_MARKS = {**dict.fromkeys('«»“”„"', "quote"), "–": "dash", "—": "dash"}


def stems(text: str) -> Counter[str]:
    """Count the words in lower case, cut to `STEM` letters."""
    return Counter(word.lower()[:STEM] for word in _WORD.findall(text))


def numbers(text: str) -> Counter[str]:
    """Count the numbers in a text, without the spaces inside them. The number N of a heading or list item is
    counted twice: as ``N``, and as ``^N``.

    The Roman number of a heading counts as the Arabic number with the same value, because translators often
    use one for the other.

    >>> sorted(numbers("12-бап. 10 000 теңге").items())
    [('10000', 1), ('12', 1), ('^12', 1)]
    >>> numbers("1-тарау") == numbers("I") == numbers("Глава І. Дорога")
    True
    """
    found = Counter(re.sub(r"\D", "", number).lstrip("0") or "0" for number in _NUMBER.findall(text))
    first = _FIRST_NUMBER.match(text)
    if first:
        found[f"^{first[1]}"] += 1
    elif roman := _ROMAN_HEAD.match(text):
        for item in romans(roman[1] or roman[2], know("und"), certain=False):
            (value,) = item.readings
            found.update((str(value), f"^{value}"))
    return found


def heading(text: str) -> str:
    """Return the number of a numbered heading, in Arabic digits. If the text is not such a heading, the
    result is empty.

    >>> heading("Глава II"), heading("2-тарау"), heading("2 мың адам келді."), heading("Предисловие")
    ('2', '2', '', '')
    """
    words = len(text.split())
    if words > _HEADING_WORDS or (words > 2 and text.rstrip()[-1:] in tuple(".?!…")):
        return ""
    return next((feature[1:] for feature in numbers(text) if feature.startswith("^")), "")


def marks(text: str) -> Counter[str]:
    """Count the punctuation marks. All kinds of quotation marks count as one mark, and so do both dashes.

    The mark that ends the text is also counted with ``$`` after it, for example ``.$``. If no mark ends the
    text, ``$`` is counted.
    """
    found = Counter(_MARKS.get(mark[0], mark[0]) for mark in _MARK.findall(text))
    tail = text.rstrip("»”\"') ")[-1:]
    found[f"{tail}$" if tail and tail in ".?!:;…" else "$"] += 1
    return found


def names(text: str) -> Counter[str]:
    """Romanise the words that have at least `_SHORTEST_NAME` letters (`romanised`), and count their letter
    4-grams.

    Most 4-grams of a name or loan word are the same across languages and scripts.
    """
    found: Counter[str] = Counter()
    for word in _WORD.findall(text):
        if len(word) >= _SHORTEST_NAME:
            found.update(_name_groups(word.lower()))
    return found


@lru_cache(maxsize=100_000)
def _name_groups(word: str) -> tuple[str, ...]:
    sound = f"^{romanised(word)}"
    return tuple(sound[at : at + 4] for at in range(max(1, len(sound) - 3)))


def groups(text: str) -> Counter[str]:
    """Count stems, letter 4-grams inside words (as in chrF) and numbers. These counts serve to compare texts
    of the same language.
    """
    found: Counter[str] = Counter()
    for word in _WORD.findall(text.lower()):
        found.update(_word_groups(word))
    found.update(f"#{number}" for number in numbers(text).elements())
    return found


@lru_cache(maxsize=100_000)
def _word_groups(word: str) -> tuple[str, ...]:
    marked = f"^{word}$"
    return (f"={word[:STEM]}", *(marked[at : at + 4] for at in range(max(1, len(marked) - 3))))


def romanised(word: str) -> str:
    """Romanise a word roughly: similar sounds get the same letter, and a double letter becomes a single one.

    >>> romanised("вашингтон") == romanised("washington"), romanised("қазақстан") == romanised("казахстан")
    (True, True)
    """
    latin = "".join(_letters().get(letter, letter) for letter in word)
    plain = "".join(letter for letter in unicodedata.normalize("NFD", latin) if letter.isalpha())
    for group, sound in _groups():
        plain = plain.replace(group, sound)
    return re.sub(r"(.)\1+", r"\1", plain)


@cache
def _letters() -> dict[str, str]:
    """Return the Latin spelling of each letter that is not ASCII."""
    return {letter: sound for letter, sound in _table() if not letter.isascii()}


@cache
def _groups() -> tuple[tuple[str, str], ...]:
    """Return pairs of a group of Latin letters and the letters that replace it, in the order in which they
    are applied.
    """
    return tuple((letters, sound) for letters, sound in _table() if letters.isascii())


@cache
def _table() -> tuple[tuple[str, str], ...]:
    text = files("egiz.parallel.align").joinpath("data/romanised.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    return tuple((letters, sound) for letters, sound in rows)


Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vectors:
    """One sparse vector per unit.

    The vector of unit i has the `keys` and `values` at ``starts[i]:starts[i + 1]``; no key occurs twice in a
    vector. In a layer, both documents have the same key for the same feature.
    """

    starts: Ints
    keys: Ints
    values: Floats

    def __len__(self) -> int:
        return len(self.starts) - 1

    def rows(self, start: int, stop: int) -> tuple[Ints, Ints, Floats]:
        """Return the entries of the units ``start:stop`` as three arrays of equal length: the number of the
        unit (0 for the unit `start`), the key, and the value.
        """
        low, high = self.starts[start], self.starts[stop]
        numbers = np.repeat(np.arange(stop - start), np.diff(self.starts[start : stop + 1]))
        return numbers, self.keys[low:high], self.values[low:high]

    def scaled(self, weights: Floats) -> Vectors:
        """Return the vectors with each entry multiplied by the weight of its key."""
        return Vectors(starts=self.starts, keys=self.keys, values=self.values * weights[self.keys])


def vectors(units: Iterable[Mapping[int, float]]) -> Vectors:
    """Return the vectors of units that are given as mappings from key to value."""
    starts = [0]
    keys: list[int] = []
    values: list[float] = []
    for unit in units:
        keys.extend(unit.keys())
        values.extend(unit.values())
        starts.append(len(keys))
    return Vectors(
        starts=np.array(starts, dtype=np.int64),
        keys=np.array(keys, dtype=np.int64),
        values=np.array(values, dtype=np.float32),
    )


def products(source: Vectors, target: Vectors, rows: tuple[int, int], columns: tuple[int, int]) -> Floats:
    """Return the matrix of dot products of source units with target units. `rows` and `columns` are half-open
    ranges of source and target units.
    """
    read, own, mine = source.rows(*rows)
    written, other, theirs = target.rows(*columns)
    shared = np.intersect1d(own, other)
    left = np.zeros((rows[1] - rows[0], len(shared)), dtype=np.float32)
    right = np.zeros((columns[1] - columns[0], len(shared)), dtype=np.float32)
    for matrix, rows_of, keys, values in ((left, read, own, mine), (right, written, other, theirs)):
        places = np.searchsorted(shared, keys)
        places[places == len(shared)] = 0
        known = shared[places] == keys if len(shared) else np.zeros(len(keys), dtype=bool)
        matrix[rows_of[known], places[known]] = values[known]
    return left @ right.T


def lengths(units: Vectors, most: int) -> list[Floats]:
    """Return a list of arrays, for the sizes 1 to `most`. The array for a size has, for each unit, the
    squared norm of the sum of that many vectors, from the vector of this unit on.

    For example, ``lengths(units, 2)[1][i]`` is the squared norm of the sum of the vectors i and i + 1. It is
    0 if the sum would run past the last unit.
    """
    count = len(units)
    apart = [np.zeros(count, dtype=np.float32) for _ in range(most)]
    step = 256
    for start in range(0, count, step):
        stop, last = min(start + step, count), min(start + step + most - 1, count)
        numbers, keys, values = units.rows(start, last)
        own, places = np.unique(keys, return_inverse=True)
        matrix = np.zeros((last - start, len(own)), dtype=np.float32)
        matrix[numbers, places] = values
        for distance in range(most):
            size = min(stop, count - distance) - start
            if size > 0:
                upper, lower = matrix[:size], matrix[distance : distance + size]
                apart[distance][start : start + size] = np.einsum("ij,ij->i", upper, lower)
    return _joined(apart, count, most)


def _joined(apart: list[Floats], count: int, most: int) -> list[Floats]:
    """Return the result of `lengths` for `count` units. ``apart[d][i]`` is the dot product of the vectors i
    and i + d.
    """
    sums = [apart[0].copy()]
    for size in range(2, most + 1):
        grown = np.zeros(count, dtype=np.float32)
        reach = count - size + 1
        if reach > 0:
            grown[:reach] = sums[-1][:reach] + apart[0][size - 1 : size - 1 + reach]
            for distance in range(1, size):
                first = size - 1 - distance
                grown[:reach] += 2 * apart[distance][first : first + reach]
        sums.append(grown)
    return sums


FeatureCounter = Callable[[str], Counter[str]]
"""Counts the features of a text."""

LAYERS = ("mt", "lexical", "names", "numbers", "marks", "length")
"""The names of all layers. ``mt`` compares the machine translation; ``lexical`` compares words by tables
learned from the documents; ``names`` compares romanised names and loan words. The others compare what their
names say: numbers, punctuation marks and lengths.
"""
_OWN: dict[str, FeatureCounter] = {"names": names, "numbers": numbers, "marks": marks}
"""Layers that need neither a model nor learning, with their features."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The vectors of both documents for one kind of evidence; both use the same keys."""

    name: str
    source: Vectors
    target: Vectors


def fixed_layers(source: Sequence[str], target: Sequence[str], wanted: Sequence[str]) -> list[Layer]:
    """Return the layers named in `wanted`, without those that need a model or learning."""
    return [_layer(name, source, target, _OWN[name]) for name in LAYERS if name in _OWN and name in wanted]


def translation_layer(translated: Sequence[str], target: Sequence[str]) -> Layer:
    """Return the ``mt`` layer, which compares the machine translation of the source with the target."""
    return _layer("mt", translated, target, groups)


def _layer(name: str, source: Sequence[str], target: Sequence[str], evidence: FeatureCounter) -> Layer:
    vocabulary: dict[str, int] = {}
    read = index((evidence(text) for text in source), vocabulary)
    written = index((evidence(text) for text in target), vocabulary)
    weights = rarity((read, written), len(vocabulary))
    return Layer(name=name, source=_damped(read).scaled(weights), target=_damped(written).scaled(weights))


def index(units: Iterable[Mapping[str, int]], vocabulary: dict[str, int]) -> Vectors:
    """Return the vectors of units that are given as counts of features. `vocabulary` maps each feature to its
    key. A feature that it lacks is added to it, with the next number as key.
    """
    packed = []
    for unit in units:
        packed.append(
            {vocabulary.setdefault(feature, len(vocabulary)): count for feature, count in unit.items()}
        )
    return vectors(packed)


def rarity(sides: Sequence[Vectors], size: int) -> Floats:
    """Return the inverse document frequency of each of `size` keys.

    It is ``log((1 + units) / (1 + units with the key))`` over the units of all `sides`.
    """
    units = sum(len(side) for side in sides)
    having = sum((np.bincount(side.keys, minlength=size) for side in sides), np.zeros(size, dtype=np.int64))
    return np.log((1 + units) / (1 + having)).astype(np.float32)


def _damped(units: Vectors) -> Vectors:
    """Return the vectors with the square root of each count in place of the count. So a second occurrence of
    a feature counts less than the first.
    """
    return Vectors(starts=units.starts, keys=units.keys, values=np.sqrt(units.values))
