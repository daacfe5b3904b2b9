"""NLLB's tokenisation with sentencepiece, checked against the model's vocabulary, and random segmentations.

The source side is language code, pieces, ``</s>`` (old fine-tunes: pieces, ``</s>``, language code); the
target side begins with its language code, which the engine forces. transformers is not needed. A language
code that the model lacks is an error, never ``<unk>``.

Random segmentations are an alternative to sampling. If a model is uncertain, it translates two segmentations
of a text differently, so the candidates are as varied as samples. Samples would not be reproducible:
CTranslate2's random numbers depend on the thread and on earlier draws, so a translation would depend on the
other sentences and on interruptions of a build.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from egiz.translate.engine.protocol import Hint
from egiz.translate.errors import LanguageError, ModelError
from egiz.translate.languages import Language, language
from egiz.translate.models.layout import (
    SENTENCEPIECE,
    SourceFormat,
    check_layout,
    detect_source_format,
    load_sentencepiece,
    merge_ranks,
    model_tokens,
    present_tags,
)
from egiz.translate.models.manifest import MANIFEST, read_manifest

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor


_SYMBOL = re.compile(r"<0x[0-9A-F]{2}>|.", re.DOTALL)
"""A pattern for one character, or for one byte in the form ``<0xD2>``: a character that has no piece of its
own is written as its bytes."""


def resegment(text: str, ranks: Mapping[str, float], *, dropout: float, variant: int) -> list[str]:
    """Segment `text` by byte-pair encoding with random dropout of merges (Provilkov et al. 2020).

    `text` is as sentencepiece normalises it, with ``▁`` for spaces. `ranks` is the result of `merge_ranks`.
    `dropout` is the probability that a possible merge is skipped in a round. `variant` is the seed: the same
    text, `dropout` and `variant` always give the same pieces, on any machine.
    """
    chance = random.Random(f"{variant}\0{text}")
    pieces: list[str] = []
    for word in text.replace("▁", " ▁").split(" "):
        pieces += merged(_SYMBOL.findall(word), ranks, dropout, chance)
    return pieces


def possible_merges(symbols: Sequence[str], ranks: Mapping[str, float]) -> list[tuple[float, int]]:
    """Return the neighbours that byte-pair encoding can merge, each with the rank of the merged piece.

    The second number is the negative index of the left neighbour. So the maximum is the merge that
    sentencepiece makes first: the highest rank and, among equal ranks, the leftmost.
    """
    return [
        (ranks[left + right], -place)
        for place, (left, right) in enumerate(pairwise(symbols))
        if left + right in ranks
    ]


def merged(
    symbols: list[str],
    ranks: Mapping[str, float],
    dropout: float,
    chance: random.Random,
    first: int = -1,
) -> list[str]:
    """Merge the symbols of one word into pieces; each round makes the best merge that is not skipped.

    Each possible merge is skipped with probability `dropout`, drawn from `chance`. A caller may have drawn
    the first round in which a merge is skipped; this round is `first`, counted from 0. Then earlier rounds
    skip no merge, and round `first` skips its best merge. `symbols` is changed in place and returned.
    """
    number = 0
    while True:
        possible = possible_merges(symbols, ranks)
        if number >= first:
            over = max(possible, default=None) if number == first else None
            possible = [item for item in possible if item != over and chance.random() >= dropout]
        if not possible:
            return symbols
        place = -max(possible)[1]
        symbols[place : place + 2] = [symbols[place] + symbols[place + 1]]
        number += 1


END = "</s>"
BACK, TERM, TERM_END = MARKS = ("<bt>", "<term>", "</term>")
"""Pieces that no text contains: before a back-translated source, and around the lemma of a hint."""


_Piece = TypeVar("_Piece")


def with_hints(
    pieces: Sequence[_Piece],
    stops: Sequence[int],
    hints: Sequence[Hint],
    marked: Callable[[str], Sequence[_Piece]],
) -> list[_Piece]:
    """Insert each hint after the last piece of the source word that it belongs to.

    A hint is left out if its word ends inside a piece. `stops` are the exclusive ends of the pieces in the
    text, in code points. `marked` returns the pieces of a lemma with the marks `TERM` and `TERM_END` around.
    """
    waiting, made = deque(sorted(hints)), list[_Piece]()
    for piece, at in zip(pieces, stops, strict=True):
        made.append(piece)
        while waiting and waiting[0][0] <= at:
            stop, lemma = waiting.popleft()
            if stop == at:
                made += marked(lemma)
    return made


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NllbTokenizer:
    """Converts text to the pieces of one model and back; `load` makes one.

    `ids` maps each token to its row in the embedding. `languages` are the BCP-47 tags of the languages whose
    codes the model has, sorted. `source_format` says whether the source code precedes or follows the pieces.
    """

    processor: SentencePieceProcessor
    ids: Mapping[str, int]
    languages: tuple[str, ...]
    source_format: SourceFormat
    _ranks: Mapping[str, float]

    @classmethod
    def load(cls, folder: Path, *, source_format: SourceFormat | None = None) -> NllbTokenizer:
        """Open and check the tokenizer of a model folder, converted or in hub layout.

        By default the source format is taken from the manifest or, without a manifest, from the checkpoint;
        `source_format` overrides it. Raises ModelError if pieces and vocabulary disagree (see
        `layout.check_layout`), or if the vocabulary lacks the code of a language that the manifest names.
        """
        processor = load_sentencepiece(folder / SENTENCEPIECE)
        pieces = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
        tokens = model_tokens(folder)
        check_layout(tokens, pieces, where=str(folder))
        tags = present_tags(tokens)
        if (folder / MANIFEST).is_file():
            manifest = read_manifest(folder)
            source_format = source_format or manifest.source_format
            _check_promised(manifest.languages, tags, where=str(folder))
        return cls(
            processor=processor,
            ids={token: number for number, token in enumerate(tokens)},
            languages=tags,
            source_format=source_format or detect_source_format(folder),
            _ranks=merge_ranks(processor),
        )

    def require(self, *wanted: Language) -> None:
        """Raise LanguageError, which names all missing languages, if the model lacks one of these
        languages."""
        missing = [item for item in wanted if item.code not in self.ids]
        if missing:
            raise LanguageError(
                f"the model has no code for {', '.join(f'{item.tag} ({item.name})' for item in missing)}",
                expected=_one_of(self.languages),
                action="Choose a language that the model has, or a model that has the language.",
            )

    def encode(
        self,
        text: str,
        source: Language,
        *,
        dropout: float = 0.0,
        variant: int = 0,
        hints: Sequence[Hint] = (),
    ) -> list[str]:
        """The tokens of the encoder's input: pieces, language code and end token.

        Consecutive characters without a piece are one token that is not in the vocabulary. Each hint is
        inserted after its source word, as ``<term> lemma </term>``. With `dropout` above 0 the text is
        segmented randomly, see `resegment`; `variant` is the seed. Raises LanguageError if the model lacks
        the source language.
        """
        self.require(source)
        pieces = self.pieces(text)
        if dropout:
            pieces = resegment("".join(pieces), self._ranks, dropout=dropout, variant=variant)
        if hints:
            stops = [stop for _, stop in self._spans(text, pieces)]
            pieces = with_hints(pieces, stops, hints, lambda lemma: [TERM, *self.pieces(lemma), TERM_END])
        return [*pieces, END, source.code] if self.source_format == "legacy" else [source.code, *pieces, END]

    def prefix(self, target: Language) -> list[str]:
        """The tokens with which every target is forced to begin: the code of the target language."""
        self.require(target)
        return [target.code]

    def decode(self, pieces: Iterable[str]) -> str:
        """The text of output tokens, without language codes, end tokens, padding and ``<mask>``.

        ``<unk>`` becomes `` ⁇ ``, sentencepiece's sign for an unknown piece.
        """
        first, last = 4, self.processor.get_piece_size() + 1
        kept = [piece for piece in pieces if piece == "<unk>" or first <= self.ids.get(piece, first) < last]
        return str(self.processor.decode_pieces(kept)).strip()

    def pieces(self, text: str) -> list[str]:
        """The subword pieces of the text, without language code and end token.

        A character that is not in the vocabulary is replaced by its lower case ("Ю" by "ю") or by its base
        letter ("é" by "e"), if the vocabulary has this replacement, because the model understands it better
        than ``<unk>``.
        """
        return list(self.processor.encode(self._readable(text), out_type=str))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The span of each piece in `text` (start, stop; code points), without the space before it."""
        return self._spans(text, self.pieces(text))

    def _spans(self, text: str, pieces: Iterable[str]) -> list[tuple[int, int]]:
        """The spans of these pieces in `text` (start, stop; code points), without the spaces before them."""
        readable, at, spans = self._readable(text), 0, []
        for piece in pieces:
            shown = piece.removeprefix("▁")
            start = readable.find(shown, at) if shown else at
            start = at if start < 0 else start  # sentencepiece rewrote the character ("№" to "No")
            at = min(len(text), start + len(shown))
            spans.append((start, at))
        return spans

    def _readable(self, text: str) -> str:
        """The text with each character that the vocabulary lacks replaced by a similar one (`_nearest`)."""
        found = self.processor.encode(text, out_type=str)
        strange = {mark for piece in found if piece not in self.ids for mark in piece}
        return text.translate({ord(mark): self._nearest(mark) for mark in strange}) if strange else text

    def _nearest(self, mark: str) -> str:
        """The lower case or base letter of a character, if the vocabulary has it; else the character itself.

        Empty for a combining mark that the vocabulary lacks.
        """
        bare = unicodedata.normalize("NFD", mark)[0]
        known = (near for near in (mark, mark.lower(), bare, bare.lower()) if near in self.ids)
        return next(known, "" if unicodedata.combining(mark) else mark)

    def count(self, text: str) -> int:
        """The number of pieces of the text, without language code and end token."""
        return len(self.pieces(text))

    def unknown(self, text: str) -> tuple[str, ...]:
        """The parts of the text that the vocabulary lacks, in order; the model reads each as ``<unk>``."""
        return tuple(piece for piece in self.pieces(text) if piece not in self.ids)

    def to_ids(self, tokens: Iterable[str]) -> list[int]:
        """The embedding rows of tokens; an unknown token gets the row of ``<unk>``."""
        unknown = self.ids["<unk>"]
        return [self.ids.get(token, unknown) for token in tokens]


def _check_promised(promised: Sequence[str], present: Sequence[str], *, where: str) -> None:
    """Raise ModelError if a language that the manifest names is not `present` in the vocabulary."""
    missing = [tag for tag in promised if tag not in present]
    if missing:
        codes = ", ".join(f"{tag} ({language(tag).code})" for tag in missing)
        raise ModelError(
            f"the vocabulary has no code for {codes}, which the manifest promises",
            where=where,
            action="The conversion lost language codes; convert again from a checkpoint with tokenizer.json.",
        )


def _one_of(tags: Sequence[str]) -> str:
    """Words for an error message: ``one of kk, ru``; beyond twenty tags only their number."""
    return f"one of {', '.join(tags)}" if len(tags) <= 20 else f"one of its {len(tags)} languages"
