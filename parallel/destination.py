"""The output folder of a build: what may be published there, and where its shards lie meanwhile.

A build never publishes over what Egiz has not made, nor among its own sources.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from egiz.parallel.publish import (
    EDIT_COLUMNS,
    EDITS,
    MANIFEST,
    MARK,
    SCORE_COLUMNS,
    SCORES,
    TABLE_HEAD,
    USE_COLUMNS,
    USES,
    recover,
)
from egiz.parallel.publish.atomic import cannot_write
from egiz.parallel.reader import PAGE_MARK
from egiz.translate.errors import OptionError, OutputError
from egiz.translate.locks import LOCK, abandoned, alone, locked

TABLE = "parallel.tsv"
CARD = "README.md"
PAGE = "page.html"

SHARDS = ".egiz-shards"
"""The folder inside the output that has, in a folder for each build, its shards until it is complete."""


def check_destination(output: Path, sources: Sequence[str | Path]) -> None:
    """Refuse an output folder that a build would spoil, before anything is read.

    What a killed run was replacing there is put back first. Raises OptionError where a source is, or holds,
    what would be written, and OutputError where a file of the names that would be written was not made by
    Egiz.
    """
    for source in sources:
        if source != "-":
            _check_source(Path(source), output)
    recover(output)
    stranger = _stranger(output)
    if stranger is not None:
        raise OutputError(
            "this file was not made by Egiz and would be overwritten",
            where=str(stranger),
            action="Choose another output folder, or move that file.",
        )


@contextmanager
def shards_folder(output: Path, build: str) -> Iterator[Path]:
    """The folder for the shards of a build, which nobody else uses or removes while the block runs.

    It stays where it is afterwards. Raises OutputError where another run is at work on the same build.
    """
    folder = output / SHARDS / build
    with ExitStack() as claim:
        try:
            with locked(output / LOCK):
                folder.mkdir(parents=True, exist_ok=True)
                mine = claim.enter_context(alone(folder / LOCK))
        except OSError as error:
            raise cannot_write(folder, error) from error
        if not mine:
            raise OutputError(
                "another run is at work on the same build", where=str(folder), action="Wait for its end."
            )
        yield folder


def given_up(output: Path) -> list[Path]:
    """The folders with shards of builds that nobody is at work on.

    Raises OSError where that cannot be found out.
    """
    if not (output / SHARDS).is_dir():
        return []
    with locked(output / LOCK):
        return _given_up(output)


def remove_given_up(output: Path) -> None:
    """Remove the shards of builds that nobody is at work on, now that the output folder has its table."""
    if not (output / SHARDS).is_dir():
        return
    with suppress(OSError), locked(output / LOCK):
        for folder in _given_up(output):
            shutil.rmtree(folder, ignore_errors=True)
        (output / SHARDS).rmdir()


def _given_up(output: Path) -> list[Path]:
    folders = sorted(path for path in (output / SHARDS).iterdir() if path.is_dir())
    return [folder for folder in folders if abandoned(folder / LOCK)]


def _check_source(source: Path, output: Path) -> None:
    try:
        read, written = source.resolve(), output.resolve()
    except (OSError, ValueError, RuntimeError):
        return
    files = [written / name for name in (TABLE, CARD, MANIFEST, SCORES, USES, EDITS, PAGE)]
    if read in files or (source.is_dir() and written.is_relative_to(read)):
        raise OptionError(
            f"the output folder {str(output)!r} would be read as a source, or a source be overwritten",
            where=str(source),
            action="Choose an output folder outside the sources.",
        )


def _stranger(folder: Path) -> Path | None:
    """The first file in the way that is not ours; one manifest of ours vouches for all.

    A run that was killed while its files were put in place may have left table and card without one.
    """
    manifest, card, table = folder / MANIFEST, folder / CARD, folder / TABLE
    if manifest.is_file():
        return None if _has_our_key(manifest) else manifest
    if card.is_file() and not _head(card).startswith(f"---\n{MARK}\n"):
        return card
    if table.is_file() and not TABLE_HEAD.match(_head(table)):
        return table
    beside = ((USES, USE_COLUMNS), (EDITS, EDIT_COLUMNS), (SCORES, SCORE_COLUMNS[:2]))
    for name, columns in beside:
        head = "\t".join(column.name for column in columns) + ("\t" if name == SCORES else "\n")
        if (folder / name).is_file() and not _head(folder / name).startswith(head):
            return folder / name
    page = folder / PAGE
    return page if page.is_file() and PAGE_MARK not in _head(page) else None


def _has_our_key(manifest: Path) -> bool:
    try:
        content = json.loads(manifest.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "egiz" in content


def _head(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(1000).decode("utf-8", errors="replace")
    except OSError:
        return ""
