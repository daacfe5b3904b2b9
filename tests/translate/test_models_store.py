"""Manifests, fingerprints, the models folder, and what is read out of weights."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from egiz.translate.errors import ModelError, ModelNotFound, OptionError, OutputError
from egiz.translate.models import describe, read_manifest, resolve, verify, write_manifest
from egiz.translate.models.install import adopt, install_folder
from egiz.translate.models.manifest import MANIFEST, Figure, record_figures
from egiz.translate.models.store import (
    catalogue_entries,
    downloads,
    find,
    installed,
    installing,
    leftovers,
    locked,
    model_folder,
    models_folder,
    remove,
    starter_folder,
)
from egiz.translate.models.weights import weight_facts


def packed(text: str) -> bytes:
    """A string as CTranslate2 writes it: its length with the closing zero, then both."""
    return struct.pack("<H", len(text) + 1) + text.encode() + b"\x00"


EMBEDDING_OF_RANK_ONE = (
    struct.pack("<I", 6)
    + packed("TransformerSpec")
    + struct.pack("<II", 7, 1)
    + packed("encoder/embeddings_0/weight")
    + struct.pack("<BIBI", 1, 1, 1, 1)
    + b"\x00"
)


@pytest.fixture
def copy(tiny_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model, tmp_path / "copy"))


def test_manifest_round_trip(copy: Path) -> None:
    figure = Figure(direction="kk-ru", metric="chrF2++", value=31.5, signature="nrefs:1|case:mixed")
    manifest = replace(read_manifest(copy), figures=(figure,), licence="MIT", revision="abc")
    write_manifest(copy, manifest)
    assert read_manifest(copy) == manifest
    assert sorted(path.name for path in copy.glob(".*")) == []


def test_recorded_settings_take_the_place_of_those_of_the_same_name(copy: Path) -> None:
    assert "decoding" not in json.loads((copy / "egiz-model.json").read_text(encoding="utf-8"))
    record_figures(copy, [], ["length_penalty=1.5", "no_repeat=3"])
    record_figures(copy, [], ["length_penalty=2"])
    manifest = record_figures(copy, [])
    assert manifest.decoding == ("length_penalty=2", "no_repeat=3")
    assert read_manifest(copy) == manifest
    assert describe(copy).decoding == manifest.decoding


def test_fingerprint_is_of_the_files_alone(copy: Path, tiny_model: Path, tiny_model_int8: Path) -> None:
    before = read_manifest(copy).fingerprint
    write_manifest(copy, replace(read_manifest(copy), name="other", licence="x", created_with=()))
    assert read_manifest(copy).fingerprint == before == read_manifest(tiny_model).fingerprint
    assert read_manifest(tiny_model_int8).fingerprint != before
    write_manifest(copy, replace(read_manifest(copy), source_format="legacy"))
    assert read_manifest(copy).fingerprint != before
    assert len(before) == 64


@pytest.mark.parametrize("name", ["model.bin", "shared_vocabulary.json", "sentencepiece.bpe.model"])
def test_changed_file_is_noticed(copy: Path, name: str) -> None:
    path = copy / name
    data = bytearray(path.read_bytes())
    data[-10] ^= 1
    path.write_bytes(data)
    verify(copy, quick=True)
    with pytest.raises(ModelError, match=f"{name} has changed"):
        verify(copy)
    path.write_bytes(data[:-1])
    with pytest.raises(ModelError, match=f"{name} has {len(data) - 1} bytes, not {len(data)}"):
        verify(copy, quick=True)
    path.unlink()
    with pytest.raises(ModelError, match=f"{name} is missing"):
        verify(copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fingerprint": "0" * 64}, "the fingerprint does not match the listed files"),
        ({"source_format": "other"}, "lacks or misstates source_format 'other'"),
        ({"files": {"../model.bin": {"sha256": "", "size": 1}}}, "lacks or misstates file name"),
        ({"files": []}, "lacks or misstates"),
        ({"languages": None}, "lacks or misstates"),
    ],
)
def test_broken_manifest(copy: Path, change: dict[str, object], message: str) -> None:
    path = copy / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **change}), encoding="utf-8")
    with pytest.raises(ModelError, match=message):
        read_manifest(copy)


@pytest.mark.parametrize("text", ["", "[]", "{", "\x00"])
def test_manifest_that_is_none(copy: Path, text: str) -> None:
    (copy / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=MANIFEST.replace(".", r"\.")):
        read_manifest(copy)


def test_describe(tiny_model_int8: Path) -> None:
    info = describe(tiny_model_int8)
    assert (info.encoder_layers, info.decoder_layers, info.width) == (2, 1, 32)
    assert (info.precision, info.vocabulary, info.languages) == ("int8", 405, ("en", "kk", "ru"))
    assert info.fingerprint == read_manifest(tiny_model_int8).fingerprint
    assert info.size == sum(item.stat().st_size for item in info.path.iterdir() if item.name != MANIFEST)


def test_weights_that_are_none(copy: Path) -> None:
    path = copy / "model.bin"
    whole = path.read_bytes()
    for data, message in [
        (b"PK\x03\x04 archive of torch", "is a pickle"),
        (b"\x80\x02}q\x00.", "is a pickle"),
        (b"GGUF\x03\x00\x00\x00", "is not CTranslate2's"),
        (struct.pack("<IH", 6, 12) + b"WhisperSpec\x00", "holds 'WhisperSpec'"),
        (whole[: len(whole) // 2], "cut short"),
        (b"", "cut short"),
        (EMBEDDING_OF_RANK_ONE, "cut short or damaged"),
    ]:
        path.write_bytes(data)
        with pytest.raises(ModelError, match=message):
            weight_facts(path)


def test_install_list_find_remove(tiny_model: Path, tmp_path: Path) -> None:
    assert installed(tmp_path) == ()
    folder = install_folder(tiny_model, "mine", home=tmp_path, licence="MIT")
    assert folder == tmp_path / "models" / "mine" == find("mine", tmp_path) == resolve("mine", tmp_path)
    assert installed(tmp_path) == (folder,)
    manifest = verify(folder)
    assert (manifest.name, manifest.licence, manifest.precision) == ("mine", "MIT", "float32")
    assert manifest.fingerprint == read_manifest(tiny_model).fingerprint
    with pytest.raises(OutputError, match="exists"):
        install_folder(tiny_model, "mine", home=tmp_path)
    assert remove("mine", tmp_path)
    assert not remove("mine", tmp_path)
    assert list((tmp_path / "models").iterdir()) == []
    verify(tiny_model)


def test_what_a_manifest_says_is_installed_with_the_model(copy: Path, tmp_path: Path) -> None:
    figure = Figure(direction="kk-ru", metric="BLEU", value=3.6, signature="nrefs:1")
    record_figures(copy, [figure], ["length_penalty=1.5"])
    write_manifest(copy, replace(read_manifest(copy), understands=("hints",)))
    folder = install_folder(copy, "mine", home=tmp_path)
    manifest = verify(folder)
    assert (manifest.figures, manifest.decoding) == ((figure,), ("length_penalty=1.5",))
    assert manifest.understands == describe(folder).understands == ("hints",)


def test_own_files_are_copied_and_downloads_linked(tiny_model: Path, copy: Path, tmp_path: Path) -> None:
    """Editing one's own folder after it was installed must not reach into the store."""
    folder = install_folder(copy, "mine", home=tmp_path)
    (copy / "config.json").write_text("{}", encoding="utf-8")
    verify(folder)
    fetched = Path(shutil.copytree(tiny_model, tmp_path / "downloads" / "theirs"))
    adopt(fetched, tmp_path / "models" / "theirs", linkable=tmp_path / "downloads")
    adopt(tiny_model, tmp_path / "models" / "other", linkable=tmp_path / "downloads")
    links = {
        name: (tmp_path / "models" / name / "model.bin").stat().st_nlink
        for name in ("mine", "theirs", "other")
    }
    assert links == {"mine": 1, "theirs": 2, "other": 1}


