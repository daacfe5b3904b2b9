"""Attention, scores and completions from the engine during correction: requested in batches, and cached."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from egiz.glossary.correct.links import (
    Links,
    Standing,
    Weights,
    asked_words,
    standing,
    word_attention,
    word_places,
)
from egiz.translate.engine.protocol import Decoding, Forcing, Hint, TokenScores
from egiz.translate.records import Hypothesis
from egiz.translate.text import nfc, normalise, typeset


class EngineAnswers:
    """Sends the engine the queries of a batch at once, caches the results, and returns them pair by pair.

    Without an engine, the only results are the word links that the function `links` computes, if it is given.
    `decoding` are the settings with which the engine completes target prefixes.
    """

    def __init__(
        self,
        forcing: Forcing | None,
        source: str,
        target: str,
        *,
        links: Links | None = None,
        decoding: Decoding | None = None,
    ) -> None:
        self._forcing, self._source, self._target = forcing, source, target
        self._links = links
        self._decoding = decoding or Decoding()
        self._tables: dict[tuple[str, str], Weights] = {}
        self._scored: dict[tuple[str, str], TokenScores | None] = {}
        self._returned: dict[tuple[str, str], TokenScores | None] = {}

    def align(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Compute and cache the weights of the word links of pairs of source and published target text."""
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
        """Return the attention, 0 to 1, of each word of `text` to ``source[start:stop]``.

        All are 0 for a pair whose links `align` has not computed.
        """
        table, asked = asked_words(self._tables.get((source, text), ()), source, text, start, stop)
        return [sum(row[at] for at in asked) for row in table] or [0.0] * len(word_places(text))

    def weights(self, source: str, text: str) -> Weights:
        """Return the weights of the word links of a pair.

        They are empty for a pair whose links `align` has not computed.
        """
        return self._tables.get((source, text), ())

    def standing(self, source: str, text: str, start: int, stop: int) -> Standing | None:
        """Return the words of `text` linked to ``source[start:stop]``.

        None for a pair whose links `align` has not computed.
        """
        table = self._tables.get((source, text))
        return None if table is None else standing(table, source, text, start, stop)

    def score(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Compute and cache the token scores of pairs of source and published target text.

        Does nothing without an engine.
        """
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self._scored]
        if self._forcing is None or not new:
            return
        plain = [(normalise(source), normalise(text)) for source, text in new]
        found = self._forcing.token_scores(plain, source=self._source, target=self._target)
        self._scored.update(zip(new, found, strict=True))

    def translate_back(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Compute and cache, for each pair, the log-probability of the source given the target text.

        Does nothing without an engine.
        """
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self._returned]
        if self._forcing is None or not new:
            return
        plain = [(normalise(text), normalise(source)) for source, text in new]
        found = self._forcing.token_scores(plain, source=self._target, target=self._source)
        self._returned.update(zip(new, found, strict=True))

    def both_ways(self, source: str, text: str) -> float | None:
        """Return the sum of two log-probabilities: of `text` given `source`, and of `source` given `text`.

        The unit is nats. Returns None for a pair that `score` or `translate_back` was not called with, or
        that the model cannot read.
        """
        there, back = self._scored.get((source, text)), self._returned.get((source, text))
        return sum(there.logprobs) + sum(back.logprobs) if there and back else None

    def mean(self, source: str, text: str) -> float | None:
        """Return the mean log-probability per token of `text`, in nats.

        None for a pair that `score` was not called with, or that the model cannot read.
        """
        scores = self._scored.get((source, text))
        return scores.mean if scores else None

    def outside(self, source: str, text: str, words: Collection[int]) -> float | None:
        """Return the sum of the log-probabilities, in nats, of all tokens of `text` outside `words`.

        `words` are indices of `word_places`. The result is None for a pair that `score` was not called with,
        and for a pair that the model cannot read. It is also None if normalising `text` changes the number of
        its words.
        """
        parts = self._parts(source, text, words)
        return None if parts is None else sum(parts[1])

    def inside(self, source: str, text: str, words: Collection[int]) -> float | None:
        """Return the mean log-probability per token, in nats, of the given `words` of `text`.

        None if `outside` would return None, and also if no token belongs to these words.
        """
        parts = self._parts(source, text, words)
        return sum(parts[0]) / len(parts[0]) if parts and parts[0] else None

    def _parts(
        self, source: str, text: str, words: Collection[int]
    ) -> tuple[list[float], list[float]] | None:
        """Return the log-probabilities of the tokens of `words`, and those of all other tokens.

        The end-of-sentence token is among the others. `outside` explains when the result is None.
        """
        scores = self._scored.get((source, text))
        places = word_places(normalise(text))
        if scores is None or len(places) != len(word_places(text)):
            return None
        own = [places[at] for at in words]
        inside: list[float] = []
        outside = [scores.logprobs[-1]]
        for (begin, end), logprob in zip(scores.spans, scores.logprobs, strict=False):
            is_own = any(begin < stop and start < end for start, stop in own)
            (inside if is_own else outside).append(logprob)
        return inside, outside

    def complete(self, items: Sequence[tuple[str, str]], hypotheses: int) -> list[list[str]]:
        """Return at most `hypotheses` translations of each source that begin with its prefix.

        An item is a source and the prefix, the beginning of a target text. The translations of an item are
        whole target texts with published typography, best first. Hypotheses
        that the engine did not finish, and those that no table can hold (see `_published`), are left out.
        """
        if self._forcing is None or not hypotheses or not items:
            return [[] for _ in items]
        found = self._forcing.complete(
            [(normalise(source), normalise(begun)) for source, begun in items],
            source=self._source,
            target=self._target,
            decoding=replace(
                self._decoding, beam=max(self._decoding.beam, hypotheses), hypotheses=hypotheses
            ),
        )
        return self._texts(found)

    def retell(self, items: Sequence[tuple[str, tuple[Hint, ...]]], hypotheses: int) -> list[list[str]]:
        """Return at most `hypotheses` translations of each source, made with its hints.

        An item is a source and its hints, with offsets in the normalised source. The translations are whole
        target texts, as those of `complete`. There are none if the model takes no hints. The width of the
        beam is `hypotheses`, because a wider beam costs more and adds few terms.
        """
        if self._forcing is None or not self._forcing.takes_hints or not hypotheses or not items:
            return [[] for _ in items]
        found = self._forcing.retell(
            [(normalise(source), hints) for source, hints in items],
            source=self._source,
            target=self._target,
            decoding=replace(self._decoding, beam=hypotheses, hypotheses=hypotheses),
        )
        return self._texts(found)

    def _texts(self, found: Sequence[Sequence[Hypothesis]]) -> list[list[str]]:
        return [
            [text for item in group if item.complete and (text := _published(item.text, self._target))]
            for group in found
        ]


def _published(text: str, language: str) -> str:
    """Return an output with published typography.

    An output that begins with an apostrophe becomes an empty string, because no table can hold it.
    """
    text = nfc(typeset(" ".join(text.split()), language))
    return "" if text.startswith("'") else text
