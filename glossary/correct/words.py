"""What words of two languages are known to stand for each other: evidence before a word is overwritten.

The tables in ``data/words`` were learned from parallel text in both directions (`benchmarks/word_tables.py`).
They have stems, the first letters of words, so that inflected forms agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Literal

from egiz.glossary.correct.links import Weights, word_places

STEM = 5
"""Letters that a stem keeps at most."""
RENDERS = 0.05
"""Least weight by which a word may render another word of the source, which then protects it: learned from
160,000 rows and more, weaker links are mostly of words that often stand in one sentence."""
PROVEN = 0.1
"""Least weight by which a word is known to render the term."""
USUAL = 0.3
"""Least weight of the usual rendering of a word."""
_CLEARLY = 2.0
"""How many times as strong as any other link that to the term must be."""
_ROOT = 3
_COGNATE = 4
"""Letters in which a borrowed word and its original agree at least: президент, президентінің."""

Verdict = Literal["term", "other", "nothing", "unknown"]
"""What a word of a translation is known to render: the term, another word of the source, nothing of the
source though the table knows the word, or the table does not know it."""

Sense = Literal["usual", "other", "open"]
"""Whether the term's wording is the usual rendering of its source words, ordinary text has others instead,
or it is open."""


def stem(word: str) -> str:
    """The stem of a word: small letters, cut short."""
    return word.lower()[:STEM]


class WordTable:
    """How strongly stems of two languages are linked: the mean (geometric) of both probabilities."""

    def __init__(self, entries: Mapping[tuple[str, str], float]) -> None:
        self._entries = entries
        self._roots: dict[str, list[str]] = {}
        self._known = {own for (own, _), weight in entries.items() if weight >= PROVEN}
        for (own, other), weight in entries.items():
            if weight >= PROVEN:
                self._roots.setdefault(other, []).append(own)

    def weights(self, source: str, text: str) -> Weights:
        """The links of two texts: ``[words of text][words of source]``."""
        own = [stem(source[start:stop]) for start, stop in word_places(source)]
        return [
            [self._entries.get((left, right), 0.0) for left in own]
            for right in (stem(text[start:stop]) for start, stop in word_places(text))
        ]

    def verdicts(self, source: str, text: str, start: int, stop: int) -> list[Verdict]:
        """For each word of `text` what it is known to render, seen from the term ``source[start:stop]``."""
        places = word_places(source)
        asked = {at for at, (begin, end) in enumerate(places) if begin < stop and start < end}
        stems = [stem(source[begin:end]) for begin, end in places]
        words = [stem(text[begin:end]) for begin, end in word_places(text)]
        return [
            self._verdict(word, row, stems, asked)
            for word, row in zip(words, self.weights(source, text), strict=True)
        ]

    def sense(self, form: str, accepted: Sequence[str]) -> Sense:
        """How ordinary text renders the source words `form`, compared with the accepted wordings of the term.

        Only of a term of one word that the table knows it says ``other``: terms of several words seldom have
        another sense.
        """
        source = [stem(form[start:stop]) for start, stop in word_places(form)]
        best = max((self._attested(source, text) for text in accepted), default=0.0)
        if best >= USUAL:
            return "usual"
        is_told = len(source) == 1 and source[0] in self._known
        return "other" if is_told and best < PROVEN else "open"

    def _attested(self, source: Sequence[str], text: str) -> float:
        """The weakest link among the words of a wording, each by its strongest to a source word."""
        words = [stem(text[start:stop]) for start, stop in word_places(text)]
        links = [max((self._entries.get((own, word), 0.0) for own in source), default=0.0) for word in words]
        return min(links, default=0.0)

    def _verdict(self, word: str, row: Sequence[float], stems: list[str], asked: set[int]) -> Verdict:
        own = max((row[at] for at in asked), default=0.0)
        other = max((weight for at, weight in enumerate(row) if at not in asked), default=0.0)
        if own >= PROVEN and own >= _CLEARLY * other:
            return "term"
        others = [found for at, found in enumerate(stems) if at not in asked]
        roots = self._roots.get(word, ())
        if other >= RENDERS or any(_akin(root, found) for found in others for root in (*roots, word)):
            return "other"
        return "nothing" if roots else "unknown"


def _akin(one: str, other: str) -> bool:
    """Whether two stems may be forms of one word, or a word and its loan."""
    shared = min(len(one), len(other), _COGNATE)
    return shared >= _ROOT and one[:shared] == other[:shared]


@cache
def word_table(source: str, target: str) -> WordTable | None:
    """The table of a pair of languages, in either direction; None where there is none."""
    for first, second in ((source, target), (target, source)):
        place = files("egiz.glossary").joinpath(f"data/words/{first}-{second}.tsv")
        if place.is_file():
            entries = {}
            for line in place.read_text(encoding="utf-8").splitlines():
                own, *cells = line.split("\t")
                for other, weight in (cell.rsplit(":", 1) for cell in cells):
                    key = (own, other) if first == source else (other, own)
                    entries[key] = float(weight)
            return WordTable(entries)
    return None
