"""Write a trained model in the Hugging Face layout, so that transformers loads it with the right ids.

The important file is `tokenizer.json`. transformers 5 takes language codes only from there: with only
`sentencepiece.bpe.model` in the folder it silently loads a tokenizer in which every language is ``<unk>``. So
codes and ``<mask>`` are in the vocabulary, in the list of added tokens and in `tokenizer_config.json`, all
with the ids of `layout.nllb_tokens`.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from egiz.translate.errors import ModelError
from egiz.translate.models.layout import (
    MASK,
    SENTENCEPIECE,
    SPECIALS,
    SentencePieceFacts,
    check_layout,
    load_sentencepiece,
    merge_ranks,
    nllb_tokens,
    sentencepiece_facts,
)

if TYPE_CHECKING:
    from transformers import M2M100ForConditionalGeneration

MAX_INPUT_TOKENS = 512
"""The longest input, in tokens, that NLLB was trained on; NLLB's own tokenizer states 1024."""


def vocabulary_size(sentencepiece_model: Path, codes: Sequence[str]) -> int:
    """The number of embedding rows that these pieces and language codes need, without padding."""
    return int(load_sentencepiece(sentencepiece_model).get_piece_size()) + 1 + len(codes) + 1


def write_checkpoint(
    folder: Path,
    model: M2M100ForConditionalGeneration,
    sentencepiece_model: Path,
    codes: Sequence[str],
) -> tuple[str, ...]:
    """Write weights (safetensors), config, generation config and tokenizer; return the tokens in id order.

    `codes` are NLLB language codes in the order of their embedding rows, which follow the pieces
    (see `layout.nllb_tokens`). The folder is made if needed; files of the same names are replaced.

    Characters that the sentencepiece model spells as bytes are ``<unk>`` in transformers, whose NLLB
    tokenizer has no byte fallback; Egiz's engine reads the sentencepiece model and spells them.

    Raises ModelError if the embedding has fewer rows than there are tokens, if a code is unknown, or if the
    sentencepiece model is not BPE with NLLB's order of control pieces.
    """
    processor = load_sentencepiece(sentencepiece_model)
    facts = sentencepiece_facts(sentencepiece_model)
    if not facts.is_bpe:
        raise ModelError(
            "the model is not BPE",
            where=str(sentencepiece_model),
            expected="model_type=bpe, as NLLB's tokenizer in transformers works",
        )
    pieces = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    tokens = nllb_tokens(pieces, codes)
    check_layout(tokens, pieces, where=str(sentencepiece_model))
    if model.config.vocab_size < len(tokens):
        raise ModelError(
            f"the embedding has {model.config.vocab_size} rows for {len(tokens)} tokens",
            where=str(folder),
            action="Build the model with vocab_size=vocabulary_size(sentencepiece_model, codes).",
        )
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    shutil.copyfile(sentencepiece_model, folder / SENTENCEPIECE)
    _write_json(folder / "generation_config.json", _generation_config())
    merges = bpe_merges(merge_ranks(processor))
    _write_json(folder / "tokenizer.json", _tokenizer(tokens, codes, merges, facts))
    _write_json(folder / "tokenizer_config.json", _tokenizer_config(tokens, codes))
    _write_json(folder / "special_tokens_map.json", _special_tokens(codes))
    return tokens


def bpe_merges(rank: Mapping[str, float]) -> list[tuple[str, str]]:
    """The merges for `tokenizer.json`, first to last; they segment a text exactly as sentencepiece does.

    `tokenizer.json` lists merges in their order of preference, whereas sentencepiece joins the two neighbours
    that make the piece with the highest score. So each way to split a piece into two pieces is a merge, and
    the merges are sorted by the score of the piece. `rank` maps pieces to scores (see `layout.merge_ranks`).
    """
    merges = [
        (-score, len(piece[:cut]), piece[:cut], piece[cut:])
        for piece, score in rank.items()
        for cut in range(1, len(piece))
        if piece[:cut] in rank and piece[cut:] in rank
    ]
    return [(left, right) for _, _, left, right in sorted(merges)]


def _generation_config() -> dict[str, Any]:
    return {
        "_from_model_config": True,
        "bos_token_id": 0,
        "decoder_start_token_id": 2,
        "eos_token_id": 2,
        "max_length": 200,
        "pad_token_id": 1,
    }


def _added(token: str, number: int) -> dict[str, Any]:
    """The entry of a token in the list of added tokens in `tokenizer.json`; `number` is its id."""
    return {
        "id": number,
        "content": token,
        "single_word": False,
        "lstrip": token == MASK,
        "rstrip": False,
        "normalized": False,
        "special": True,
    }


def _added_tokens(tokens: Sequence[str], codes: Sequence[str]) -> list[dict[str, Any]]:
    """The entries of all special tokens, language codes and ``<mask>``, in the order of their ids."""
    special = {*SPECIALS, *codes, MASK}
    return [_added(token, number) for number, token in enumerate(tokens) if token in special]


def _tokenizer(
    tokens: Sequence[str],
    codes: Sequence[str],
    merges: Sequence[tuple[str, str]],
    facts: SentencePieceFacts,
) -> dict[str, Any]:
    """The content of `tokenizer.json`, with normaliser, pieces and merges equivalent to sentencepiece's."""
    normaliser: dict[str, Any] = {
        "type": "Sequence",
        "normalizers": [{"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}],
    }
    if facts.character_map:
        charsmap = base64.b64encode(facts.character_map).decode("ascii")
        normaliser["normalizers"].insert(0, {"type": "Precompiled", "precompiled_charsmap": charsmap})
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    number = {token: number for number, token in enumerate(tokens)}
    first = codes[0]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": _added_tokens(tokens, codes),
        "normalizer": normaliser,
        "pre_tokenizer": metaspace,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [_special(first), _sequence("A"), _special("</s>")],
            "pair": [_special(first), _sequence("A"), _sequence("B"), _special("</s>")],
            "special_tokens": {
                token: {"id": token, "ids": [number[token]], "tokens": [token]} for token in (first, "</s>")
            },
        },
        "decoder": metaspace,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": "<unk>",
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": True,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": number,
            "merges": [list(pair) for pair in merges],
        },
    }


def _special(token: str) -> dict[str, Any]:
    return {"SpecialToken": {"id": token, "type_id": 0}}


def _sequence(name: str) -> dict[str, Any]:
    return {"Sequence": {"id": name, "type_id": 0}}


def _tokenizer_config(tokens: Sequence[str], codes: Sequence[str]) -> dict[str, Any]:
    added = {str(entry["id"]): entry for entry in _added_tokens(tokens, codes)}
    for entry in added.values():
        del entry["id"]
    return {
        "tokenizer_class": "NllbTokenizer",
        "added_tokens_decoder": added,
        **_special_tokens(codes),
        "clean_up_tokenization_spaces": False,
        "legacy_behaviour": False,
        "model_max_length": MAX_INPUT_TOKENS,
        "src_lang": codes[0],
        "tgt_lang": None,
    }


def _special_tokens(codes: Sequence[str]) -> dict[str, Any]:
    return {
        "bos_token": "<s>",
        "cls_token": "<s>",
        "eos_token": "</s>",
        "sep_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "mask_token": MASK,
        "additional_special_tokens": list(codes),
    }


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")
