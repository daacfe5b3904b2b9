r"""Read term bases that are tables: TSV, CSV, tab-separated text, XLSX; `tables_write` writes them.

A cell may have several values, separated by ``|``. The module `columns` determines what the names in a header
mean. Tables of other programs are read too: languages by tag or name, repeated columns, statuses in the words
of these programs.

The file is UTF-8 (a byte order mark is skipped), UTF-16, or in an encoding that `egiz.translate.io.tables`
recognises, and is read as NFC. It may start with lines that begin with ``#``: ``# title: …``,
``# licence: …`` and ``# origin: …`` are about the whole base, and any other is a comment. Then comes the
header, then one entry per row. Blank lines are skipped and, after the header, also rows of one cell that
begins with ``#``. Cells missing at the end of a row count as empty.

========================  =================================================================================
``id``                    name of the entry, unique; where empty, made from its first wording (``identify``)
``kk``, ``ru``, ``en`` …  wordings in that language, separated by `` | ``, by semicolons or line ends; the
                          first is the preferred one, the others are accepted too
``kk.forbidden``          wordings that must not be used
``kk.status``             ``preferred``, ``accepted`` or ``forbidden``, in the words of any program
``kk.pos``                part of speech: noun, proper, adjective, verb, adverb or phrase
``kk.number``             ``singular`` or ``plural`` where the wording is used in that number only
``kk.match``              ``case`` (capitals must agree), ``exact`` (no inflection), or ``case,exact``
``kk.forms``              forms besides the regular ones, separated by commas or semicolons
``kk.like``               a word whose paradigm the last word follows
``subject``, ``note``     field of the entry; a remark
``origin``, ``licence``   who or what the entry comes from; under which terms it may be used
========================  =================================================================================

Only one column of wordings is needed. A cell of ``kk.pos`` to ``kk.like`` holds one value for each wording
of ``kk``, separated by `` | `` in the same order, or a single value for all of them; a value may be empty.
The same columns exist for forbidden wordings: ``kk.forbidden.pos`` and so on. Indonesian is ``id-Latn``,
because ``id`` is the first column. A language may have a region (``en-GB``), Kazakh
also a script (``kk-Latn``).

A wording whose status is not known is left out and counted, since it may be one that must not be used.

A tab, line break, bar, semicolon or backslash in a wording is written ``\t``, ``\n``, ``\r``, ``\|``,
``\;``, ``\\``; in forms a comma is ``\,``. In a TSV, quotes have no meaning. In a CSV, cells are quoted as
usual.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

from egiz.glossary.formats.columns import (
    Layout,
    Side,
    left_out,
    read_header,
    without_header,
)
from egiz.glossary.formats.common import (
    DEFAULT,
    FileWording,
    ReadOptions,
    identify,
    join_wordings,
    joined,
    settle,
    split_bars,
    split_list,
    split_wordings,
    stricter,
    unescape,
)
from egiz.glossary.formats.vocabulary import NUMBERS, PARTS_OF_SPEECH, Usage, truth_of, usage_of
from egiz.glossary.records import Number, PartOfSpeech, Term, TermBase
from egiz.translate.errors import InputError, nearest
from egiz.translate.io.tables import SEPARATORS, Row, read_table_file
from egiz.translate.languages import named_locale

_MATCH = ("case", "exact")
_VALUES: Mapping[str, tuple[str, ...]] = {"pos": get_args(PartOfSpeech), "number": get_args(Number)}
_FIELDS = {"pos": "part_of_speech", "number": "number", "like": "inflect_like"}


@dataclass(slots=True)
class _Place:
    """The file and line (from 1) being read, for messages, with counts of the values that are not read."""

    where: str
    line: int = 0
    unread: Counter[str] = field(default_factory=Counter)

    def error(self, found: str, column: str, expected: str, action: str = "") -> InputError:
        return InputError(
            found, where=f"{self.where}:{self.line}, column {column!r}", expected=expected, action=action
        )


@dataclass(slots=True)
class _Entry:
    """An entry being read. Several rows about one concept become one entry."""

    id: str
    place: str
    wordings: list[FileWording]
    plain: dict[str, str]


def read_rows(rows: Iterable[Row], layout: Layout, place: _Place) -> Iterator[Term]:
    """Yield the entries in rows of raw cells; each row comes with its line number, from 1.

    Raises InputError with line and column name for a row that is longer than the header or has no wording,
    for unknown values in Egiz' own columns, and for a number of values that differs from that of the
    wordings. Unknown values in columns of other programs are counted in `place`.
    """
    entries: list[_Entry] = []
    by_id: dict[str, _Entry] = {}
    for line, cells in rows:
        if len(cells) == 1 and cells[0].startswith("#"):
            continue
        place.line = line
        entry = _entry(_padded(cells, layout, place), layout, place)
        if entry is None:
            continue
        earlier = by_id.get(entry.id) if entry.id else None
        if earlier is not None and (layout.joins or _share(earlier, entry)):
            join_wordings(earlier.wordings, entry.wordings)
            for name, text in entry.plain.items():
                earlier.plain[name] = joined([earlier.plain.get(name, ""), text])
        else:
            by_id.setdefault(entry.id, entry)
            entries.append(entry)
    settled = [(entry, tuple(settle(entry.wordings))) for entry in entries]
    ids = identify([entry.id for entry, _ in settled], (words[0].text for _, words in settled))
    for name, (entry, words) in zip(ids, settled, strict=True):
        yield Term(id=name, wordings=words, place=entry.place, **entry.plain)


def _share(earlier: _Entry, entry: _Entry) -> bool:
    """Whether two rows with the same id have a wording in common, and so are about one concept."""
    known = {(word.language, word.text) for word in earlier.wordings}
    return any((word.language, word.text) in known for word in entry.wordings)


def _entry(cells: Sequence[str], layout: Layout, place: _Place) -> _Entry | None:
    """Return the entry of a row; None if no wording is left because all have an unknown status.

    `place` counts the statuses that are not known. Raises InputError for a row without a wording.
    """
    wordings: list[FileWording] = []
    is_filled = False
    for number, side in enumerate(layout.sides):
        if layout.row_languages:
            side = _side_of_row(side, cells[layout.row_languages[number]], place)
        for wording in _wordings(side, cells, place):
            is_filled = True
            for kind, column in layout.remarks:
                wording = _remark(wording, kind, cells[column], place, is_source=number == 0)
            if wording.status is not None or not wording.is_unknown:
                wordings.append(wording)
    if not is_filled:
        raise InputError(
            "no wording in any language",
            where=f"{place.where}:{place.line}",
            expected="one at least, in " + ", ".join(repr(side.name) for side in layout.sides),
        )
    plain = {
        name: unescape(cells[columns[0]].strip())
        if len(columns) == 1
        else joined([unescape(cells[column].strip()) for column in columns])
        for name, columns in layout.plain.items()
    }
    name = plain.pop("id", "")
    return _Entry(name, f"{place.where}:{place.line}", wordings, plain) if wordings else None


def _side_of_row(side: Side, cell: str, place: _Place) -> Side:
    """Return the side (columns of one language) with the language that `cell` of the row names.

    Raises InputError if that is not a known language.
    """
    tag = named_locale(cell)
    if tag is None:
        raise place.error(repr(cell), f"{side.name} language", "a language, such as kk or Kazakh")
    return replace(side, language=tag)


def _padded(cells: list[str], layout: Layout, place: _Place) -> list[str]:
    """Return the cells of a row, one for each column, with empty cells at the end if the row is short.

    Raises InputError for text in cells beyond the last column, and for a row with another separator.
    """
    width = len(layout.names)
    if len(cells) == 1 < width and any(cells[0].count(sign) == width - 1 for sign in SEPARATORS):
        raise InputError(
            f"one cell, {cells[0][:60]!r}",
            where=f"{place.where}:{place.line}",
            expected=f"{width} cells, separated as those of the header are",
        )
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        raise InputError(
            f"{len(cells)} cells",
            where=f"{place.where}:{place.line}",
            expected=f"{width} at most, as in the header",
        )
    return [*cells[:width], *[""] * (width - len(cells))]


_SPECIAL = re.compile(r"[|;\\\n\r]")
"""Characters that a cell has only if it holds several wordings or an escape."""


def _wordings(side: Side, cells: Sequence[str], place: _Place) -> Sequence[FileWording]:
    """Return the wordings in a row of one side (columns of one language), with attributes and statuses.

    Raises InputError, with line and column name, for values that do not fit the wordings.
    """
    cell = cells[side.text].strip()
    given = side.attributes and [
        (name, cells[column]) for name, column in side.attributes if cells[column].strip()
    ]
    if not cell:
        if given:
            raise place.error("a value without a wording", f"{side.name}.{given[0][0]}", "an empty cell")
        return _forbidden_ones(side, cells)
    status: Usage | None = "forbidden" if side.is_forbidden else None
    if not (given or side.remarks or _SPECIAL.search(cell)):  # nearly all cells of a large table
        return (FileWording(language=side.language, text=cell, status=status),)
    if "" in split_bars(cell):
        raise place.error("an empty wording between bars", side.name, "wordings separated by single bars")
    texts = split_wordings(cell)
    found = [FileWording(language=side.language, text=unescape(text), status=status) for text in texts]
    for name, values in given or ():
        column = f"{side.name}.{name}"
        for wording, value in zip(found, _value_for_each(values, len(texts), column, place), strict=True):
            wording.fields.update(_read_value(name, value, column, place))
    for kind, at in side.remarks:
        remarks = split_bars(cells[at])
        if len(remarks) != len(found):
            remarks = [cells[at].strip()] * len(found)
        found = [_remark(wording, kind, value, place) for wording, value in zip(found, remarks, strict=True)]
    return [*found, *_forbidden_ones(side, cells)]


def _forbidden_ones(side: Side, cells: Sequence[str]) -> list[FileWording]:
    """Return the wordings in a column such as ``ru_forbidden``, if it has wordings instead of yes or no."""
    return [
        FileWording(language=side.language, text=unescape(text), status="forbidden")
        for kind, column in side.remarks
        if kind == "forbidden" and cells[column].strip() and truth_of(cells[column]) is None
        for text in split_wordings(cells[column])
    ]


def _remark(
    wording: FileWording, kind: str, cell: str, place: _Place, *, is_source: bool = False
) -> FileWording:
    """Return a wording with the value that a column of another program (`kind`) has for it.

    `is_source` is true if the wording is in the first language of the table, the source. A value that forbids
    a row forbids only its translations, so it does not change the status of such a wording.
    """
    value = cell.strip()
    if not value:
        return wording
    if kind in ("status", "info"):
        usages = [usage_of(value)] if kind == "status" else _info(wording, value, place)
        for usage in usages:
            if not (is_source and usage == "forbidden"):
                wording = stricter(wording, usage, value, place.unread)
    elif kind in ("forbidden", "fuzzy"):
        is_true = truth_of(value)
        if is_true and not is_source:
            usage = "forbidden" if kind == "forbidden" else None
            wording = stricter(wording, usage, f"{kind}: {value}", place.unread)
    elif kind == "preferred":
        wording = stricter(wording, "preferred", value, place.unread) if truth_of(value) else wording
    elif kind in ("case", "exact"):
        wording.fields["case_sensitive" if kind == "case" else "exact"] = truth_of(value) is True
    elif kind in _VALUES:
        known = PARTS_OF_SPEECH if kind == "pos" else NUMBERS
        found = known.get(value.lower())
        if found:
            wording.fields[_FIELDS[kind]] = found
        else:
            place.unread[f"{'part of speech' if kind == 'pos' else 'number'} {value!r}"] += found is None
    return wording


_INFO = {"casesense": "case_sensitive", "casesensitive": "case_sensitive", "exact": "exact"}
_WITHOUT_EFFECT = frozenset({"casepermissive", "caseinsensitive", "halfprefix", "fuzzy", "custom", "prefix"})
"""Words that tell memoQ how to match a term. Egiz ignores them, because it recognises forms by grammar."""


def _info(wording: FileWording, value: str, place: _Place) -> list[Usage | None]:
    """Return the statuses in a value of memoQ's ``Term_Info``.

    A status that is not known is None in the result. Values about case sensitivity and exactness are not
    statuses; they are stored in the wording.
    """
    usages: list[Usage | None] = []
    for word in re.split(r"[;,|\s]+", value.lower()):
        if word in _INFO:
            wording.fields[_INFO[word]] = True
        elif word and word not in _WITHOUT_EFFECT:
            usages.append(usage_of(word))
    return usages


def _value_for_each(cell: str, count: int, column: str, place: _Place) -> list[str]:
    """Return one value for each of `count` wordings; if the cell has a single value, it applies to all."""
    values = split_bars(cell)
    if len(values) == 1:
        return values * count
    if len(values) != count:
        action = "Separate the forms of one wording by commas." if column.endswith(".forms") else ""
        raise place.error(
            f"{len(values)} values",
            column,
            f"{count}, one for each wording, or one for all" if count > 1 else "one, as there is one wording",
            action,
        )
    return values


def _read_value(name: str, value: str, column: str, place: _Place) -> dict[str, Any]:
    """Return the fields of a wording, with their values, that the value of an attribute column sets."""
    if name == "forms":
        return {"forms": split_list(value)}
    if name == "match":
        items = split_list(value)
        _check(items, _MATCH, column, place)
        return {"case_sensitive": "case" in items, "exact": "exact" in items}
    if name in _VALUES:
        _check([value], _VALUES[name], column, place)
    return {_FIELDS[name]: unescape(value)}


def _check(values: Sequence[str], known: Sequence[str], column: str, place: _Place) -> None:
    for value in values:
        if value not in known:
            expected = "one of " + ", ".join(item for item in known if item)
            raise place.error(repr(value), column, expected, nearest(value, known))


_ABOUT = re.compile(r"#+\s*(title|licence|license|origin)\s*:(.*)", re.DOTALL | re.IGNORECASE)
_NAMES = {"license": "licence"}


def read_table(path: Path, where: str, options: ReadOptions = DEFAULT) -> TermBase:
    """Read a term base that is a table. `where` names the file in messages and places.

    Raises InputError with line and column name for invalid content, and with the offset for bytes that cannot
    be decoded; OptionError for `options` that do not fit the table.
    """
    table = read_table_file(path, where, options.encoding)
    about = {"title": "", "licence": "", "origin": ""}
    filled = [(line, cells) for line, cells in table.rows if any(map(str.strip, cells))]
    while filled and filled[0][1][0].startswith("#"):
        _, cells = filled.pop(0)
        if stated := _ABOUT.fullmatch(_joined(cells, table.separator)):
            name = stated[1].lower()
            about[_NAMES.get(name, name)] = unescape(stated[2].strip())
    for _, (name, *texts) in table.about:
        if name in about:
            about[name] = unescape("".join(texts[:1]))
    if not filled:
        raise InputError(
            "holds no header",
            where=where,
            expected="a row with a column for each language, such as kk, ru and en",
        )
    line, header = filled[0][0], [cell.strip() for cell in filled[0][1]]
    rows = [cells for _, cells in filled]
    layout = None if options.columns else without_header(header, rows)
    layout = layout or read_header(header, f"{where}:{line}", options.columns, options.languages)
    if layout.has_header:
        del filled[0]
    place = _Place(where)
    terms = tuple(read_rows(filled, layout, place))
    used = {at for _, cells in filled for at, cell in enumerate(cells) if cell.strip()}
    kept = (f"the column {header[at]!r}, kept as a note" for at in layout.definitions if at in used)
    counted = (f"{count} × {what}" for what, count in place.unread.items() if count)
    return TermBase(
        terms=terms,
        title=about["title"],
        licence=about["licence"],
        origin=about["origin"],
        unread=(*left_out(layout, used), *counted),
        assumed=(*table.assumed, *kept),
    )


def _joined(cells: list[str], separator: str) -> str:
    """Return the text of a comment row: its cells joined, without the empty ones that spreadsheets append."""
    while len(cells) > 1 and not cells[-1]:
        cells = cells[:-1]
    return separator.join(cells)
