r"""Read and write term bases as TSV and CSV tables.

A cell may hold several values, separated by ``|``; `columns` defines the names in a header.

The file is UTF-8 (a byte order mark is passed over; UTF-16 with one is read too) and is read as NFC. First
may stand lines that begin with ``#``: ``# title: …``, ``# licence: …`` and ``# origin: …`` speak of the
whole base, any other is a comment. Then comes the header, then one entry a row. Blank lines are passed over,
and so is, behind the header, a row of one cell that begins with ``#``. Cells that a row lacks at its end
are empty.

========================  =================================================================================
``id``                    name of the entry, unique; where empty, made from its first wording (``identify``)
``kk``, ``ru``, ``en`` …  wordings in that language (any BCP-47 tag that Egiz knows), parted by `` | ``; the
                          first is the preferred one, the others are accepted too
``kk.forbidden``          wordings that must not be used
``kk.pos``                part of speech: noun, proper, adjective, verb, adverb or phrase
``kk.number``             ``singular`` or ``plural`` where the wording is used in that number only
``kk.match``              ``case`` (capitals must agree), ``exact`` (no inflection), or ``case,exact``
``kk.forms``              forms besides the regular ones, parted by commas or semicolons
``kk.like``               a word whose paradigm the last word follows
``subject``, ``note``     field of the entry; a remark
``origin``, ``licence``   who or what the entry comes from; under which terms it may be used
========================  =================================================================================

Only one column of wordings is needed. A cell of ``kk.pos`` to ``kk.like`` holds one value for each wording
of ``kk``, parted by `` | `` in the same order, or a single value for all of them; a value may be empty.
The same columns exist for forbidden wordings: ``kk.forbidden.pos`` and so on. Indonesian is ``id-Latn``,
because ``id`` is the first column.

A tab, line break, bar or backslash in a text is written ``\t``, ``\n``, ``\r``, ``\|``, ``\\``; in forms a
comma is ``\,``. A TSV knows no quotes. In a CSV, cells are quoted as usual, and commas, semicolons or
tabs part them, whichever the header has most of; commas are written.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from egiz.glossary.formats.columns import FORBIDDEN, Layout, Side, language_column, read_header
from egiz.glossary.formats.common import (
    Loss,
    Written,
    escape,
    identify,
    join_list,
    read_text,
    split_bars,
    split_list,
    unescape,
)
from egiz.glossary.records import Number, PartOfSpeech, Term, TermBase, Wording, WordingStatus
from egiz.translate.errors import InputError, nearest
from egiz.translate.text import nfc

_MATCH = ("case", "exact")
_VALUES: Mapping[str, tuple[str, ...]] = {"pos": get_args(PartOfSpeech), "number": get_args(Number)}
_FIELDS = {"pos": "part_of_speech", "number": "number", "like": "inflect_like"}


@dataclass(slots=True)
class _Place:
    """The row being read, from which error messages are built only when needed."""

    where: str
    line: int = 0

    def error(self, found: str, column: str, expected: str, action: str = "") -> InputError:
        return InputError(
            found, where=f"{self.where}:{self.line}, column {column!r}", expected=expected, action=action
        )


def read_rows(rows: Iterable[tuple[int, list[str]]], layout: Layout, where: str) -> Iterator[Term]:
    """Read entries from rows of raw cells, each with its line number, from 1.

    Raises InputError with line and column name for a row that is longer than the header or has no wording,
    for unknown values, and for a number of values that does not match that of the wordings.
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
    """One cell per column, and a final empty one that stands for columns the table does not have."""
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
        raise place.error("an empty wording between bars", side.name, "wordings separated by single bars")
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
    """One value per wording; a single value counts for all wordings."""
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
    """The fields of a wording that the value of an attribute sets."""
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


Cells = list[str]

_ATTRIBUTES: dict[str, Callable[[Wording], str]] = {
    "pos": lambda wording: wording.part_of_speech,
    "number": lambda wording: wording.number,
    "match": lambda wording: ",".join(
        name for name, is_set in (("case", wording.case_sensitive), ("exact", wording.exact)) if is_set
    ),
    "forms": lambda wording: join_list(wording.forms),
    "like": lambda wording: escape(wording.inflect_like),
}
_PLAIN: dict[str, Callable[[Term], str]] = {
    "subject": lambda term: term.subject,
    "note": lambda term: term.note,
    "origin": lambda term: term.origin,
    "licence": lambda term: term.licence,
}


def table(base: TermBase) -> tuple[list[Cells], tuple[Loss, ...]]:
    """Comment rows, the header and one row per entry, without empty columns; and the losses."""
    remarks = [
        [f"# {name}: {escape(text.strip())}"]
        for name, text in (("title", base.title), ("licence", base.licence), ("origin", base.origin))
        if text.strip()
    ]
    sides = [(tag, is_forbidden) for tag in base.languages for is_forbidden in (False, True)]
    columns: list[Cells] = [["id", *(escape(term.id) for term in base.terms)]]
    for tag, is_forbidden in sides:
        columns += _side(base.terms, tag, is_forbidden)
    columns += [[name, *(escape(read(term).strip()) for term in base.terms)] for name, read in _PLAIN.items()]
    filled = [column for column in columns if any(column[1:])]
    rows = [list(row) for row in zip(*filled, strict=True)]
    kept = [row for row in rows if any(row[1:])]
    return [*remarks, *kept], tuple(_losses(base))


