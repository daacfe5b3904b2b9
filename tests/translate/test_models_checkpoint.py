"""Checkpoints in hub layout: written, checked, converted, and the ways in which they can be broken."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from egiz.translate.engine.tokenizer import NllbTokenizer
from egiz.translate.errors import ModelError, OptionError, OutputError
from egiz.translate.languages import nllb_codes
from egiz.translate.models import convert as convert_module
from egiz.translate.models.checkpoint import bpe_merges, write_checkpoint
from egiz.translate.models.convert import convert
from egiz.translate.models.layout import (
    SENTENCEPIECE,
    checkpoint_tokens,
    detect_source_format,
    load_sentencepiece,
    sentencepiece_facts,
)
from egiz.translate.models.manifest import read_manifest, verify
from tests.translate.tiny import CODES, LINES, make_tiny_checkpoint, train_sentencepiece


@pytest.fixture
def copy(tiny_checkpoint: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_checkpoint, tmp_path / "copy"))


@pytest.fixture(scope="module")
def all_codes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All 202 codes and two rows of padding, as NLLB-200 has, and no tokenizer but the pieces."""
    pytest.importorskip("torch")
    folder = make_tiny_checkpoint(tmp_path_factory.mktemp("all") / "hub", nllb_codes(), padding=2)
    for path in folder.glob("*token*.json"):
        path.unlink()
    return folder


def edit(path: Path, **changes: object) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, **changes}), encoding="utf-8")


def test_layout(tiny_checkpoint: Path) -> None:
    tokens = checkpoint_tokens(tiny_checkpoint)
    processor = load_sentencepiece(tiny_checkpoint / SENTENCEPIECE)
    size = processor.get_piece_size()
    assert tokens[:4] == ("<s>", "<pad>", "</s>", "<unk>")
    assert [tokens[number + 1] for number in range(3, size)] == [
        processor.id_to_piece(number) for number in range(3, size)
    ]
    assert tokens[size + 1 :] == (*CODES, "<mask>")


def test_bare_pieces_are_refused_where_the_codes_cannot_be_known(copy: Path) -> None:
    for path in copy.glob("*token*.json"):
        path.unlink()
    with pytest.raises(ModelError, match=r"has no language codes.*Copy tokenizer\.json"):
        checkpoint_tokens(copy)
    with pytest.raises(ModelError, match="has no language codes"):
        convert(copy, copy.parent / "converted")
    assert not (copy.parent / "converted").exists()


def test_bare_pieces_with_the_rows_of_nllb_are_rebuilt(all_codes: Path, tmp_path: Path) -> None:
    tokens = checkpoint_tokens(all_codes)
    assert tokens[-205:] == (*nllb_codes(), "<mask>", "madeupword0", "madeupword1")
    manifest = convert(all_codes, tmp_path / "converted", precision="float32")
    assert len(manifest.languages) == 202
    tokenizer = NllbTokenizer.load(tmp_path / "converted")
    assert tokenizer.ids["kaz_Cyrl"] == 401 + nllb_codes().index("kaz_Cyrl")


def test_bare_pieces_lose_every_language_in_transformers(all_codes: Path) -> None:
    """The loss that the checks above are for; should transformers mend it one day, this says so."""
    pytest.importorskip(
        "google.protobuf", reason="transformers reads a bare sentencepiece model with protobuf"
    )
    transformers = pytest.importorskip("transformers")
    theirs = transformers.NllbTokenizer.from_pretrained(all_codes)
    assert theirs.convert_tokens_to_ids(["kaz_Cyrl", "rus_Cyrl"]) == [3, 3]


def test_codes_from_tokenizer_config_alone(copy: Path, tiny_checkpoint: Path) -> None:
    (copy / "tokenizer.json").unlink()
    assert checkpoint_tokens(copy) == checkpoint_tokens(tiny_checkpoint)


def test_tokenizer_with_more_tokens_than_rows(copy: Path) -> None:
    edit(copy / "config.json", vocab_size=404)
    with pytest.raises(ModelError, match="405 tokens but the embedding 404 rows"):
        checkpoint_tokens(copy)