def test_unreadable_and_embedded_files(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    write_manifest(copy, replace(read_manifest(copy), source="embedded"))
    monkeypatch.setattr("egiz.translate.models.manifest.file_sha256", refuse)
    with pytest.raises(
        ModelError, match=r"model\.bin cannot be read \(Permission denied\).*install Egiz again"
    ):
        verify(copy)


def test_install_checkpoint(tiny_checkpoint: Path, tmp_path: Path) -> None:
    folder = install_folder(tiny_checkpoint, "mine", home=tmp_path, languages=["kk", "ru"])
    assert verify(folder).languages == ("kk", "ru")
    assert verify(folder).precision == "int8"


def test_ready_conversion_is_not_converted_again(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="converted to float32 already, not int8"):
        install_folder(tiny_model, "mine", home=tmp_path, precision="int8")
    assert installed(tmp_path) == ()


def test_weights_and_vocabulary_of_two_models(copy: Path, tmp_path: Path) -> None:
    path = copy / "shared_vocabulary.json"
    tokens = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps([*tokens, "madeupword0"]), encoding="utf-8")
    with pytest.raises(ModelError, match="405 rows for 406 tokens"):
        install_folder(copy, "mine", home=tmp_path)


KILLED = """
import os, signal, shutil, sys
from pathlib import Path
from egiz.translate.models.store import installing, remove
home, what = Path(sys.argv[1]), sys.argv[2]
def die(*given, **named):
    os.kill(os.getpid(), signal.SIGKILL)
if what == "removing":
    shutil.rmtree = die
    remove("mine", home)
else:
    with installing(home / "models" / "other") as fresh:
        (fresh / "model.bin").write_bytes(b"half")
        die()
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
@pytest.mark.parametrize(("what", "kept"), [("removing", []), ("installing", ["mine"])])
def test_what_a_killed_process_left_is_named_and_goes_with_the_next_command(
    tiny_model: Path, tmp_path: Path, what: str, kept: list[str]
) -> None:
    install_folder(tiny_model, "mine", home=tmp_path)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), what], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert [path.name for path in installed(tmp_path)] == kept
    [left] = leftovers(tmp_path)
    assert left.name.startswith(".mine." if what == "removing" else ".other.")
    with installing(tmp_path / "models" / "third") as fresh:
        assert leftovers(tmp_path) == ()  # neither what was swept nor what is being made
        assert not left.exists()
        assert fresh.is_dir()
    assert remove("third", tmp_path) is False
    shutil.rmtree(tmp_path / "models" / "third")
    assert [path.name for path in (tmp_path / "models").iterdir() if path.suffix != ".lock"] == kept


def test_a_download_that_was_cut_short_can_be_dropped(tmp_path: Path) -> None:
    (tmp_path / "downloads" / "mine" / "abc").mkdir(parents=True)
    assert downloads(tmp_path) == (tmp_path / "downloads" / "mine",)
    with (
        locked(tmp_path / "models" / "mine"),
        pytest.raises(OutputError, match="another process is fetching it"),
    ):
        remove("mine", tmp_path)
    assert remove("mine", tmp_path)
    assert downloads(tmp_path) == ()
    assert not remove("mine", tmp_path)


def test_failed_installation_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with installing(tmp_path / "models" / "mine") as fresh:
            (fresh / "model.bin").write_bytes(b"half")
            assert installed(tmp_path) == ()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list((tmp_path / "models").iterdir()) == []


def test_full_disk(tmp_path: Path) -> None:
    def fill() -> None:
        with installing(tmp_path / "models" / "mine") as fresh:
            (fresh / "model.bin").write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(
        OutputError, match=r"cannot write to .*models \(No space left on device\)\. Free some space"
    ):
        fill()
    assert list((tmp_path / "models").iterdir()) == []


def test_two_at_once(tiny_model: Path, tmp_path: Path) -> None:
    """Both fill their own folder; the first to finish wins, the second finds it there, nothing is mixed."""
    barrier = threading.Barrier(2)
    target = tmp_path / "models" / "mine"

    def work() -> None:
        with installing(target) as fresh:
            barrier.wait()
            shutil.copytree(tiny_model, fresh, dirs_exist_ok=True)
            barrier.wait()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verify(target)
    assert [path.name for path in target.parent.iterdir()] == ["mine"]


def test_unwritable_home(tmp_path: Path, tiny_model: Path) -> None:
    (tmp_path / "models").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot write to"):
        install_folder(tiny_model, "mine", home=tmp_path)


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "..", "тіл"])
def test_names(name: str, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="cannot be the name"):
        model_folder(name, tmp_path)


def test_default_home_is_the_users_data_directory() -> None:
    assert models_folder().parts[-2:] == ("egiz", "models")


def test_resolve_folder(tiny_model: Path, tiny_checkpoint: Path, copy: Path, tmp_path: Path) -> None:
    assert resolve(str(tiny_model), tmp_path) == tiny_model
    with pytest.raises(ModelError, match=r"a checkpoint that is not converted\. Run `egiz models convert"):
        resolve(str(tiny_checkpoint), tmp_path)
    (copy / MANIFEST).unlink()
    with pytest.raises(ModelError, match=f"converted model without {MANIFEST}"):
        resolve(str(copy), tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match="holds no model"):
        resolve(str(tmp_path / "empty"), tmp_path)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            "nllb-600m",
            r"'nllb-600m' is not on this machine\. Run `egiz models get nllb-600m` once \(about 630 MB\)",
        ),
        ("nllb-600", "no model 'nllb-600'.*Did you mean 'nllb-600m'"),
        ("some/model", r"Run `egiz models get some/model` once"),
        ("./nowhere", r"there is no folder \./nowhere"),
        ("/nowhere/at/all", "there is no folder /nowhere/at/all"),
    ],
)
def test_resolve_says_what_to_do(spec: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match=message):
        resolve(spec, tmp_path)


def test_starter() -> None:
    """The model in the package is whole; a build without one says so."""
    try:
        folder = resolve("starter")
    except ModelNotFound:
        with pytest.raises(ModelNotFound, match="no starter model"):
            starter_folder()
    else:
        assert verify(folder).languages == ("en", "kk", "ru")


def test_catalogue_is_pinned() -> None:
    entries = {entry.name: entry for entry in catalogue_entries()}
    assert list(entries) == ["nllb-600m", "nllb-1.3b-distilled", "nllb-3.3b", "tilmash"]
    for name, entry in entries.items():
        assert entry.licence == "CC-BY-NC-4.0"
        assert len(entry.revision) == (0 if name == "tilmash" else 40)
        assert all(len(digest) == 64 for _, digest in entry.sha256)
        assert entry.format == ("ctranslate2" if entry.sha256 else "checkpoint")
