"""Fetching models from a hub that drops connections, closes repositories, lies, or is not there."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from egiz.translate.errors import ModelError, ModelNotFound, OptionError, OutputError
from egiz.translate.models import Hub, get_model, installed, resolve, verify
from egiz.translate.models.layout import SENTENCEPIECE
from egiz.translate.models.store import CatalogueEntry, PiecesSource
from tests.translate.fakehub import FakeRepository, commit_of, repository, serving

pytest.importorskip("huggingface_hub", reason="fetching models needs huggingface_hub")


def without(folder: Path, target: Path, *names: str) -> Path:
    """A copy of a folder without some files."""
    return Path(shutil.copytree(folder, target, ignore=shutil.ignore_patterns(*names)))


def test_ready_conversion_needs_no_torch(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with serving(org__ready=repository(tiny_model, licence="cc-by-nc-4.0")) as hub:
        seen: list[tuple[str, int]] = []
        folder = get_model(
            "org/ready",
            hub=Hub(endpoint=hub.endpoint),
            home=tmp_path,
            progress=lambda name, size: seen.append((name, size)),
        )
    manifest = verify(folder)
    assert folder == tmp_path / "models" / "org--ready" == resolve("org/ready", tmp_path)
    assert (manifest.source, manifest.licence, manifest.precision) == ("org/ready", "CC-BY-NC-4.0", "float32")
    assert manifest.revision == commit_of({path.name: path.read_bytes() for path in tiny_model.iterdir()})
    assert ("model.bin", (tiny_model / "model.bin").stat().st_size) in seen
    assert not (tmp_path / "downloads" / "org--ready").exists()


def test_checkpoint_is_converted(tiny_checkpoint: Path, tmp_path: Path) -> None:
    with serving(org__checkpoint=repository(tiny_checkpoint)) as hub:
        folder = get_model("org/checkpoint", hub=Hub(endpoint=hub.endpoint), home=tmp_path)
        again = get_model("org/checkpoint", hub=Hub(endpoint=hub.endpoint), home=tmp_path)
        assert hub.requests["list"] == 1
    assert folder == again
    assert verify(folder).precision == "int8"
    assert verify(folder).licence == "mit"


def test_pinned_revision(tiny_model: Path, tiny_models: Callable[[str], Path], tmp_path: Path) -> None:
    old = {path.name: path.read_bytes() for path in tiny_model.iterdir()}
    new = {path.name: path.read_bytes() for path in tiny_models("float16").iterdir()}
    served = FakeRepository(
        commits={commit_of(old): old, commit_of(new): new},
        references={"main": commit_of(new), "refs/pr/4": commit_of(old)},
    )
    with serving(org__model=served) as hub:
        access = Hub(endpoint=hub.endpoint)
        pinned = get_model("org/model", hub=access, home=tmp_path / "a", revision=commit_of(old))
        branch = get_model("org/model", hub=access, home=tmp_path / "b", revision="refs/pr/4")
        newest = get_model("org/model", hub=access, home=tmp_path / "c")
        with pytest.raises(OutputError, match="is installed at revision"):
            get_model("org/model", hub=access, home=tmp_path / "c", revision=commit_of(old))
        with pytest.raises(ModelNotFound, match="there is no revision 'v9'"):
            get_model("org/model", hub=access, home=tmp_path / "d", revision="v9")
    assert verify(pinned).revision == verify(branch).revision == commit_of(old)
    assert verify(newest).revision == commit_of(new)
    assert verify(newest).precision == "float16"


def test_dropped_connection_is_taken_up_again(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 4096)
    with serving(org__model=repository(tiny_model, cut={"model.bin": 1})) as hub:
        folder = get_model("org/model", hub=Hub(endpoint=hub.endpoint), home=tmp_path)
        assert hub.requests["range model.bin"] == 1
    verify(folder)


def test_download_that_breaks_off_for_good(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing half is ever in the store; the second call fetches only what was missing."""
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda seconds: None)
    with serving(org__model=repository(tiny_model, cut={"model.bin": 60})) as hub:
        access = Hub(endpoint=hub.endpoint)
        with pytest.raises(ModelNotFound, match="cannot be reached"):
            get_model("org/model", hub=access, home=tmp_path)
        assert installed(tmp_path) == ()
        assert [path.name for path in (tmp_path / "models").iterdir() if path.is_dir()] == []
        fetched = next((tmp_path / "downloads" / "org--model").iterdir())
        assert (fetched / "config.json").is_file()
        assert not (fetched / "model.bin").exists()
        hub.repositories["org/model"].cut.clear()
        folder = get_model("org/model", hub=access, home=tmp_path)
        assert hub.requests["GET config.json"] == 1
    verify(folder)


