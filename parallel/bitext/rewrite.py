"""Reads bilingual files in parts whose translations can be patched; all else is written back unchanged.

A file is read twice at a time: the reader of its format says what each segment is, and vouches for the file;
a cutter beside it says which bytes it stands in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from egiz.parallel.bitext.patches import Piece, Slot
from egiz.parallel.bitext.po import po_pieces
from egiz.parallel.bitext.read import Kind, _kind, read_bitext
from egiz.parallel.bitext.rewrite_xml import tmx_pieces, xliff_1_pieces, xliff_2_pieces
from egiz.parallel.bitext.segment import Segment, Wanted
from egiz.parallel.bitext.table import is_plain, table_pieces
from egiz.translate.errors import InputError
from egiz.translate.io.tables import parse_columns

_CUTTERS: dict[Kind, Callable[[Path, Wanted], Iterator[bytes | Piece]]] = {
    "table": table_pieces,
    "tmx": tmx_pieces,
    "xliff-1": xliff_1_pieces,
    "xliff-2": xliff_2_pieces,
    "po": po_pieces,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A segment and the slot of its translation; None if the file has no place for one."""

    segment: Segment
    slot: Slot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A part of the file with its segments: a table row, a PO message, a unit of TMX or XLIFF.

    `Slot.put` gives patches of `raw`, which `egiz.parallel.bitext.patches.patched` applies.
    """

    raw: bytes
    sides: tuple[Side, ...]


def read_units(
    path: Path, source: str | None = None, target: str | None = None, *, columns: str | None = None
) -> Iterator[bytes | Unit]:
    """Read a bilingual file in parts that can be patched and written again.

    The parts joined are the file, byte for byte. The segments of the units are those of `read_bitext`, in the
    same order. Memory does not grow with the file.

    Raises what `read_bitext` raises, before it yields the malformed part, and InputError if the file changes
    during the run or is XML in an encoding that cannot be written back.
    """
    segments = read_bitext(path, source, target, columns=columns)
    ahead = next(segments, None)
    kind = _kind(path)
    if kind not in _CUTTERS or (kind == "table" and not is_plain(path)):
        what = (
            "a table that is quoted, packed or not UTF-8" if kind == "table" else f"a file of kind {kind!r}"
        )
        raise InputError(
            f"{what} can be checked, but not rewritten",
            where=str(path),
            expected="a tab-separated table, TMX, XLIFF or PO",
        )
    pieces = _CUTTERS[kind](
        path, Wanted(source=source, target=target, columns=tuple(parse_columns(columns).items()))
    )
    while (piece := _next(pieces, segments)) is not None:
        if isinstance(piece, bytes):
            yield piece
            continue
        sides = []
        for slot in piece.slots:
            if ahead is None:
                raise _changed(path)
            sides.append(Side(segment=ahead, slot=slot))
            ahead = next(segments, None)
        yield Unit(raw=piece.raw, sides=tuple(sides))
    if ahead is not None:
        raise _changed(path)


def _next(pieces: Iterator[bytes | Piece], segments: Iterator[Segment]) -> bytes | Piece | None:
    """The next piece, or None. On an error the reader reads on first, since its message is better."""
    try:
        return next(pieces, None)
    except InputError:
        for _ in segments:
            pass
        raise


def _changed(path: Path) -> InputError:
    return InputError(
        "has changed while it was read", where=str(path), expected="a file that no other program writes to"
    )
