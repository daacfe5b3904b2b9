"""Where Egiz may write, which existing files it may overwrite, and which files of a folder it may read.

A build never overwrites a file that Egiz has not made, or that somebody has changed, and never writes among
its own sources.

A file was made by Egiz if its hash is stated by the data package beside it. In folders without a data
package, the hash is stated by the hidden file `LEDGER`. If neither lists the file, because it was copied
alone or because a run was killed while putting its files in place, the beginning of the file decides: many
kinds of files begin with a mark of Egiz. An empty file may be overwritten, since it has no content to lose.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from egiz.parallel.publish.atomic import Publication, cannot_write, recover
from egiz.parallel.publish.card import MARK
from egiz.parallel.publish.names import (
    CARD,
    EDITS,
    FOLDER_FILES,
    HISTORY,
    LINKS,
    MANIFEST,
    PAGE,
    SCORES,
    TABLE,
    USES,
    WORDS,
)
from egiz.parallel.publish.tsv import TABLE_HEAD
from egiz.translate.errors import OptionError, OutputError
from egiz.translate.io.files import LOCK, is_abandoned, locked, try_lock, unfinished
from egiz.translate.records import Document, LeftOut

SHARDS = ".egiz-shards"
"""The folder, inside the output folder, that holds a folder of shards for each unfinished build."""


def check_destination(output: Path, sources: Sequence[str | Path]) -> None:
    """Check, before any source is read, that a build may overwrite the files in its output folder.

    If a killed run has replaced only some of the files there, the old ones are restored first. Raises
    OptionError if a source is one of the output files or a folder that contains `output`, and OutputError if
    a file that would be overwritten was not made by Egiz, or was changed since.
    """
    for source in sources:
        if source != "-":
            _check_source(Path(source), output)
    recover(output)
    for name in FOLDER_FILES:
        refuse_stranger(output / name)


def drop_leftovers(publication: Publication, folder: Path, names: Sequence[str] = FOLDER_FILES) -> None:
    """Remove the files `names` that an earlier run left in `folder`, when `publication` is published.

    Such files describe the earlier table. A file that `publication` writes is replaced instead. A file is
    kept if Egiz did not make it, or if it was changed after Egiz made it.
    """
    for name in names:
        if (folder / name).is_file() and is_ours(folder / name):
            publication.drop(name)


@contextmanager
def shards_folder(output: Path, build: str) -> Iterator[Path]:
    """Return a context manager that makes the folder for the shards of a build and locks it for this run.

    `build` identifies the build; its folder has this name. While the block runs, no other run uses or removes
    the folder; afterwards it stays. Raises OutputError if another run is working on the same build.
    """
    folder = output / SHARDS / build
    with ExitStack() as claim:
        try:
            with locked(output / LOCK):
                folder.mkdir(parents=True, exist_ok=True)
                mine = claim.enter_context(try_lock(folder / LOCK))
        except OSError as error:
            raise cannot_write(folder, error) from error
        if not mine:
            raise OutputError(
                "another run is working on the same build", where=str(folder), action="Wait for its end."
            )
        yield folder


def given_up(output: Path) -> list[Path]:
    """Return the folders of shards on which no process is working.

    Raises OSError if the output folder cannot be locked or read.
    """
    if not (output / SHARDS).is_dir():
        return []
    with locked(output / LOCK):
        return _given_up(output)


def remove_given_up(output: Path) -> None:
    """Remove the folders of shards on which no process is working; called when a table is published."""
    if not (output / SHARDS).is_dir():
        return
    with suppress(OSError), locked(output / LOCK):
        for folder in _given_up(output):
            shutil.rmtree(folder, ignore_errors=True)
        (output / SHARDS).rmdir()


def _given_up(output: Path) -> list[Path]:
    folders = sorted(path for path in (output / SHARDS).iterdir() if path.is_dir())
    return [folder for folder in folders if is_abandoned(folder / LOCK)]


def _check_source(source: Path, output: Path) -> None:
    try:
        read, written = source.resolve(), output.resolve()
    except (OSError, ValueError, RuntimeError):
        return
    files = [written / name for name in FOLDER_FILES]
    if read in files or (source.is_dir() and written.is_relative_to(read)):
        raise OptionError(
            f"the output folder {str(output)!r} would be read as a source, or a source be overwritten",
            where=str(source),
            action="Choose an output folder outside the sources.",
        )


LEDGER = ".egiz-made.json"
PAGE_MARK = '<meta name="generator" content="Egiz">'
"""Mark in the head of every page."""
_KEPT = 2
"""The number of hashes that the ledger keeps for each file: that of the new file and that of the old file,
which is still there until the new file is in place."""
_HEAD = 2000
_PARTS = (TABLE, MANIFEST, SCORES, USES, EDITS, LINKS, WORDS, HISTORY)
"""The files of a published folder that belong to the table: all but card and page."""
_MARKS = (
    re.compile(f"---\n{re.escape(MARK)}\n"),
    re.compile(f".{{,900}}{re.escape(PAGE_MARK)}", re.DOTALL),
    re.compile(r'\{"event": "(?:start|error|interrupted)", "time": "'),
)
"""The beginnings of files with a mark of Egiz: cards, pages and logs."""
_BESIDE = re.compile(
    r"row\tlanguage\t(?:quality\t|term\t|start\tstop\t|words\n|author\ttime\t)|row\tlanguage\tsource\ttarget\t"
)
"""The beginnings of side tables, which stand beside a published table: scores, uses, edits, words, review,
links."""


def refuse_stranger(path: Path) -> None:
    """Raise OutputError if the file at `path` was not made by Egiz, or was changed since."""
    if path.is_file() and not is_ours(path):
        raise _not_ours(path)


def refuse_other(path: Path) -> None:
    """Check that a file which belongs to no published table, such as an export, may be written to `path`.

    Raises OutputError if the existing file at `path` is part of a published table, was not made by Egiz, or
    was changed after Egiz made it.
    """
    in_folder = path.name in _PARTS and "egiz" in _object(path.parent / MANIFEST)
    if in_folder or (path.is_file() and _published(path)):
        raise OutputError(
            "a file of this name belongs to the published table there",
            where=str(path),
            action="Choose another name or folder.",
        )
    if path.is_file() and not _is_ours(path, set(ledger(path.parent).get(path.name, ())), _MARKS):
        raise _not_ours(path)


def is_ours(path: Path) -> bool:
    """Whether Egiz made a file, and nobody has changed it after that. The result is also true for an empty
    file.

    If no hash of the file is known, only its head is examined, so a change is not noticed. Raises OutputError
    if the file cannot be read.
    """
    known = {*_published(path), *ledger(path.parent).get(path.name, ())}
    return _is_ours(path, known, (*_MARKS, TABLE_HEAD, _BESIDE))


def is_output(path: Path) -> bool:
    """Whether a file is output of Egiz, and so must not be read as a source.

    In a published folder, the files of the table, the card and the page are output even if somebody has
    edited them. In other folders, a file is output if `is_ours` is true for it and it is not empty.
    """
    if path.name in (MANIFEST, CARD, PAGE, *_PARTS) and "egiz" in _object(path.parent / MANIFEST):
        return True
    try:
        return path.stat().st_size > 0 and is_ours(path)
    except (OSError, OutputError):
        return False  # reading it will raise the error


def read_documents(
    sources: str | Path | Iterable[str | Path],
    *,
    language: str = "kk",
    column: str | None = None,
    encoding: str | None = None,
    leave_out: Callable[[LeftOut], None] | None = None,
) -> Iterator[Document]:
    """Read files and folders of any kind that `egiz build` reads, one document after the other.

    `language` is a BCP-47 tag; ``-`` among the `sources` is standard input. `column` names the column of
    tables that holds the text, `encoding` is the encoding of the files; give it if it is not Unicode
    (``auto`` guesses it). Output of Egiz in the folders is left out. `leave_out` is called with each file of
    a folder from which no document is read; without it, InputError is raised for a file that cannot be read.
    Raises InputError, OptionError and LanguageError.
    """
    from egiz.translate import languages
    from egiz.translate.read import ReadOptions, read_all

    options = ReadOptions(language=languages.language(language).tag, column=column, encoding=encoding)
    named = (sources,) if isinstance(sources, str | Path) else sources
    return read_all(named, options, leave_out=leave_out, is_made=is_output)


def _not_ours(path: Path) -> OutputError:
    return OutputError(
        "this file was not made by Egiz, or was changed since, and would be overwritten",
        where=str(path),
        action="Choose another name or folder, or move that file.",
    )


def _is_ours(path: Path, known: Collection[str], marks: Sequence[re.Pattern[str]]) -> bool:
    """Whether Egiz made a file: it has one of the `known` hashes or, if `known` is empty, begins with one of
    the `marks`.

    The result is also true for an empty file.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD).decode("utf-8", errors="replace")
            if not head:
                return True
            if known:
                file.seek(0)
                return hashlib.file_digest(file, "sha256").hexdigest() in known
            if path.name.endswith(MANIFEST):
                return "egiz" in _object(path)
            return any(mark.match(head) is not None for mark in marks)
    except OSError as error:
        raise cannot_write(path, error) from error


