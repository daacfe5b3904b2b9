"""Word links for the terms of bilingual files, learned from the files themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal

from egiz.glossary.correct import Links
from egiz.glossary.correct.links import Weights, word_places
from egiz.parallel.bitext import read_bitext
from egiz.translate.engine.protocol import Forcing

LinksOf = Callable[[str, str], Links | None]
"""Gives what links the words of a source and a target language; None where nothing does."""

MOST = 4_000_000
"""Pairs of words, of one source and its translation each, up to which is learned from them, some 100,000
short rows or 3,000 long ones: the table then takes about 500 MB while it is learned."""


class LearnedLinks:
    """Links learned from the files that are asked about, for two languages when they are met first.

    Files are read once more for each pair of languages. Where they are large, every second, fourth … row is
    learned from, so memory does not grow with them. Raises what `read_bitext` raises, ModuleNotFoundError
    where sil-thot is wanted and not installed.
    """

    def __init__(
        self,
        method: Literal["table", "thot"],
        paths: Sequence[Path],
        source: str | None = None,
        target: str | None = None,
    ) -> None:
        self._method = method
        self._paths, self._wanted = paths, (source, target)
        self._known: dict[tuple[str, str], Links] = {}

    def __call__(self, source: str, target: str) -> Links:
        """What links these two."""
        if (source, target) not in self._known:
            self._known[source, target] = self._learned(source, target)
        return self._known[source, target]

    def _learned(self, source: str, target: str) -> Links:
        from egiz.parallel.align.learned import LearnedTable, LearnedThot

        learn = LearnedTable if self._method == "table" else LearnedThot
        learned = learn(
            thinned(
                (segment.source, segment.target)
                for path in self._paths
                for segment in read_bitext(path, *self._wanted)
                if (segment.source_language, segment.target_language) == (source, target)
                and segment.source
                and segment.target
                and not segment.draft
            )
        )
        return lambda pairs: [learned.weights(*pair) for pair in pairs]


def thinned(texts: Iterable[tuple[str, str]], most: int = MOST) -> list[tuple[str, str]]:
    """All pairs of texts; every second, fourth … of them where they have more than `most` pairs of words."""
    held: list[tuple[str, str]] = []
    sizes: list[int] = []
    step, total = 1, 0
    for place, pair in enumerate(texts):
        if place % step:
            continue
        held.append(pair)
        sizes.append(len(word_places(pair[0])) * len(word_places(pair[1])))
        total += sizes[-1]
        while total > most and len(held) > 1:
            held, sizes, step = held[::2], sizes[::2], 2 * step
            total = sum(sizes)
    return held


class AttentiveLinks:
    """Links by the attention of engines; `forcing` gives that of two languages, or raises an EgizError."""

    def __init__(self, forcing: Callable[[str, str], Forcing]) -> None:
        self._forcing = forcing

    def __call__(self, source: str, target: str) -> Links:
        """What links these two."""
        from egiz.parallel.align.words import attention_weights

        forcing = self._forcing(source, target)

        def links(pairs: Sequence[tuple[str, str]]) -> list[Weights]:
            return attention_weights(pairs, forcing, source=source, target=target)

        return links
