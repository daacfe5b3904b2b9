"""The subword vocabulary of a new model, in NLLB's layout.

Identifiers follow fairseq, as NLLB's own do: ``<s> <pad> </s> <unk>`` at 0 to 3, then the sentencepiece
pieces in their order, then one token per language code, then ``<mask>``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from egiz.translate.train.corpus import Row
from egiz.translate.train.recipe import Recipe

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

PAD, END, UNKNOWN = 1, 2, 3
PIECES = "sentencepiece.bpe.model"
_OWN_SPECIALS = 3  # sentencepiece's <unk> <s> </s> at 0 to 2
_ADDED = 2  # <pad> and <mask>, which sentencepiece does not hold


def train_vocabulary(recipe: Recipe, rows: Sequence[Row], output: Path) -> Path:
    """Learn the pieces from all rows; returns the path of the sentencepiece model written under `output`.

    Byte-pair encoding as in NLLB, so that training can drop merges at random (BPE-dropout, Provilkov et al.
    2020). Digits stay apart, which lets a small model copy numbers that it never saw.
    """
    import sentencepiece

    path = output / PIECES
    sentencepiece.set_random_generator_seed(recipe.schedule.seed)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=_sentences(recipe, rows),
        model_prefix=str(path.with_suffix("")),
        model_type="bpe",
        vocab_size=recipe.vocabulary - len(recipe.languages) - _ADDED,
        character_coverage=0.9999,
        split_digits=True,
        max_sentence_length=4000,
        num_threads=1,
        minloglevel=2,
    )
    return path


def _sentences(recipe: Recipe, rows: Sequence[Row]) -> Iterator[str]:
    """Sample rows by the weight of their source, so that the vocabulary sees what training will see."""
    chance = random.Random(recipe.schedule.seed)
    for row in rows:
        if chance.random() < min(1.0, recipe.sources[row.source].weight):
            yield from (cell for cell in row.cells if cell)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Text to NLLB-layout identifiers for training."""

    model: SentencePieceProcessor
    codes: tuple[int, ...]
    dropout: float = 0.0

    @classmethod
    def load(cls, path: Path, languages: int, dropout: float = 0.0) -> Pieces:
        """Load the sentencepiece model at `path` for a vocabulary with so many `languages`."""
        import sentencepiece

        model = sentencepiece.SentencePieceProcessor(model_file=str(path))
        first = model.get_piece_size() + 1
        return cls(model, tuple(range(first, first + languages)), dropout)

    def encode(self, text: str) -> list[int]:
        """Pieces of `text` without code and end token; merges are dropped at random if `dropout` is set."""
        if self.dropout:
            ids = self.model.encode(text, out_type=int, enable_sampling=True, alpha=self.dropout)
        else:
            ids = self.model.encode(text, out_type=int)
        return [UNKNOWN if number < _OWN_SPECIALS else number + 1 for number in ids]