def test_file_with_other_content_than_listed(tiny_model: Path, tmp_path: Path) -> None:
    with serving(org__model=repository(tiny_model, spoilt={"model.bin"})) as hub:
        with pytest.raises(ModelError, match=r"model\.bin: the file fetched has SHA-256"):
            get_model("org/model", hub=Hub(endpoint=hub.endpoint), home=tmp_path)
        assert installed(tmp_path) == ()
        hub.repositories["org/model"].spoilt.clear()
        verify(get_model("org/model", hub=Hub(endpoint=hub.endpoint), home=tmp_path))


def test_gated(tiny_model: Path, tmp_path: Path) -> None:
    with serving(org__gated=repository(tiny_model, gated=True)) as hub:
        with pytest.raises(ModelError, match=r"access to org/gated must be requested.*Accept its terms at"):
            get_model("org/gated", hub=Hub(endpoint=hub.endpoint), home=tmp_path)
        assert hub.tokens == set()
        verify(get_model("org/gated", hub=Hub(endpoint=hub.endpoint, token="hf_x"), home=tmp_path))
        assert hub.tokens == {"Bearer hf_x"}


def test_no_such_repository(tmp_path: Path) -> None:
    with serving() as hub, pytest.raises(ModelNotFound, match="no such repository, or it is private"):
        get_model("org/none", hub=Hub(endpoint=hub.endpoint), home=tmp_path)


