"""Word links for the terms of bilingual files, learned from the files or taken from the attention of an
engine.

With them, a finding of a missing term can name the target words that stand in place of the term.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice
from pathlib import Path
from typing import Literal

from egiz.glossary.correct import Links
from egiz.glossary.correct.links import Weights, standing, word_places
from egiz.parallel.bilingual.findings import TermFinding
from egiz.parallel.bitext import read_bitexts
from egiz.translate.engine.protocol import Forcing

LinksOf = Callable[[str, str], Links | None]
"""A function that returns the word linker for a source and a target language.

It returns None if there is no word linker for these languages."""

MOST = 4_000_000
"""The most word pairs in the rows from which a table is learned: the number of source words times the number
of target words, summed over the rows. This is some 100,000 short rows or 3,000 long rows. Learning then takes
about 500 MB of memory."""


class LearnedLinks:
    """Word links learned from the bilingual files themselves, when a language pair is first needed.

    For each language pair, the files are read once more. Of large files, only every second, fourth, eighth …
    row is used, to bound memory (see `thinned`). `method` is ``table`` or ``thot``, which needs the package
    sil-thot. Raises what `read_bitext` raises, and ModuleNotFoundError if sil-thot is needed but not
    installed.
    """

    def __init__(
        self,
        method: Literal["table", "thot"],
        paths: Sequence[Path],
        source: str | None = None,
        target: str | None = None,
        *,
        columns: str | None = None,
    ) -> None:
        self._method = method
        self._paths, self._wanted, self._columns = paths, (source, target), columns
        self._known: dict[tuple[str, str], Links] = {}

    def __call__(self, source: str, target: str) -> Links:
        """Return the word linker for these languages."""
        if (source, target) not in self._known:
            self._known[source, target] = self._learned(source, target)
        return self._known[source, target]

    def _learned(self, source: str, target: str) -> Links:
        from egiz.parallel.align.learned import LearnedTable, LearnedThot

        learn = LearnedTable if self._method == "table" else LearnedThot
        learned = learn(
            thinned(
                (segment.source, segment.target)
                for segment in read_bitexts(self._paths, *self._wanted, columns=self._columns)
                if (segment.source_language, segment.target_language) == (source, target)
                and segment.source
                and segment.target
                and not segment.draft
            )
        )
        return lambda pairs: [learned.weights(*pair) for pair in pairs]


def thinned(texts: Iterable[tuple[str, str]], most: int = MOST) -> list[tuple[str, str]]:
    """Return the pairs of texts or, if these have more than `most` word pairs, every second, fourth, eighth …
    of them."""
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
    """Word links from the attention of an engine.

    `forcing` is a function that returns the engine for a source and a target language. It raises an EgizError
    if there is no engine for them.
    """

    def __init__(self, forcing: Callable[[str, str], Forcing]) -> None:
        self._forcing = forcing

    def __call__(self, source: str, target: str) -> Links:
        """Return the word linker for these languages."""
        from egiz.parallel.align.words import attention_weights

        forcing = self._forcing(source, target)

        def links(pairs: Sequence[tuple[str, str]]) -> list[Weights]:
            return attention_weights(pairs, forcing, source=source, target=target)

        return links


_BATCH = 64
"""The number of findings whose word links are made in one call: enough to fill the batches of an engine."""
Places = tuple[tuple[int, int], ...]
"""Half-open spans of words in a text, in code points."""


def with_words(findings: Iterable[TermFinding], links: LinksOf) -> Iterator[TermFinding]:
    """Yield the findings in order, with the words that stand in place of missing terms.

    A finding of a missing term gets these target words in `words` and in its message. It stays unchanged if
    the word links do not show clearly which words they are.
    """
    coming = iter(findings)
    while batch := list(islice(coming, _BATCH)):
        for (source, target), group in groupby(batch, _languages):
            yield from _linked(list(group), source, target, links)


def _languages(item: TermFinding) -> tuple[str, str]:
    return item.source.language, item.target.language


def _linked(group: Sequence[TermFinding], source: str, target: str, links: LinksOf) -> Iterator[TermFinding]:
    missing = [item for item in group if item.finding.code == "term-missing"]
    pairs = list(dict.fromkeys((item.source.text, item.target.text) for item in missing))
    link = links(source, target) if pairs else None
    tables = dict(zip(pairs, link(pairs), strict=True)) if link is not None else {}
    for item in group:
        table = tables.get((item.source.text, item.target.text), ())
        words = _words(item, table) if item.finding.code == "term-missing" else ()
        yield _with_message(replace(item, words=words)) if words else item


def _words(item: TermFinding, table: Weights) -> Places:
    """Return the spans of the target words that stand in place of a term; adjacent words are joined to one
    span.

    The result is empty if the word links do not show clearly which words these are.
    """
    side = item.source
    found = standing(table, side.text, item.target.text, side.start, side.stop)
    places = word_places(item.target.text)
    joined: list[tuple[int, int]] = []
    for at in sorted(found.likely) if found.sure else ():
        start, stop = places[at]
        if joined and not item.target.text[joined[-1][1] : start].strip(" -"):
            start = joined.pop()[0]
        joined.append((start, stop))
    return tuple(joined)


def _with_message(item: TermFinding) -> TermFinding:
    """Return the finding with its `words` quoted in the message."""
    named = ", ".join(f"‘{form}’" for form in item.forms)
    verb = "stands" if len(item.words) == 1 else "stand"
    message = f"{item.finding.message}; {named} {verb} for it"
    return replace(item, finding=replace(item.finding, message=message))
