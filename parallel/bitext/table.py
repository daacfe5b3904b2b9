"""Tab-separated bilingual files: reads and cuts Egiz' published tables and other tables of parallel texts."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from egiz.glossary.correct import replay
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
from egiz.parallel.bitext.segment import Segment, Wanted, known_tag, matching, plain_tag, read_lines, tidy
from egiz.parallel.publish.columns import TARGET_KINDS, Column, Kind, columns, text_column
from egiz.parallel.publish.tsv import LONGEST_LINE, MISSING, TABLE_HEAD, PublishedRow, read_tsv, write_cells
from egiz.parallel.rows import with_insertions
from egiz.parallel.summary import HUMAN_STATUSES
from egiz.translate.errors import InputError, OptionError
from egiz.translate.languages import languages
from egiz.translate.records import Edit


def read_table(path: Path, wanted: Wanted) -> Iterator[Segment]:
    """Read a table row by row.

    Without a target in `wanted`, each row gives a segment for every target language. A table that Egiz did
    not publish either has a header with language tags (``kk``, ``ru-RU``), and may then have an ``id`` column
    and others, which are ignored; or it has no header and two columns, source first, whose languages must be
    given. Cells are not quoted: a tab always ends a cell. Blank lines are skipped.

    Raises InputError with the line if a row has another number of cells or is not UTF-8, or if the header
    lacks a language asked for; OptionError if languages must be given.
    """
    first = next(read_lines(path), None)
    if first is None:
        raise InputError("an empty file", where=f"{path}:1", expected="two columns of text")
    if TABLE_HEAD.match(first[1] + "\n"):
        yield from _published(path, wanted)
        return
    names = first[1].split("\t")
    tags = [known_tag(name) for name in names]
    if sum(tag is not None for tag in tags) >= 2:
        yield from _headed(path, names, wanted)
    else:
        yield from _plain(path, len(names), wanted)


def _published(path: Path, wanted: Wanted) -> Iterator[Segment]:
    for line, row in enumerate(read_tsv(path), start=2):
        tags = [row.source_language, *(target.language for target in row.targets)]
        texts = [row.source, *(target.text for target in row.targets)]
        source, targets = _choose(tags, wanted, f"{path}:1")
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


def _headed(path: Path, names: Sequence[str], wanted: Wanted) -> Iterator[Segment]:
    places = [place for place, name in enumerate(names) if known_tag(name) is not None]
    if names[0] == "id":
        places.remove(0)  # not the tag of Indonesian
    tags = [names[place] for place in places]
    source, targets = _choose(tags, wanted, f"{path}:1")
    languages = [plain_tag(tag) for tag in tags]
    for number, cells in _rows(path, len(names), skip=1):
        for target in targets:
            yield Segment(
                id=cells[0] if names[0] == "id" else str(number),
                source_language=languages[source],
                target_language=languages[target],
                source=tidy(cells[places[source]]),
                target=tidy(cells[places[target]]),
                file=str(path),
                line=number,
            )


def _plain(path: Path, width: int, wanted: Wanted) -> Iterator[Segment]:
    if width != 2:
        raise InputError(
            f"{width} columns and no header with language tags",
            where=f"{path}:1",
            expected="a text and its translation with one tab between, or a header such as 'kk', a tab, 'ru'",
        )
    if wanted.source is None or wanted.target is None:
        raise OptionError(
            "a table without a header does not say its languages",
            where=f"{path}:1",
            action="Give them with --from and --to, or as a header.",
        )
    source_language, target_language = plain_tag(wanted.source), plain_tag(wanted.target)
    file = str(path)
    for number, (source, target) in _rows(path, 2):
        yield Segment(
            id=str(number),
            source_language=source_language,
            target_language=target_language,
            source=tidy(source),
            target=tidy(target),
            file=file,
            line=number,
        )


def _rows(path: Path, width: int, skip: int = 0) -> Iterator[tuple[int, list[str]]]:
    for number, line in read_lines(path):
        if number <= skip or not line:
            continue
        cells = line.split("\t")
        if len(cells) != width:
            raise InputError(
                f"{len(cells)} cells", where=f"{path}:{number}", expected=f"{width}, as in the first line"
            )
        yield number, cells


def _choose(tags: Sequence[str], wanted: Wanted, where: str) -> tuple[int, list[int]]:
    """The column of the source (the first by default) and those of the targets (all others by default)."""
    source = 0 if wanted.source is None else _column(wanted.source, tags, where)
    if wanted.target is not None:
        return source, [_column(wanted.target, tags, where)]
    return source, [place for place in range(len(tags)) if place != source]


def _column(asked: str, tags: Sequence[str], where: str) -> int:
    found = matching(asked, tags)
    if len(found) == 1:
        return found[0]
    raise InputError(
        f"{'several columns' if found else 'no column'} in {asked!r}",
        where=where,
        expected=f"one of {', '.join(tags)}",
    )


_BOM = b"\xef\xbb\xbf"
_AT = {kind: place for place, kind in enumerate(TARGET_KINDS)}


def table_pieces(path: Path, wanted: Wanted) -> Iterator[bytes | Piece]:
    """Cut a table that `read_table` reads into its rows, line ends included; no byte is lost.

    In a published table, an edit also fills an empty `mt` cell with the text before the edit; a filled one
    stays, but is emptied if the edits restore its text. The `terms` cell is updated with the outcomes of the
    terms, whether the text changes or not; a rendering that an earlier edit made stays ``inserted``.
    """
    layout: _Layout | None = None
    with path.open("rb") as stream:
        while raw := stream.readline(LONGEST_LINE):
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
        places = [place for place, name in enumerate(names) if known_tag(name) is not None]
        if len(places) < 2:
            self.is_headed, self._targets = False, [1]
            return
        if names[0] == "id":
            places.remove(0)
        found = _choose([names[place] for place in places], wanted, where)[1]
        self._targets = [places[place] for place in found]

    def _of_published(self, names: Sequence[str], wanted: Wanted, where: str) -> list[int]:
        known = {text_column(item.tag): item.tag for item in languages()}
        size = len(TARGET_KINDS)
        tags = [known[name] for name in (names[1], *names[2::size])]
        table = columns(tags[0], tags[1:])
        places = _choose(tags, wanted, where)[1]
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
        values: dict[Kind, str] = {
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

    def _cell(self, kind: Kind) -> str:
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