def test_offline(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(ModelNotFound) as caught:
            get_model("nllb-600m", hub=Hub(endpoint=endpoint), home=tmp_path)
    message = str(caught.value)
    assert "the hub cannot be reached" in message
    assert "hf download JustFrederik/nllb-200-distilled-600M-ct2-int8 --revision 302d78f0" in message
    assert "egiz models convert FOLDER --name nllb-600m" in message


def test_pickles_only(tiny_checkpoint: Path, tmp_path: Path) -> None:
    folder = without(tiny_checkpoint, tmp_path / "hub", "model.safetensors")
    (folder / "pytorch_model.bin").write_bytes(b"PK\x03\x04")
    with (
        serving(org__pickled=repository(folder)) as hub,
        pytest.raises(ModelError, match=r"only in pytorch_model\.bin.*so Egiz does not open it"),
    ):
        get_model("org/pickled", hub=Hub(endpoint=hub.endpoint), home=tmp_path)
    assert hub.requests["GET pytorch_model.bin"] == 0


def test_nothing_else_is_fetched(tiny_checkpoint: Path, tmp_path: Path) -> None:
    folder = without(tiny_checkpoint, tmp_path / "hub")
    for name in ("modeling.py", "pytorch_model.bin", "training_args.bin", "README.md"):
        (folder / name).write_bytes(b"print()")
    with serving(org__model=repository(folder)) as hub:
        get_model("org/model", hub=Hub(endpoint=hub.endpoint), home=tmp_path)
        fetched = {key.removeprefix("GET ") for key in hub.requests if key.startswith("GET ")}
    assert fetched == {path.name for path in tiny_checkpoint.iterdir()}


def test_pickle_called_model_bin(tiny_model: Path, tmp_path: Path) -> None:
    folder = without(tiny_model, tmp_path / "hub")
    (folder / "model.bin").write_bytes(b"\x80\x02}q\x00.")
    with serving(org__model=repository(folder)) as hub, pytest.raises(ModelError, match="is a pickle"):
        get_model("org/model", hub=Hub(endpoint=hub.endpoint), home=tmp_path)
    assert installed(tmp_path) == ()


def test_catalogue_name_with_pieces_from_elsewhere(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the NLLB names do: a conversion without pieces, the pieces from elsewhere, both with hashes."""
    bare = without(tiny_model, tmp_path / "bare", SENTENCEPIECE)
    pieces = tmp_path / "pieces"
    pieces.mkdir()
    shutil.copy(tiny_model / SENTENCEPIECE, pieces)
    converted, origin = repository(bare), repository(pieces)
    digest = hashlib.sha256((tiny_model / "model.bin").read_bytes()).hexdigest()
    entry = CatalogueEntry(
        name="small",
        title="",
        format="ctranslate2",
        repository="org/bare",
        revision=converted.references["main"],
        base="",
        licence="CC-BY-NC-4.0",
        megabytes=1,
        languages=("kk", "ru"),
        sha256=(("model.bin", digest),),
    )
    source = PiecesSource(
        repository="org/pieces",
        revision=origin.references["main"],
        sha256=hashlib.sha256((tiny_model / SENTENCEPIECE).read_bytes()).hexdigest(),
    )
    module = sys.modules["egiz.translate.models.get"]
    monkeypatch.setattr(module, "catalogue_entry", lambda name: entry if name == "small" else None)
    monkeypatch.setattr(module, "pieces_source", lambda: source)
    with serving(org__bare=converted, org__pieces=origin) as hub:
        manifest = verify(get_model("small", hub=Hub(endpoint=hub.endpoint), home=tmp_path))
        assert (manifest.name, manifest.source, manifest.languages) == ("small", "org/bare", ("kk", "ru"))
        monkeypatch.setattr(
            module,
            "catalogue_entry",
            lambda name: CatalogueEntry(**{**as_dict(entry), "sha256": (("model.bin", "0" * 64),)}),
        )
        with pytest.raises(ModelError, match="the file fetched has SHA-256"):
            get_model("small", hub=Hub(endpoint=hub.endpoint), home=tmp_path / "other")


def as_dict(entry: CatalogueEntry) -> dict[str, object]:
    """The fields of an entry."""
    return {name: getattr(entry, name) for name in CatalogueEntry.__dataclass_fields__}


def test_precision_of_a_ready_conversion(tiny_model: Path, tmp_path: Path) -> None:
    with serving(org__model=repository(tiny_model)) as hub:
        access = Hub(endpoint=hub.endpoint)
        with pytest.raises(OptionError, match="converted to float32 already, not int8"):
            get_model("org/model", hub=access, home=tmp_path, precision="int8")
        with pytest.raises(OptionError, match="'int7' is not a precision"):
            get_model("org/model", hub=access, home=tmp_path, precision="int7")


def test_another_form_of_an_installed_model(tiny_model: Path, tmp_path: Path) -> None:
    commit = commit_of({path.name: path.read_bytes() for path in tiny_model.iterdir()})
    with serving(org__model=repository(tiny_model)) as hub:
        access = Hub(endpoint=hub.endpoint)
        folder = get_model("org/model", hub=access, home=tmp_path)
        kept = get_model(
            "org/model",
            hub=access,
            home=tmp_path,
            revision=commit[:10].upper(),
            precision="float32",
            source_format="nllb",
        )
        assert kept == folder
        with pytest.raises(
            OptionError, match=r"precision float32, not int8\. Run `egiz models remove org--model"
        ):
            get_model("org/model", hub=access, home=tmp_path, precision="int8")
        with pytest.raises(OptionError, match="source format nllb, not legacy"):
            get_model("org/model", hub=access, home=tmp_path, source_format="legacy")
        with pytest.raises(OptionError, match="only commits can be compared with it, not 'main'"):
            get_model("org/model", hub=access, home=tmp_path, revision="main")
        with pytest.raises(OutputError, match="is installed at revision"):
            get_model("org/model", hub=access, home=tmp_path, revision="0123456789")


def test_another_form_of_the_starter(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("egiz.translate.models.get.starter_folder", lambda: tiny_model)
    assert get_model("starter", hub=Hub(), home=tmp_path, precision="float32") == tiny_model
    with pytest.raises(OptionError, match="starter is installed with precision float32, not int8"):
        get_model("starter", hub=Hub(), home=tmp_path, precision="int8")
    with pytest.raises(OptionError, match="source format nllb, not legacy"):
        get_model("starter", hub=Hub(), home=tmp_path, source_format="legacy")
    with pytest.raises(OptionError, match="starter has no revisions"):
        get_model("starter", hub=Hub(), home=tmp_path, revision="abc")
    with pytest.raises(OptionError, match="'int7' is not a precision"):
        get_model("starter", hub=Hub(), home=tmp_path, precision="int7")


def test_damaged_installation_is_noticed(tiny_model: Path, tmp_path: Path) -> None:
    with serving(org__model=repository(tiny_model)) as hub:
        folder = get_model("org/model", hub=Hub(endpoint=hub.endpoint), home=tmp_path)
        (folder / "model.bin").unlink()
        with pytest.raises(ModelError, match=r"model\.bin is missing"):
            get_model("org/model", hub=Hub(endpoint=hub.endpoint), home=tmp_path)


def test_without_huggingface_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"needs huggingface_hub\. .*egiz\[hub\]"):
        get_model("org/model", hub=Hub(), home=tmp_path)


def test_unknown_name(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="there is no model 'nlb'"):
        get_model("nlb", hub=Hub(), home=tmp_path)


def test_repository_lists_no_code(tiny_model: Path) -> None:
    with serving(org__model=repository(tiny_model)) as hub:
        listing = Hub(endpoint=hub.endpoint).listing("org/model")
    stated = {item.name: item.sha256 for item in listing.files}
    assert stated["model.bin"] == hashlib.sha256((tiny_model / "model.bin").read_bytes()).hexdigest()
    assert stated["config.json"] == ""
    assert json.loads((tiny_model / "config.json").read_text(encoding="utf-8"))["eos_token"] == "</s>"
