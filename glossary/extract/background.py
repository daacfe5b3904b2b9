"""General language: how frequent words are where no subject is spoken of in particular.

The lists are counted from openly licensed text by `benchmarks/background.py`, which their first lines name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

TOTAL = 1_000_000
"""Words that the frequencies of a list are given for."""


@dataclass(frozen=True, slots=True)
class Background:
    """The list of one language: occurrences in a million words by lemma, and what kind of word each one is.

    `kinds` is ``noun`` or ``verb`` by the endings that a word was seen with, where they tell.
    """

    frequencies: Mapping[str, float] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, lemma: object) -> bool:
        return lemma in self.frequencies

    def __len__(self) -> int:
        return len(self.frequencies)

    def frequency(self, lemma: str) -> float:
        """Occurrences in a million words; 0 for a word that the list lacks."""
        return self.frequencies.get(lemma, 0.0)


@cache
def background(language: str) -> Background:
    """The list of a language; an empty one where none is shipped."""
    place = files("egiz.glossary").joinpath("data", "background", f"{language}.tsv")
    if not place.is_file():
        return Background()
    lines = (line for line in place.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    rows = [line.split("\t") for line in lines]
    return Background(
        frequencies={row[0]: float(row[1]) for row in rows},
        kinds={row[0]: row[2] for row in rows if len(row) > 2},
    )
