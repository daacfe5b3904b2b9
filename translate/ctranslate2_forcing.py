"""Judging, aligning and completing given text with CTranslate2; see `egiz.translate.forcing`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from egiz.translate.ctranslate2_engine import CTranslate2Engine, result_of
from egiz.translate.engine import Decoding
from egiz.translate.forcing import Attention
from egiz.translate.languages import language
from egiz.translate.records import Hypothesis

_SCORED_TOKENS = 192
"""Scoring makes a probability for every token of the vocabulary at every position at once: small batches."""
_ALIGNED_TOKENS = 1024


class CTranslate2Forcing:
    """The same model and threads as an engine that is open already."""

    def __init__(self, engine: CTranslate2Engine) -> None:
        self._engine = engine

    @property
    def identity(self) -> str:
        """The engine's."""
        return self._engine.identity

    def score(self, pairs: Sequence[tuple[str, str]], *, source: str, target: str) -> list[float]:
        """Mean log-probability per target token of each pair, end token included."""
        tokenizer = self._engine.tokenizer
        first, prefix = language(source), tokenizer.prefix(language(target))
        waiting = self._engine.model.score_batch(
            [tokenizer.encode(text, first) for text, _ in pairs],
            [[*prefix, *tokenizer.pieces(text)] for _, text in pairs],
            asynchronous=True,
            max_batch_size=_SCORED_TOKENS,
            batch_type="tokens",
            max_input_length=0,
        )
        scores = [list(result_of(future, self._engine.folder).log_probs)[len(prefix) :] for future in waiting]
        return [sum(own) / len(own) for own in scores]

    def align(self, pairs: Sequence[tuple[str, str]], *, source: str, target: str) -> list[Attention]:
        """Attention of the last decoder layer, averaged over its heads, for each pair.

        A target piece's row is taken from the step that reads it, not from the one that writes it: that step
        has seen the piece, and aligns better (Chen et al. 2020, "Accurate Word Alignment Induction from
        Neural Machine Translation").
        """
        tokenizer = self._engine.tokenizer
        first, prefix = language(source), tokenizer.prefix(language(target))
        found: list[Attention] = []
        waiting = []
        for text, given in pairs:
            forced = [*prefix, *tokenizer.pieces(given)]
            waiting += self._engine.model.translate_batch(
                [tokenizer.encode(text, first)],
                [forced],
                asynchronous=True,
                beam_size=1,
                max_decoding_length=len(forced) + 1,
                return_attention=True,
                return_end_token=True,
                max_batch_size=_ALIGNED_TOKENS,
                batch_type="tokens",
            )
        for (text, given), future in zip(pairs, waiting, strict=True):
            found.append(self._attention(text, given, result_of(future, self._engine.folder), len(prefix)))
        return found

    def _attention(self, text: str, given: str, result: Any, codes: int) -> Attention:
        tokenizer = self._engine.tokenizer
        read, written = tokenizer.spans(text), tokenizer.spans(given)
        skipped = 0 if tokenizer.source_format == "legacy" else 1
        rows = result.attention[0][codes + 1 : codes + 1 + len(written)]
        weights = tuple(tuple(map(float, row[skipped : skipped + len(read)])) for row in rows)
        return Attention(source=tuple(read), target=tuple(written), weights=weights)

    def complete(
        self, items: Sequence[tuple[str, str]], *, source: str, target: str, decoding: Decoding
    ) -> list[tuple[Hypothesis, ...]]:
        """Search for whole texts, each from its beginning on."""
        tokenizer = self._engine.tokenizer
        first, prefix = language(source), tokenizer.prefix(language(target))
        given = [[*prefix, *tokenizer.pieces(begun)] for _, begun in items]
        found = self._engine.search([tokenizer.encode(text, first) for text, _ in items], given, decoding)
        flat = [(items[place][0], item.text) for place, group in enumerate(found) for item in group]
        scores = iter(self.score(flat, source=source, target=target))
        return [tuple(replace(item, logprob=next(scores)) for item in group) for group in found]
