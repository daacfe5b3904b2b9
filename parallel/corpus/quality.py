"""Qualities that stand in a file of their own, as `egiz score` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from egiz.parallel.bitext.lines import read_lines
from egiz.translate.errors import InputError

Scores = Mapping[tuple[str, str], float]
"""Quality by row id and target language; the language is empty where the scores do not name one."""


def read_scores(path: Path) -> Scores:
    """Read qualities from a table with a header, as `egiz score` writes it.

    Its columns are ``id`` (or ``row``), ``quality`` and, where there are several target languages,
    ``language`` (or ``target_language``); others are not read. An empty quality says nothing. Raises
    InputError with file and line.
    """
    lines = read_lines(path)
    header = next(lines, (1, ""))[1].split("\t")
    name = "id" if "id" in header else "row"
    tag = "language" if "language" in header else "target_language"
    for needed in (name, "quality"):
        if needed not in header:
            raise InputError(
                f"no column {needed!r}", where=f"{path}:1", expected="id, quality, maybe language"
            )
    scores: dict[tuple[str, str], float] = {}
    for number, line in lines:
        cells = dict(zip(header, line.split("\t"), strict=False))
        if len(cells) != len(header):
            raise InputError(f"{len(cells)} cells", where=f"{path}:{number}", expected=f"{len(header)}")
        if cells["quality"]:
            scores[cells[name], cells.get(tag, "")] = quality_of(cells["quality"], f"{path}:{number}")
    return scores


def quality_of(cell: str, where: str) -> float:
    """A quality as a number; raises InputError for what is not between 0 and 1."""
    try:
        value = float(cell)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise InputError(f"a quality of {cell!r}", where=where, expected="a number from 0 to 1, or nothing")
    return value
