"""Bilingual tables: reads them in all their formats, and cuts tab-separated ones, Egiz' own among them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from egiz.glossary.correct import replay
from egiz.parallel.bitext.columns import TextColumns, choose, text_columns
from egiz.parallel.bitext.patches import (
    Letter,
    Obstacle,
    Patch,
    Piece,
    Script,
    TextSlot,
    Uses,
    patched,
    plain_letters,
)
from egiz.parallel.bitext.segment import Segment, Wanted, plain_tag, read_lines, tidy
from egiz.parallel.publish.columns import TARGET_KINDS, Column, ColumnKind, columns, text_column
from egiz.parallel.publish.tsv import MAX_LINE_BYTES, MISSING, TABLE_HEAD, PublishedRow, read_tsv, write_cells
from egiz.parallel.rows import with_insertions
from egiz.parallel.summary import HUMAN_STATUSES
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.tables import is_quoted, read_table_file
from egiz.translate.languages import languages
from egiz.translate.records import Edit


def read_table(path: Path, wanted: Wanted) -> Iterator[Segment]:
    """Read a table row by row.

    Without a target in `wanted`, each row gives a segment for every target language. A table that Egiz did
    not publish either has a header (see `text_columns`), and may then have an ``id`` column and others, which
    are ignored; or it has no header and two columns, source first, whose languages must be given. Blank lines
    are skipped.

    Raises what `table_rows` and `text_columns` raise, and OptionError if languages must be given.
    """
    rows = table_rows(path)
    line, names = next(rows)
    if TABLE_HEAD.match("\t".join(names) + "\n") and is_plain(path):
        yield from _published(path, wanted)
        return
    found = text_columns(names, wanted, f"{path}:{line}") or _two(names, wanted, f"{path}:{line}")
    yield from row_segments(rows if found.has_header else chain([(line, names)], rows), found, str(path))


def is_plain(path: Path) -> bool:
    """Whether a table is UTF-8 with tabs between cells that are not quoted, so that it is read line by line.

    The others (CSV, workbooks, UTF-16, cells quoted by pandas, R or Excel) are held whole.
    """
    if path.suffix.lower() in (".csv", ".xlsx"):
        return False
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if head.startswith(_NOT_PLAIN) or b"\t" not in head.partition(b"\n")[0]:
        return False
    with path.open("rb") as stream:
        return not is_quoted(_whole_lines(stream))


def _whole_lines(stream: BinaryIO) -> Iterator[str]:
    """The lines up to one that is longer than `MAX_LINE_BYTES`, which `read_lines` refuses."""
    while (line := stream.readline(MAX_LINE_BYTES)) and (len(line) < MAX_LINE_BYTES or line.endswith(b"\n")):
        yield line.decode("utf-8", "replace").removeprefix("\ufeff")


_HEAD = 1 << 16
_NOT_PLAIN = (b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff")
"""How workbooks and UTF-16 begin."""


def table_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table, the header or first row first, all as long as it; blank rows are left out.

    Raises what `egiz.translate.io.tables.read_table_file` raises; InputError for a table without rows, and
    with the line for a row with more cells than the first, or, in a plain table, with fewer.
    """
    if path.is_file() and not path.stat().st_size:
        raise InputError("an empty file", where=f"{path}:1", expected="two columns of text")
    plain = path.is_file() and is_plain(path)
    if plain:
        rows = ((number, line.split("\t")) for number, line in read_lines(path) if line)
    else:
        rows = ((number, cells) for number, cells in read_table_file(path, str(path)).rows if any(cells))
    first = next(rows, None)
    if first is None:
        raise InputError("holds no rows", where=f"{path}:1", expected="two columns of text")
    yield first
    width = len(first[1])
    for line, cells in rows:
        if len(cells) != width and (plain or any(cells[width:])):
            raise InputError(
                f"{len(cells)} cells", where=f"{path}:{line}", expected=f"{width}, as in the first line"
            )
        yield line, [*cells[:width], *[""] * (width - len(cells))]


def row_segments(rows: Iterable[tuple[int, list[str]]], found: TextColumns, file: str) -> Iterator[Segment]:
    """The segments of rows of cells, each with its line number."""
    languages = [plain_tag(tag) for tag in found.tags]
    for number, cells in rows:
        for target in found.targets:
            yield Segment(
                id=str(number) if found.name is None else cells[found.name],
                source_language=languages[found.source],
                target_language=languages[target],
                source=tidy(cells[found.places[found.source]]),
                target=tidy(cells[found.places[target]]),
                file=file,
                line=number,
            )


