"""The folder where models live, how one gets into it, and the names by which models are found.

By default the user's data directory, ``egiz/models/<name>``; every function takes `home` instead.
A model is made under a temporary name in the same folder and renamed when it is whole, and removed by the
same way back, so whoever looks sees a complete model or none. Names that begin with a dot are never models.
What killed processes left under such names goes when the next model is installed or removed.

The names stand in `data/models.toml`; `starter` is in the package itself.
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
from egiz.translate.locks import LOCK, is_abandoned, try_lock
from egiz.translate.locks import locked as lock
from egiz.translate.models.manifest import MANIFEST

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_FRESH, _GRAVE = ".new", ".old"
"""How the names of models end that are being made, and removed."""


def models_folder(home: Path | None = None) -> Path:
    """``home/models``, or the models folder in the user's data directory; it need not exist yet."""
    if home is None:
        from platformdirs import user_data_dir

        home = Path(user_data_dir("egiz", appauthor=False))
    return home / "models"


def downloads_folder(home: Path | None = None) -> Path:
    """Where files are kept while a model is being fetched, so that the next try need not begin anew."""
    return models_folder(home).parent / "downloads"


def model_folder(name: str, home: Path | None = None) -> Path:
    """Where the model of this name lives or would live; OptionError where the name is no plain file name."""
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
    """The folder of an installed model, or None."""
    if not _NAME.fullmatch(name):
        return None
    folder = models_folder(home) / name
    return folder if (folder / MANIFEST).is_file() else None


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold a lock on a model's name, so that of two processes that want it one fetches and one waits."""
    make_folder(target.parent)
    with lock(_name_lock(target)):
        yield


@contextmanager
def installing(target: Path) -> Iterator[Path]:
    """Give an empty folder beside `target` to fill; on success it becomes `target`, on failure it goes.

    Two processes may install the same model at once: each fills its own folder, the first to finish
    wins, and the other's work is dropped. Raises OutputError where the folder cannot be made or
    renamed.
    """
    folder = target.parent
    make_folder(folder)
    fresh: Path | None = None
    with ExitStack() as claim:
        try:
            with lock(folder / LOCK):
                _sweep(folder)
                fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=_FRESH, dir=folder))
                claim.enter_context(try_lock(_claim(fresh)))
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
    """Remove an installed model, and what was fetched of one that is not installed yet; False for neither.

    It vanishes at once, its files soon after. Raises OutputError where it cannot be removed.
    """
    target, download = model_folder(name, home), downloads_folder(home) / name
    known, half = find(name, home) is not None, download.is_dir()
    try:
        if known:
            with lock(target.parent / LOCK):
                grave = tempfile.mkdtemp(prefix=f".{name}.", suffix=_GRAVE, dir=target.parent)
                target.rename(Path(grave) / name)
                _sweep(target.parent)
        if half:
            _remove_download(download, target)
    except OSError as error:
        raise _unwritable(target.parent, error) from error
    return known or half


def _remove_download(download: Path, target: Path) -> None:
    make_folder(target.parent)
    with try_lock(_name_lock(target)) as mine:
        if not mine:
            raise OutputError(
                "another process is fetching it", where=str(download), action="Wait for its end."
            )
        shutil.rmtree(download)


def leftovers(home: Path | None = None) -> tuple[Path, ...]:
    """What killed processes left among the models. Raises OSError where that cannot be found out."""
    folder = models_folder(home)
    if not folder.is_dir():
        return ()
    with lock(folder / LOCK):
        return tuple(_leftovers(folder))


def downloads(home: Path | None = None) -> tuple[Path, ...]:
    """The folders of models whose fetching was begun and is not over, sorted by name."""
    folder = downloads_folder(home)
    return tuple(sorted(path for path in folder.iterdir() if path.is_dir())) if folder.is_dir() else ()


def make_folder(folder: Path) -> None:
    """Make the folder and see that it can be written to; OutputError where it cannot."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise _unwritable(folder, error) from error


def is_disk_error(error: OSError) -> bool:
    """Whether the disk is full or may not be written to, rather than a file being missing or damaged."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS)


def _unwritable(folder: Path, error: OSError) -> OutputError:
    return OutputError(
        f"cannot write to {folder} ({error.strerror})",
        action="Make room or mend its permissions, or keep models elsewhere (EGIZ_HOME).",
    )


def _publish(fresh: Path, target: Path) -> None:
    """Rename; where somebody else's finished model stands there by now, leave that one."""
    for path in fresh.iterdir():
        with path.open("rb") as file, suppress(OSError):
            os.fsync(file.fileno())
    try:
        fresh.rename(target)
    except OSError as error:
        if not (target / MANIFEST).is_file():
            raise OutputError(f"cannot put the model at {target} ({error.strerror})") from error


def _sweep(folder: Path) -> None:
    """Remove what killed processes left. To be called with the folder locked."""
    for path in _leftovers(folder):
        shutil.rmtree(path, ignore_errors=True)


def _leftovers(folder: Path) -> list[Path]:
    """Graves, and half-made models whose maker is gone."""
    made = [path for path in folder.glob(f".*{_FRESH}") if is_abandoned(_claim(path))]
    return sorted([*made, *folder.glob(f".*{_GRAVE}")])


def _name_lock(target: Path) -> Path:
    return target.with_name(f".{target.name}.lock")


def _claim(fresh: Path) -> Path:
    """The lock that is held while a model is made. It lies beside the folder, which becomes the model."""
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
