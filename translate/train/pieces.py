"""Text as identifiers for training, with merges dropped at random.

Identifiers follow fairseq, as NLLB's own do: ``<s> <pad> </s> <unk>`` at 0 to 3, then the sentencepiece
pieces in their order, then one token per language code, then ``<mask>``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from egiz.translate.errors import InputError
from egiz.translate.models.layout import SENTENCEPIECE, SPECIALS, load_sentencepiece

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

PAD, END, UNKNOWN = (SPECIALS.index(token) for token in ("<pad>", "</s>", "<unk>"))
_OWN_SPECIALS = 3  # sentencepiece's <unk> <s> </s> at 0 to 2
_SPACE = "▁"


@dataclass(frozen=True, slots=True)
class Pieces:
    """Text to identifiers in NLLB's layout; `codes` are those of the languages.

    `dropout` is the chance of a merge to be dropped (BPE-dropout, Provilkov et al. 2020). sentencepiece
    drops merges too, but from 0.2.3 on others in every process, whatever its seed.
    """

    model: SentencePieceProcessor
    codes: tuple[int, ...]
    dropout: float = 0.0
    _ranks: dict[str, float] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, path: Path, languages: int, dropout: float = 0.0) -> Pieces:
        """Load the sentencepiece model at `path` for a vocabulary with so many `languages`.

        Raises InputError where there is none, ModelError where it is not in NLLB's layout.
        """
        if not path.is_file():
            raise InputError(
                f"there is no {SENTENCEPIECE} in {path.parent}", action="Run `egiz train vocabulary` first."
            )
        model = load_sentencepiece(path)
        size = model.get_piece_size()
        ranks = {model.id_to_piece(at): -model.get_score(at) for at in range(_OWN_SPECIALS, size)}
        return cls(model, tuple(range(size + 1, size + 1 + languages)), dropout, ranks)

    def encode(self, text: str, chance: Random | None = None) -> list[int]:
        """Identifiers of `text` without code and end token; with `chance`, merges are dropped by it."""
        if chance is None or not self.dropout:
            found = self.model.encode(text, out_type=int)
        else:
            pieces = self.model.encode(text, out_type=str)
            dropped = (piece for word in _words(pieces) for piece in self._drop(word, chance))
            found = self.model.piece_to_id(list(dropped))
        return [UNKNOWN if number < _OWN_SPECIALS else number + 1 for number in found]

    def _drop(self, word: list[str], chance: Random) -> list[str]:
        """The pieces of a word, some of whose merges did not happen.

        How many merges come before the first dropped one is drawn at once; mostly it is all of them, and
        the word stays as it is.
        """
        letters = "".join(word)
        before = self._kept(chance)
        if before >= len(letters) - len(word) or not all(piece in self._ranks for piece in word):
            return word
        return merge(letters, self._ranks, self._drops(before, chance))

    def _drops(self, before: int, chance: Random) -> Iterator[bool]:
        while True:
            yield from (False for _ in range(before))
            yield True
            before = self._kept(chance)

    def _kept(self, chance: Random) -> int:
        """How many merges are kept before the next that is not."""
        if self.dropout >= 1:
            return 0
        return int(math.log(1 - chance.random()) / math.log1p(-self.dropout))


def merge(letters: str, ranks: dict[str, float], drops: Iterator[bool]) -> list[str]:
    """Merge letters into pieces, those of the lowest rank first, the leftmost of equals.

    `drops` says of each merge, as it is about to happen, whether it never will. Without drops the pieces are
    those of sentencepiece.
    """
    pieces, lost = list(letters), set[tuple[int, str, str]]()
    while True:
        best: tuple[float, int] | None = None
        start = 0
        for at, (left, right) in enumerate(pairwise(pieces)):
            rank = ranks.get(left + right)
            if rank is not None and (best is None or rank < best[0]) and (start, left, right) not in lost:
                best = rank, at
            start += len(left)
        if best is None:
            return pieces
        at = best[1]
        if next(drops):
            lost.add((sum(map(len, pieces[:at])), pieces[at], pieces[at + 1]))
        else:
            pieces[at : at + 2] = [pieces[at] + pieces[at + 1]]


def _words(pieces: Sequence[str]) -> Iterator[list[str]]:
    """Pieces by words: each but the first begins with the sign for a space."""
    word: list[str] = []
    for piece in pieces:
        if word and piece.startswith(_SPACE):
            yield word
            word = []
        word.append(piece)
    if word:
        yield word
