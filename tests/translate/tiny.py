"""Make a checkpoint small enough to build in a second: NLLB's layout, random weights, real Kazakh pieces."""

from __future__ import annotations

import io
from pathlib import Path

LINES = (
    "Қазақстан — Орталық Азиядағы мемлекет.",
    "Астана — еліміздің елордасы, ал Алматы — ең үлкен қаласы.",
    "Бүгін ауа райы жақсы, күн ашық, жел жоқ.",
    "Мен кітап оқығанды жақсы көремін, әсіресе тарих туралы.",
    "Балалар мектепке барды, ұстаз оларға сабақ берді.",
    "1985 жылы қайта құру басталды, ол көп нәрсені өзгертті.",
    "Казахстан — государство в Центральной Азии.",
    "Астана — столица страны, а Алматы — самый большой город.",
    "Сегодня хорошая погода, светит солнце, ветра нет.",
    "Я люблю читать книги, особенно об истории.",
    "Дети пошли в школу, и учитель провёл с ними урок.",
    "В 1985 году началась перестройка, она многое изменила.",
    "Kazakhstan is a country in Central Asia.",
    "Astana is the capital, while Almaty is the largest city.",
    "The weather is good today, the sun is shining and there is no wind.",
    "I like to read books, above all about history.",
    "The children went to school and the teacher gave them a lesson.",
    "In 1985 the restructuring began, and it changed many things.",
)
"""Six sentences in three languages; tests may translate them."""

CODES = ("kaz_Cyrl", "rus_Cyrl", "eng_Latn")


def train_sentencepiece(path: Path, size: int = 400) -> Path:
    """Train a BPE model of `size` pieces with NLLB's control pieces and normaliser; write it to `path`."""
    from sentencepiece import SentencePieceTrainer

    content = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(LINES * 5),
        model_writer=content,
        model_type="bpe",
        vocab_size=size,
        character_coverage=1.0,
        normalization_rule_name="nmt_nfkc",
        minloglevel=2,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.getvalue())
    return path


def make_tiny_checkpoint(folder: Path, codes: tuple[str, ...] = CODES, *, padding: int = 0) -> Path:
    """Write a random M2M100 of some 30,000 weights in hub layout to `folder`; needs torch and transformers.

    The same weights every time. They are drawn wide and the embedding narrow (standard deviations 0.9
    and 0.15), so that outputs differ from input to input instead of repeating one token; some end by
    themselves, most run into the length limit, and now and then a language code turns up among them.
    """
    import torch
    from transformers import M2M100Config, M2M100ForConditionalGeneration

    from egiz.translate.models.checkpoint import vocabulary_size, write_checkpoint

    pieces = train_sentencepiece(folder.parent / f"{folder.name}.sentencepiece.model")
    config = M2M100Config(
        vocab_size=vocabulary_size(pieces, codes) + padding,
        d_model=32,
        encoder_layers=2,
        decoder_layers=1,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        encoder_layerdrop=0.0,
        decoder_layerdrop=0.0,
        max_position_embeddings=256,
        init_std=0.9,
    )
    state = torch.random.get_rng_state()
    torch.manual_seed(20)
    model = M2M100ForConditionalGeneration(config).eval()
    torch.random.set_rng_state(state)
    with torch.no_grad():
        model.model.shared.weight.mul_(0.15 / 0.9)
    write_checkpoint(folder, model, pieces, codes)
    pieces.unlink()
    return folder