def test_tokenizer_of_another_model(copy: Path, tmp_path: Path) -> None:
    train_sentencepiece(copy / SENTENCEPIECE, size=390)
    with pytest.raises(ModelError, match="are of different models"):
        checkpoint_tokens(copy)


@pytest.mark.parametrize(
    "content",
    [
        {"model": None},
        {"model": {"vocab": None}},
        {"model": {"vocab": {"a": "x"}}},
        {"model": {"vocab": {"a": -1}}},
        {"model": {"vocab": [[]]}},
        {"added_tokens": [{"id": 1}]},
        {"added_tokens": [7]},
        {"added_tokens": None},
    ],
)
def test_malformed_tokenizer(copy: Path, content: dict[str, object]) -> None:
    (copy / "tokenizer.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ModelError, match=r"tokenizer\.json: the tokens cannot be read"):
        checkpoint_tokens(copy)


@pytest.mark.parametrize("added", [{"x": {"content": "a"}}, {"5": {}}, {"5": None}])
def test_malformed_tokenizer_config(copy: Path, added: dict[str, object]) -> None:
    (copy / "tokenizer.json").unlink()
    edit(copy / "tokenizer_config.json", added_tokens_decoder=added)
    with pytest.raises(ModelError, match=r"tokenizer_config\.json: the tokens cannot be read"):
        checkpoint_tokens(copy)


def test_tokenizer_with_a_hole(copy: Path) -> None:
    content = json.loads((copy / "tokenizer.json").read_text(encoding="utf-8"))
    number = content["model"]["vocab"].pop("rus_Cyrl")
    added = [entry for entry in content["added_tokens"] if entry["id"] != number]
    edit(copy / "tokenizer.json", model=content["model"], added_tokens=added)
    with pytest.raises(ModelError, match="no token with id 402"):
        checkpoint_tokens(copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_type": "marian"}, "model_type is 'marian'"),
        ({"auto_map": {"AutoModel": "code.Model"}}, "wants to run its own code"),
    ],
)
def test_other_checkpoints_are_refused(copy: Path, change: dict[str, object], message: str) -> None:
    edit(copy / "config.json", **change)
    with pytest.raises(ModelError, match=message):
        convert(copy, copy.parent / "converted")


def test_pickles_are_refused(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"only in pytorch_model\.bin; expected model\.safetensors"):
        convert(copy, copy.parent / "converted")


def test_index_that_names_a_pickle(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy / "weights.bin")
    index = {"weight_map": {"model.shared.weight": "weights.bin"}}
    (copy / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(ModelError, match=r"weights in weights\.bin"):
        convert(copy, copy.parent / "converted")


def test_legacy_format_is_detected(copy: Path, tmp_path: Path) -> None:
    assert detect_source_format(copy) == "nllb"
    edit(copy / "tokenizer_config.json", legacy_behaviour=True)
    assert convert(copy, tmp_path / "one").source_format == "legacy"
    assert convert(copy, tmp_path / "two", source_format="nllb").source_format == "nllb"


def test_without_torch(tiny_checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sys.modules["egiz.translate.models.convert"].importlib.util, "find_spec", lambda name: None
    )
    with pytest.raises(ModelError, match=r"needs torch and transformers\. .*egiz\[torch\]"):
        convert_module.convert(tiny_checkpoint, tmp_path / "converted")


def test_options(tiny_checkpoint: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="'int9' is not a precision"):
        convert(tiny_checkpoint, tmp_path / "converted", precision="int9")
    with pytest.raises(ModelError, match=r"no language code for tr \(tur_Latn\)"):
        convert(tiny_checkpoint, tmp_path / "converted", languages=["kk", "tr"])
    tmp_path.joinpath("converted").mkdir()
    with pytest.raises(OutputError, match="exists"):
        convert(tiny_checkpoint, tmp_path / "converted")


@pytest.mark.parametrize("precision", ["int8", "float32", "float16", "bfloat16"])
def test_conversion(tiny_models: Callable[[str], Path], precision: str) -> None:
    folder = tiny_models(precision)
    manifest = verify(folder)
    assert (manifest.precision, manifest.languages, manifest.source) == (
        precision,
        ("en", "kk", "ru"),
        "local",
    )
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json",
        "egiz-model.json",
        "model.bin",
        SENTENCEPIECE,
        "shared_vocabulary.json",
    ]
    assert [path for path in folder.parent.iterdir() if path.name.startswith(".")] == []
    assert {"ctranslate2", "torch", "transformers"} <= dict(manifest.created_with).keys()


