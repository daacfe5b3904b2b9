"""Reads outputs and references from tables, bilingual files or plain lines as columns of text by language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from egiz.parallel.bitext import Segment, read_bitext
from egiz.parallel.bitext.segment import read_lines, tidy
from egiz.parallel.bitext.table import is_plain, table_rows
from egiz.parallel.publish import HISTORY, TABLE_HEAD, read_tsv
from egiz.parallel.publish.side_tables import side_table_path
from egiz.parallel.summary import HUMAN_STATUSES
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.tables import column_of, parse_columns
from egiz.translate.languages import known_tag, named_language

_TABLES = frozenset((".tsv", ".tab", ".csv", ".xlsx"))
_BILINGUAL = frozenset((".tmx", ".xlf", ".xliff", ".po", ".pot"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The texts of one file: for each language, one text per row. If a row has no text in a language, the
    text is empty.

    `ids` are the distinct ids of the rows; it is empty if the file has no ids. `columns` has the languages in
    the order of the file. The first language is the source of the others; if it is the only language, it is
    not a source. `people` has, by language, the numbers (from 0) of rows that a person wrote or approved and
    whose machine output is unknown.
    """

    file: str
    rows: int
    ids: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    people: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in the order of the file."""
        return tuple(self.columns)


def read_texts(
    path: Path, columns: str | None = None, language: str | None = None, source: str | None = None
) -> Texts:
    """Read all texts of a file.

    A table has a header with languages; it may also have an ``id`` column and other columns, which are
    ignored. If a table has no such header, `columns` names its columns (see `egiz.translate.io.tables`). A
    name is either a language, or ``source`` or ``target``; the parameters `source` and `language` then say
    which languages these two are.

    TMX, XLIFF and PO have a row per unit and a column per language. Any other file has one text per line; a
    blank line is an empty text. The language of the lines is `language`; if that is None, it is the ending of
    the file name (``out.ru``).

    Raises InputError with the place if the file is malformed, has no rows or has an id twice. Raises
    OptionError if languages must be given.
    """
    if path.suffix.lower() in _BILINGUAL:
        return _bilingual(path)
    if not _is_table(path):
        return _plain(path, [line for _, line in read_lines(path)], language or known_tag(path.suffix[1:]))
    return _table(path, parse_columns(columns), {"source": source, "target": language})


def _is_table(path: Path) -> bool:
    """Whether a file is a table rather than lines of text: by its extension or by tabs in its first line."""
    if path.suffix.lower() not in _TABLES:
        return any("\t" in line for _, line in islice(read_lines(path), 1))
    return not path.is_file() or path.stat().st_size == 0 or len(next(table_rows(path))[1]) > 1


def _plain(path: Path, lines: Sequence[str], language: str | None) -> Texts:
    if not lines:
        raise InputError("an empty file", where=str(path), expected="at least one row")
    if language is None:
        raise OptionError(
            "the file does not state the language of its lines",
            where=str(path),
            action="Name it with --to, one language.",
        )
    return Texts(file=str(path), rows=len(lines), ids=(), columns={language: tuple(map(tidy, lines))})


def _table(path: Path, columns: Mapping[str, str], roles: Mapping[str, str | None]) -> Texts:
    rows = [cells for _, cells in table_rows(path)]
    names = rows[0]
    at_id = names.index("id") if "id" in names else None
    tags = {at: tag for at, name in enumerate(names) if at != at_id and (tag := named_language(name))}
    has_header = bool(tags)
    if columns:
        has_header = has_header or not all(column.isdecimal() for column in columns.values())
        places = {role: column_of(column, names) for role, column in columns.items()}
        at_id = places.pop("id", at_id if has_header else None)
        tags = {at: _language(role, roles) for role, at in places.items()}
    if not tags:
        raise OptionError(
            f"{len(names)} columns and no header with languages",
            where=f"{path}:1",
            action="Name the languages of its columns with --columns, such as kk=1,ru=2.",
        )
    rows = rows[1:] if has_header else rows
    if not rows:
        raise InputError("no row under the header", where=str(path), expected="at least one")
    known = list(tags.values())
    twice = next((tag for place, tag in enumerate(known) if tag in known[:place]), None)
    if twice:
        raise InputError(f"several columns in {twice!r}", where=f"{path}:1", expected="one of each language")
    ids = () if at_id is None else tuple(cells[at_id] for cells in rows)
    _check_distinct(ids, str(path))
    return Texts(
        file=str(path),
        rows=len(rows),
        ids=ids,
        columns={tag: tuple(tidy(cells[place]) for cells in rows) for place, tag in sorted(tags.items())},
    )


def _language(role: str, roles: Mapping[str, str | None]) -> str:
    """Return the language of a column. `role` is the column's name: a language, or ``source`` or ``target``,
    whose languages are in `roles`.
    """
    tag = roles.get(role) if role in roles else named_language(role)
    if tag is None:
        raise OptionError(
            f"{role!r} is no language" if role not in roles else f"the language of {role!r} is not known",
            where="--columns",
            expected="a language, id, or source and target with --from and --to",
        )
    return tag


def _bilingual(path: Path) -> Texts:
    """Read a bilingual file. Each unit is a row, and each language a column."""
    segments: dict[tuple[str, int], list[Segment]] = {}
    for segment in read_bitext(path):
        segments.setdefault((segment.id, segment.line), []).append(segment)
    if not segments:
        raise InputError("no translation", where=str(path), expected="at least one unit")
    found = [item for group in segments.values() for item in group]
    targets = dict.fromkeys(item.target_language for item in found)
    source = found[0].source_language
    columns = {source: tuple(group[0].source for group in segments.values())}
    for tag in targets:
        texts = ({item.target_language: item.target for item in group} for group in segments.values())
        columns[tag] = tuple(own.get(tag, "") for own in texts)
    ids = tuple(name for name, _ in segments)
    are_own = len(set(ids)) == len(ids) and ids != tuple(map(str, range(1, len(ids) + 1)))
    return Texts(file=str(path), rows=len(segments), ids=ids if are_own else (), columns=columns)


def _check_distinct(ids: Sequence[str], where: str) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise InputError(f"the id {name!r} stands twice", where=where, expected="an id for each row")
        seen.add(name)


def matched(texts: Texts, reference: Texts) -> Texts:
    """Return the rows of `texts` in the order of the rows of `reference`. Rows are matched by id if both
    files have ids; otherwise `texts` is returned unchanged.

    Raises InputError if the numbers of rows differ, or if `texts` lacks an id of the reference.
    """
    if texts.rows != reference.rows:
        raise InputError(
            f"{texts.rows} rows",
            where=texts.file,
            expected=f"{reference.rows}, as many as in {reference.file}",
        )
    if not texts.ids or not reference.ids:
        return texts
    places = {name: place for place, name in enumerate(texts.ids)}
    for name in reference.ids:
        if name not in places:
            raise InputError(
                f"no row with the id {name!r}", where=texts.file, expected=f"the ids of {reference.file}"
            )
    order = [places[name] for name in reference.ids]
    return Texts(
        file=texts.file,
        rows=texts.rows,
        ids=reference.ids,
        columns={tag: tuple(column[at] for at in order) for tag, column in texts.columns.items()},
        people={
            tag: frozenset(number for number, at in enumerate(order) if at in own)
            for tag, own in texts.people.items()
        },
    )


def of_machines(texts: Texts) -> Texts:
    """Return the texts of a published table as they were before people edited or approved any.

    If the machine output of a row is unknown, the text of the row stays, and the number of the row is added
    to `people`. If the file is not a published table, its texts are returned unchanged. Raises InputError if
    the table or its history is malformed.
    """
    from egiz.parallel.review.files import read_history
    from egiz.parallel.review.human_cells import claims, machine_of

    path = Path(texts.file)
    plain = path.suffix.lower() not in _BILINGUAL and is_plain(path)
    head = next(read_lines(path), (1, ""))[1] if plain else ""
    if not (TABLE_HEAD.match(f"{head}\n") and head.endswith(".mt")):
        return texts
    last = claims(read_history(side_table_path(path, HISTORY)))
    columns = {tag: list(column) for tag, column in texts.columns.items()}
    people: dict[str, set[int]] = {}
    for number, row in enumerate(read_tsv(path)):
        for target in row.targets:
            if target.status in HUMAN_STATUSES:
                machine = machine_of(target, last.get((row.id, target.language)))
                if machine:
                    columns[target.language][number] = machine
                else:
                    people.setdefault(target.language, set()).add(number)
    return replace(
        texts,
        columns={tag: tuple(column) for tag, column in columns.items()},
        people={tag: frozenset(numbers) for tag, numbers in people.items()},
    )
