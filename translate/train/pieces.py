"""Encode text as token ids for training, with BPE-dropout.

Ids follow fairseq, like NLLB's: ``<s> <pad> </s> <unk>`` are 0 to 3, then the sentencepiece pieces in their
order, then one token per language code, then ``<mask>``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from egiz.translate.engine.protocol import Hint
from egiz.translate.engine.tokenizer import TERM, TERM_END, merged, with_hints
from egiz.translate.errors import InputError
from egiz.translate.models.layout import SENTENCEPIECE, SPECIALS, load_sentencepiece, merge_ranks

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

PAD, END, UNKNOWN = (SPECIALS.index(token) for token in ("<pad>", "</s>", "<unk>"))
_OWN_SPECIALS = 3  # sentencepiece's <unk> <s> </s> at 0 to 2
_SPACE = "▁"


@dataclass(frozen=True, slots=True)
class Pieces:
    """Encodes text as ids in NLLB's layout; `codes` are the ids of the language codes.

    `dropout` is the probability that a merge is skipped in a round (BPE-dropout, Provilkov et al. 2020).
    sentencepiece has BPE-dropout too, but in 0.2.3 the skipped merges differ between processes, whatever the
    seed.
    """

    model: SentencePieceProcessor
    codes: tuple[int, ...]
    dropout: float = 0.0
    _ranks: Mapping[str, float] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, path: Path, languages: int, dropout: float = 0.0) -> Pieces:
        """Load the sentencepiece model at `path` for a vocabulary with `languages` language codes.

        Raises InputError if there is no file, ModelError if it is not in NLLB's layout.
        """
        if not path.is_file():
            raise InputError(
                f"there is no {SENTENCEPIECE} in {path.parent}", action="Run `egiz train vocabulary` first."
            )
        model = load_sentencepiece(path)
        first = model.get_piece_size() + 1
        return cls(model, tuple(range(first, first + languages)), dropout, merge_ranks(model))

    def encode_hinted(self, text: str, hints: Sequence[Hint], chance: Random | None = None) -> list[int]:
        """The ids of `text`, with each hint between its marks after the word that it belongs to."""
        found = self.encode(text, chance)
        begin, end = self.mark(TERM), self.mark(TERM_END)
        if begin is None or end is None:
            return found
        names = [self.model.id_to_piece(number - 1) for number in found]
        stops = list(accumulate(map(len, names)))
        first = bool(names) and names[0].startswith(_SPACE)
        stops = [stop - first for stop in stops]
        return with_hints(found, stops, hints, lambda lemma: [begin, *self.encode(lemma), end])

    def mark(self, name: str) -> int | None:
        """The id of one of `MARKS`; None if the pieces do not include it."""
        number = self.model.piece_to_id(name)
        return None if self.model.is_unknown(number) else number + 1

    def encode(self, text: str, chance: Random | None = None) -> list[int]:
        """The ids of `text`, without language code and end token; with `chance`, with dropout of merges."""
        if chance is None or not self.dropout:
            found = self.model.encode(text, out_type=int)
        else:
            words = _words(self.model.encode(text, out_type=str))
            found = self.model.piece_to_id([piece for word in words for piece in self._drop(word, chance)])
        return [UNKNOWN if number < _OWN_SPECIALS else number + 1 for number in found]

    def _drop(self, word: list[str], chance: Random) -> list[str]:
        """The pieces of a word after random dropout of merges.

        The first dropped merge is drawn at once; mostly there is none, and the word stays as it is.
        """
        letters = "".join(word)
        first = self._kept(chance)
        if first >= len(letters) - len(word) or not all(piece in self._ranks for piece in word):
            return word
        return merged(list(letters), self._ranks, self.dropout, chance, first)

    def _kept(self, chance: Random) -> int:
        """Draw the number of merges before the first one that is dropped."""
        if self.dropout >= 1:
            return 0
        return int(math.log(1 - chance.random()) / math.log1p(-self.dropout))


def _words(pieces: Sequence[str]) -> Iterator[list[str]]:
    """The pieces of each word: all words but the first begin with the sign for a space."""
    word: list[str] = []
    for piece in pieces:
        if word and piece.startswith(_SPACE):
            yield word
            word = []
        word.append(piece)
    if word:
        yield word
