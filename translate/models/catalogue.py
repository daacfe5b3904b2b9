"""The models known by name, and the way from a name, hub id or folder to a folder that can be run.

The names stand in `data/models.toml`; `starter` is in the package itself.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from egiz.translate.errors import ModelError, ModelNotFound, nearest
from egiz.translate.models.manifest import MANIFEST
from egiz.translate.models.store import find, installed

STARTER = "starter"
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """One model that can be fetched by name; the fields are explained in `data/models.toml`."""

    name: str
    title: str
    format: Literal["checkpoint", "ctranslate2"]
    repository: str
    revision: str
    base: str
    licence: str
    megabytes: int
    languages: tuple[str, ...]
    sha256: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PiecesSource:
    """Where NLLB-200's one sentencepiece model is, for a repository that has none."""

    repository: str
    revision: str
    sha256: str


@cache
def catalogue_entries() -> tuple[CatalogueEntry, ...]:
    """All models that can be fetched by name, in the order of the data file; `starter` is not among them."""
    return tuple(_entry(name, content) for name, content in _data()["models"].items())


def pieces_source() -> PiecesSource:
    """Where to take `sentencepiece.bpe.model` from, where a repository has none."""
    return PiecesSource(**_data()["pieces"])


def _data() -> dict[str, Any]:
    return tomllib.loads(files("egiz.translate").joinpath("data/models.toml").read_text(encoding="utf-8"))


def _entry(name: str, content: Mapping[str, Any]) -> CatalogueEntry:
    values = {**content, "languages": tuple(content["languages"])}
    values["sha256"] = tuple(sorted(content.get("sha256", {}).items()))
    return CatalogueEntry(name=name, **values)


def catalogue_entry(name: str) -> CatalogueEntry | None:
    """The entry of this name, or None."""
    return next((entry for entry in catalogue_entries() if entry.name == name), None)


def local_name(spec: str) -> str:
    """The name under which a hub repository is kept: ``org/name`` becomes ``org--name``."""
    return spec.replace("/", "--")


def is_hub_id(spec: str) -> bool:
    """Whether this looks like a hub repository (``org/name``) rather than a name or a path."""
    return _HUB_ID.fullmatch(spec) is not None


def starter_folder() -> Path:
    """The model that is in the package; ModelNotFound where this build has none."""
    folder = Path(str(files("egiz.translate").joinpath("data/starter")))
    if not (folder / MANIFEST).is_file():
        raise ModelNotFound(
            "this installation has no starter model in it",
            where=str(folder),
            action="Install the released package, or name another model (`egiz models list`).",
        )
    return folder


def resolve(spec: str, home: Path | None = None) -> Path:
    """The folder of a model that is on this machine: `starter`, a name, a hub id, or a folder.

    A folder wins over a hub id of the same spelling, and must hold a converted model with its
    manifest. Nothing is fetched: ModelNotFound says how to. ModelError where the folder holds
    something else.
    """
    if spec == STARTER:
        return starter_folder()
    path = Path(spec).expanduser()
    if _is_path(spec, home):
        return check_folder(path)
    found = _installed(spec, home)
    if found is not None:
        return found
    raise _not_found(spec, path, home)


def anchored(spec: str, home: Path | None = None) -> str:
    """`spec` for a process with another working directory: the path of a folder is absolute, a name stays."""
    return str(Path(spec).expanduser().absolute()) if _is_path(spec, home) else spec


def _is_path(spec: str, home: Path | None) -> bool:
    """Whether `spec` is taken for the path of a folder, not for the name of a model or a hub id."""
    if spec == STARTER or not Path(spec).expanduser().is_dir():
        return False
    return "/" in spec or _installed(spec, home) is None


def _installed(spec: str, home: Path | None) -> Path | None:
    return find(local_name(spec) if is_hub_id(spec) else spec, home)


def check_folder(folder: Path) -> Path:
    """The folder itself, if it holds a converted model with its manifest; else ModelError says what."""
    if (folder / "model.bin").is_file() and (folder / MANIFEST).is_file():
        return folder
    if (folder / "model.bin").is_file():
        problem = f"the folder holds a converted model without {MANIFEST}"
    elif (folder / "config.json").is_file():
        problem = "the folder holds a checkpoint that is not converted"
    else:
        raise ModelError("the folder holds no model", where=str(folder))
    raise ModelError(problem, where=str(folder), action=f"Run `egiz models convert {folder}` once.")


def _not_found(spec: str, path: Path, home: Path | None) -> ModelNotFound:
    if path.is_absolute() or spec.startswith(("./", "../", "~")):
        return ModelNotFound(f"there is no folder {spec}")
    entry = catalogue_entry(spec)
    if entry is not None:
        action = f"Run `egiz models get {spec}` once (about {entry.megabytes} MB)."
        return ModelNotFound(f"model {spec!r} is not on this machine", action=action)
    if is_hub_id(spec):
        return ModelNotFound(
            f"model {spec!r} is not on this machine",
            action=f"Run `egiz models get {spec}` once, or check the path if a folder was meant.",
        )
    names = [STARTER, *(entry.name for entry in catalogue_entries())]
    names += [folder.name for folder in installed(home)]
    return ModelNotFound(
        f"there is no model {spec!r}",
        expected=f"one of {', '.join(sorted(set(names)))}, a hub id org/name, or a folder",
        action=nearest(spec, names),
    )
