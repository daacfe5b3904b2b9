"""Where a build may publish: never over what Egiz has not made, never among its own sources."""

from __future__ import annotations

import json
from collections.abc import Sequence
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
from egiz.parallel.reader import PAGE_MARK
from egiz.translate.errors import OptionError, OutputError

TABLE = "parallel.tsv"
CARD = "README.md"
PAGE = "page.html"


def check_destination(output: Path, sources: Sequence[str | Path]) -> None:
    """Refuse an output folder that a build would spoil, before anything is read.

    What a killed run was replacing there is put back first. Raises OptionError where a source is, or holds, what would be written, and OutputError where a file of
    the names that would be written was not made by Egiz.
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
