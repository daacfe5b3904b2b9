"""Reads the files beside a published table: term uses, edits, scores, word links and reviews.

Every line is checked against the rows of the table. If a line names a missing row, or words that are not in
its cell, InputError is raised, because the file then belongs to another table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from egiz.glossary.correct.links import word_places
from egiz.parallel.publish import WORD_COLUMNS, PublishedRow
from egiz.parallel.publish.side_tables import EDIT_COLUMNS as _EDIT_COLUMNS
from egiz.parallel.publish.side_tables import USE_COLUMNS
from egiz.parallel.publish.tsv import unmarked
from egiz.parallel.reader.records import CellReasons, MachineEdit, Review, ReviewKind, TermPlace, WordLinks
from egiz.parallel.scores.reasons import unpacked
from egiz.translate.errors import InputError
from egiz.translate.io.files import read_whole

TERM_COLUMNS = tuple(column.name for column in USE_COLUMNS)
EDIT_COLUMNS = tuple(column.name for column in _EDIT_COLUMNS)


def read_columns(path: Path, wanted: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield, for each row of a tab-separated file, its place ``file:line`` and its cells by column name.

    The columns may be in any order, and there may be columns that are not in `wanted`. Raises InputError with
    file and line if a column of `wanted` is missing, a row has the wrong number of cells, or the file is not
    UTF-8.
    """
    try:
        lines = read_whole(path).decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start + 1} is not UTF-8", where=str(path)) from error
    names = lines[0].rstrip("\r").split("\t")
    missing = [name for name in wanted if name not in names]
    if missing:
        raise InputError(f"no column {missing[0]!r}", where=f"{path}:1", expected=", ".join(wanted))
    for number, line in enumerate(lines[1:], start=2):
        cells = line.rstrip("\r").split("\t")
        if cells == [""]:
            continue
        where = f"{path}:{number}"
        if len(cells) != len(names):
            raise InputError(f"{len(cells)} cells", where=where, expected=f"{len(names)}, as in the header")
        yield where, dict(zip(names, map(unmarked, cells), strict=True))


def read_span(cells: dict[str, str], side: str, text: str, where: str) -> tuple[int, int]:
    """Return the span in the columns ``SIDE_start`` and ``SIDE_stop``, in code points of `text`. If both
    cells are empty, the span is (0, 0).

    If `side` is empty, the columns are ``start`` and ``stop``. Raises InputError if the cells are not a span
    of the text.
    """
    prefix = f"{side}_" if side else ""
    start, stop = cells[f"{prefix}start"], cells[f"{prefix}stop"]
    if not start and not stop:
        return 0, 0
    if not (_is_number(start) and _is_number(stop)) or not 0 <= int(start) <= int(stop) <= len(text):
        raise InputError(
            f"{prefix}start {start!r} and {prefix}stop {stop!r}",
            where=where,
            expected=f"a span of the {len(text)} characters of the cell",
            action="The file does not belong to this table; build both again.",
        )
    return int(start), int(stop)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def read_places(path: Path, rows: tuple[PublishedRow, ...]) -> Iterator[TermPlace]:
    """Yield the term uses in `term-uses.tsv`; raises InputError if a span does not lie in its cell."""
    find = _Finder(rows)
    for where, cells in read_columns(path, TERM_COLUMNS):
        row, target = find(cells, where)
        yield TermPlace(
            row=row,
            target=target,
            term=cells["term"],
            source_term=cells["source_term"],
            target_term=cells["target_term"],
            source=read_span(cells, "source", rows[row].source, where),
            rendered=read_span(cells, "target", rows[row].targets[target].text, where),
            outcome=cells["outcome"],
            note=cells["note"],
        )


def places_of_cells(rows: tuple[PublishedRow, ...]) -> Iterator[TermPlace]:
    """Yield the term uses that the cells of the table list. They have a term and an outcome, but no spans."""
    for number, row in enumerate(rows):
        for place, target in enumerate(row.targets):
            for item in filter(None, target.terms.split(",")):
                term, _, outcome = item.rpartition(":")
                yield TermPlace(
                    row=number,
                    target=place,
                    term=term,
                    source_term=term,
                    target_term="",
                    source=(0, 0),
                    rendered=(0, 0),
                    outcome=outcome,
                    note="",
                )


def read_edits(path: Path, rows: tuple[PublishedRow, ...]) -> Iterator[MachineEdit]:
    """Yield the edits in `edits.tsv`; raises InputError if the machine output does not have the text that an
    edit replaces.
    """
    find = _Finder(rows)
    for where, cells in read_columns(path, EDIT_COLUMNS):
        row, place = find(cells, where)
        target = rows[row].targets[place]
        machine = target.machine or target.text
        start, stop = read_span(cells, "", machine, where)
        if machine[start:stop] != cells["before"]:
            raise InputError(
                f"{cells['before']!r} before the edit",
                where=where,
                expected=repr(machine[start:stop]),
                action="The file does not belong to this table; build both again.",
            )
        yield MachineEdit(
            row=row,
            target=place,
            start=start,
            stop=stop,
            after=cells["after"],
            rule=cells["rule"],
        )


