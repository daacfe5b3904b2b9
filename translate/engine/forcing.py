"""Forced decoding with CTranslate2: scoring, aligning and completing a given target text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.protocol import Attention, Decoding, Hint, TokenScores
from egiz.translate.languages import language
from egiz.translate.records import Hypothesis

_LONGEST = 500
"""The most pieces of a text; every model of NLLB's architecture has at least 512 positions."""


class CTranslate2Forcing:
    """Implements `Forcing` with the model and the threads of an engine that is already open."""

    def __init__(self, engine: CTranslate2Engine) -> None:
        self._engine = engine

    @property
    def identity(self) -> str:
        """The identity of the engine."""
        return self._engine.identity

    def token_scores(
        self, pairs: Sequence[tuple[str, str]], *, source: str, target: str
    ) -> list[TokenScores | None]:
        """Log-probability and span of each piece of the target texts; None if a pair is too long."""
        found = self._logprobs(pairs, source, target)
        spans = self._engine.tokenizer.spans
        return [
            TokenScores(spans=tuple(spans(pair[1])), logprobs=found[pair]) if pair in found else None
            for pair in pairs
        ]

    def _logprobs(
        self, pairs: Sequence[tuple[str, str]], source: str, target: str
    ) -> dict[tuple[str, str], tuple[float, ...]]:
        """Map each pair to the log-probabilities of its target's pieces and end token; long pairs are left
        out."""
        tokenizer = self._engine.tokenizer
        first, prefix = language(source), tokenizer.prefix(language(target))
        chosen = self._short_enough(pairs)
        found = self._engine.token_logprobs(
            [tokenizer.encode(text, first) for text, _ in chosen],
            [[*prefix, *tokenizer.pieces(text)] for _, text in chosen],
        )
        return {pair: logprobs[len(prefix) :] for pair, logprobs in zip(chosen, found, strict=True)}

    def align(self, pairs: Sequence[tuple[str, str]], *, source: str, target: str) -> list[Attention]:
        """For each pair, the attention of the decoder layer and heads that were chosen at conversion.

        The row of a target piece is taken from the decoding step that has the piece as its input. This step
        aligns better than the step before it, which outputs the piece (Chen et al. 2020, "Accurate Word
        Alignment Induction from Neural Machine Translation").
        """
        tokenizer = self._engine.tokenizer
        first, prefix = language(source), tokenizer.prefix(language(target))
        chosen = self._short_enough(pairs)
        rows = self._engine.attend(
            [tokenizer.encode(text, first) for text, _ in chosen],
            [[*prefix, *tokenizer.pieces(given)] for _, given in chosen],
        )
        found = {
            pair: self._attention(*pair, own, len(prefix)) for pair, own in zip(chosen, rows, strict=True)
        }
        nothing = Attention(source=(), target=(), weights=())
        return [found.get(pair, nothing) for pair in pairs]

    def _short_enough(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """The distinct pairs of which both texts have at most `_LONGEST` pieces."""
        count = self._engine.count
        return [pair for pair in dict.fromkeys(pairs) if max(map(count, pair)) <= _LONGEST]

    def _attention(self, text: str, given: str, found: Any, codes: int) -> Attention:
        """The attention from the pieces of the target text `given` to those of the source `text`.

        `found` has a row for each of the `codes` tokens of the target prefix, then for each target piece.
        """
        tokenizer = self._engine.tokenizer
        read, written = tokenizer.spans(text), tokenizer.spans(given)
        skipped = 0 if tokenizer.source_format == "legacy" else 1
        rows = found[codes + 1 : codes + 1 + len(written)]
        weights = tuple(tuple(map(float, row[skipped : skipped + len(read)])) for row in rows)
        return Attention(source=tuple(read), target=tuple(written), weights=weights)

    @property
    def takes_hints(self) -> bool:
        """Whether the model has learnt to use hints."""
        return self._engine.takes_hints

    def retell(
        self, items: Sequence[tuple[str, tuple[Hint, ...]]], *, source: str, target: str, decoding: Decoding
    ) -> list[tuple[Hypothesis, ...]]:
        """Translate each text with its hints; no hypotheses if the text is too long."""
        chosen = [item for item in dict.fromkeys(items) if self._engine.count(item[0]) <= _LONGEST]
        found = self._engine.translate(
            [text for text, _ in chosen],
            source=source,
            target=target,
            decoding=decoding,
            hints=[hints for _, hints in chosen],
        )
        made = dict(zip(chosen, found, strict=True))
        return [made.get(item, ()) for item in items]

    def complete(
        self, items: Sequence[tuple[str, str]], *, source: str, target: str, decoding: Decoding
    ) -> list[tuple[Hypothesis, ...]]:
        """Complete each beginning of a target text; the items are pairs of source text and beginning.

        A pair of which one text is too long gets no hypotheses.
        """
        tokenizer = self._engine.tokenizer
        first, prefix = language(source), tokenizer.prefix(language(target))
        chosen = self._short_enough(items)
        given = [[*prefix, *tokenizer.pieces(begun)] for _, begun in chosen]
        found = self._engine.search([tokenizer.encode(text, first) for text, _ in chosen], given, decoding)
        made = dict(zip(chosen, found, strict=True))
        return [made.get(pair, ()) for pair in items]
