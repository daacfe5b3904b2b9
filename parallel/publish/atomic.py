"""Files that appear whole or not at all, together, with the manifest last.

Everything is written into a hidden folder inside the destination, hence in its file system, and moved
to its place by one rename a file when all of it is complete and on disk. A run that fails takes its
folder with it; one that is killed leaves it behind, and the next run in the same destination removes it.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from egiz.parallel.interruptions import put_off
from egiz.parallel.publish.locks import abandoned, hold, locked
from egiz.translate.errors import OutputError

MANIFEST = "datapackage.json"
_PARTIAL = ".egiz-partial-"
_LOCK = "lock"
_PREVIOUS = "previous-manifest"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """A complete file of a publication: its name in the destination, its size, its hash in lower-case hex."""

    name: str
    bytes: int
    sha256: str


class Publication:
    """A set of files on their way into one folder, to be used as a context manager.

    Leaving the block normally publishes all files; leaving it by any exception publishes none and leaves
    what stood there untouched. The old manifest is taken away before the first rename and the new one is
    put in place after the last, so a manifest is never beside files that it does not describe, even where
    the machine stops in between. Raises OutputError for whatever the file system refuses.

    Several publications may be open in one folder at a time; where they publish the same names, the one
    that ends last wins.
    """

    def __init__(self, folder: Path, *, manifest: str = MANIFEST, first: str = "") -> None:
        """`first` is the file that is put in place before all others, if it is among them."""
        self._folder = folder
        self._manifest, self._first = manifest, first
        self._names: list[str] = []
        self._dropped: list[str] = []
        self._streams: dict[str, tuple[_Raw, TextIO]] = {}
        self._created: list[Path] = []
        self._partial: Path
        self._lock: int | None = None

    def __enter__(self) -> Self:
        try:
            with _writing(self._folder), put_off():
                self._created = _make_folder(self._folder)
                _sweep(self._folder)
                self._partial, self._lock = _make_partial(self._folder)
        except BaseException:
            self._tidy()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._publish()
                self._created = []
        finally:
            self._tidy()

    def path(self, name: str) -> Path:
        """Where to write the file `name`, for writers that want a path; it is published with the others."""
        if Path(name).name != name or name in ("", ".", ".."):
            raise ValueError(f"{name!r} is not a plain file name")
        place = self._folder / name
        if place.is_dir():
            raise OutputError(
                "there is a folder of this name", where=str(place), expected="a file, or nothing"
            )
        if name not in self._names:
            self._names.append(name)
        return self._partial / f"{name}.part"

    def drop(self, name: str) -> None:
        """Have a file of an earlier publication go when this one appears, where it is not written anew."""
        self._dropped.append(name)

    def discard(self, name: str) -> None:
        """Not publish a file after all; what was written of it is forgotten, and an older one stays."""
        self._names.remove(name)
        self._streams.pop(name, None)

    def open(self, name: str) -> TextIO:
        """A new text file: UTF-8, ``\\n``. It is to be closed before `written` is asked for it."""
        if name in self._names:
            raise ValueError(f"{name!r} is written twice")
        path = self.path(name)
        with _writing(self._folder / name):
            raw = _Raw(path, self._folder / name)
        stream = io.TextIOWrapper(io.BufferedWriter(raw, 1 << 16), encoding="utf-8", newline="\n")
        self._streams[name] = (raw, stream)
        return stream

    def write(self, name: str, text: str) -> WrittenFile:
        """Write one whole small file."""
        with self.open(name) as stream:
            stream.write(text)
        return self.written(name)

    def written(self, name: str) -> WrittenFile:
        """Size and SHA-256 of a file that is complete and closed, read in pieces."""
        if name in self._streams and not self._streams[name][1].closed:
            raise ValueError(f"{name!r} is still open")
        with _writing(self._folder / name), self.path(name).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
            return WrittenFile(name=name, bytes=file.tell(), sha256=digest.hexdigest())

    def _publish(self) -> None:
        for _, stream in self._streams.values():
            stream.close()
        names = sorted(self._names, key=lambda name: (name == self._manifest) - (name == self._first))
        for name in names:
            with _writing(self._folder / name):
                _sync(self.path(name))
        with _writing(self._folder), locked(self._folder):
            self._move(names)
            _sync(self._folder)

    def _move(self, names: list[str]) -> None:
        manifest, aside = self._folder / self._manifest, self._partial / _PREVIOUS
        moved = 0
        if self._manifest in names:
            with suppress(FileNotFoundError):
                manifest.replace(aside)
        try:
            for name in self._dropped:
                if name not in names:
                    (self._folder / name).unlink(missing_ok=True)
            for name in names:
                self.path(name).replace(self._folder / name)
                moved += 1
        except BaseException:
            if not moved and aside.exists():
                aside.replace(manifest)
            raise

    @put_off()
    def _tidy(self) -> None:
        for raw, stream in self._streams.values():
            with suppress(OutputError):
                raw.close()
            stream.close()
        if self._lock is not None:
            os.close(self._lock)
            shutil.rmtree(self._partial, ignore_errors=True)
        _remove_empty(self._created)


class _Raw(io.FileIO):
    """A file whose refusals name the place that was asked for, not the temporary one."""

    def __init__(self, path: Path, place: Path) -> None:
        self._place = place
        super().__init__(path, "w")

    def write(self, data: Any, /) -> int:
        with _writing(self._place):
            return super().write(data)

    def close(self) -> None:
        with _writing(self._place):
            super().close()


_CAUSES: dict[int, tuple[str, str]] = {
    errno.ENOSPC: ("the disk is full", "Free some space or choose another folder, then run it again."),
    errno.EDQUOT: (
        "the disk quota is used up",
        "Free some space or choose another folder, then run it again.",
    ),
    errno.EFBIG: ("the file is larger than is allowed here", "Raise the limit or choose another folder."),
    errno.EACCES: ("no permission to write here", "Choose another folder, or change its permissions."),
    errno.EPERM: ("no permission to write here", "Choose another folder, or change its permissions."),
    errno.EROFS: ("this file system is read-only", "Choose another folder."),
    errno.ENOTDIR: ("a file stands where a folder is needed", "Choose another folder, or move that file."),
    errno.EEXIST: ("a file stands where a folder is needed", "Choose another folder, or move that file."),
    errno.EISDIR: ("a folder stands where a file is needed", "Choose another name, or move that folder."),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter name."),
    errno.ENOENT: ("this place does not exist any more", "Check that nothing removes it, then run it again."),
}


def cannot_write(place: Path, error: OSError) -> OutputError:
    """Say in one message why `place` could not be written, and what to do."""
    found, action = _CAUSES.get(error.errno or 0, (error.strerror or str(error), "Choose another folder."))
    return OutputError(found, where=f"cannot write {place}", action=action)


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise cannot_write(place, error) from error


def _make_folder(folder: Path) -> list[Path]:
    """Make the folder; return those that had to be made, innermost first. All are made or none."""
    made: list[Path] = []
    try:
        for place in [place for place in reversed((folder, *folder.parents)) if not place.exists()]:
            place.mkdir(exist_ok=True)
            made.insert(0, place)
        folder.mkdir(exist_ok=True)
    except OSError as error:
        _remove_empty(made)
        if error.errno != errno.ENOENT:
            raise
        raise OutputError(
            "no folder can be made there", where=f"cannot write {folder}", action="Choose another folder."
        ) from error
    return made


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _make_partial(folder: Path) -> tuple[Path, int]:
    """A hidden folder that is ours: as long as this process lives, the lock inside it is held."""
    while True:
        partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=folder))
        with suppress(FileNotFoundError):
            lock = hold(partial / _LOCK)
            if lock is not None:
                return partial, lock


def _sweep(folder: Path) -> None:
    """Remove what killed runs left: hidden folders of our name whose lock nobody holds."""
    for partial in sorted(folder.glob(f"{_PARTIAL}*")):
        with suppress(OSError):
            partial.rmdir()
        with abandoned(partial / _LOCK) as free:
            if free:
                shutil.rmtree(partial, ignore_errors=True)


def _sync(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to disk."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
