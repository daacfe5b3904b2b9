"""Output folders: the checks before a build, the removal of old files, and the folder of its shards.

A build never overwrites a file that Egiz has not made, and never writes among its own sources.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from egiz.parallel.publish import Publication, recover
from egiz.parallel.publish.atomic import cannot_write
from egiz.parallel.publish.names import FOLDER_FILES
from egiz.parallel.publish.ours import is_ours, refuse_stranger
from egiz.translate.errors import OptionError, OutputError
from egiz.translate.io.files import LOCK, is_abandoned, locked, try_lock

SHARDS = ".egiz-shards"
"""The folder inside the output that holds unfinished builds: a folder of shards for each."""


def check_destination(output: Path, sources: Sequence[str | Path]) -> None:
    """Refuse an output folder whose files a build must not overwrite, before any source is read.

    Files that a killed run had half replaced there are restored first. Raises OptionError if a source is one
    of the output files or a folder that contains `output`, and OutputError if a file that would be
    overwritten was not made by Egiz, or was changed since.
    """
    for source in sources:
        if source != "-":
            _check_source(Path(source), output)
    recover(output)
    for name in FOLDER_FILES:
        refuse_stranger(output / name)


def drop_leftovers(publication: Publication, folder: Path, names: Sequence[str] = FOLDER_FILES) -> None:
    """Remove the files of earlier runs that are not written again: they belong to another table.

    Files that Egiz did not make stay.
    """
    for name in names:
        if (folder / name).is_file() and is_ours(folder / name):
            publication.drop(name)


@contextmanager
def shards_folder(output: Path, build: str) -> Iterator[Path]:
    """Claim the folder for the shards of a build: no other run uses or removes it while the block runs.

    The folder stays afterwards. Raises OutputError if another run is working on the same build.
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
    """The folders with shards of builds that no process is working on.

    Raises OSError if that cannot be determined.
    """
    if not (output / SHARDS).is_dir():
        return []
    with locked(output / LOCK):
        return _given_up(output)


def remove_given_up(output: Path) -> None:
    """Remove the shards of builds that no process is working on; called once the table is published."""
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
