"""Replace a set of files by a complete new set: afterwards the folder has all old files or all new ones.

A file system renames one file at a time, so a journal lists the files that are being moved. If a step fails,
the finished steps are undone; if the process dies, the next process that opens the folder undoes them. The
swap is final once the journal is removed; until then the old files are kept in the hidden folder of the new
ones.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

JOURNAL = "journal.json"
"""The file in the hidden folder that exists while the new files are moved. It lists their names; the name of
the manifest is the last."""

_OLD = ".old"


def new(partial: Path, name: str) -> Path:
    """Return the path of the new file `name` before it is put in place."""
    return partial / f"{name}.part"


def swap(folder: Path, partial: Path, names: Sequence[str], dropped: Sequence[str], *, manifest: str) -> None:
    """Move the files `names` from the hidden folder `partial` into `folder`, and remove `dropped`.

    The new files must have been flushed to disk with `sync`.

    The old manifest is removed first and the new one put in place last, so that no manifest stands beside
    files that it does not describe. At every other name there is always either the old or the new file, if
    the file system has hard links. The `dropped` files are removed last. If a step raises OSError, everything
    is restored; if that fails too, the journal is still there for `undo`.
    """
    names = sorted(names, key=lambda name: name == manifest)
    _write_journal(partial, names)
    try:
        if manifest in names:
            _move_away(folder / manifest, _old(partial, manifest))
        for name in names:
            if name != manifest:
                _keep(folder / name, _old(partial, name))
            new(partial, name).replace(folder / name)
        for name in dropped:
            if name not in names:
                _move_away(folder / name, _old(partial, name))
        sync(folder)
        (partial / JOURNAL).unlink()
    except BaseException:
        undo(folder, partial)
        raise
    sync(partial)


def undo(folder: Path, partial: Path) -> None:
    """Restore the state before an unfinished `swap`; do nothing if there is no journal.

    If a call is interrupted, call `undo` again. Raises OSError if a step fails, ValueError if the journal
    cannot be read; the journal then stays.
    """
    journal = partial / JOURNAL
    if not journal.exists():
        return
    names = [str(name) for name in json.loads(journal.read_bytes())]
    for name in reversed(names):
        if not new(partial, name).exists():
            with suppress(FileNotFoundError):
                (folder / name).replace(new(partial, name))
    kept = [path.name.removesuffix(_OLD) for path in partial.glob(f"*{_OLD}")]
    for name in sorted(kept, key=lambda name: name == names[-1]):
        _old(partial, name).replace(folder / name)
    sync(folder)
    journal.unlink()
    sync(partial)


def sync(path: Path) -> None:
    """Flush a file, or the entries of a folder, to disk; does nothing for a folder on Windows."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _old(partial: Path, name: str) -> Path:
    return partial / f"{name}{_OLD}"


def _write_journal(partial: Path, names: Sequence[str]) -> None:
    draft = partial / f"{JOURNAL}.draft"
    draft.write_text(json.dumps(names), encoding="utf-8")
    sync(draft)
    draft.replace(partial / JOURNAL)
    sync(partial)


def _move_away(place: Path, old: Path) -> None:
    with suppress(FileNotFoundError):
        place.replace(old)


def _keep(place: Path, old: Path) -> None:
    """Keep the file at `place` under the second path `old`; do nothing if there is no file at `place`.

    The file gets a hard link at `old`. If the file system has no hard links, the file is moved to `old`.
    """
    try:
        os.link(place, old, follow_symlinks=False)
    except FileNotFoundError:
        return
    except (OSError, NotImplementedError):  # no hard links here
        _move_away(place, old)
