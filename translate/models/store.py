"""The folder of installed models: installing and removing them atomically, and finding them by name.

The default is ``egiz/models/<name>`` in the user's data directory; every function takes `home` instead. A
model is made under a temporary name in the same folder, and renamed when it is complete. Before a model is
removed, it is renamed to a temporary name. So a reader sees a complete model or none. Names that begin with a
dot are never models; folders that killed processes left under such names are removed when the next model is
installed or removed.

The catalogue of models that can be fetched is `data/models.toml`; `starter` is part of the package.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from egiz.translate.errors import ModelError, ModelNotFound, OptionError, OutputError, nearest
from egiz.translate.io.files import LOCK, is_abandoned, try_lock
from egiz.translate.io.files import locked as lock
from egiz.translate.models.manifest import MANIFEST

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_FRESH, _REMOVED = ".new", ".old"
"""Suffixes of temporary folders: of a model that is being made, and of one that is being removed."""


def models_folder(home: Path | None = None) -> Path:
    """``home/models``, or the models folder in the user's data directory; it may not exist yet."""
    if home is None:
        from platformdirs import user_data_dir

        home = Path(user_data_dir("egiz", appauthor=False))
    return home / "models"


def downloads_folder(home: Path | None = None) -> Path:
    """The folder for partial downloads, which a later attempt continues."""
    return models_folder(home).parent / "downloads"


def model_folder(name: str, home: Path | None = None) -> Path:
    """The folder for a model of this name, which may not exist; OptionError if the name is not allowed."""
    if not _NAME.fullmatch(name):
        raise OptionError(
            f"{name!r} cannot be the name of a model",
            expected="letters, digits, '.', '-' and '_', not beginning with a dot",
        )
    return models_folder(home) / name


def installed(home: Path | None = None) -> tuple[Path, ...]:
    """The folders of all installed models, sorted by name."""
    folder = models_folder(home)
    if not folder.is_dir():
        return ()
    return tuple(
        sorted(
            path for path in folder.iterdir() if not path.name.startswith(".") and (path / MANIFEST).is_file()
        )
    )


def find(name: str, home: Path | None = None) -> Path | None:
    """The folder of an installed model; None if no model of this name is installed."""
    if not _NAME.fullmatch(name):
        return None
    folder = models_folder(home) / name
    return folder if (folder / MANIFEST).is_file() else None


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Wait for the lock on a model's name and hold it, so that two processes do not fetch the same model."""
    make_folder(target.parent)
    with lock(_name_lock(target)):
        yield


@contextmanager
def installing(target: Path) -> Iterator[Path]:
    """Yield an empty folder to fill; it is renamed to `target` on success and removed on failure.

    Two processes may install the same model at once: each fills its own folder, the first to finish wins, and
    the other folder is removed. Raises OutputError if the folder cannot be made or renamed.
    """
    folder = target.parent
    make_folder(folder)
    fresh: Path | None = None
    with ExitStack() as claim:
        try:
            with lock(folder / LOCK):
                _remove_leftovers(folder)
                fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=_FRESH, dir=folder))
                claim.enter_context(try_lock(_making_lock(fresh)))
            fresh.chmod(0o755)
            yield fresh
            _publish(fresh, target)
        except OSError as error:
            if is_disk_error(error):
                raise _unwritable(folder, error) from error
            raise
        finally:
            if fresh is not None:
                shutil.rmtree(fresh, ignore_errors=True)


def remove(name: str, home: Path | None = None) -> bool:
    """Remove an installed model and its partial download; return False if there was nothing to remove.

    The model is renamed first, so that it disappears at once, and then deleted. Raises OutputError if it
    cannot be removed.
    """
    target, download = model_folder(name, home), downloads_folder(home) / name
    is_installed, is_partial = find(name, home) is not None, download.is_dir()
    try:
        if is_installed:
            with lock(target.parent / LOCK):
                removed = tempfile.mkdtemp(prefix=f".{name}.", suffix=_REMOVED, dir=target.parent)
                target.rename(Path(removed) / name)
                _remove_leftovers(target.parent)
        if is_partial:
            _remove_download(download, target)
    except OSError as error:
        raise _unwritable(target.parent, error) from error
    return is_installed or is_partial


def _remove_download(download: Path, target: Path) -> None:
    """Remove a partial download; OutputError if another process is fetching the model."""
    make_folder(target.parent)
    with try_lock(_name_lock(target)) as mine:
        if not mine:
            raise OutputError(
                "another process is fetching it", where=str(download), action="Wait until it has ended."
            )
        shutil.rmtree(download)


def leftovers(home: Path | None = None) -> tuple[Path, ...]:
    """Folders that killed processes left among the models. Raises OSError if the folder cannot be locked."""
    folder = models_folder(home)
    if not folder.is_dir():
        return ()
    with lock(folder / LOCK):
        return tuple(_leftovers(folder))


def downloads(home: Path | None = None) -> tuple[Path, ...]:
    """The folders of partial downloads, sorted by name."""
    folder = downloads_folder(home)
    return tuple(sorted(path for path in folder.iterdir() if path.is_dir())) if folder.is_dir() else ()