def _side(terms: Sequence[Term], tag: str, is_forbidden: bool) -> Iterator[Cells]:
    """The columns of one language's accepted or forbidden wordings, header first."""
    name = language_column(tag) + (f".{FORBIDDEN}" if is_forbidden else "")
    entries = [_table_wordings(term, tag, is_forbidden) for term in terms]
    yield [name, *(" | ".join(escape(word.text.strip()) for word in words) for words in entries)]
    for attribute, read in _ATTRIBUTES.items():
        yield [f"{name}.{attribute}", *(_aligned([read(word) for word in words]) for words in entries)]


def _table_wordings(term: Term, tag: str, is_forbidden: bool) -> list[Wording]:
    """The wordings of one cell, preferred ones first."""
    words = [
        word
        for word in term.wordings
        if word.language == tag and (word.status == "forbidden") == is_forbidden and word.text.strip()
    ]
    return sorted(words, key=lambda word: word.status != "preferred")


def _aligned(values: Sequence[str]) -> str:
    """One value if all are equal, else all of them: ``| plural |`` if two of three are empty."""
    if len(set(values)) == 1:
        return values[0]
    return "|".join(f" {value} " if value else " " for value in values).strip()


def _losses(base: TermBase) -> Iterator[Loss]:
    for text in (base.title, base.licence, base.origin):
        if text != text.strip():
            yield Loss(term="", what="spaces at the ends of texts")
    for term in base.terms:
        for what in dict.fromkeys(_lost(term)):
            yield Loss(term=term.id, what=what)


def _lost(term: Term) -> Iterator[str]:
    texts = [term.id, term.subject, term.note, term.origin, term.licence]
    for word in term.wordings:
        texts += [word.text, word.inflect_like, *word.forms]
        if not word.text.strip():
            yield "an empty wording, with its attributes"
    if not term.wordings:
        yield "an entry without wordings"
    if any(text != text.strip() for text in texts):
        yield "spaces at the ends of texts"
    if any(not form.strip() for word in term.wordings for form in word.forms):
        yield "an empty form"
    for tag in dict.fromkeys(word.language for word in term.wordings):
        usable = [word.status for word in term.wordings_in(tag) if word.status != "forbidden"]
        if usable and usable.count("preferred") != 1:
            yield (
                "that several wordings of a language are preferred (now only the first one is)"
                if "preferred" in usable
                else "that no wording of a language is preferred (the first one is now)"
            )


_LINE_END = re.compile("\r\n|\n|\r")
_ABOUT = re.compile(r"#+\s*(title|licence|license|origin)\s*:(.*)", re.DOTALL | re.IGNORECASE)

Lines = Iterator[tuple[int, list[str]]]


def read_tsv(path: Path, where: str, encoding: str | None = None) -> TermBase:
    """Read a TSV term base. `where` names the file in messages and places.

    Raises InputError with line and column name for invalid content, and with the offset for bytes that cannot
    be decoded.
    """
    lines = _LINE_END.split(_composed(path, where, encoding))
    return _read(((number, line.split("\t")) for number, line in enumerate(lines, start=1)), where, "\t")


def read_csv(path: Path, where: str, encoding: str | None = None) -> TermBase:
    """Read a CSV term base separated by commas, semicolons or tabs; see `read_tsv`."""
    text = _composed(path, where, encoding)
    head = next((line for line in io.StringIO(text) if line.strip() and not line.startswith(("#", '"#'))), "")
    delimiter = max(",;\t", key=head.count)
    return _read(_quoted(text, where, delimiter), where, delimiter)


def write_tsv(base: TermBase) -> Written:
    """Write a base as TSV, without empty columns."""
    rows, losses = table(base)
    text = "".join("\t".join(cells) + "\n" for cells in rows)
    return Written(text=nfc(text), losses=losses)


def write_csv(base: TermBase) -> Written:
    """Write a base as CSV with commas; see `write_tsv`."""
    rows, losses = table(base)
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return Written(text=nfc(stream.getvalue()), losses=losses)


def _composed(path: Path, where: str, encoding: str | None) -> str:
    return nfc(read_text(path, where, encoding))


def _quoted(text: str, where: str, delimiter: str) -> Lines:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"is not CSV ({error})", where=f"{where}:{line}", action="Is a quote left open, or is it a TSV?"
        ) from error


def _read(lines: Lines, where: str, delimiter: str) -> TermBase:
    """Read comments, header and rows; `delimiter` is what separated the cells."""
    about = {"title": "", "licence": "", "origin": ""}
    filled = ((line, cells) for line, cells in lines if any(map(str.strip, cells)))
    for line, cells in filled:
        if not cells[0].startswith("#"):
            layout = read_header([cell.strip() for cell in cells], f"{where}:{line}")
            return TermBase(
                terms=tuple(read_rows(filled, layout, where)),
                title=about["title"],
                licence=about["licence"],
                origin=about["origin"],
            )
        stated = _ABOUT.fullmatch(_joined(cells, delimiter))
        if stated:
            about[stated[1].lower().replace("license", "licence")] = unescape(stated[2].strip())
    raise InputError(
        "holds no header",
        where=where,
        expected="a row with a column for each language, such as kk, ru and en",
    )


def _joined(cells: list[str], delimiter: str) -> str:
    """The text of a comment row: its cells rejoined, without the empty ones that spreadsheets append."""
    while len(cells) > 1 and not cells[-1]:
        cells = cells[:-1]
    return delimiter.join(cells)