def _two(names: Sequence[str], wanted: Wanted, where: str) -> TextColumns:
    """The two columns of a table without a header. Raises InputError and OptionError as `read_table` does."""
    if len(names) != 2:
        raise InputError(
            f"{len(names)} columns and no header with languages",
            where=where,
            expected="a text and its translation, or a header such as 'kk' and 'ru'",
            action="Say which columns they are: --columns source=NAME,target=NAME.",
        )
    if wanted.source is None or wanted.target is None:
        raise OptionError(
            "a table without a header does not say its languages",
            where=where,
            action="Give them with --from and --to, or as a header.",
        )
    tags = (plain_tag(wanted.source), plain_tag(wanted.target))
    return TextColumns(places=(0, 1), tags=tags, source=0, targets=(1,), has_header=False)


def _published(path: Path, wanted: Wanted) -> Iterator[Segment]:
    for line, row in enumerate(read_tsv(path), start=2):
        tags = [row.source_language, *(target.language for target in row.targets)]
        texts = [row.source, *(target.text for target in row.targets)]
        source, targets = choose(tags, wanted, f"{path}:1")
        for target in targets:
            yield Segment(
                id=row.id,
                source_language=tags[source],
                target_language=tags[target],
                source=tidy(texts[source]),
                target=tidy(texts[target]),
                file=str(path),
                line=line,
                terms=_machine_terms(row, target),
            )


def _machine_terms(row: PublishedRow, place: int) -> str:
    """The outcomes of the terms of a translation; empty for the source, and where a person answers for it."""
    target = row.targets[place - 1] if place else None
    return target.terms if target and target.status not in HUMAN_STATUSES else ""


_BOM = b"\xef\xbb\xbf"
_AT = {kind: place for place, kind in enumerate(TARGET_KINDS)}


def table_pieces(path: Path, wanted: Wanted) -> Iterator[bytes | Piece]:
    """Cut a plain table into its rows, line ends included; no byte is lost.

    In a published table, an edit also fills an empty `mt` cell with the text before the edit; a filled one
    stays, but is emptied if the edits restore its text. The `terms` cell is updated with the outcomes of the
    terms, whether the text changes or not; a rendering that an earlier edit made stays ``inserted``.
    """
    layout: _Layout | None = None
    with path.open("rb") as stream:
        while raw := stream.readline(MAX_LINE_BYTES):
            line = raw.rstrip(b"\r\n")
            is_first = layout is None
            if layout is None:
                layout = _Layout(line.removeprefix(_BOM).decode("utf-8"), wanted, f"{path}:1")
            if (is_first and layout.is_headed) or not line:
                yield raw
            else:
                yield Piece(
                    raw=raw, slots=layout.slots(line, len(_BOM) if raw.startswith(_BOM) and is_first else 0)
                )


class _Layout:
    """Knows which cells of a row are translations."""

    def __init__(self, header: str, wanted: Wanted, where: str) -> None:
        names = header.split("\t")
        self._published: dict[int, tuple[Column, ...]] = {}
        self.is_headed = True
        if TABLE_HEAD.match(header + "\n"):
            self._targets = self._of_published(names, wanted, where)
            return
        found = text_columns(names, wanted, where)
        self.is_headed = found is not None and found.has_header
        self._targets = [1] if found is None else [found.places[at] for at in found.targets]

    def _of_published(self, names: Sequence[str], wanted: Wanted, where: str) -> list[int]:
        known = {text_column(item.tag): item.tag for item in languages()}
        size = len(TARGET_KINDS)
        tags = [known[name] for name in (names[1], *names[2::size])]
        table = columns(tags[0], tags[1:])
        places = choose(tags, wanted, where)[1]
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
        """The slots of a row; None for a cell that it lacks, which the reader reports.

        The first `skipped` bytes of the line are a byte order mark.
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
    """A cell without the space that keeps pandas from reading its text as a missing value."""
    text = cell.decode("utf-8")
    return text[:-1] if text.endswith(" ") and text[:-1] in MISSING else text
