"""Bilingual files written again with other words in their translations, and nothing else changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from egiz.parallel.bitext.patches import Piece, Slot
from egiz.parallel.bitext.po import po_pieces
from egiz.parallel.bitext.read import Kind, _kind, read_bitext
from egiz.parallel.bitext.rewrite_xml import tmx_pieces, xliff_1_pieces, xliff_2_pieces
from egiz.parallel.bitext.segment import Segment, Wanted
from egiz.parallel.bitext.table import table_pieces
from egiz.translate.errors import InputError

_CUTTERS: dict[Kind, Callable[[Path, Wanted], Iterator[bytes | Piece]]] = {
    "table": table_pieces,
    "tmx": tmx_pieces,
    "xliff-1": xliff_1_pieces,
    "xliff-2": xliff_2_pieces,
    "po": po_pieces,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A segment and where its translation stands; `slot` is None where the file has no place for one."""

    segment: Segment
    slot: Slot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A part of the file with the segments in it: a row, a message, a unit of TMX or XLIFF.

    `Slot.put` gives the patches that change `raw`, for `egiz.parallel.bitext.patches.patched`.
    """

    raw: bytes
    sides: tuple[Side, ...]


def read_units(path: Path, source: str | None = None, target: str | None = None) -> Iterator[bytes | Unit]:
    """Read a bilingual file as `read_bitext` does, so that it can be written again.

    The parts together are the file, byte for byte; the segments of the units are those of `read_bitext`, in
    the same order. Memory does not grow with the file.

    Raises what `read_bitext` raises, before the part that is wrong, and InputError where the file changes
    meanwhile or is XML in an encoding that cannot be written back.
    """
    segments = read_bitext(path, source, target)
    ahead = next(segments, None)
    pieces = _CUTTERS[_kind(path)](path, Wanted(source=source, target=target))
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
    """The next piece. Where a file is wrong, the reader says it better, so it may read on to its error."""
    try:
        return next(pieces, None)
    except InputError:
        for _ in segments:
            pass
        raise


def _changed(path: Path) -> InputError:
    return InputError(
        "holds other segments than it did", where=str(path), expected="a file that nobody writes to meanwhile"
    )
