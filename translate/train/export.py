"""Export from a training folder: the finished model, or the run, packed for another machine.

A checkpoint is exported to Hugging Face layout, and from there to CTranslate2.

The archive of a run holds code, recipe, rows, texts, pieces, hints, and, if given, a dev table and a model to
start from. The other machine needs Python with torch, transformers, sentencepiece and numpy; the archive has
the other, small packages that the code needs. Only the running average of the weights is transferred back, in
bfloat16, with the high bytes before the low bytes: in this order compression makes the data a third smaller.
"""

from __future__ import annotations

import io
import json
import lzma
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from egiz.translate.errors import InputError, ModelError
from egiz.translate.io.files import unfinished
from egiz.translate.languages import language
from egiz.translate.models.checkpoint import write_checkpoint
from egiz.translate.models.convert import convert
from egiz.translate.models.layout import SENTENCEPIECE
from egiz.translate.models.manifest import Figure, Manifest, write_manifest
from egiz.translate.train.corpus import HINTS, REPORT, ROWS, TEXTS, licences
from egiz.translate.train.network import network
from egiz.translate.train.recipe import Recipe
from egiz.translate.train.resume import CHECKPOINT, load_weights, read_checkpoint

_ALIGNMENT_LAYER = 0
"""The decoder layer, of three, whose attention aligns words best (measured by `benchmarks/attention.py`)."""
HUB = "checkpoint"
"""Sub-folder of the training folder for the model in hub layout."""


def export_checkpoint(recipe: Recipe, folder: Path) -> Path:
    """Write the averaged weights of the checkpoint in `folder` in Hugging Face layout; return the new folder.

    Raises ModelError if there is no training checkpoint, or if it does not fit the recipe.
    """
    path = folder / CHECKPOINT
    if not path.exists():
        raise ModelError("no checkpoint", where=str(folder), action="Train first: egiz train learn.")
    held = read_checkpoint(path)
    model = network(recipe)
    load_weights(model, held, path, averaged=True)
    target = folder / HUB
    shutil.rmtree(target, ignore_errors=True)
    codes = [language(tag).code for tag in recipe.languages]
    write_checkpoint(target, model, folder / SENTENCEPIECE, codes)
    return target


def export_model(
    recipe: Recipe,
    checkpoint: Path,
    target: Path,
    *,
    precision: str = "int8",
    source: str = "local",
    figures: tuple[Figure, ...] = (),
) -> Manifest:
    """Convert the hub-layout `checkpoint`, in its training folder, to a CTranslate2 model at `target`.

    The manifest names the marks that the model was trained with, and the licence of the model or, if the
    recipe states none, the licences of its sources. Returns the manifest.
    """
    manifest = convert(
        checkpoint,
        target,
        precision=precision,
        name=recipe.name,
        source=source,
        licence=recipe.licence or "trained on texts under " + ", ".join(licences(recipe.sources)),
        languages=recipe.languages,
        figures=figures,
        alignment_layer=_ALIGNMENT_LAYER,
    )
    learnt = {
        "back-translation": any(item.synthetic for item in recipe.sources),
        "hints": recipe.noise.hinted > 0 and (checkpoint.parent / HINTS).is_file(),
    }
    manifest = replace(manifest, understands=tuple(name for name, known in learnt.items() if known))
    write_manifest(target, manifest)
    return manifest


_PACKAGES = ("translate", "glossary", "parallel")
_NEEDED = ("click", "py3langid")  # written in Python alone
_LEFT_OUT = ("__pycache__", "starter", "background")
_SENTENCES = "egiz/translate/train/data"
"""The folder of training data in the package. Archives leave it out, because a run reads ``rows.tsv``."""
_PROGRAM = "egiz_train.py"
_RUN = """\
from pathlib import Path
import sys

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.argv[1:1] = ["train"]
from egiz.parallel.cli import main

sys.exit(main())
"""
_PART = "weights.{:03}.part"
_STATE = "weights.json"
_STREAM = 4 << 20