@pytest.mark.parametrize(("beam", "ngram", "lines", "least"), [(1, 4, LINES, 36), (5, 0, LINES[::3], 11)])
def test_float32_gives_what_transformers_gives(
    tiny_checkpoint: Path, tiny_model: Path, beam: int, ngram: int, lines: tuple[str, ...], least: int
) -> None:
    """The same weights under both engines, each sentence into both other languages: the same tokens.

    With a beam, the two choose differently among hypotheses that the length limit cuts off, which
    random weights make of nearly all (measured: 35 of 36 the same).
    """
    import ctranslate2
    import torch
    from transformers import AutoModelForSeq2SeqLM

    tokenizer = NllbTokenizer.load(tiny_checkpoint)
    names = {number: token for token, number in tokenizer.ids.items()}
    theirs = AutoModelForSeq2SeqLM.from_pretrained(tiny_checkpoint).eval()
    theirs.generation_config.max_length = None
    ours = ctranslate2.Translator(str(tiny_model), device="cpu", compute_type="float32")
    same = 0
    for line in lines:
        source = CODES[LINES.index(line) // 6]
        tokens = [source, *tokenizer.pieces(line), "</s>"]
        for target in set(CODES) - {source}:
            with torch.inference_mode():
                output = theirs.generate(
                    torch.tensor([tokenizer.to_ids(tokens)]),
                    forced_bos_token_id=tokenizer.ids[target],
                    num_beams=beam,
                    no_repeat_ngram_size=ngram,
                    max_new_tokens=12,
                    do_sample=False,
                )
            expected = [names[item] for item in output[0].tolist()[1:] if item not in (1, 2)]
            result = ours.translate_batch(
                [tokens],
                target_prefix=[[target]],
                beam_size=beam,
                no_repeat_ngram_size=ngram,
                max_decoding_length=12,
            )
            same += result[0].hypotheses[0] == expected
    assert same >= least


def test_vocabulary_of_wrong_size_is_refused(tiny_checkpoint: Path, tmp_path: Path) -> None:
    from transformers import M2M100ForConditionalGeneration

    model = M2M100ForConditionalGeneration.from_pretrained(tiny_checkpoint)
    with pytest.raises(ModelError, match="405 rows for 604 tokens"):
        write_checkpoint(tmp_path / "out", model, tiny_checkpoint / SENTENCEPIECE, nllb_codes())
    assert not (tmp_path / "out").exists()


def test_sentencepiece_facts(tiny_checkpoint: Path, tmp_path: Path) -> None:
    facts = sentencepiece_facts(tiny_checkpoint / SENTENCEPIECE)
    assert facts.is_bpe
    assert len(facts.character_map) > 100_000
    (tmp_path / "x").write_bytes(b"\x12\xff\xff\xff\x0fcut")
    with pytest.raises(ModelError, match="no sentencepiece model"):
        sentencepiece_facts(tmp_path / "x")


def test_merges_rank_by_score() -> None:
    rank = {"ab": -0.0, "abc": -1.0, "bc": -2.0, "a": -3.0, "b": -4.0, "c": -5.0}
    assert bpe_merges(rank) == [("a", "b"), ("a", "bc"), ("ab", "c"), ("b", "c")]


def test_manifest_beside_the_model(tiny_model: Path) -> None:
    manifest = read_manifest(tiny_model)
    assert manifest.licence == "CC0-1.0"
    assert manifest.name == "tiny"
