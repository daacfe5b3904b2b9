"""Where a build may publish: never over a file that Egiz has not made, never among its own sources."""

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
from egiz.translate.locks import LOCK, abandoned, alone, locked

SHARDS = ".egiz-shards"
"""The folder inside the output that has, in a folder for each build, its shards until it is complete."""


def check_destination(output: Path, sources: Sequence[str | Path]) -> None:
    """Refuse an output folder that a build would spoil, before anything is read.

    What a killed run was replacing there is put back first. Raises OptionError where a source is, or holds,
    what would be written, and OutputError where a file of the names that would be written was not made by
    Egiz, or was changed since.
    """
    for source in sources:
        if source != "-":
            _check_source(Path(source), output)
    recover(output)
    for name in FOLDER_FILES:
        refuse_stranger(output / name)


def drop_leftovers(publication: Publication, folder: Path, names: Sequence[str] = FOLDER_FILES) -> None:
    """Have those files of earlier runs go that are not written anew: they belong to another table.

    What Egiz did not make stays.
    """
    for name in names:
        if (folder / name).is_file() and is_ours(folder / name):
            publication.drop(name)


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
    files = [written / name for name in FOLDER_FILES]
    if read in files or (source.is_dir() and written.is_relative_to(read)):
        raise OptionError(
            f"the output folder {str(output)!r} would be read as a source, or a source be overwritten",
            where=str(source),
            action="Choose an output folder outside the sources.",
        )