def read_reasons(path: Path, rows: tuple[PublishedRow, ...]) -> Iterator[CellReasons]:
    """Yield the reasons in `scores.tsv`. Cells without reasons are left out."""
    find = _Finder(rows)
    for where, cells in read_columns(path, ("row", "language", "causes")):
        row, target = find(cells, where)
        if cells["causes"]:
            yield CellReasons(row=row, target=target, reasons=unpacked(cells["causes"]))


def read_words(path: Path, rows: tuple[PublishedRow, ...]) -> Iterator[WordLinks]:
    """Yield the word links in `words.tsv`; raises InputError if a cell has fewer words than a link says."""
    find = _Finder(rows)
    for where, cells in read_columns(path, tuple(column.name for column in WORD_COLUMNS)):
        row, target = find(cells, where)
        texts = rows[row].source, rows[row].targets[target].text
        counts = [len(word_places(text)) for text in texts]
        pairs = tuple(_pair(item, counts, where) for item in cells["words"].split())
        yield WordLinks(row=row, target=target, pairs=pairs)


_PAIR = re.compile("([0-9]{1,6})-([0-9]{1,6})")


def _pair(item: str, counts: Sequence[int], where: str) -> tuple[int, int]:
    """Parse a pair of word indices, for example ``0-1``. Raises InputError if the pair is malformed, or if an
    index is not below the number of words in `counts`.
    """
    found = _PAIR.fullmatch(item)
    source, target = map(int, found.groups()) if found else counts
    if not (source < counts[0] and target < counts[1]):
        raise InputError(
            f"{item!r}",
            where=where,
            expected=f"pairs such as 0-1 of the {counts[0]} words of the source and the {counts[1]} of the "
            "translation",
            action="The words were linked in other texts. Link them again with --words, or remove the file.",
        )
    return source, target


def read_reviews(path: Path, rows: tuple[PublishedRow, ...]) -> Iterator[Review]:
    """Yield the reviews that the page shows; `ReviewKind` lists their kinds.

    They are in the order of the history. If one author has several outdated or orphaned texts for one
    sentence, only the last text is included. If a person has decided against a text, only the comment on it
    is included. If the row of an entry now has another source than the history says, the entry is shown as an
    orphan.
    """
    from egiz.parallel.review.carry_over import is_open
    from egiz.parallel.review.files import MEMORY, read_history
    from egiz.parallel.review.human_cells import claims, is_human
    from egiz.parallel.review.records import SEEN, SETTLED

    history = read_history(path)
    last = claims(history)
    places = {row.id: number for number, row in enumerate(rows)}
    tags = {target.language: place for place, target in enumerate(rows[0].targets)}
    found: dict[object, Review] = {}
    for number, entry in enumerate(history):
        row, target = places.get(entry.row, -1), tags.get(entry.language, -1)
        here = row >= 0 and target >= 0 and rows[row].source == (entry.now or entry.source)
        stands = here and entry is last.get(entry.cell) and is_human(rows[row].targets[target], entry)
        key: object = number
        kind: ReviewKind | None = "remark" if entry.comment and here and not entry.now else None
        if not here or entry.state == "orphaned":
            kind, row, target = "orphan", -1, -1
        elif stands:
            kind = "remembered" if entry.origin == MEMORY else "stands"
        elif entry.conflict in (SEEN, SETTLED):
            kind = "remark" if kind else None
        elif is_open(entry):
            kind = "conflict"
        elif entry.now and (entry.comment or not entry.is_remark):
            kind, key = "outdated", ("outdated", *entry.cell, entry.source, entry.author)
        if kind == "orphan" and not entry.conflict:
            key = ("orphan", entry.language, entry.sentence, entry.author)
        if kind is not None:
            found.pop(key, None)
            found[key] = Review(
                row=row,
                target=target,
                kind=kind,
                language=entry.language,
                author=entry.author,
                time=entry.time,
                approved=entry.approved,
                comment=entry.comment,
                source=entry.source,
                text=entry.after,
            )
    yield from found.values()


class _Finder:
    """Finds the row and the target (both as indices from 0) to which a line of a file refers. Raises
    InputError if the table has no such row or target.
    """

    def __init__(self, rows: tuple[PublishedRow, ...]) -> None:
        self._rows = {row.id: number for number, row in enumerate(rows)}
        self._targets = {target.language: place for place, target in enumerate(rows[0].targets)}

    def __call__(self, cells: dict[str, str], where: str) -> tuple[int, int]:
        row, target = self._rows.get(cells["row"]), self._targets.get(cells["language"])
        if row is None or target is None:
            raise InputError(
                f"row {cells['row']!r} in language {cells['language']!r}",
                where=where,
                expected="a row and a target language of the table",
                action="The file does not belong to this table; build both again.",
            )
        return row, target
