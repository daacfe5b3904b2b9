"""Attention, scores and completions from the engine during correction: batched and cached."""

from __future__ import annotations

from collections.abc import Sequence

from egiz.glossary.correct.links import (
    Links,
    Standing,
    Weights,
    asked_words,
    standing,
    word_attention,
    word_places,
)
from egiz.translate.engine.protocol import Decoding, Forcing
from egiz.translate.text import nfc, normalise, typeset


class Reader:
    """Queries the engine about many pairs at once and serves the cached results one by one.

    Without an engine it has only the word links that `links` computes, if given.
    """

    def __init__(
        self, forcing: Forcing | None, source: str, target: str, *, links: Links | None = None
    ) -> None:
        self._forcing, self._source, self._target = forcing, source, target
        self._links = links
        self._tables: dict[tuple[str, str], Weights] = {}
        self._scores: dict[tuple[str, str], float | None] = {}

    def read(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Compute and cache the word weights of pairs of source and published target text."""
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self._tables]
        if not new:
            return
        if self._forcing is None:
            self._tables.update(zip(new, self._links(new), strict=True) if self._links else ())
            return
        plain = [(normalise(source), normalise(text)) for source, text in new]
        found = self._forcing.align(plain, source=self._source, target=self._target)
        for pair, texts, attention in zip(new, plain, found, strict=True):
            self._tables[pair] = word_attention(attention, *texts)

    def attention(self, source: str, text: str, start: int, stop: int) -> list[float]:
        """Attention of each word of `text` to ``source[start:stop]``; zeros where unknown."""
        table, asked = asked_words(self._tables.get((source, text), ()), source, text, start, stop)
        return [sum(row[at] for at in asked) for row in table] or [0.0] * len(word_places(text))

    def standing(self, source: str, text: str, start: int, stop: int) -> Standing | None:
        """The words of `text` linked to ``source[start:stop]``.

        None with an engine, which judges this by score, and where there are no links.
        """
        if self._forcing is not None or self._links is None:
            return None
        return standing(self._tables.get((source, text), ()), source, text, start, stop)

    def judge(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Score and cache pairs of source and published target text; nothing without an engine."""
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self._scores]
        if self._forcing is None or not new:
            return
        plain = [(normalise(source), normalise(text)) for source, text in new]
        found = self._forcing.score(plain, source=self._source, target=self._target)
        self._scores.update(zip(new, found, strict=True))

    def logprob(self, source: str, text: str) -> float | None:
        """Mean log-probability per token of a pair scored by `judge`, in nats; None where unknown."""
        return self._scores.get((source, text))

    def complete(self, items: Sequence[tuple[str, str]], hypotheses: int) -> list[list[str]]:
        """Translations of pairs of source and target prefix, up to `hypotheses` each, best first.

        They have published typography; incomplete ones and those that cannot be published are left out.
        """
        if self._forcing is None or not hypotheses or not items:
            return [[] for _ in items]
        found = self._forcing.complete(
            [(normalise(source), normalise(begun)) for source, begun in items],
            source=self._source,
            target=self._target,
            decoding=Decoding(beam=max(Decoding().beam, hypotheses), hypotheses=hypotheses),
        )
        return [
            [text for item in group if item.complete and (text := _published(item.text, self._target))]
            for group in found
        ]


def _published(text: str, language: str) -> str:
    """An output with published typography; empty if it begins with an apostrophe, which no table can hold."""
    text = nfc(typeset(" ".join(text.split()), language))
    return "" if text.startswith("'") else text
