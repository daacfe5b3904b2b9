"""Publishes a set of files atomically: all of them appear, or none.

The files are written into a hidden folder inside the destination, hence in the same file system. When all are
complete and on disk, they replace the old ones; see `egiz.parallel.publish.swap`. A run that fails removes
its hidden folder; a killed run leaves its hidden folder behind. If the killed run had replaced only some of
the files, the next run that reads or writes in the destination restores the old files. The next run that
writes there also removes the hidden folder.
"""

from __future__ import annotations

import errno
import hashlib
import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from egiz.parallel.publish.interruptions import put_off
from egiz.parallel.publish.names import MANIFEST
from egiz.parallel.publish.swap import JOURNAL, new, swap, sync, undo
from egiz.translate.errors import OutputError
from egiz.translate.io.files import LOCK, is_abandoned, locked, try_lock

PARTIAL = ".egiz-partial-"
"""Prefix of the names of hidden folders in which files are being written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """A complete file of a publication: name in the destination, size, SHA-256 in lower-case hex."""

    name: str
    bytes: int
    sha256: str


class Publication:
    """A set of files to be published in one folder; a context manager.

    Leaving the block normally publishes all files; leaving it by an exception publishes none and leaves the
    old files untouched. The manifest (the data package) never stands beside files that it does not describe,
    even if the machine stops in between. Raises OutputError if the file system refuses a step; the folder
    then has either all old files or all new ones.

    Several publications may be open in one folder at a time. If two of them publish a file of the same name,
    the file of the publication that ends last remains.
    """

    def __init__(self, folder: Path, *, manifest: str = MANIFEST) -> None:
        self._folder = folder
        self._manifest = manifest
        self._names: list[str] = []
        self._dropped: list[str] = []
        self._streams: dict[str, tuple[_Raw, TextIO]] = {}
        self._created: list[Path] = []
        self._partial: Path | None = None
        self._claim = ExitStack()

    def __enter__(self) -> Self:
        try:
            with _writing(self._folder), put_off():
                self._created = _make_folder(self._folder)
                with locked(self._folder / LOCK):
                    _sweep(self._folder)
                    self._partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=self._folder))
                    self._claim.enter_context(try_lock(self._partial / LOCK))
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
        """Return the path at which to write the file `name`. The file is published with the others when the
        block ends."""
        assert self._partial is not None  # the block was entered
        self._check(name)
        if name not in self._names:
            self._names.append(name)
        return new(self._partial, name)

    def drop(self, name: str) -> None:
        """When this publication is published, remove the file `name` of an earlier one.

        If this publication also writes a file `name`, nothing is removed: the new file replaces the old one.
        """
        self._check(name)
        self._dropped.append(name)

    def _check(self, name: str) -> None:
        if Path(name).name != name or name in ("", ".", ".."):
            raise ValueError(f"{name!r} is not a plain file name")
        place = self._folder / name
        if place.is_dir():
            raise OutputError(
                "there is a folder of this name", where=str(place), expected="a file, or nothing"
            )

    def discard(self, name: str) -> None:
        """Do not publish the file `name`, although it was opened; an older file of that name stays."""
        self._names.remove(name)
        self._streams.pop(name, None)

    def open(self, name: str) -> TextIO:
        """Open a new text file in UTF-8 with ``\\n`` line ends. Close it before calling `written` for it."""
        if name in self._names:
            raise ValueError(f"{name!r} is written twice")
        path = self.path(name)
        with _writing(self._folder / name):
            raw = _Raw(path, self._folder / name)
        stream = io.TextIOWrapper(io.BufferedWriter(raw, 1 << 16), encoding="utf-8", newline="\n")
        self._streams[name] = (raw, stream)
        return stream

    def write(self, name: str, text: str) -> WrittenFile:
        """Write a whole text file; return its size and hash."""
        with self.open(name) as stream:
            stream.write(text)
        return self.written(name)

    def written(self, name: str) -> WrittenFile:
        """Return size and SHA-256 of a complete file; raises ValueError while it is open."""
        if name in self._streams and not self._streams[name][1].closed:
            raise ValueError(f"{name!r} is still open")
        with _writing(self._folder / name), self.path(name).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
            return WrittenFile(name=name, bytes=file.tell(), sha256=digest.hexdigest())

    def _publish(self) -> None:
        for _, stream in self._streams.values():
            stream.close()
        for name in self._names:
            with _writing(self._folder / name):
                sync(self.path(name))
        assert self._partial is not None  # the block was entered
        try:
            with _writing(self._folder), put_off(), locked(self._folder / LOCK):
                _undo_all(self._folder)  # another run may have been killed since this one began
                self._prepare()
                swap(self._folder, self._partial, self._names, self._dropped, manifest=self._manifest)
        except OutputError as error:
            if (self._partial / JOURNAL).exists():
                raise OutputError(
                    f"{error.found}; only some of the files there are replaced",
                    where=error.where,
                    action=f"The old files are in {self._partial}; the next command there restores them.",
                ) from error
            raise

    def _prepare(self) -> None:
        """Hook for subclasses, called while the folder is locked, before the files are put in place."""

    @put_off()
    def _tidy(self) -> None:
        for raw, stream in self._streams.values():
            with suppress(OutputError):
                raw.close()
            stream.close()
        try:
            with _writing(self._folder):
                self._claim.close()
        finally:
            if self._partial is not None:
                _remove(self._partial)
            _remove_empty(self._created)


class _Raw(io.FileIO):
    """A file whose error messages name its destination instead of its temporary path."""

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
    """Return the error for an `OSError` on writing to `place`; it says why this failed, and what to do."""
    found, action = _CAUSES.get(error.errno or 0, (error.strerror or str(error), "Choose another folder."))
    return OutputError(found, where=f"cannot write {place}", action=action)


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise cannot_write(place, error) from error


def _make_folder(folder: Path) -> list[Path]:
    """Make the folder and its parents; return the folders that were made, innermost first.

    If one of the folders cannot be made, the folders that were made before it are removed again.
    """
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


def recover(folder: Path) -> None:
    """Restore the old files of `folder` if a killed run has replaced only some of them; otherwise do nothing.

    Call it before reading what is published there. Raises OutputError if restoring fails.
    """
    if any(folder.glob(f"{PARTIAL}*/{JOURNAL}")):
        with _writing(folder), put_off(), locked(folder / LOCK):
            _undo_all(folder)


def leftovers(folder: Path) -> list[Path]:
    """Return the hidden folders that killed runs left in `folder`. Raises OSError if it cannot be locked or
    read."""
    if not any(folder.glob(f"{PARTIAL}*")):
        return []
    with locked(folder / LOCK):
        return _abandoned(folder)


def _sweep(folder: Path) -> None:
    """Undo the unfinished publications of killed runs, and remove their hidden folders.

    The caller holds the lock of `folder`.
    """
    _undo_all(folder)
    for partial in _abandoned(folder):
        _remove(partial)


def _undo_all(folder: Path) -> None:
    for partial in _abandoned(folder):
        try:
            undo(folder, partial)
        except ValueError as error:
            raise OutputError(
                f"the journal of a publication that was cut short cannot be read ({error})",
                where=str(partial / JOURNAL),
                expected="a list of names",
                action="Files that end in .old beside it are what stood here before: put them back, then "
                f"remove {partial}.",
            ) from error


def _abandoned(folder: Path) -> list[Path]:
    """Return the hidden folders that a process left behind when it ended."""
    found = []
    for path in sorted(folder.glob(f"{PARTIAL}*")):
        with suppress(FileNotFoundError):  # its process is removing it right now
            if is_abandoned(path / LOCK):
                found.append(path)
    return found


def _remove(partial: Path) -> None:
    """Remove a hidden folder. Do nothing if it still has a journal: it then keeps old files that could not be
    restored."""
    with suppress(OSError):
        if not (partial / JOURNAL).exists():
            shutil.rmtree(partial, ignore_errors=True)
