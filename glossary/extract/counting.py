"""Count candidate terms: sequences of words whose grammatical roles match a pattern; words are integers.

A sequence can be frequent only if both of its parts that are one word shorter are frequent. So a sequence is
counted only if these parts were frequent enough (Agrawal and Srikant, "Fast Algorithms for Mining Association
Rules", VLDB 1994).
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from egiz.glossary.extract.language import Reading, fits

BREAK = 0
"""The number that represents every token that is not a word; no candidate contains it."""

_WORD = re.compile(r"[^\W\d_]+(?:[-'’ʼ][^\W\d_]+)*|\S")
_PLAIN = str.maketrans(
    {**dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u0301"), "‐": "-", "‑": "-"}
)
_GLUED = re.compile(r"(?<=[»”])[^\W\d_]+")


def tokens(text: str) -> list[str]:
    """Cut a text into words and single other characters; a word may have inner hyphens and apostrophes.

    Letters directly after a closing quote are an ending, as in «қайта құру»дың, and are left out.

    >>> tokens("КОКП-ның «қайта құру» саясаты, 1985")
    ['КОКП-ның', '«', 'қайта', 'құру', '»', 'саясаты', ',', '1', '9', '8', '5']
    """
    return _WORD.findall(_GLUED.sub("", text.translate(_PLAIN)))


class Corpus:
    """Passages in the order added, each a sequence of word numbers; `BREAK` represents other tokens.

    Word forms are numbered from 1 in the order of their first occurrence; capitals make a different form. The
    corpus takes about 4 bytes per word and 8 per passage.
    """

    def __init__(self) -> None:
        self.forms: list[str] = [""]
        self._numbers: dict[str, int] = {}
        self._words = array("I")
        self._starts = array("Q", [0])

    def add(self, text: str) -> None:
        """Add the words of the next passage."""
        numbers, before = self._numbers, BREAK
        for token in tokens(text):
            if not token[0].isalpha():
                number = BREAK
            elif (number := numbers.get(token, 0)) == 0:
                number = numbers[token] = len(self.forms)
                self.forms.append(token)
            if number != BREAK or before != BREAK:
                self._words.append(number)
            before = number
        self._starts.append(len(self._words))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, passage: int) -> Sequence[int]:
        return self._words[self._starts[passage] : self._starts[passage + 1]]

    def __iter__(self) -> Iterator[Sequence[int]]:
        return (self[passage] for passage in range(len(self)))

    def counts(self) -> Counter[str]:
        """Return the frequency of each word form, in the order of first occurrence."""
        found = Counter(self._words)
        return Counter({form: found[number] for number, form in enumerate(self.forms) if number})

    def runs(self, passage: int) -> Iterator[Sequence[int]]:
        """Yield the longest sequences of words in a passage that contain no break."""
        run: list[int] = []
        for number in self[passage]:
            if number != BREAK:
                run.append(number)
            elif run:
                yield run
                run = []
        if run:
            yield run


Gram = tuple[int, ...]
"""The lemma numbers of consecutive words."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An occurrence of a candidate in a passage.

    `start` and `stop` (from 0, half-open) are indices of the items of the passage, breaks included.
    """

    gram: Gram
    start: int
    stop: int


class Words:
    """The lemmas and roles of the words of a corpus.

    `lemmas` are numbered from 1. `lemma_of` and `roles_of` have an item for each word number of the corpus:
    its lemma number and its roles (see `Reading`). A word that is never part of a term has the lemma 0 and no
    roles.
    """

    def __init__(
        self, corpus: Corpus, readings: Mapping[str, Reading], pattern: re.Pattern[str], longest: int
    ) -> None:
        self.corpus = corpus
        self.longest = longest
        self.lemmas: list[str] = [""]
        self.numbers: dict[str, int] = {}
        self._pattern = pattern
        self._fits: dict[tuple[str, ...], bool] = {}
        self.lemma_of, self.roles_of = [0], [""]
        for form in corpus.forms[1:]:
            reading = readings[form]
            number = self.numbers.setdefault(reading.lemma, len(self.lemmas))
            if number == len(self.lemmas):
                self.lemmas.append(reading.lemma)
            self.lemma_of.append(number if reading.roles else 0)
            self.roles_of.append(reading.roles)

    def passage(self, number: int) -> list[int]:
        """Return the lemma numbers of a passage, 0 for breaks and words that are never part of a term."""
        return [self.lemma_of[form] for form in self.corpus[number]]

    def is_candidate(self, forms: Sequence[int]) -> bool:
        """Whether the roles of consecutive word forms match the pattern of a term."""
        roles = tuple(self.roles_of[form] for form in forms)
        known = self._fits.get(roles)
        if known is None:
            known = self._fits[roles] = fits(self._pattern, roles)
        return known

    def occurrences(self, number: int, wanted: Mapping[Gram, object]) -> Iterator[Occurrence]:
        """Yield the occurrences of the `wanted` candidates in a passage, by start, the longer ones first."""
        forms, lemmas = self.corpus[number], self.passage(number)
        for start in range(len(lemmas)):
            for stop in range(min(start + self.longest, len(lemmas)), start, -1):
                gram = tuple(lemmas[start:stop])
                if gram in wanted and self.is_candidate(forms[start:stop]):
                    yield Occurrence(gram, start, stop)


@dataclass(frozen=True, slots=True)
class Counts:
    """Frequencies: of all counted `sequences`, and of those that are `candidates` because their roles match.

    `words` is the number of all words that may be part of a term and are frequent enough.
    """

    sequences: Mapping[Gram, int]
    candidates: Mapping[Gram, int]
    words: int


def count(words: Words, least: int) -> Counts:
    """Count all sequences of up to ``words.longest`` words; keep those that occur at least `least` times."""
    sequences: dict[Gram, int] = {}
    candidates: dict[Gram, int] = {}
    for length in range(1, words.longest + 1):
        found, fitting = _level(words, length, sequences)
        kept = {gram: number for gram, number in found.items() if number >= least}
        sequences |= kept
        candidates |= {gram: number for gram, number in fitting.items() if number >= least}
        if not kept:
            break
    total = sum(number for gram, number in sequences.items() if len(gram) == 1)
    return Counts(sequences=sequences, candidates=candidates, words=total)


def _level(words: Words, length: int, below: Mapping[Gram, int]) -> tuple[Counter[Gram], Counter[Gram]]:
    """Return the frequencies of all sequences of `length` words, and of those that match the pattern.

    Sequences are counted only if both of their parts that are one word shorter are in `below`.
    """
    found: Counter[Gram] = Counter()
    fitting: Counter[Gram] = Counter()
    for number in range(len(words.corpus)):
        forms, lemmas = words.corpus[number], words.passage(number)
        for start in range(len(lemmas) - length + 1):
            gram = tuple(lemmas[start : start + length])
            if 0 in gram or (length > 1 and not (gram[:-1] in below and gram[1:] in below)):
                continue
            found[gram] += 1
            if words.is_candidate(forms[start : start + length]):
                fitting[gram] += 1
    return found, fitting
