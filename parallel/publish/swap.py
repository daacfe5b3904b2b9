"""Putting a set of complete files in the place of another set, so that either the old or the new one stands.

A file system renames one file at a time, so a journal says which files are on their way. Where a step fails,
what was done is undone; where the process dies, the next one that looks undoes it. The set is swapped once
the journal is gone: until then the old files are kept beside the new ones, in the hidden folder that these
were written in.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

JOURNAL = "journal.json"
"""In the hidden folder as long as files are on their way: the names of the new ones, the manifest last."""

_OLD = ".old"


def new(partial: Path, name: str) -> Path:
    """Where the new file `name` is written, until it is put in its place."""
    return partial / f"{name}.part"


def swap(folder: Path, partial: Path, names: Sequence[str], dropped: Sequence[str], *, manifest: str) -> None:
    """Put the files `names` from the hidden folder `partial` into `folder`, and take `dropped` away.

    The new files must be on disk: see `sync`.

    Every file stands under its name at every moment, as the old or the new one, but for the manifest: the
    old one goes first and the new one comes last, so that none stands beside files that it does not
    describe. Files to be dropped go after that. Raises OSError; everything is then as it was, or, where
    undoing fails too, the journal is still there for `undo`.
    """
    names = sorted(names, key=lambda name: name == manifest)
    _write_journal(partial, names)
    try:
        if manifest in names:
            _take_away(folder / manifest, _old(partial, manifest))
        for name in names:
            if name != manifest:
                _keep(folder / name, _old(partial, name))
            new(partial, name).replace(folder / name)
        for name in dropped:
            if name not in names:
                _take_away(folder / name, _old(partial, name))
        sync(folder)
        (partial / JOURNAL).unlink()
    except BaseException:
        undo(folder, partial)
        raise
    sync(partial)


def undo(folder: Path, partial: Path) -> None:
    """Put everything back as it was before a `swap` that did not come to its end.

    It may itself have been cut short before. Raises OSError where a step fails, ValueError where the journal
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
    """Have the system write a file, or the names in a folder, to disk."""
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


def _take_away(place: Path, old: Path) -> None:
    with suppress(FileNotFoundError):
        place.replace(old)


def _keep(place: Path, old: Path) -> None:
    """Have the file that stands at `place`, if there is one, stand at `old` too, or instead."""
    try:
        os.link(place, old, follow_symlinks=False)
    except FileNotFoundError:
        return
    except (OSError, NotImplementedError):  # no hard links here
        _take_away(place, old)
