"""The reference engine: runs a checkpoint in hub layout with transformers. It is slow and needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

from egiz.translate.engine.protocol import Decoding, EngineFacts, Hint, check_hints
from egiz.translate.engine.tokenizer import TERM, NllbTokenizer
from egiz.translate.errors import ModelError, OptionError
from egiz.translate.languages import language
from egiz.translate.models.convert import check_checkpoint
from egiz.translate.models.layout import detect_source_format
from egiz.translate.models.manifest import Manifest, hash_files
from egiz.translate.records import Hypothesis


class TransformersEngine:
    """Translates with an NLLB checkpoint in hub layout; see `egiz.translate.engine.protocol.Engine`.

    Only safetensors weights are loaded, and code in the checkpoint is never run. `device` is torch's name of
    the device. Raises ModelError if torch is not installed or the checkpoint cannot be used.
    """

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        try:
            import torch
            from transformers import M2M100ForConditionalGeneration
        except ImportError as error:
            raise ModelError(
                f"{error.name} is not installed", action='Install it with `pip install "egiz[torch]"`.'
            ) from error
        check_checkpoint(folder)
        self._tokenizer = NllbTokenizer.load(folder, source_format=detect_source_format(folder))
        model: Any = M2M100ForConditionalGeneration.from_pretrained(
            folder, use_safetensors=True, dtype=torch.float32, local_files_only=True
        )
        self._model = model.to(device).eval()
        self._device = device
        self._one_at_a_time = Lock()  # `generate` is not documented to be thread-safe
        self._names = {number: token for token, number in self._tokenizer.ids.items()}
        self.manifest = Manifest(
            name=folder.resolve().name,
            source="local",
            revision="",
            licence="",
            languages=self._tokenizer.languages,
            source_format=self._tokenizer.source_format,
            precision="float32",
            files=hash_files(folder),
        )
        self.facts = EngineFacts(
            fingerprint=self.manifest.fingerprint,
            program="transformers",
            version=version("transformers"),
            precision="float32",
        )
        self._identity = str(self.facts)

    @property
    def identity(self) -> str:
        """The engine's facts in one line; see `Engine.identity`."""
        return self._identity

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages whose codes are in the vocabulary."""
        return self._tokenizer.languages

    def count(self, text: str) -> int:
        """The number of subword pieces of `text`."""
        return self._tokenizer.count(text)

    def unknown(self, text: str) -> tuple[str, ...]:
        """The pieces of `text` that the vocabulary lacks."""
        return self._tokenizer.unknown(text)

    @property
    def takes_hints(self) -> bool:
        """Whether the vocabulary has the marks of hints; a checkpoint does not state whether it learnt
        them."""
        return TERM in self._tokenizer.ids

    def translate(
        self,
        texts: Sequence[str],
        *,
        source: str,
        target: str,
        decoding: Decoding,
        hints: Sequence[Sequence[Hint]] = (),
    ) -> list[tuple[Hypothesis, ...]]:
        """Translate single sentences one at a time: without padding, no result depends on other texts.

        Raises OptionError for decoding with a shortlist, which only CTranslate2 has.
        """
        check_hints(hints, texts, takes_hints=self.takes_hints)
        if decoding.shortlist:
            raise OptionError("shortlist=True", where="transformers", expected="an engine with shortlists")
        given = zip(texts, hints or [()] * len(texts), strict=True)
        with self._one_at_a_time:
            return [
                self._translate_one(text, text_hints, source, target, decoding) for text, text_hints in given
            ]

    def _translate_one(
        self, text: str, hints: Sequence[Hint], source: str, target: str, decoding: Decoding
    ) -> tuple[Hypothesis, ...]:
        """The hypotheses of one text, best first."""
        import torch

        tokens = self._tokenizer.encode(
            text, language(source), dropout=decoding.dropout, variant=decoding.variant, hints=hints
        )
        ids = self._tokenizer.ids
        [code] = self._tokenizer.to_ids(self._tokenizer.prefix(language(target)))
        end, pad = ids["</s>"], ids["<pad>"]
        source_ids = torch.tensor([self._tokenizer.to_ids(tokens)], device=self._device)
        with torch.no_grad():
            rows = self._model.generate(
                input_ids=source_ids,
                forced_bos_token_id=code,
                num_beams=decoding.beam,
                num_return_sequences=decoding.hypotheses,
                no_repeat_ngram_size=decoding.no_repeat,
                repetition_penalty=decoding.repetition_penalty,
                length_penalty=decoding.length_penalty,
                bad_words_ids=[[ids["<unk>"]]] if decoding.block_unknown else None,
                max_new_tokens=decoding.longest(len(tokens)) + 1,
                do_sample=False,
                early_stopping=True,
                renormalize_logits=True,  # as CTranslate2 does after it has removed blocked pieces
            )
        made = []
        for row in rows.tolist():
            own = [number for number in row[2:] if number != pad]
            pieces = tuple(self._names[number] for number in own if number != end)
            made.append(
                Hypothesis(
                    text=self._tokenizer.decode(pieces),
                    tokens=pieces,
                    logprob=self._logprob(source_ids, [code, *own]),
                    complete=end in own,
                )
            )
        return tuple(made)

    def _logprob(self, source_ids: Any, target_ids: list[int]) -> float:
        """The mean log-probability, in nats, of the given target tokens after the language code."""
        import torch

        end = self._tokenizer.ids["</s>"]
        given = torch.tensor([[end, *target_ids[:-1]]], device=self._device)
        with torch.no_grad():
            logits = self._model(input_ids=source_ids, decoder_input_ids=given).logits[0]
        own = torch.log_softmax(logits.float(), dim=-1)[range(1, len(target_ids)), target_ids[1:]]
        return float(own.mean()) if len(own) else 0.0
