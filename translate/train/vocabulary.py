"""The subword vocabulary of a new model: trained on the rows, or copied from the model to start from."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from shutil import copyfile
from string import ascii_letters

from egiz.translate.engine.tokenizer import MARKS
from egiz.translate.errors import InputError, ModelError, OptionError
from egiz.translate.languages import alphabets
from egiz.translate.models.checkpoint import vocabulary_size
from egiz.translate.models.layout import SENTENCEPIECE
from egiz.translate.train.corpus import ROWS, Row, check_rows
from egiz.translate.train.recipe import Recipe

_ADDED = 2  # <pad> and <mask>, which sentencepiece does not hold


def train_vocabulary(
    recipe: Recipe, rows: Sequence[Row], output: Path, texts: Sequence[tuple[str, int]] = ()
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
    """Copy the pieces of a model, to continue training that model; return their path in `output`.

    The rows are not used, so a few are enough. Raises ModelError if the model has no sentencepiece model,
    OptionError if the recipe's vocabulary size or number of languages differs from the model's.
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


def _train(recipe: Recipe, rows: Sequence[Row], texts: Sequence[tuple[str, int]], path: Path) -> None:
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
    """The letters of the languages in both cases, the Latin letters, and signs.

    They are required because rare ones, such as Һ, are below any character coverage.
    """
    letters = {letter for tag in languages for letter in alphabets().get(tag, ())}
    cased = sorted({form for letter in letters for form in (letter, letter.upper())} | set(ascii_letters))
    signs = files("egiz.translate").joinpath("data/signs.txt").read_text(encoding="utf-8")
    return list(dict.fromkeys((*cased, *"".join(signs.split()))))


def _too_little(recipe: Recipe, error: RuntimeError, *, where: str) -> InputError:
    """Turn an error of sentencepiece, whose figures count only pieces, into one in terms of the recipe."""
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


def _sentences(recipe: Recipe, rows: Sequence[Row], texts: Sequence[tuple[str, int]]) -> Iterator[str]:
    """The cells of rows, sampled by the weight of their source as in training, and all texts."""
    chance = random.Random(recipe.schedule.seed)
    for row in rows:
        if chance.random() < min(1.0, recipe.sources[row.source].weight):
            yield from (cell for cell in row.cells if cell)
    yield from (sentence for sentence, _ in texts)
