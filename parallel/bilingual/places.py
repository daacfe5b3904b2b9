"""Finds where in its file the words of a finding stand: line and columns, for editors and code hosts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from egiz.parallel.bilingual.findings import Region, Side, TermFinding

_FURTHER = 20
"""Lines after that of the row in which its translation may begin: a unit of XLIFF or PO has a few."""
_LARGEST = 64 * 2**20
"""Bytes of a file beyond which no columns are looked for."""


def with_regions(findings: Iterable[TermFinding]) -> Iterator[TermFinding]:
    """The findings, each with the region of its words where they can be found in the file as they are.

    That is the target's words, or the source's where a term is missing. Words that are escaped, in another
    encoding than UTF-8 or in a workbook have no region.
    """
    for item in findings:
        region = _region(item)
        yield replace(item, region=region) if region else item


def _region(item: TermFinding) -> Region | None:
    side = item.target if item.target.form else item.source
    if not side.form:
        return None
    lines = _lines(item.place.file)
    for number in range(item.place.line, min(item.place.line + _FURTHER, len(lines)) + 1):
        at = _column(lines[number - 1], side)
        if at is not None:
            return Region(line=number, start=at + 1, stop=at + 1 + len(side.form))
    return None


def _column(line: str, side: Side) -> int | None:
    """Where in a line the words begin, from 0: in the text as a whole, else where they stand only once."""
    at = line.find(side.text)
    if at >= 0:
        return at + side.start
    return line.find(side.form) if line.count(side.form) == 1 else None


@lru_cache(maxsize=2)
def _lines(file: str) -> list[str]:
    """The lines of a file; none if it is large, or no UTF-8."""
    path = Path(file)
    try:
        if path.stat().st_size > _LARGEST:
            return []
        return path.read_bytes().decode("utf-8-sig").split("\n")
    except (OSError, ValueError):
        return []