def pack(
    folder: Path, recipe: Path, output: Path, *, dev: Path | None = None, start: Path | None = None
) -> int:
    """Write the archive of the run in `folder` and return its size in bytes.

    After unpacking, ``python egiz_train.py learn --recipe run/recipe.toml --folder run --dev run/dev.tsv
    --from start`` trains, with the ``--tokens``, ``--steps`` and ``--minutes`` that suit the machine. Raises
    InputError if rows or pieces are missing.
    """
    held = [(folder / name, f"run/{name}") for name in (ROWS, SENTENCEPIECE)]
    for path, _ in held:
        if not path.is_file():
            raise InputError(f"there is no {path.name} in {folder}", action="Run the earlier stages first.")
    held += [(folder / name, f"run/{name}") for name in (REPORT, TEXTS, HINTS) if (folder / name).is_file()]
    held.append((recipe, "run/recipe.toml"))
    if dev:
        held.append((dev, "run/dev.tsv"))
    if start:
        held += [(path, f"start/{path.name}") for path in sorted(start.iterdir()) if path.is_file()]
    with unfinished(output) as fresh, tarfile.open(fresh, "w:xz", preset=2) as archive:
        for package in _PACKAGES:
            with as_file(files(f"egiz.{package}")) as code:
                archive.add(Path(code).resolve(), f"egiz/{package}", filter=_archive_entry)
        for package in _NEEDED:
            with as_file(files(package)) as code:
                archive.add(Path(code).resolve(), package, filter=_archive_entry)
        for path, name in held:
            archive.add(path.resolve(), name, filter=_archive_entry)
        entry = _archive_entry(tarfile.TarInfo(_PROGRAM))
        assert entry is not None
        entry.size = len(_RUN.encode())
        archive.addfile(entry, io.BytesIO(_RUN.encode()))
    return output.stat().st_size


def _archive_entry(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """An archive entry with owner, time and mode set to fixed values; None for files that no run needs."""
    if entry.name == _SENTENCES or any(part in _LEFT_OUT for part in Path(entry.name).parts):
        return None
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o755 if entry.isdir() else 0o644
    return entry


def split_weights(folder: Path, output: Path, most: int) -> list[Path]:
    """Write a checkpoint's averaged weights in files of at most `most` bytes, and its state as JSON.

    Returns the paths of all files.
    """
    import torch

    held = read_checkpoint(folder / CHECKPOINT)
    names, planes = [], [bytearray(), bytearray()]
    for name, value in _distinct(held["averaged"]):
        names.append([name, list(value.shape)])
        content = value.to(torch.bfloat16).contiguous().view(torch.uint8).reshape(-1, 2)
        for plane, column in zip(planes, content.unbind(1), strict=True):
            plane += column.contiguous().numpy().tobytes()
    state = {name: held[name] for name in ("recipe", "state", "origin", "count")}
    output.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**state, "weights": names}, ensure_ascii=False)
    (output / _STATE).write_text(text + "\n", encoding="utf-8", newline="\n")
    content = _compressed(bytes(planes[0] + planes[1]))
    paths = [output / _STATE]
    for number, start in enumerate(range(0, len(content), most)):
        paths.append(output / _PART.format(number))
        paths[-1].write_bytes(content[start : start + most])
    return paths


def _compressed(content: bytes) -> bytes:
    """Compress `content` into consecutive LZMA streams, in parallel."""
    parts = [content[start : start + _STREAM] for start in range(0, len(content), _STREAM)]
    with ThreadPoolExecutor() as pool:
        return b"".join(pool.map(lambda part: lzma.compress(part, preset=1), parts))


def _distinct(weights: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield name and value of each weight, but only once if several names share it (as embeddings do)."""
    seen = set()
    for name, value in weights.items():
        if value.data_ptr() not in seen:
            seen.add(value.data_ptr())
            yield name, value


def join_weights(parts: Path, folder: Path) -> Path:
    """Make a checkpoint in `folder` from the files that `split_weights` wrote; return its path.

    The checkpoint has no optimiser states: a run that continues from it begins with new ones.
    """
    import torch

    state = json.loads((parts / _STATE).read_text(encoding="utf-8"))
    files_ = sorted(parts.glob(_PART.format(0).replace("000", "*")))
    content = lzma.decompress(b"".join(path.read_bytes() for path in files_))
    planes = torch.frombuffer(bytearray(content), dtype=torch.uint8).reshape(2, -1)
    values = planes.T.contiguous().view(torch.bfloat16).reshape(-1).float()
    weights, at = {}, 0
    for name, shape in state.pop("weights"):
        count = _size(shape)
        weights[name] = values[at : at + count].reshape(shape).clone()
        at += count
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / CHECKPOINT
    torch.save({**state, "model": weights, "averaged": weights}, path)
    return path


def _size(shape: Sequence[int]) -> int:
    """The number of elements of a tensor of this shape."""
    size = 1
    for length in shape:
        size *= length
    return size