def _published(path: Path) -> set[str]:
    """Return the SHA-256 hashes that data packages state for the file `path`; they are read from its
    folder."""
    found = set()
    for manifest in (path.parent / MANIFEST, *sorted(path.parent.glob(f"*.{MANIFEST}"))):
        content = _object(manifest)
        items = content.get("resources") if "egiz" in content else None
        for item in items if isinstance(items, list) else []:
            if isinstance(item, dict) and item.get("path") == path.name:
                found.add(str(item.get("hash")).removeprefix("sha256:"))
    return found


def _object(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file; empty if the file is missing or holds no JSON object."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def ledger(folder: Path) -> dict[str, list[str]]:
    """Return the ledger of a folder: for each file that Egiz wrote there without a data package, its name
    with the hashes of its contents, the newest last."""
    files = _object(folder / LEDGER).get("files")
    items = files.items() if isinstance(files, dict) else ()
    return {name: list(map(str, hashes)) for name, hashes in items if isinstance(hashes, list)}


class UnlistedFiles(Publication):
    """A publication of files that no data package describes, such as exports and reports.

    An existing file that Egiz did not make is never replaced (OutputError is raised before anything is
    written) and never removed by `drop`. The hashes are written to the ledger before the files are put in
    place, so the files are recognised even after a kill in between.
    """

    def path(self, name: str) -> Path:
        """Return the path as `Publication.path` does; raises OutputError if Egiz did not make the existing
        file."""
        place = super().path(name)
        refuse_other(self._folder / name)
        return place

    def _prepare(self) -> None:
        for name in self._names:
            refuse_other(self._folder / name)
        self._dropped = [name for name in self._dropped if _may_be_removed(self._folder / name)]
        self._note(self._names)

    def _note(self, names: Iterable[str]) -> None:
        known = ledger(self._folder)
        for name in names:
            digest = self.written(name).sha256
            old = [item for item in known.get(name, []) if item != digest]
            known[name] = [*old[1 - _KEPT :], digest]
        here = {path.name for path in self._folder.iterdir()}.difference(self._dropped).union(names)
        known = {name: known[name] for name in sorted(here.intersection(known))}
        text = json.dumps(
            {"what": "files that Egiz wrote here", "files": known}, indent=1, ensure_ascii=False
        )
        with unfinished(self._folder / LEDGER) as fresh:
            fresh.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _may_be_removed(path: Path) -> bool:
    return path.is_file() and not _published(path) and is_ours(path)
