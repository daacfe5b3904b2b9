"""Read bilingual files in parts whose translations can be patched; all other bytes are written back
unchanged.

A file is read twice at the same time: the reader of its format checks it and yields the segments, and a
function that cuts it into pieces yields the bytes that hold each translation.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from egiz.glossary.correct import replay
from egiz.parallel.bitext.patches import (
    FilePiece,
    Letter,
    Obstacle,
    Patch,
    Script,
    Slot,
    TextSlot,
    Uses,
    patched,
    plain_letters,
)
from egiz.parallel.bitext.po import po_pieces
from egiz.parallel.bitext.read import BitextKind, bitext_kind, read_bitext
from egiz.parallel.bitext.rewrite_xml import tmx_pieces, xliff_1_pieces, xliff_2_pieces
from egiz.parallel.bitext.segment import Requested, Segment
from egiz.parallel.bitext.table import choose_columns, is_plain, text_columns
from egiz.parallel.publish.columns import TARGET_KINDS, Column, ColumnKind, columns, text_column
from egiz.parallel.publish.tsv import MAX_LINE_BYTES, TABLE_HEAD, unmarked, write_cells
from egiz.parallel.rows import with_insertions
from egiz.parallel.summary import HUMAN_STATUSES
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.tables import parse_columns
from egiz.translate.languages import languages
from egiz.translate.records import Edit

_BOM = b"\xef\xbb\xbf"
_AT = {kind: place for place, kind in enumerate(TARGET_KINDS)}


def table_pieces(path: Path, wanted: Requested) -> Iterator[bytes | FilePiece]:
    """Cut a tab-separated table without quotes into its rows; joined, the pieces are the file.

    In a published table, an edit also concerns the ``mt`` cell, which has the machine's output before all
    edits. If this cell is empty, it gets the text before the edit. If it is filled, it is not changed. But if
    the edited text is equal to the machine's output, the cell is emptied. The ``terms`` cell gets the
    outcomes of the terms, even if the text does not change. The outcome of a term that an earlier edit
    inserted stays ``inserted``.
    """
    layout: _TableLayout | None = None
    with path.open("rb") as stream:
        while raw := stream.readline(MAX_LINE_BYTES):
            line = raw.rstrip(b"\r\n")
            is_first = layout is None
            if layout is None:
                layout = _TableLayout(line.removeprefix(_BOM).decode("utf-8"), wanted, f"{path}:1")
            if (is_first and layout.is_headed) or not line:
                yield raw
            else:
                yield FilePiece(
                    raw=raw, slots=layout.slots(line, len(_BOM) if raw.startswith(_BOM) and is_first else 0)
                )


class _TableLayout:
    """Which cells of a row in a table hold translations into the requested languages."""

    def __init__(self, header: str, wanted: Requested, where: str) -> None:
        names = header.split("\t")
        self._published: dict[int, tuple[Column, ...]] = {}
        self.is_headed = True
        if TABLE_HEAD.match(header + "\n"):
            self._targets = self._of_published(names, wanted, where)
            return
        found = text_columns(names, wanted, where)
        self.is_headed = found is not None and found.has_header
        self._targets = [1] if found is None else [found.places[at] for at in found.targets]

    def _of_published(self, names: Sequence[str], wanted: Requested, where: str) -> list[int]:
        known = {text_column(item.tag): item.tag for item in languages()}
        size = len(TARGET_KINDS)
        tags = [known[name] for name in (names[1], *names[2::size])]
        table = columns(tags[0], tags[1:])
        places = choose_columns(tags, wanted, where)[1]
        if 0 in places:
            raise OptionError(
                f"{tags[0]!r} is the language that this table was translated from, not into",
                where=where,
                expected=f"one of {', '.join(tags[1:])}",
                action="Give --to.",
            )
        starts = [2 + size * (place - 1) for place in places]
        self._published = {start: table[start : start + size] for start in starts}
        return starts

    def slots(self, line: bytes, skipped: int) -> tuple[TextSlot | _PublishedSlot | None, ...]:
        """Return one slot for each translation of a row.

        The first `skipped` bytes of the line are a byte order mark. If the row has too few cells, the slot of
        a missing cell is None; no error is raised here, because the reader of the table raises it.
        """
        cells = line[skipped:].split(b"\t")
        starts = [skipped]
        for cell in cells:
            starts.append(starts[-1] + len(cell) + 1)
        if self._published:
            return tuple(_PublishedSlot(cells, starts, at, table) for at, table in self._published.items())
        return tuple(_cell_slot(cells[at], starts[at]) if at < len(cells) else None for at in self._targets)


def _cell_slot(cell: bytes, start: int) -> TextSlot:
    def letters() -> list[Letter]:
        return plain_letters(cell.decode("utf-8"), start, cell, "utf-8")

    return TextSlot(letters, Script(write=lambda text, _: text.encode("utf-8")))


class _PublishedSlot:
    """The cells of one target language in a row of a published table."""

    is_machine = True

    def __init__(
        self, cells: Sequence[bytes], starts: Sequence[int], first: int, table: Sequence[Column]
    ) -> None:
        self._cells, self._starts, self._first, self._table = cells, starts, first, table

    def put(self, segment: Segment, edits: Sequence[Edit], uses: Uses) -> tuple[Patch, ...] | Obstacle:
        """See `Slot.put`. Raises OutputError if some programs would read a new cell differently."""
        if edits and self._cell("status") in HUMAN_STATUSES:
            return "approved"
        at = self._first
        found = _cell_slot(self._cells[at], self._starts[at]).put(segment, edits, uses)
        if isinstance(found, str):
            return found
        moved = [
            patch._replace(start=patch.start - self._starts[at], stop=patch.stop - self._starts[at])
            for patch in found
        ]
        machine = self._cell("mt") or (segment.target if edits else "")
        if machine == replay(segment.target, edits):
            machine = ""
        values: dict[ColumnKind, str] = {
            "text": _unmarked(patched(self._cells[at], moved)),
            "terms": ",".join(
                f"{term}:{outcome}"
                for term, outcome in with_insertions(uses, self._cell("terms") if machine else "")
            ),
            "mt": machine,
        }
        return tuple(
            self._patch(segment.id, place, values[column.kind])
            for place, column in enumerate(self._table)
            if column.kind in values and values[column.kind] != self._cell(column.kind)
        )

    def _cell(self, kind: ColumnKind) -> str:
        return _unmarked(self._cells[self._first + _AT[kind]])

    def _patch(self, row: str, place: int, value: str) -> Patch:
        stream = io.StringIO()
        write_cells(stream, row, [self._table[place]], [value])
        start = self._starts[self._first + place]
        written = stream.getvalue().removesuffix("\n").encode("utf-8")
        return Patch(start, start + len(self._cells[self._first + place]), written)


def _unmarked(cell: bytes) -> str:
    return unmarked(cell.decode("utf-8"))


_CUTTERS: dict[BitextKind, Callable[[Path, Requested], Iterator[bytes | FilePiece]]] = {
    "table": table_pieces,
    "tmx": tmx_pieces,
    "xliff-1": xliff_1_pieces,
    "xliff-2": xliff_2_pieces,
    "po": po_pieces,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentSlot:
    """A segment, and the slot of its translation; the slot is None if the file has no place for a
    translation."""

    segment: Segment
    slot: Slot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUnit:
    """A part of the file, with its segments: a table row, the strings of a PO entry, a unit of TMX or XLIFF.

    `Slot.put` gives patches of `raw`, which `egiz.parallel.bitext.patches.patched` applies.
    """

    raw: bytes
    sides: tuple[SegmentSlot, ...]


def read_units(
    path: Path, source: str | None = None, target: str | None = None, *, columns: str | None = None
) -> Iterator[bytes | FileUnit]:
    """Read a bilingual file in parts that can be patched and written again.

    Parts without a segment are bytes. All parts joined, with the `raw` bytes of units, are the file. The
    segments of the units are those of `read_bitext`, in the same order. Memory use does not grow with the
    file.

    Raises what `read_bitext` raises, before the malformed part is yielded. Raises InputError, too, if the
    format cannot be rewritten, if the file changes during the run, or if it is XML in an encoding that cannot
    be written back.
    """
    segments = read_bitext(path, source, target, columns=columns)
    ahead = next(segments, None)
    kind = bitext_kind(path)
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
        path, Requested(source=source, target=target, columns=tuple(parse_columns(columns).items()))
    )
    while (piece := _next(pieces, segments)) is not None:
        if isinstance(piece, bytes):
            yield piece
            continue
        sides = []
        for slot in piece.slots:
            if ahead is None:
                raise _changed(path)
            sides.append(SegmentSlot(segment=ahead, slot=slot))
            ahead = next(segments, None)
        yield FileUnit(raw=piece.raw, sides=tuple(sides))
    if ahead is not None:
        raise _changed(path)


def _next(pieces: Iterator[bytes | FilePiece], segments: Iterator[Segment]) -> bytes | FilePiece | None:
    """Return the next piece, or None at the end.

    If cutting the file fails, the remaining segments are read before the error is raised. The reader of the
    format then raises an error of its own, which has a better message.
    """
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
