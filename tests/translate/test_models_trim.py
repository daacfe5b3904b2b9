"""Trimming: what stays is what it was, text is cut as before, and a model is made whole or not at all."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.hardware import Hardware
from egiz.translate.engine.protocol import Decoding
from egiz.translate.engine.tokenizer import NllbTokenizer
from egiz.translate.errors import EgizError, InputError, LanguageError, ModelError, OptionError, OutputError
from egiz.translate.languages import language
from egiz.translate.models import describe, install_folder, read_manifest, resolve, verify, write_manifest
from egiz.translate.models import trim as trim_module
from egiz.translate.models.layout import SENTENCEPIECE, cut_pieces, load_sentencepiece, model_tokens
from egiz.translate.models.manifest import MANIFEST, hash_files
from egiz.translate.models.trim import TrimOptions, merges, pieces_by_use, scripts_of, trim, trim_model
from egiz.translate.models.weights import SHORTLIST, read_shortlists, read_weights, selector
from egiz.translate.text import normalise
from tests.translate.tiny import LINES

ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT / "seeds" / "kk" / "qaita-quru.txt"
ALL = TrimOptions(languages=("kk", "ru", "en"))
BIAS = "decoder/projection/bias"
KK = language("kk")
LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі"
LETTERS += LETTERS.upper() + "abcdefghijklmnopqrstuvwxyzéüßİ" + " ,.:;!?-()%&0123456789№€😀\u0301"


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter with 20,000 more pieces, of other scripts, and four more languages; read only."""
    spec = spec_from_file_location("bench_trim_models", ROOT / "benchmarks" / "trim_models.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["bench_trim_models"] = module
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("wide") / "wide"
    module.widen(resolve("starter"), folder, 20_000)
    return folder


@pytest.fixture(scope="module")
def back(wide: Path) -> Path:
    """That model trimmed to the starter's languages; read only."""
    return trim(wide, wide.parent / "back", ALL).folder


@pytest.fixture(scope="module")
def used(wide: Path) -> Path:
    """That model trimmed to the pieces of the seed document; read only."""
    return trim(wide, wide.parent / "used", TrimOptions(languages=("kk", "ru"), texts=(SEED,))).folder


@pytest.fixture(scope="module")
def listed(wide: Path) -> Path:
    """That model trimmed to the starter's languages, with a shortlist of Russian; read only."""
    text = wide.parent / "russian.txt"
    text.write_text("\n".join(LINES[6:12]), encoding="utf-8")
    cut = TrimOptions(languages=("kk", "ru", "en"), shortlists=(("ru", text),))
    return trim(wide, wide.parent / "listed", cut).folder


@pytest.fixture(scope="module")
def tokenizers(wide: Path, back: Path, used: Path) -> dict[str, NllbTokenizer]:
    return {folder.name: NllbTokenizer.load(folder) for folder in (wide, back, used)}


def test_all_that_stays_is_the_same_bytes(wide: Path, back: Path) -> None:
    starter = resolve("starter")
    size = len(model_tokens(starter))
    assert len(model_tokens(wide)) == size + 20_000 + 5
    for name in (SENTENCEPIECE, "shared_vocabulary.json", "config.json"):
        assert (back / name).read_bytes() == (starter / name).read_bytes(), name
    assert (wide / SENTENCEPIECE).stat().st_size > (back / SENTENCEPIECE).stat().st_size
    *kept, bias = read_weights(back / "model.bin")
    assert kept == list(read_weights(starter / "model.bin"))
    assert bias == (BIAS, (size,), "float32", bytes(4 * size))
    aliases = (starter / "model.bin").read_bytes()[-190:]
    assert b"decoder/projection/weight" in aliases
    assert (back / "model.bin").read_bytes().endswith(aliases)


@pytest.mark.parametrize("target", ["ru", "en"])
def test_the_same_tokens_are_chosen(wide: Path, back: Path, target: str) -> None:
    texts = [normalise(line) for line in SEED.read_text(encoding="utf-8").splitlines() if line][1:5]
    texts = [text[:120] for text in texts] + list(LINES[:6])
    found = [
        CTranslate2Engine(folder, Hardware(device="cpu")).translate(
            texts, source="kk", target=target, decoding=Decoding(beam=1, hypotheses=1)
        )
        for folder in (wide, back)
    ]
    before, after = ([best[0].tokens for best in results] for results in found)
    assert before == after
    assert all(before)


@given(text=st.text(alphabet=LETTERS, max_size=80))
def test_text_in_the_scripts_is_cut_as_before(tokenizers: dict[str, NllbTokenizer], text: str) -> None:
    wide, back = tokenizers["wide"], tokenizers["back"]
    assert back.pieces(text) == wide.pieces(text)
    assert back.unknown(text) == wide.unknown(text)
    ways = [tokenizer.encode(text, KK, dropout=0.2, variant=3) for tokenizer in (wide, back)]
    assert ways[0] == ways[1]


@given(
    text=st.lists(st.sampled_from(LINES).flatmap(lambda line: st.sampled_from(line.split()))).map(" ".join)
)
def test_words_are_cut_as_before(tokenizers: dict[str, NllbTokenizer], text: str) -> None:
    assert tokenizers["back"].pieces(text) == tokenizers["wide"].pieces(text)


def test_other_scripts_are_cut_into_bytes_and_what_stands_beside_them_is_not(
    tokenizers: dict[str, NllbTokenizer],
) -> None:
    text = "Мәскеу қаласы ბა, the中 и 1年 가가나다 қаласы"
    wide, back = tokenizers["wide"], tokenizers["back"]
    assert wide.unknown(text) == ()
    assert {"▁the中", "1年", "▁가가"} <= set(wide.pieces(text))
    assert back.unknown(text) == ()
    left_out = "ბა中年가가나다".encode()
    assert [piece for piece in back.pieces(text) if piece.startswith("<0x")] == [
        f"<0x{byte:02X}>" for byte in left_out
    ]
    for beside in ("Мәскеу қаласы", "the", "и"):
        assert set(back.pieces(beside)) <= set(back.pieces(text))


def test_texts_are_cut_as_before_by_the_pieces_they_use(tokenizers: dict[str, NllbTokenizer]) -> None:
    wide, used = tokenizers["wide"], tokenizers["used"]
    lines = [normalise(line) for line in SEED.read_text(encoding="utf-8").splitlines()]
    assert [used.pieces(line) for line in lines] == [wide.pieces(line) for line in lines]
    assert 1000 < len(used.ids) < 2500
    assert used.languages == ("kk", "ru")


@given(text=st.text(alphabet=LETTERS, max_size=40))
def test_other_texts_lose_no_letter(tokenizers: dict[str, NllbTokenizer], text: str) -> None:
    wide, used = tokenizers["wide"], tokenizers["used"]
    assert used.unknown(text) == wide.unknown(text)
    assert "".join(used.pieces(text)) == "".join(wide.pieces(text))


@settings(max_examples=8)
@given(lines=st.lists(st.text(alphabet="аеқлар тынынthe in", max_size=30), max_size=4))
def test_what_pieces_are_merged_from_stays_with_them(
    lines: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path, starter = tmp_path_factory.mktemp("cut") / SENTENCEPIECE, resolve("starter") / SENTENCEPIECE
    whole = load_sentencepiece(starter)
    expected = [whole.encode(line, out_type=str) for line in lines]
    uses = {piece: 1 for pieces in expected for piece in pieces}
    cut_pieces(starter, path, frozenset(pieces_by_use(whole, ("Cyrl", "Latn"), uses, 1)))
    assert [load_sentencepiece(path).encode(line, out_type=str) for line in lines] == expected


def test_a_piece_is_made_of_its_merges_in_their_order() -> None:
    ranks = {"ab": -1.0, "bc": 0.0, "abc": -2.0, "cab": -3.0, "abcab": -4.0}
    assert list(merges("abcab", ranks)) == [*"abcab", "bc", "ab", "abc", "abcab"]
    assert list(merges("xy", ranks)) == ["x", "y"]


def test_least_counts_uses(wide: Path, tmp_path: Path) -> None:
    text = tmp_path / "uses.tsv"
    text.write_bytes("\ufeffҚазақстан\tКазахстан\r\nҚазақстан\tthe\n".encode())
    found = []
    for least in (1, 2):
        cut = TrimOptions(languages=("kk", "en"), texts=(text,), least=least)
        made = trim(wide, tmp_path / f"least{least}", cut)
        tokenizer = NllbTokenizer.load(made.folder)
        found.append([len(tokenizer.pieces(word)) == 1 for word in ("Қазақстан", "Казахстан", "the")])
        assert made.manifest.trimmed is not None
        [file] = made.manifest.trimmed.texts
        assert (file.name, file.size) == ("uses.tsv", text.stat().st_size)
    assert found == [[True, True, True], [True, False, False]]


@pytest.mark.parametrize("precision", ["float32", "float16", "bfloat16"])
def test_any_precision_is_cut_row_by_row(
    tiny_models: Callable[[str], Path], precision: str, tmp_path: Path
) -> None:
    whole = tiny_models(precision)
    made = trim(whole, tmp_path / "cut", TrimOptions(languages=("kk", "ru"), texts=(SEED,), least=5))
    before, after = model_tokens(whole), model_tokens(made.folder)
    rows = [before.index(token) for token in after]
    assert rows == sorted(rows)
    assert 0 < made.tokens == len(rows) < len(before)
    cut = 0
    both = zip(read_weights(whole / "model.bin"), read_weights(made.folder / "model.bin"), strict=True)
    for (name, shape, kind, content), found in both:
        if shape[:1] == (len(before),):
            cut += 1
            table = np.frombuffer(content, dtype="u1").reshape(len(before), -1)[rows]
            assert found == (name, (len(rows), *shape[1:]), kind, table.tobytes())
        else:
            assert found == (name, shape, kind, content)
    assert cut >= 1
    engine = CTranslate2Engine(made.folder, Hardware(device="cpu", precision="float32"))
    assert engine.translate(LINES[:1], source="kk", target="ru", decoding=Decoding(length_factor=0.5))


def test_the_manifest_says_what_the_model_was(wide: Path, back: Path, tmp_path: Path) -> None:
    parent, manifest = read_manifest(wide), verify(back)
    assert manifest.trimmed is not None
    assert (manifest.trimmed.name, manifest.trimmed.fingerprint) == ("wide", parent.fingerprint)
    tokens = len(model_tokens(wide))
    assert (manifest.trimmed.vocabulary, manifest.trimmed.scripts) == (tokens, ("Cyrl", "Latn"))
    assert (manifest.name, manifest.languages) == ("back", ("en", "kk", "ru"))
    assert (manifest.licence, manifest.precision, manifest.figures) == (parent.licence, "int8", ())
    assert parent.figures
    assert describe(back).trimmed == manifest.trimmed
    assert (
        str(manifest.trimmed)
        == f"from wide ({parent.fingerprint[:12]}, {tokens} tokens) to the pieces of Cyrl, Latn"
    )
    assert read_manifest(install_folder(back, "mine", home=tmp_path)).trimmed == manifest.trimmed


def test_the_texts_are_named(used: Path) -> None:
    trimmed = read_manifest(used).trimmed
    assert str(trimmed).endswith("to pieces used 1 times or more in qaita-quru.txt")


def test_nothing_goes_from_a_model_of_these_languages_alone(tmp_path: Path) -> None:
    made = trim_model("starter", "same", ALL, tmp_path)
    assert made.folder == tmp_path / "models" / "same"
    assert made.tokens == len(model_tokens(resolve("starter")))
    assert made.manifest.fingerprint == made.parent.fingerprint
    assert made.manifest.source == "local"


def test_old_conversions_get_one_vocabulary(tmp_path: Path) -> None:
    old = Path(shutil.copytree(resolve("starter"), tmp_path / "old"))
    tokens = model_tokens(old)
    (old / "shared_vocabulary.json").unlink()
    for side in ("source", "target"):
        (old / f"{side}_vocabulary.txt").write_text("\n".join(tokens) + "\n", encoding="utf-8")
    write_manifest(old, replace(read_manifest(old), files=hash_files(old)))
    made = trim(old, tmp_path / "new", TrimOptions(languages=("kk", "en")))
    assert model_tokens(made.folder) == tuple(token for token in tokens if token != "rus_Cyrl")
    assert not list(made.folder.glob("*_vocabulary.txt"))


@pytest.mark.parametrize(
    ("tags", "scripts"),
    [
        (("kk", "ru"), ("Cyrl", "Latn")),
        (("en", "tr"), ("Latn",)),
        (("ja", "zh-Hans"), ("Hani", "Hira", "Kana", "Latn")),
        (("ko", "ar"), ("Arab", "Hang", "Latn")),
    ],
)
def test_scripts_of_languages(tags: tuple[str, ...], scripts: tuple[str, ...]) -> None:
    assert scripts_of(tags) == scripts


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"languages": ("kk", "rux")}, LanguageError, "Did you mean"),
        ({"languages": ("kk", "kaz_Cyrl")}, OptionError, "expected two or more"),
        ({"languages": ("kk", "ru"), "least": 2}, OptionError, "2 without texts"),
        ({"languages": ("kk", "ru"), "least": 0, "texts": (SEED,)}, OptionError, "--least: 0"),
    ],
)
def test_a_cut_that_makes_no_sense(values: dict[str, object], error: type[EgizError], message: str) -> None:
    with pytest.raises(error, match=message):
        TrimOptions(**values)  # type: ignore[arg-type]


