"""Text to pieces and back, with the language codes in their places."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.translate.engine.tokenizer import NllbTokenizer
from egiz.translate.errors import LanguageError, ModelError
from egiz.translate.languages import language
from egiz.translate.models.layout import SENTENCEPIECE
from egiz.translate.models.manifest import read_manifest, write_manifest
from tests.translate.tiny import CODES, LINES

KK, RU, EN = language("kk"), language("ru"), language("en")


@pytest.fixture(scope="module")
def tokenizer(tiny_model: Path) -> NllbTokenizer:
    return NllbTokenizer.load(tiny_model)


@pytest.fixture
def copy(tiny_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model, tmp_path / "copy"))


def test_language_first_end_last(tokenizer: NllbTokenizer) -> None:
    tokens = tokenizer.encode(LINES[0], KK)
    assert tokens[0] == "kaz_Cyrl"
    assert tokens[-1] == "</s>"
    assert tokens[1:-1] == tokenizer.pieces(LINES[0])
    assert tokenizer.count(LINES[0]) == len(tokens) - 2
    assert tokenizer.prefix(RU) == ["rus_Cyrl"]
    assert tokenizer.languages == ("en", "kk", "ru")


def test_legacy_format_puts_the_code_last(copy: Path) -> None:
    write_manifest(copy, replace(read_manifest(copy), source_format="legacy"))
    tokens = NllbTokenizer.load(copy).encode(LINES[0], KK)
    assert tokens[-2:] == ["</s>", "kaz_Cyrl"]
    assert tokens[0].startswith("▁")
    assert NllbTokenizer.load(copy, source_format="nllb").encode(LINES[0], KK)[0] == "kaz_Cyrl"


@pytest.mark.parametrize("line", LINES)
def test_decode_gives_the_text_back(tokenizer: NllbTokenizer, line: str) -> None:
    noise = ["rus_Cyrl", *tokenizer.pieces(line), "<mask>", "</s>", "<pad>", "eng_Latn"]
    assert tokenizer.decode(noise) == line


@given(text=st.text(alphabet="абвгқөүһ aeiou.,!?-", max_size=60))
def test_ids_follow_the_layout(tiny_model: Path, text: str) -> None:
    tokenizer = NllbTokenizer.load(tiny_model)
    ids = tokenizer.to_ids(tokenizer.encode(text, KK))
    assert ids[0] == tokenizer.ids["kaz_Cyrl"]
    assert ids[-1] == 2
    for number, piece in zip(ids[1:-1], tokenizer.pieces(text), strict=True):
        piece_id = tokenizer.processor.piece_to_id(piece)
        assert number == (piece_id + 1 if piece_id else 3)


def test_same_ids_as_transformers(tiny_checkpoint: Path, tokenizer: NllbTokenizer) -> None:
    transformers = pytest.importorskip("transformers")
    theirs = transformers.AutoTokenizer.from_pretrained(tiny_checkpoint)
    assert theirs.convert_ids_to_tokens(list(range(len(tokenizer.ids)))) == list(tokenizer.ids)
    for number, line in enumerate([*LINES, "Ол   екі бос", "№5 ½ ﬁ", "日本 үй 😀😀", "aaaaa ssss"]):
        source = (KK, RU, EN)[number % 3]
        theirs.src_lang = source.code
        assert theirs(line)["input_ids"] == tokenizer.to_ids(tokenizer.encode(line, source)), line


def test_unknown_stretches_are_told(tokenizer: NllbTokenizer) -> None:
    assert tokenizer.unknown(LINES[0]) == ()
    assert tokenizer.unknown("үй 日本 кітап 😀") == ("日本", "😀")
    assert tokenizer.to_ids(["日本"]) == [3]


def test_a_language_the_model_lacks(tokenizer: NllbTokenizer) -> None:
    with pytest.raises(
        LanguageError, match=r"no code for tr \(Turkish\), de \(German\); expected one of en, kk, ru"
    ):
        tokenizer.require(KK, language("tr"), language("de"))
    with pytest.raises(LanguageError):
        tokenizer.encode("x", language("tr"))
    with pytest.raises(LanguageError):
        tokenizer.prefix(language("tr"))


def test_a_code_lost_from_the_vocabulary(copy: Path) -> None:
    path = copy / "shared_vocabulary.json"
    tokens = json.loads(path.read_text(encoding="utf-8"))
    tokens[tokens.index("rus_Cyrl")] = "madeupword0"
    path.write_text(json.dumps(tokens), encoding="utf-8")
    with pytest.raises(ModelError, match=r"no code for ru \(rus_Cyrl\)"):
        NllbTokenizer.load(copy)


def test_pieces_of_another_model(copy: Path) -> None:
    path = copy / "shared_vocabulary.json"
    tokens = json.loads(path.read_text(encoding="utf-8"))
    tokens[10], tokens[11] = tokens[11], tokens[10]
    path.write_text(json.dumps(tokens), encoding="utf-8")
    with pytest.raises(ModelError, match="token 10 is"):
        NllbTokenizer.load(copy)


def test_vocabulary_as_text_file(copy: Path, tokenizer: NllbTokenizer) -> None:
    path = copy / "shared_vocabulary.json"
    tokens = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    (copy / "shared_vocabulary.txt").write_text("".join(f"{token}\n" for token in tokens), encoding="utf-8")
    assert NllbTokenizer.load(copy).ids == tokenizer.ids


def test_without_sentencepiece_model(copy: Path) -> None:
    (copy / SENTENCEPIECE).unlink()
    with pytest.raises(ModelError, match="there is no sentencepiece"):
        NllbTokenizer.load(copy)
    (copy / SENTENCEPIECE).write_bytes(b"not a model")
    with pytest.raises(ModelError, match="no sentencepiece model"):
        NllbTokenizer.load(copy)


def test_loads_from_a_checkpoint_too(tiny_checkpoint: Path, tokenizer: NllbTokenizer) -> None:
    assert NllbTokenizer.load(tiny_checkpoint).ids == tokenizer.ids
    assert set(CODES) <= set(tokenizer.ids)
