"""Read bilingual tables of every format: find the columns that hold the texts, and turn the rows into
segments.

The columns are found by the header, or are named with ``--columns``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from egiz.glossary.formats.vocabulary import meaning_of
from egiz.parallel.bitext.segment import (
    OtherLanguages,
    Requested,
    Segment,
    agreed,
    matching,
    plain_tag,
    read_lines,
    tidy,
)
from egiz.parallel.publish.tsv import MAX_LINE_BYTES, TABLE_HEAD, PublishedRow, read_tsv
from egiz.parallel.summary import HUMAN_STATUSES
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.tables import column_of, is_quoted, read_table_file
from egiz.translate.languages import known_tag, named_language, named_locale

_ROLES = ("source", "target")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextColumns:
    """The columns of a table that hold texts.

    `places` are the numbers of these columns, from 0; `tags` are their languages, in the same order. `source`
    and `targets` are indices into `places` and `tags`. `name` is the number, from 0, of the column with the
    ids; None if the table has no such column. `has_header` says that the first row is a header.
    """

    places: tuple[int, ...]
    tags: tuple[str, ...]
    source: int
    targets: tuple[int, ...]
    name: int | None = None
    has_header: bool = True


def text_columns(header: Sequence[str], wanted: Requested, where: str) -> TextColumns | None:
    """Return the columns of a table that hold texts.

    If `wanted` names columns, they are these columns. Otherwise they are found in the header of the table.

    `header` is the first row. It is a header if it names at least two languages, as tags or names (``kk``,
    ``ru-RU``, ``Kazakh``), or has columns called ``source`` and ``target`` (``src``, ``tgt``), whose
    languages must then be requested. Returns None if it is no header and `wanted` names no columns.

    Raises InputError if the header lacks a requested language; OptionError if a language must be given, or
    if the table lacks a column that `wanted` names.
    """
    name = 0 if header and header[0].strip().lower() == "id" else None
    if wanted.columns:
        return _given(header, wanted, where)
    found = {at: cell for at, cell in enumerate(header) if at != name and named_locale(cell)}
    if len(found) < 2:
        roles = {meaning_of(cell): at for at, cell in reversed(list(enumerate(header)))}
        if not set(_ROLES) <= roles.keys():
            return None
        tags = [agreed(said, None, side=role, where=where) for role, said in _asked(wanted)]
        return TextColumns(
            places=tuple(roles[role] for role in _ROLES), tags=tuple(tags), source=0, targets=(1,), name=name
        )
    tags = [cell if known_tag(cell) else named_language(cell) or cell for cell in found.values()]
    return _chosen(tuple(found), tags, wanted, where, name)


def _asked(wanted: Requested) -> tuple[tuple[str, str | None], ...]:
    return tuple(zip(_ROLES, (wanted.source, wanted.target), strict=True))


def _given(header: Sequence[str], wanted: Requested, where: str) -> TextColumns:
    """Return the text columns of a table whose columns are named in ``wanted.columns``.

    A column is named by its role (``source=Text``) or by its language (``kk=Text``).
    """
    columns = dict(wanted.columns)
    by_number = all(column.isdecimal() for column in columns.values())
    has_header = not by_number or any(map(named_language, header))
    name = columns.pop("id", None)
    places = [column_of(column, header) for column in columns.values()]
    tags = []
    for (role, _), at in zip(columns.items(), places, strict=True):
        tag = named_language(role)
        if role in _ROLES:
            said = dict(_asked(wanted))[role]
            tag = agreed(said, named_language(header[at]) if has_header else None, side=role, where=where)
        if tag is None:
            raise OptionError(
                f"{role!r} is not known", where="--columns", expected="source, target, id or a language"
            )
        tags.append(tag)
    if len(places) < 2:
        raise OptionError("one column", where="--columns", expected="a source and a target")
    own = None if name is None else column_of(name, header)
    if set(_ROLES) <= columns.keys():
        order = tuple(list(columns).index(role) for role in _ROLES)
        return TextColumns(
            places=tuple(places),
            tags=tuple(tags),
            source=order[0],
            targets=order[1:],
            name=own,
            has_header=has_header,
        )
    return _chosen(tuple(places), tags, wanted, where, own, has_header=has_header)


def _chosen(
    places: tuple[int, ...],
    tags: Sequence[str],
    wanted: Requested,
    where: str,
    name: int | None,
    *,
    has_header: bool = True,
) -> TextColumns:
    source, targets = choose_columns(tags, wanted, where)
    return TextColumns(
        places=places,
        tags=tuple(tags),
        source=source,
        targets=tuple(targets),
        name=name,
        has_header=has_header,
    )


def choose_columns(tags: Sequence[str], wanted: Requested, where: str) -> tuple[int, list[int]]:
    """Return the index in `tags` of the source column, and the indices of the target columns.

    If no source is requested, it is the first column. If no target is requested, the targets are all other
    columns. Raises InputError if a requested language has no column or several columns.
    """
    source = 0 if wanted.source is None else _column(wanted.source, tags, where)
    if wanted.target is not None:
        return source, [_column(wanted.target, tags, where)]
    return source, [place for place in range(len(tags)) if place != source]


def _column(asked: str, tags: Sequence[str], where: str) -> int:
    found = matching(asked, tags)
    if len(found) == 1:
        return found[0]
    error = InputError if found else OtherLanguages
    raise error(
        f"{'several columns' if found else 'no column'} in {asked!r}",
        where=where,
        expected=f"one of {', '.join(tags)}",
    )


def read_table(path: Path, wanted: Requested) -> Iterator[Segment]:
    """Read a table row by row. Without a target in `wanted`, each row gives a segment for every target
    language.

    A table that Egiz did not publish has one of two forms. With a header (see `text_columns`), it may have an
    ``id`` column, and other columns are ignored. Without a header, it has two columns, source first, whose
    languages must be given. Blank lines are skipped.

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
    """Whether a table is UTF-8 with tabs between unquoted cells, so that it can be read line by line.

    All other tables (CSV, workbooks, UTF-16, cells quoted by pandas, R or Excel) are read into memory.
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
    """Yield the lines up to the first line that is longer than `MAX_LINE_BYTES`.

    No error is raised for the long line, because `read_lines` raises it later.
    """
    while (line := stream.readline(MAX_LINE_BYTES)) and (len(line) < MAX_LINE_BYTES or line.endswith(b"\n")):
        yield line.decode("utf-8", "replace").removeprefix("\ufeff")


_HEAD = 1 << 16
_NOT_PLAIN = (b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff")
"""The first bytes of workbooks and of files in UTF-16."""


def table_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a table with their line numbers, the first row first; blank rows are left out.

    All rows that are yielded have as many cells as the first row. In a table that is not plain (see
    `is_plain`), empty cells are added to a row that has fewer.

    Raises what `egiz.translate.io.tables.read_table_file` raises. Raises InputError for a table without rows,
    for a row that has more cells than the first row and, in a plain table, for a row that has fewer.
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
    """Yield the segments of a table; `rows` are pairs of line number and cells."""
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


def _two(names: Sequence[str], wanted: Requested, where: str) -> TextColumns:
    """Return the two columns of a table without a header, source first.

    Raises InputError and OptionError as `read_table` does.
    """
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


def _published(path: Path, wanted: Requested) -> Iterator[Segment]:
    for line, row in enumerate(read_tsv(path), start=2):
        tags = [row.source_language, *(target.language for target in row.targets)]
        texts = [row.source, *(target.text for target in row.targets)]
        source, targets = choose_columns(tags, wanted, f"{path}:1")
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
    """Return the `terms` cell of the text at `place` in a row, where 0 is the source and 1 the first target.

    The result is empty for the source, and for a translation that a person wrote or approved.
    """
    target = row.targets[place - 1] if place else None
    return target.terms if target and target.status not in HUMAN_STATUSES else ""
