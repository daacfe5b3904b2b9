"""The folder where models live, and how one gets into it.

By default the user's data directory, ``egiz/models/<name>``; every function takes `home` instead.
A model is made under a temporary name in the same folder and renamed when it is whole, so whoever
looks sees a complete model or none. Names that begin with a dot are never models.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from egiz.translate.errors import OptionError, OutputError
from egiz.translate.models.manifest import MANIFEST

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ABANDONED = 24 * 3600.0
"""Seconds after which a half-made model whose maker is gone is swept away; a slow download takes hours."""


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
    """Hold a lock on a model's name, so that of two processes that want it one fetches and one waits.

    The lock goes with the process that holds it. Without huggingface_hub's `filelock` there is no
    lock: installing stays whole all the same, work is merely done twice.
    """
    try:
        from filelock import FileLock
    except ImportError:
        yield
        return
    make_folder(target.parent)
    with FileLock(target.parent / f".{target.name}.lock"):
        yield


@contextmanager
def installing(target: Path) -> Iterator[Path]:
    """Give an empty folder beside `target` to fill; on success it becomes `target`, on failure it goes.

    Two processes may install the same model at once: each fills its own folder, the first to finish
    wins, and the other's work is dropped. Raises OutputError where the folder cannot be made or
    renamed.
    """
    make_folder(target.parent)
    _sweep(target.parent)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".new", dir=target.parent))
    fresh.chmod(0o755)
    try:
        yield fresh
        _publish(fresh, target)
    except OSError as error:
        if is_disk_error(error):
            raise _unwritable(target.parent, error) from error
        raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def remove(name: str, home: Path | None = None) -> bool:
    """Remove an installed model; False where there was none. It vanishes at once, its files soon after."""
    folder = find(name, home)
    if folder is None:
        return False
    grave = Path(tempfile.mkdtemp(prefix=f".{name}.", suffix=".old", dir=folder.parent))
    folder.rename(grave / name)
    shutil.rmtree(grave, ignore_errors=True)
    return True


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
    """Remove what killed runs left behind long ago."""
    for path in folder.glob(".*.new"):
        try:
            if time.time() - path.stat().st_mtime > _ABANDONED:
                shutil.rmtree(path, ignore_errors=True)
        except OSError:
            continue