def test_a_language_that_is_not_there(used: Path, tmp_path: Path) -> None:
    with pytest.raises(
        LanguageError, match=r"starter has no code for tr \(tur_Latn\)\. It has en, kk, ru\.$"
    ):
        trim(resolve("starter"), tmp_path / "new", TrimOptions(languages=("kk", "tr")))
    with pytest.raises(LanguageError, match="It was trimmed from wide: trim that again"):
        trim(used, tmp_path / "new", TrimOptions(languages=("kk", "en")))


@pytest.mark.parametrize("name", ["starter", "nllb-600m"])
def test_names_of_whole_models_are_taken(name: str, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=f"{name} is the name of a model in the catalogue"):
        trim_model("starter", name, ALL, tmp_path)


def test_nothing_is_overwritten_and_nothing_left_half(
    wide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    with pytest.raises(OutputError, match="exists"):
        trim_model(str(wide), str(kept), ALL)
    broken = tmp_path / "text"
    broken.write_bytes("жақсы\n".encode() + b"\xff\n")
    with pytest.raises(InputError, match=r"text:2: byte 0xff is no UTF-8"):
        trim(wide, tmp_path / "new", TrimOptions(languages=("kk", "ru"), texts=(broken,)))
    monkeypatch.setattr(trim_module, "write_manifest", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        trim(resolve("starter"), tmp_path / "new", ALL)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "text"]


def damaged(folder: Path) -> None:
    path = folder / "model.bin"
    path.write_bytes(path.read_bytes()[:-1])


def too_few_tokens(folder: Path) -> None:
    path = folder / "shared_vocabulary.json"
    path.write_text(path.read_text(encoding="utf-8").replace(',\n  "<mask>"', ""), encoding="utf-8")
    write_manifest(folder, replace(read_manifest(folder), files=hash_files(folder)))


def unigram(folder: Path) -> None:
    path = folder / SENTENCEPIECE
    path.write_bytes(path.read_bytes() + b"\x12\x02\x18\x01")  # trainer_spec { model_type: UNIGRAM }
    write_manifest(folder, replace(read_manifest(folder), files=hash_files(folder)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (damaged, "model.bin has .* bytes"),
        (too_few_tokens, r"has (\d+) rows for \d+ tokens"),
        (unigram, "not BPE"),
    ],
)
def test_models_that_cannot_be_trimmed(change: Callable[[Path], None], message: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(resolve("starter"), tmp_path / "bad"))
    change(folder)
    with pytest.raises(ModelError, match=message):
        trim(folder, tmp_path / "new", ALL)
    assert [path.name for path in tmp_path.iterdir()] == ["bad"]
    assert (folder / MANIFEST).is_file()


def pieces_of(
    engine: CTranslate2Engine, texts: Sequence[str], target: str, *, shortlist: bool
) -> list[tuple[tuple[str, ...], float]]:
    decoding = Decoding(beam=2, hypotheses=1, shortlist=shortlist)
    found = engine.translate(texts, source="kk", target=target, decoding=decoding)
    return [(best.tokens, best.logprob) for (best,) in found]


def test_a_shortlist_restricts_one_target_language_and_only_when_asked_for(listed: Path, back: Path) -> None:
    engine, whole = (CTranslate2Engine(folder, Hardware(device="cpu")) for folder in (listed, back))
    tokens = read_shortlists(listed)["rus_Cyrl"]
    assert {"rus_Cyrl", *engine.tokenizer.pieces(LINES[8]), *"▁абвxyz"} <= tokens
    assert "▁the" not in tokens
    exact = pieces_of(whole, LINES[:6], "ru", shortlist=False)
    assert pieces_of(engine, LINES[:6], "ru", shortlist=False) == exact
    restricted = pieces_of(engine, LINES[:6], "ru", shortlist=True)
    assert restricted != exact
    assert {piece for pieces, _ in restricted for piece in pieces} <= tokens
    assert pieces_of(engine, LINES[:6], "en", shortlist=True) == pieces_of(
        whole, LINES[:6], "en", shortlist=False
    )


def test_company_changes_nothing_with_a_shortlist_either(listed: Path) -> None:
    engine = CTranslate2Engine(listed, Hardware(device="cpu"))
    together = pieces_of(engine, LINES[:6], "ru", shortlist=True)
    alone = [pieces_of(engine, [text], "ru", shortlist=True)[0] for text in LINES[:6]]
    assert together == alone


def test_a_shortlist_is_in_manifest_and_fingerprint_and_survives_installing(
    listed: Path, back: Path, tmp_path: Path
) -> None:
    manifest = read_manifest(listed)
    assert manifest.fingerprint != read_manifest(back).fingerprint
    assert manifest.trimmed is not None
    assert [(tag, text.name) for tag, text in manifest.trimmed.shortlists] == [("ru", "russian.txt")]
    assert "shortlists: ru by russian.txt" in str(manifest.trimmed)
    again = install_folder(listed, "again", home=tmp_path)
    assert read_manifest(again).fingerprint == manifest.fingerprint
    assert (again / SHORTLIST).read_bytes() == (listed / SHORTLIST).read_bytes()


def test_lists_by_source_word_are_refused(tmp_path: Path) -> None:
    (tmp_path / SHORTLIST).write_text("▁сөз\t▁слово\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"vmap.txt:1.*--shortlist"):
        read_shortlists(tmp_path)


def test_what_no_sentence_is_read_as_chooses_a_shortlist(listed: Path) -> None:
    tokenizer = NllbTokenizer.load(listed)
    begin, code = selector("rus_Cyrl")
    assert {begin, code} <= set(tokenizer.ids)
    assert begin not in tokenizer.encode("<s> rus_Cyrl <s>rus_Cyrl", KK)


def test_a_shortlist_of_a_language_that_goes_is_refused() -> None:
    with pytest.raises(OptionError, match="en is not kept"):
        TrimOptions(languages=("kk", "ru"), shortlists=(("en", SEED),))