def make_folder(folder: Path) -> None:
    """Make the folder and check that it is writable; OutputError if it is not."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise _unwritable(folder, error) from error


def is_disk_error(error: OSError) -> bool:
    """Whether the cause of an error is a full or read-only disk or a missing permission."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS)


def _unwritable(folder: Path, error: OSError) -> OutputError:
    """The error for a folder that cannot be written to."""
    return OutputError(
        f"cannot write to {folder} ({error.strerror})",
        action="Free some space or correct its permissions, or keep models elsewhere (EGIZ_HOME).",
    )


def _publish(fresh: Path, target: Path) -> None:
    """Rename `fresh` to `target`, unless another process has installed the model there in the meantime."""
    for path in fresh.iterdir():
        with path.open("rb") as file, suppress(OSError):
            os.fsync(file.fileno())
    try:
        fresh.rename(target)
    except OSError as error:
        if not (target / MANIFEST).is_file():
            raise OutputError(f"cannot put the model at {target} ({error.strerror})") from error


def _remove_leftovers(folder: Path) -> None:
    """Remove the folders that killed processes left. The caller must hold the lock of `folder`."""
    for path in _leftovers(folder):
        shutil.rmtree(path, ignore_errors=True)


def _leftovers(folder: Path) -> list[Path]:
    """Temporary folders that are no longer used: of removed models, and of models whose process has ended."""
    made = [path for path in folder.glob(f".*{_FRESH}") if is_abandoned(_making_lock(path))]
    return sorted([*made, *folder.glob(f".*{_REMOVED}")])


def _name_lock(target: Path) -> Path:
    """The lock file for the name of a model; see `locked`."""
    return target.with_name(f".{target.name}.lock")


def _making_lock(fresh: Path) -> Path:
    """The lock file that a process holds while it makes a model in the folder `fresh`.

    It is beside `fresh`, because everything in that folder becomes part of the model.
    """
    return fresh.with_name(f"{fresh.name}.lock")


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
    """The repository, revision and hash of NLLB-200's sentencepiece model."""

    repository: str
    revision: str
    sha256: str


@cache
def catalogue_entries() -> tuple[CatalogueEntry, ...]:
    """All models that can be fetched by name, in the order of the data file; `starter` is not among them."""
    return tuple(_entry(name, content) for name, content in _data()["models"].items())


def pieces_source() -> PiecesSource:
    """The place to fetch `sentencepiece.bpe.model` from if the repository of a model does not have it."""
    return PiecesSource(**_data()["pieces"])


def _data() -> dict[str, Any]:
    """The content of `data/models.toml`."""
    return tomllib.loads(files("egiz.translate").joinpath("data/models.toml").read_text(encoding="utf-8"))


def _entry(name: str, content: Mapping[str, Any]) -> CatalogueEntry:
    """The catalogue entry for a table of `data/models.toml`, with this name and content."""
    values = {**content, "languages": tuple(content["languages"])}
    values["sha256"] = tuple(sorted(content.get("sha256", {}).items()))
    return CatalogueEntry(name=name, **values)


def catalogue_entry(name: str) -> CatalogueEntry | None:
    """The entry of the catalogue with this name; None if there is no such entry."""
    return next((entry for entry in catalogue_entries() if entry.name == name), None)


def local_name(spec: str) -> str:
    """The name of the installed model of a hub repository: ``org/name`` becomes ``org--name``."""
    return spec.replace("/", "--")


def is_hub_id(spec: str) -> bool:
    """Whether `spec` has the form of a hub repository (``org/name``), not of a name or a path."""
    return _HUB_ID.fullmatch(spec) is not None


def starter_folder() -> Path:
    """The folder of the starter model in the package; ModelNotFound if this build of Egiz has no model."""
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

    An existing folder takes precedence over a hub id of the same spelling. Nothing is fetched. Raises
    ModelNotFound, which says how to fetch the model, if it is not on this machine, and ModelError if the
    folder does not contain a converted model with its manifest.
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
    """Make `spec` valid for a process with another working directory: a folder becomes an absolute path.

    A name or hub id stays as it is.
    """
    return str(Path(spec).expanduser().absolute()) if _is_path(spec, home) else spec


def _is_path(spec: str, home: Path | None) -> bool:
    """Whether `spec` is the path of an existing folder, rather than the name of a model or a hub id."""
    if spec == STARTER or not Path(spec).expanduser().is_dir():
        return False
    return "/" in spec or _installed(spec, home) is None


def _installed(spec: str, home: Path | None) -> Path | None:
    """The folder of an installed model by its name or hub id; None if it is not installed."""
    return find(local_name(spec) if is_hub_id(spec) else spec, home)


def check_folder(folder: Path) -> Path:
    """Return the folder if it holds a converted model with its manifest; otherwise raise ModelError."""
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
    """The error for a model that is not on this machine, with advice on how to fetch it."""
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
