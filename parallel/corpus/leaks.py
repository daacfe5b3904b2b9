"""Sentences of a held-out part that would come back in training."""

from __future__ import annotations

from collections.abc import Iterable

from egiz.parallel.corpus.duplicates import hash64, same
from egiz.translate.train.copies import HeldOut


class Held:
    """The texts of the parts that are held out: what equals one of them, or nearly, must not be learnt from.

    Equal is what has the same letters and digits, however short; nearly equal what shares a third of its
    word 5-grams with them (`HeldOut`, the same rule as for test sets).
    """

    def __init__(self, texts: Iterable[str]) -> None:
        kept = list(dict.fromkeys(texts))
        self._keys = {hash64(same(text)) for text in kept}
        self._near = HeldOut(kept)

    def resembles(self, text: str) -> bool:
        """Whether a text is held out."""
        return hash64(same(text)) in self._keys or self._near.resembles(text)
