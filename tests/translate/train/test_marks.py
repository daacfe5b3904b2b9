"""Pieces that no text holds: sources translated back, and hints beside source words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from egiz.translate.engine.tokenizer import BACK, MARKS, NllbTokenizer
from egiz.translate.languages import language
from egiz.translate.train.batches import ExampleMaker, epoch
from egiz.translate.train.corpus import TrainingRow, read_hints, write_hints
from egiz.translate.train.pieces import Pieces
from egiz.translate.train.recipe import Recipe
from tests.translate.toy import LINES, NO_NOISE

TEXT = "үй кітап, қала."


@pytest.fixture
def pieces(folder: Path) -> Pieces:
    return Pieces.load(folder / "sentencepiece.bpe.model", 3, 0.1)


def shown(pieces: Pieces, ids: list[int]) -> str:
    return " ".join(pieces.model.id_to_piece(number - 1) for number in ids).replace("▁", "_")


def test_no_text_makes_a_mark(pieces: Pieces) -> None:
    marks = {pieces.mark(name) for name in MARKS}
    assert None not in marks
    assert not marks & set(pieces.encode("<bt> a <term>b</term>"))


def test_hints_stand_after_their_words(pieces: Pieces) -> None:
    plain = pieces.encode(TEXT)
    told = pieces.encode_hinted(TEXT, [(2, "дом"), (8, "книга"), (12, "нигде")])
    begin, end = pieces.mark("<term>"), pieces.mark("</term>")
    house, book = pieces.encode("дом"), pieces.encode("книга")
    place = plain.index(pieces.encode(",")[-1])
    word = len(pieces.encode("үй"))
    wanted = [*plain[:word], begin, *house, end, *plain[word:place], begin, *book, end, *plain[place:]]
    assert shown(pieces, told) == shown(pieces, [item for item in wanted if item is not None])
    assert pieces.encode_hinted(TEXT, []) == plain


def test_translating_marks_hints_as_training_did(toy_model: Path) -> None:
    tokenizer = NllbTokenizer.load(toy_model)
    pieces = Pieces.load(toy_model / "sentencepiece.bpe.model", 3)
    hints = [(2, "дом"), (8, "книга"), (12, "нигде")]
    tokens = tokenizer.encode(TEXT, language("kk"), hints=hints)
    assert tokenizer.to_ids(tokens[1:-1]) == pieces.encode_hinted(TEXT, hints)
    for variant in range(20):
        drawn = tokenizer.encode(TEXT, language("kk"), dropout=0.5, variant=variant, hints=hints)
        before = "".join(drawn[1 : drawn.index("<term>")])
        assert before.replace("▁", "") == "үй"


def test_hints_survive_dropped_merges(pieces: Pieces) -> None:
    for seed in range(20):
        told = pieces.encode_hinted(TEXT, [(8, "книга")], Random(seed))
        text = shown(pieces, told)
        before = text.partition(" <term>")[0].replace(" ", "").replace("_", " ")
        assert before == " үй кітап"


def test_hints_are_read_as_they_were_written(tmp_path: Path) -> None:
    hints = {(3, 0, 1): ((2, "дом"), (8, "книга белая")), (4, 0, 2): ((5, "book"),)}
    write_hints(tmp_path, hints.items())
    assert read_hints(tmp_path) == hints
    assert read_hints(tmp_path / "nowhere") == {}


def test_a_share_of_examples_is_hinted(pieces: Pieces, recipe: Recipe) -> None:
    recipe = replace(recipe, noise=replace(NO_NOISE, hinted=0.5), directions={"kk-ru": 1.0})
    rows = [TrainingRow(cells=line, source=0) for line in LINES]
    hints = {(place, 0, 1): ((len(row.cells[0].split()[0]), "дом"),) for place, row in enumerate(rows)}
    examples = [
        item for batch in epoch(ExampleMaker(recipe, rows, pieces, hints), 0) for item in batch.examples
    ]
    told = [pieces.mark("<term>") in example.source for example in examples]
    assert 0.4 < sum(told) / len(told) < 0.6
    assert not any(pieces.mark("<term>") in example.target for example in examples)


def test_what_a_machine_wrote_is_marked_and_never_learnt_to_be_written(
    pieces: Pieces, recipe: Recipe
) -> None:
    [source] = recipe.sources
    recipe = replace(recipe, noise=NO_NOISE, sources=(replace(source, synthetic="kk"),))
    rows = [TrainingRow(cells=line, source=0) for line in LINES]
    examples = [item for batch in epoch(ExampleMaker(recipe, rows, pieces), 0) for item in batch.examples]
    kazakh = pieces.codes[0]
    assert not any(example.target[0] == kazakh for example in examples)
    marked = [example for example in examples if example.source[1] == pieces.mark(BACK)]
    assert marked
    assert all((example.source[0] == kazakh) == (example in marked) for example in examples)
