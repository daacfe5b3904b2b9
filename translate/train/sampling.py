"""Translate with the network of a training run, by sampling in large batches: for back-translation on a GPU.

The network of the checkpoint is used as it is, without export or conversion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from egiz.translate.engine.protocol import Decoding, EngineFacts, Hint, check_hints
from egiz.translate.engine.tokenizer import MARKS
from egiz.translate.errors import OptionError
from egiz.translate.models.layout import SENTENCEPIECE
from egiz.translate.models.manifest import file_sha256
from egiz.translate.records import Hypothesis
from egiz.translate.train.network import DropoutMasks, embed, encode, feed, linear, mix, network, norm, split
from egiz.translate.train.pieces import END, PAD, UNKNOWN, Pieces
from egiz.translate.train.recipe import Recipe
from egiz.translate.train.resume import CHECKPOINT, load_weights, read_checkpoint

if TYPE_CHECKING:
    import torch

_POSITIONS = {"cpu": 1 << 12, "cuda": 1 << 17}
"""The most source tokens of a batch, padding included, by device."""
_ROUND = 8  # steps between two checks whether all sentences have ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """The settings of sampling: draw from the `top` likeliest pieces, with scores divided by `temperature`.

    With `top` 1 the output is the greedy one. Sampled outputs are more varied than those of a beam search,
    which helps back-translation (Edunov et al. 2018). At a temperature below 1 they have fewer errors, which
    matters for a small model.
    """

    temperature: float = 0.5
    top: int = 10
    seed: int = 1


class SamplingEngine:
    """The averaged weights of a training folder's checkpoint as an engine (see `Engine.translate`).

    Of the decoding settings it uses only the limit on the length. Raises ModelError if there is no checkpoint
    or if it does not fit the recipe.
    """

    def __init__(self, recipe: Recipe, folder: Path, sampling: Sampling | None = None) -> None:
        import torch

        self._recipe = recipe
        self._sampling = sampling or Sampling()
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._dtype = torch.bfloat16 if self._device == "cuda" else torch.float32
        path = folder / CHECKPOINT
        model: Any = network(recipe)
        load_weights(model, read_checkpoint(path), path, averaged=True)
        self.model = model.eval().to(self._device)
        self.pieces = Pieces.load(folder / SENTENCEPIECE, len(recipe.languages))
        self.banned = self._banned_ids()
        self.facts = EngineFacts(
            fingerprint=file_sha256(path),
            program="torch",
            version=str(torch.__version__),
            precision=str(self._dtype).removeprefix("torch."),
        )

    @property
    def identity(self) -> str:
        """The engine's facts and the settings of sampling in one line; see `Engine.identity`."""
        return f"{self.facts}+{self._sampling}"

    @property
    def languages(self) -> tuple[str, ...]:
        """The recipe's languages."""
        return tuple(self._recipe.languages)

    def count(self, text: str) -> int:
        """The number of pieces of `text`, without language code and end token."""
        return len(self.pieces.encode(text))

    def unknown(self, text: str) -> tuple[str, ...]:
        """The characters of `text` that the vocabulary lacks, in order."""
        return tuple(char for char in text if UNKNOWN in self.pieces.encode(char))

    @property
    def takes_hints(self) -> bool:
        """Always False: the sources of back-translation have no hints."""
        return False

    def translate(
        self,
        texts: Sequence[str],
        *,
        source: str,
        target: str,
        decoding: Decoding,
        hints: Sequence[Sequence[Hint]] = (),
    ) -> list[tuple[Hypothesis, ...]]:
        """Draw one translation of each text; texts of similar length share a batch.

        Raises OptionError for a language that the recipe lacks, and for hints.
        """
        import torch

        check_hints(hints, texts, takes_hints=self.takes_hints)
        for tag in (source, target):
            if tag not in self._recipe.languages:
                raise OptionError(f"language {tag!r}", expected=", ".join(self._recipe.languages))
        codes = self.pieces.codes
        first, second = (codes[self._recipe.languages.index(tag)] for tag in (source, target))
        encoded = [[first, *self.pieces.encode(text), END] for text in texts]
        chance = torch.Generator(self._device).manual_seed(self._sampling.seed)
        found: list[Hypothesis | None] = [None] * len(texts)
        for places in self._batches(encoded):
            cap = decoding.longest(max(len(encoded[place]) for place in places))
            answers = self._draw([encoded[place] for place in places], second, cap, chance)
            for place, answer in zip(places, answers, strict=True):
                found[place] = answer
        return [(hypothesis,) for hypothesis in found if hypothesis is not None]

    def _batches(self, encoded: Sequence[Sequence[int]]) -> Iterator[list[int]]:
        """Yield the indices of the sentences of each batch, longest sentences first."""
        order = sorted(range(len(encoded)), key=lambda place: -len(encoded[place]))
        while order:
            count = max(1, _POSITIONS[self._device] // len(encoded[order[0]]))
            yield order[:count]
            order = order[count:]

    def _banned_ids(self) -> list[int]:
        """The ids that no output may contain: padding, unknown pieces, language codes and marks."""
        marks = (self.pieces.mark(name) for name in MARKS)
        last = self._recipe.vocabulary
        return [0, PAD, UNKNOWN, *range(self.pieces.codes[0], last), *(mark for mark in marks if mark)]

    def _draw(
        self, sources: Sequence[Sequence[int]], code: int, cap: int, chance: torch.Generator
    ) -> Iterator[Hypothesis]:
        """Draw the translations of one batch, at most `cap` tokens each."""
        import torch

        with torch.no_grad():
            tokens, logprobs = self._sample(sources, code, cap, chance)
        model = self.pieces.model
        for row, sums in zip(tokens.tolist(), logprobs.tolist(), strict=True):
            complete = END in row
            length = row.index(END) if complete else len(row)
            pieces = tuple(model.id_to_piece(number - 1) for number in row[:length])
            mean = sums / max(1, length + complete)
            yield Hypothesis(
                text=model.decode_pieces(list(pieces)), tokens=pieces, logprob=mean, complete=complete
            )

    def _sample(
        self, sources: Sequence[Sequence[int]], code: int, cap: int, chance: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw the token ids of a batch, ``[sentences, steps]``; the first one is after the language code.

        Also returns the sum of the log-probabilities of each sentence's tokens, ``[sentences]``.
        """
        import torch

        device, count = self._device, len(sources)
        width = max(map(len, sources))
        padded = [[*source, *[PAD] * (width - len(source))] for source in sources]
        decoder = _Decoder(self.model, torch.tensor(padded, device=device), self._dtype, cap + 2)
        decoder.step(torch.full((count, 1), END, device=device))
        given = torch.full((count, 1), code, device=device)
        ended = torch.zeros(count, dtype=torch.bool, device=device)
        sums = torch.zeros(count, device=device)
        drawn = torch.full((count, cap), END, device=device)
        steps = cap
        for at in range(cap):
            scores = decoder.step(given).float()
            scores[:, self.banned] = -torch.inf
            given = self._choose(scores, chance)
            given.masked_fill_(ended[:, None], END)
            sums += scores.log_softmax(-1).gather(1, given)[:, 0].masked_fill(ended, 0.0)
            drawn[:, at] = given[:, 0]
            ended |= given[:, 0].eq(END)
            if at % _ROUND == _ROUND - 1 and bool(ended.all()):
                steps = at + 1
                break
        return drawn[:, :steps].cpu(), sums.cpu()

    def _choose(self, scores: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
        """Draw one token id per sentence, ``[sentences, 1]``, from scores ``[sentences, vocabulary]``."""
        import torch

        best, which = scores.topk(self._sampling.top)
        if self._sampling.top == 1:
            return which
        shares = (best / self._sampling.temperature).softmax(-1)
        return which.gather(1, torch.multinomial(shares, 1, generator=chance))


class _Decoder:
    """The decoder for one batch, one position at a time; keys and values of earlier positions are kept."""

    def __init__(self, model: Any, source: torch.Tensor, dtype: torch.dtype, cap: int) -> None:
        self.model = model
        self._body = model.model
        self._heads = self._body.config.decoder_attention_heads
        memory, self._hide = encode(model, source, dtype, DropoutMasks(0.0, 0, dtype))
        layers = self._body.decoder.layers
        self._crossed = [
            split(linear(memory, layer.encoder_attn.k_proj, layer.encoder_attn.v_proj), 2, self._heads)
            for layer in layers
        ]
        shape = (len(source) * self._heads, cap, memory.shape[-1] // self._heads)
        self._kept = [(memory.new_empty(shape), memory.new_empty(shape)) for _ in layers]
        self._open = memory.new_zeros((1, 1, 1))
        self._dtype, self._at = dtype, 0

    def step(self, given: torch.Tensor) -> torch.Tensor:
        """Feed one token of each sentence, ``[sentences, 1]``; return the scores of the tokens that may
        follow.

        Scores are ``[sentences, vocabulary]``.
        """
        body, at = self._body, self._at
        text = embed(body.decoder, body.shared.weight, given, self._dtype, at)
        for layer, kept, crossed in zip(body.decoder.layers, self._kept, self._crossed, strict=True):
            attention = layer.self_attn
            hidden = norm(layer.self_attn_layer_norm, text)
            query, key, value = split(
                linear(hidden, attention.q_proj, attention.k_proj, attention.v_proj), 3, self._heads
            )
            keys, values = kept
            keys[:, at], values[:, at] = key[:, 0], value[:, 0]
            text = text + mix(attention, query, keys[:, : at + 1], values[:, : at + 1], self._open)
            hidden = norm(layer.encoder_attn_layer_norm, text)
            (query,) = split(linear(hidden, layer.encoder_attn.q_proj), 1, self._heads)
            text = text + mix(layer.encoder_attn, query, crossed[0], crossed[1], self._hide)
            text = text + feed(layer, norm(layer.final_layer_norm, text))
        self._at += 1
        hidden = norm(body.decoder.layer_norm, text)[:, 0]
        scores: torch.Tensor = hidden @ self.model.lm_head.weight.to(self._dtype).T
        return scores
