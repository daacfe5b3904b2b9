"""The rows of a term table → entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from egiz.glossary.formats.cells import split_bars, split_list, unescape
from egiz.glossary.formats.columns import Layout, Side
from egiz.glossary.formats.identifiers import identify
from egiz.glossary.records import Number, PartOfSpeech, Term, Wording, WordingStatus
from egiz.translate.errors import InputError, nearest

_MATCH = ("case", "exact")
_VALUES: Mapping[str, tuple[str, ...]] = {"pos": get_args(PartOfSpeech), "number": get_args(Number)}
_FIELDS = {"pos": "part_of_speech", "number": "number", "like": "inflect_like"}


@dataclass(slots=True)
class _Place:
    """Which row is being read, for messages that are seldom needed."""

    where: str
    line: int = 0

    def error(self, found: str, column: str, expected: str, action: str = "") -> InputError:
        return InputError(
            found, where=f"{self.where}:{self.line}, column {column!r}", expected=expected, action=action
        )


def read_rows(rows: Iterable[tuple[int, list[str]]], layout: Layout, where: str) -> Iterator[Term]:
    """Read entries from rows of raw cells, each with its line, from 1.

    Raises InputError with line and column name for a row that is longer than the header or has no wording,
    for values that do not exist and for such as do not fit the number of wordings.
    """
    place = _Place(where)
    places: list[str] = []
    entries: list[tuple[Wording, ...]] = []
    plain: list[list[str]] = []
    fields = [
        layout.plain.get(name, len(layout.names)) for name in ("id", "subject", "note", "origin", "licence")
    ]
    for line, cells in rows:
        if len(cells) == 1 and cells[0].startswith("#"):
            continue
        place.line = line
        cells = _fitted(cells, layout, place)
        wordings: list[Wording] = []
        for side in layout.sides:
            wordings += _wordings(side, cells, place)
        if not wordings:
            raise InputError(
                "no wording in any language",
                where=f"{where}:{line}",
                expected="one at least, in " + ", ".join(repr(side.name) for side in layout.sides),
            )
        places.append(f"{where}:{line}")
        entries.append(tuple(wordings))
        plain.append([cells[field] and unescape(cells[field].strip()) for field in fields])
    ids = identify([cells[0] for cells in plain], (wordings[0].text for wordings in entries))
    for name, place_name, words, (_, subject, note, origin, licence) in zip(
        ids, places, entries, plain, strict=True
    ):
        yield Term(
            id=name,
            wordings=words,
            subject=subject,
            note=note,
            origin=origin,
            licence=licence,
            place=place_name,
        )


def _fitted(cells: list[str], layout: Layout, place: _Place) -> list[str]:
    """A cell for each column, and an empty one behind them for columns that the table does not have."""
    missing = len(layout.names) - len(cells)
    if not missing:
        cells.append("")
        return cells
    if missing < 0 and any(cell.strip() for cell in cells[missing:]):
        raise InputError(
            f"{len(cells)} cells",
            where=f"{place.where}:{place.line}",
            expected=f"{len(layout.names)} at most, as in the header",
        )
    return [*cells[: len(layout.names)], *[""] * missing, ""]


def _wordings(side: Side, cells: Sequence[str], place: _Place) -> Sequence[Wording]:
    cell = cells[side.text].strip()
    given = side.attributes and [
        (name, cells[column]) for name, column in side.attributes if cells[column].strip()
    ]
    if cell and not given and "|" not in cell and "\\" not in cell:  # nearly all cells of a large table
        return (Wording(language=side.language, text=cell, status=_status(side, 0)),)
    if not cell:
        if given:
            raise place.error("a value without a wording", f"{side.name}.{given[0][0]}", "an empty cell")
        return ()
    texts = split_bars(cell)
    if "" in texts:
        raise place.error("an empty wording between bars", side.name, "wordings parted by single bars")
    if not given:
        return [
            Wording(language=side.language, text=unescape(text), status=_status(side, number))
            for number, text in enumerate(texts)
        ]
    values: list[dict[str, Any]] = [{} for _ in texts]
    for name, cell in given:
        column = f"{side.name}.{name}"
        for fields, value in zip(values, _spread(cell, len(texts), column, place), strict=True):
            fields.update(_read_value(name, value, column, place))
    return [
        Wording(language=side.language, text=unescape(text), status=_status(side, number), **fields)
        for number, (text, fields) in enumerate(zip(texts, values, strict=True))
    ]


def _status(side: Side, number: int) -> WordingStatus:
    return "forbidden" if side.is_forbidden else "accepted" if number else "preferred"


def _spread(cell: str, count: int, column: str, place: _Place) -> list[str]:
    """A value for each wording: one for all, or as many as there are."""
    values = split_bars(cell)
    if len(values) == 1:
        return values * count
    if len(values) != count:
        action = "Part the forms of one wording by commas." if column.endswith(".forms") else ""
        raise place.error(
            f"{len(values)} values",
            column,
            f"{count}, one for each wording, or one for all" if count > 1 else "one, as there is one wording",
            action,
        )
    return values


def _read_value(name: str, value: str, column: str, place: _Place) -> dict[str, Any]:
    """The fields of a wording that a value stands for."""
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
