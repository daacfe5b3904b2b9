"""Where a build may publish: never over what Egiz has not made, never among its own sources."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from egiz.parallel.publish import EDITS, HISTORY, LINKS, MANIFEST, SCORES, USES, WORDS, Publication
from egiz.parallel.publish.ours import is_ours, refuse_stranger
from egiz.translate.errors import OptionError

TABLE = "parallel.tsv"
CARD = "README.md"
PAGE = "page.html"
FOLDER_FILES = (MANIFEST, CARD, TABLE, SCORES, USES, EDITS, LINKS, WORDS, HISTORY, PAGE)
"""What a build, an alignment or a review may publish in its folder."""


def check_destination(output: Path, sources: Sequence[str | Path]) -> None:
    """Refuse an output folder that a build would spoil, before anything is read.

    Raises OptionError where a source is, or holds, what would be written, and OutputError where a file of
    the names that would be written was not made by Egiz, or was changed since.
    """
    for source in sources:
        if source != "-":
            _check_source(Path(source), output)
    for name in FOLDER_FILES:
        refuse_stranger(output / name)


def drop_leftovers(publication: Publication, folder: Path, names: Sequence[str] = FOLDER_FILES) -> None:
    """Have those files of earlier runs go that are not written anew: they belong to another table.

    What Egiz did not make stays.
    """
    for name in names:
        if (folder / name).is_file() and is_ours(folder / name):
            publication.drop(name)


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
