"""Subword pieces: learn the vocabulary, and encode text as ids with BPE-dropout.

Ids follow fairseq, like NLLB's: ``<s> <pad> </s> <unk>`` are 0 to 3, then the sentencepiece pieces in their
order, then one token per language code, then ``<mask>``.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import accumulate
from pathlib import Path
from random import Random
from shutil import copyfile
from string import ascii_letters
from typing import TYPE_CHECKING

from egiz.translate.engine.protocol import Hint
from egiz.translate.engine.tokenizer import MARKS, TERM, TERM_END, merged, with_hints
from egiz.translate.errors import InputError, ModelError, OptionError
from egiz.translate.languages import alphabets
from egiz.translate.models.checkpoint import vocabulary_size
from egiz.translate.models.layout import SENTENCEPIECE, SPECIALS, load_sentencepiece, merge_ranks
from egiz.translate.train.corpus import ROWS, TrainingRow, check_rows
from egiz.translate.train.recipe import Recipe

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

_ADDED = 2  # <pad> and <mask>, which sentencepiece does not hold


def train_vocabulary(
    recipe: Recipe, rows: Sequence[TrainingRow], output: Path, texts: Sequence[tuple[str, int]] = ()
) -> Path:
    """Train the pieces on rows and `texts`; return the path of the sentencepiece model in `output`.

    It is byte-pair encoding as in NLLB, so that training can use BPE-dropout (Provilkov et al. 2020). Every
    digit is a piece of its own, so that a small model can copy numbers that it never saw. A character without
    a piece is spelt in bytes. `MARKS` are added as pieces that no text contains.

    Raises InputError if the rows do not fit the recipe, or have too little text for its vocabulary.
    """
    check_rows(rows, recipe, where=str(output / ROWS))
    path = output / SENTENCEPIECE
    try:
        _train(recipe, rows, texts, path)
    except RuntimeError as error:
        raise _too_little(recipe, error, where=str(output / ROWS)) from error
    return path


def take_vocabulary(recipe: Recipe, model: Path, output: Path) -> Path:
    """Copy the sentencepiece model of `model`, to continue training that model; return its path in `output`.

    Raises ModelError if `model` has no sentencepiece model, OptionError if the vocabulary size of the recipe,
    language codes included, differs from the model's.
    """
    held = model / SENTENCEPIECE
    if not held.is_file():
        raise ModelError(f"has no {SENTENCEPIECE}", where=str(model), expected="a model of NLLB's kind")
    size = vocabulary_size(held, recipe.languages)
    if size != recipe.vocabulary:
        raise OptionError(
            f"the pieces of {model.name} make a vocabulary of {size} with {len(recipe.languages)} languages",
            where="--from",
            expected=f"{recipe.vocabulary} as in the recipe",
            action="Name the model's languages and vocabulary there; `egiz models info` has them.",
        )
    output.mkdir(parents=True, exist_ok=True)
    path = output / SENTENCEPIECE
    copyfile(held, path)
    return path


def _train(recipe: Recipe, rows: Sequence[TrainingRow], texts: Sequence[tuple[str, int]], path: Path) -> None:
    """Train a sentencepiece model at `path`; raises RuntimeError if sentencepiece cannot."""
    import sentencepiece

    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=_sentences(recipe, rows, texts),
        model_prefix=str(path.with_suffix("")),
        model_type="bpe",
        vocab_size=recipe.vocabulary - len(recipe.languages) - _ADDED,
        character_coverage=0.9999,
        byte_fallback=True,
        normalization_rule_name="identity",
        control_symbols=list(MARKS),
        required_chars="".join(_required(recipe.languages)),
        split_digits=True,
        max_sentence_length=4000,
        num_threads=1,
        minloglevel=2,
    )


def _required(languages: Sequence[str]) -> list[str]:
    """Characters that must become pieces: the languages' letters in both cases, Latin letters, signs.

    Without this list, rare letters such as Һ would not become pieces, whatever the character coverage.
    """
    letters = {letter for tag in languages for letter in alphabets().get(tag, ())}
    cased = sorted({form for letter in letters for form in (letter, letter.upper())} | set(ascii_letters))
    signs = files("egiz.translate").joinpath("data/signs.txt").read_text(encoding="utf-8")
    return list(dict.fromkeys((*cased, *"".join(signs.split()))))


def _too_little(recipe: Recipe, error: RuntimeError, *, where: str) -> InputError:
    """Turn an error of sentencepiece about the vocabulary size into one in terms of the recipe.

    The sizes in sentencepiece's message are corrected: they do not include language codes.
    """
    apart = len(recipe.languages) + _ADDED
    if most := re.search(r"too high.*<= (\d+)", str(error)):
        return InputError(
            f"the text is too small for a vocabulary of {recipe.vocabulary}",
            where=where,
            expected=f"at most {int(most[1]) + apart}",
            action="Add text, or lower `vocabulary` in the recipe.",
        )
    if least := re.search(r"smaller than required_chars\D*\d+ vs (\d+)", str(error)):
        return InputError(
            f"a vocabulary of {recipe.vocabulary} cannot hold the characters of the text",
            where=where,
            expected=f"at least {int(least[1]) + apart}",
            action="Raise `vocabulary` in the recipe.",
        )
    return InputError(f"sentencepiece cannot learn from the rows ({error})", where=where)


def _sentences(
    recipe: Recipe, rows: Sequence[TrainingRow], texts: Sequence[tuple[str, int]]
) -> Iterator[str]:
    """Yield the cells of a random sample of the rows, then all texts.

    A row is in the sample with a probability that is the weight of its table (at most 1).
    """
    chance = random.Random(recipe.schedule.seed)
    for row in rows:
        if chance.random() < min(1.0, recipe.sources[row.source].weight):
            yield from (cell for cell in row.cells if cell)
    yield from (sentence for sentence, _ in texts)


PAD, END, UNKNOWN = (SPECIALS.index(token) for token in ("<pad>", "</s>", "<unk>"))
_OWN_SPECIALS = 3  # sentencepiece's <unk> <s> </s> at 0 to 2
_SPACE = "▁"


@dataclass(frozen=True, slots=True)
class Pieces:
    """Encodes text as ids in NLLB's layout; `codes` are the ids of the language codes.

    `dropout` is the probability that a merge is skipped in a round (BPE-dropout, Provilkov et al. 2020).
    sentencepiece's own BPE-dropout is not used: in 0.2.3 the skipped merges differ between processes in spite
    of a fixed seed.
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
        """The ids of `text`, without language code and end token; `chance` draws the dropout of merges."""
        if chance is None or not self.dropout:
            found = self.model.encode(text, out_type=int)
        else:
            words = _words(self.model.encode(text, out_type=str))
            found = self.model.piece_to_id([piece for word in words for piece in self._drop(word, chance)])
        return [UNKNOWN if number < _OWN_SPECIALS else number + 1 for number in found]

    def _drop(self, word: list[str], chance: Random) -> list[str]:
        """The pieces of a word after random dropout of merges.

        First, the number of merges before the first dropped merge is drawn. Usually the word has fewer merges
        than this number. Then none of them is dropped, so that the word need not be segmented again.
        """
        letters = "".join(word)
        first = self._merges_before_drop(chance)
        if first >= len(letters) - len(word) or not all(piece in self._ranks for piece in word):
            return word
        return merged(list(letters), self._ranks, self.dropout, chance, first)

    def _merges_before_drop(self, chance: Random) -> int:
        """Draw the number of merges that are made before the first dropped one."""
        if self.dropout >= 1:
            return 0
        return int(math.log(1 - chance.random()) / math.log1p(-self.dropout))


def _words(pieces: Sequence[str]) -> Iterator[list[str]]:
    """Yield the pieces of each word; every word but the first begins with the sign for a space."""
    word: list[str] = []
    for piece in pieces:
        if word and piece.startswith(_SPACE):
            yield word
            word = []
        word.append(piece)
    if word:
        yield word
