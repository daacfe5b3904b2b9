"""The columns of a term table: find out from its header what each column means, whichever program wrote it.

Egiz' own column names are checked strictly: a misspelt one (``kk.froms``) is an error. Column names of other
programs are looked up in the module `vocabulary`. A column with an unknown name is not read, and is listed in
`Layout.left`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from egiz.glossary.formats.vocabulary import meaning_of
from egiz.translate.errors import InputError, OptionError, nearest
from egiz.translate.io.tables import column_of
from egiz.translate.languages import language, language_of, locale_tag, named_language, named_locale

PLAIN = ("id", "subject", "note", "origin", "licence")
"""Columns about a whole entry; each is named like the field of `Term` that it fills."""
ATTRIBUTES = ("pos", "number", "match", "forms", "like")
"""Columns about wordings. The full name begins with the name of the column of these wordings: ``kk.pos``."""
FORBIDDEN = "forbidden"
_ABOUT_WORDINGS = frozenset(
    {
        "status",
        "forbidden",
        "preferred",
        "fuzzy",
        "pos",
        "number",
        "case",
        "exact",
        "info",
        "forms",
        "like",
        "match",
    }
)
_ABOUT_ENTRY = frozenset({"note", "definition"})
"""Columns that other programs have once per language. They become the note of the whole entry."""
_LANGUAGE_ROLES = ("source", "target")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The columns of one language's accepted or forbidden wordings, as column indices from 0.

    `text` is the column of the wordings. `attributes` are Egiz' own columns about them, where an unknown
    value is an error. `remarks` are columns of other programs, where an unknown value is only counted.
    """

    name: str
    language: str
    is_forbidden: bool
    text: int
    attributes: tuple[tuple[str, int], ...] = ()
    remarks: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The columns of a table, as indices from 0.

    `plain` maps fields of `Term` to the columns about the whole entry. `remarks` are the columns about all
    wordings of a row. If each row names its languages, `row_languages` has the column with the language of
    each of the `sides`. `left` has the index and name of each column that is not read, `definitions` the
    columns with definitions. `has_header` is true if the first row is a header, `joins` if all rows with the
    same id are one entry.
    """

    names: tuple[str, ...]
    plain: Mapping[str, tuple[int, ...]]
    sides: tuple[Side, ...]
    remarks: tuple[tuple[str, int], ...] = ()
    row_languages: tuple[int, ...] = ()
    left: tuple[tuple[int, str], ...] = ()
    definitions: tuple[int, ...] = ()
    has_header: bool = True
    joins: bool = False


def language_column(tag: str) -> str:
    """Return the name of the column with the wordings of a language: its tag.

    The tag of Indonesian, ``id``, is already the name of the id column. So the column of Indonesian is
    ``id-Latn``.
    """
    return f"{tag}-{language(tag).script}" if tag in PLAIN else tag


@dataclass(frozen=True, slots=True)
class _Column:
    """The meaning of a column.

    `kind` is ``text`` if the column holds wordings, an empty string if its meaning is unknown, and otherwise
    the name of a field: of an entry, or of a wording.
    """

    kind: str
    language: str = ""
    is_forbidden: bool = False
    is_own: bool = False


def read_header(
    header: Sequence[str],
    where: str,
    columns: Mapping[str, str] | None = None,
    languages: tuple[str | None, str | None] = (None, None),
) -> Layout:
    """Determine the meaning of the columns of a table from its header.

    `columns` gives the meaning of columns whose names do not tell it (see
    `egiz.translate.io.tables.parse_columns`). `languages` are the languages of the columns named ``source``
    and ``target``, or those of the two columns of a table without a header.

    Raises InputError for a misspelt name in Egiz' own form, for a column about wordings without the column of
    these wordings, and for a table whose languages are not known. Raises OptionError for `columns` that the
    table does not have.
    """
    found = [_parse(name, where, header) for name in header]
    has_header = any(column.kind for column in found)
    for name, wanted in (columns or {}).items():
        found[column_of(wanted, header)] = _named(name)
    if columns and not has_header:
        has_header = not all(column.isdecimal() for column in columns.values())
    elif not has_header and all(languages) and 2 <= len(header) <= 3:
        found = [_Column(kind) for kind in ("source", "target", "note")][: len(header)]
    for place, column in enumerate(found):
        if column.kind in _LANGUAGE_ROLES and not {"source language", "target language"} & _kinds(found):
            tag = languages[_LANGUAGE_ROLES.index(column.kind)]
            found[place] = _Column("text", locale_tag(tag) or language(tag).tag) if tag else column
    _check_owners(found, header, where)
    layout = _layout(found, header, has_header=has_header)
    if not layout.sides:
        raise _without_languages(found, header, where)
    return layout


def without_header(first: Sequence[str], rows: Sequence[Sequence[str]]) -> Layout | None:
    """Return the layout of a table without a header whose rows name their languages, as DeepL writes it.

    The languages are in the third and fourth cell of each row. Returns None for any other table.
    """
    if len(first) < 4 or any(_known(name) for name in first[:2]):
        return None
    if not all(len(row) >= 4 and named_language(row[2]) and named_language(row[3]) for row in rows):
        return None
    return Layout(
        names=("source", "target", "source language", "target language", *first[4:]),
        plain={},
        sides=_row_sides(0, 1),
        row_languages=(2, 3),
        has_header=False,
    )


def _row_sides(source: int, target: int) -> tuple[Side, ...]:
    places = zip(_LANGUAGE_ROLES, (source, target), strict=True)
    return tuple(Side(name=name, language="", is_forbidden=False, text=place) for name, place in places)


def _known(name: str) -> bool:
    return bool(meaning_of(name) or named_language(name))


def _kinds(found: Sequence[_Column]) -> set[str]:
    return {column.kind for column in found}


def _layout(found: Sequence[_Column], header: Sequence[str], *, has_header: bool) -> Layout:
    """Make a layout from the columns, whose meaning is known."""
    plain: dict[str, tuple[int, ...]] = {}
    remarks = []
    bare = Counter(column.kind for column in found if not column.language)
    sides = _Sides(found)
    left = []
    for place, column in enumerate(found):
        if column.kind in ("id", "concept"):
            plain.setdefault("id", (place,))
        elif column.kind in (*PLAIN, *_ABOUT_ENTRY):
            field_name = "note" if column.kind == "definition" else column.kind
            plain[field_name] = (*plain.get(field_name, ()), place)
        elif column.kind in _ABOUT_WORDINGS and not column.language:
            is_of_the_column_before = column.kind == "info" or bare[column.kind] > 1
            if not (is_of_the_column_before and sides.remark(place, column.kind)):
                remarks.append((column.kind, place))
        elif column.kind == "text" or (column.kind in (*_ABOUT_WORDINGS, *ATTRIBUTES) and column.language):
            if column.kind != "text" and not sides.has_owner(column):
                left.append((place, header[place]))
        elif not (column.kind.endswith(" language") or column.kind in _LANGUAGE_ROLES):
            left.append((place, header[place]))
    made = sides.made()
    row_languages: tuple[int, ...] = ()
    places = {column.kind: place for place, column in enumerate(found)}
    if not made and {"source", "target", "source language", "target language"} <= places.keys():
        made = _row_sides(places["source"], places["target"])
        row_languages = places["source language"], places["target language"]
    return Layout(
        names=tuple(header),
        plain=plain,
        sides=made,
        remarks=tuple(remarks),
        row_languages=row_languages,
        left=tuple(left),
        definitions=tuple(place for place, column in enumerate(found) if column.kind == "definition"),
        has_header=has_header,
        joins="concept" in places,
    )


@dataclass(slots=True)
class _WordingColumn:
    """A column of wordings, with the columns about these wordings."""

    place: int
    attributes: list[tuple[str, int]] = field(default_factory=list)
    remarks: list[tuple[str, int]] = field(default_factory=list)


class _Sides:
    """The columns of wordings by language, each with the columns about its wordings.

    A column about the wordings of a language belongs to the nearest column of such wordings to its left. If
    no such column is to its left, it belongs to the first one in the table. Several columns of wordings of
    one language are synonyms, each with its own status.
    """

    def __init__(self, found: Sequence[_Column]) -> None:
        self._found = found
        self._owners: dict[tuple[str, bool], list[_WordingColumn]] = {}
        for place, column in enumerate(found):
            if column.kind == "text":
                self._owners.setdefault((column.language, column.is_forbidden), []).append(
                    _WordingColumn(place)
                )
        for place, column in enumerate(found):
            if column.language and column.kind != "text" and (owner := self._owner(column, place)):
                (owner.attributes if column.is_own else owner.remarks).append((column.kind, place))

    def has_owner(self, column: _Column) -> bool:
        return bool(self._owners_for(column))

    def remark(self, place: int, kind: str) -> bool:
        """Assign a column that names no language to the nearest column of wordings to its left.

        Returns False if there is none.
        """
        before = [owner for owners in self._owners.values() for owner in owners if owner.place < place]
        if not before:
            return False
        max(before, key=lambda owner: owner.place).remarks.append((kind, place))
        return True

    def made(self) -> tuple[Side, ...]:
        """Return the sides; the languages are in the order of their first columns.

        Within a language, the accepted wordings come before the forbidden ones.
        """
        tags = list(dict.fromkeys(column.language for column in self._found if column.language))
        return tuple(
            Side(
                name=language_column(tag) + (f".{FORBIDDEN}" if is_forbidden else ""),
                language=tag,
                is_forbidden=is_forbidden,
                text=owner.place,
                attributes=tuple(owner.attributes),
                remarks=tuple(owner.remarks),
            )
            for tag in tags
            for is_forbidden in (False, True)
            for owner in self._owners.get((tag, is_forbidden), ())
        )

    def _owners_for(self, column: _Column) -> list[_WordingColumn]:
        """Return the columns of wordings with the same language tag as `column`.

        If there are none, return those of the same language with any tag: ``en-GB`` for ``en``.
        """
        return self._owners.get((column.language, column.is_forbidden)) or [
            owner
            for (tag, is_forbidden), owners in self._owners.items()
            if is_forbidden == column.is_forbidden and language_of(tag) == language_of(column.language)
            for owner in owners
        ]

    def _owner(self, column: _Column, place: int) -> _WordingColumn | None:
        owners = self._owners_for(column)
        return next(
            (owner for owner in reversed(owners) if owner.place < place), owners[0] if owners else None
        )


def _named(name: str) -> _Column:
    """Return the meaning of a name that the user gives in ``--columns``.

    The name is a language, perhaps with an attribute, or a column name of Egiz or of another program. Raises
    OptionError for any other name.
    """
    parsed = _parse(name, "--columns", ())
    if not parsed.kind:
        raise OptionError(
            f"{name!r} is not known",
            where="--columns",
            expected=f"a language such as kk, or one of {', '.join((*PLAIN, 'status', *_LANGUAGE_ROLES))}",
        )
    return parsed


def _parse(name: str, where: str, header: Sequence[str]) -> _Column:
    """Return the meaning of a column by its name; `kind` is empty if the name is unknown."""
    if name.lower() in PLAIN:
        return _Column(name.lower(), is_own=True)
    if own := _own_column(name, where):
        return own
    if kind := meaning_of(name):
        return _Column("" if kind == "example" else kind)
    if tag := named_locale(name):
        return _Column("text", tag)
    for found in re.finditer(r"[\s_.:()\-]+", name):
        for tagged, rest in (
            (name[: found.start()], name[found.end() :]),
            (name[found.end() :], name[: found.start()]),
        ):
            tag, kind = named_locale(tagged.strip("() ")), meaning_of(rest.strip("() "))
            if tag and kind in _ABOUT_ENTRY:
                return _Column(kind)
            if tag and kind in _ABOUT_WORDINGS:
                return _Column(kind, tag)
    return _Column("")


def _own_column(name: str, where: str) -> _Column | None:
    """Return the meaning of a column name in Egiz' own form; None for a name in any other form.

    Egiz' own form is a language, perhaps with ``.forbidden`` and an attribute. Raises InputError for an
    unknown attribute; the error suggests the nearest known one.
    """
    first, *rest = name.split(".")
    tag = named_locale(first)
    if tag is None or (not rest and not _is_tag(first)):
        return None
    is_forbidden = rest[:1] == [FORBIDDEN]
    attribute = ".".join(rest[1:] if is_forbidden else rest)
    if not attribute:
        return _Column("text", tag, is_forbidden, is_own=True)
    if attribute in ATTRIBUTES:
        return _Column(attribute, tag, is_forbidden, is_own=True)
    if meaning_of(attribute) in _ABOUT_WORDINGS:
        return _Column(meaning_of(attribute), tag, is_forbidden)
    words = [FORBIDDEN, "status", *ATTRIBUTES]
    raise InputError(
        f"column {name!r} is not known",
        where=where,
        expected=f"after a language, one of {', '.join(words)}",
        action=nearest(attribute, words),
    )


def _is_tag(name: str) -> bool:
    """Whether a column name that looks like a language tag is one.

    It is not if programs use this name for another column: "No" means number, not Norwegian.
    """
    return not meaning_of(name)


def _check_owners(found: Sequence[_Column], header: Sequence[str], where: str) -> None:
    """Raise InputError for a second id column, and for a column about wordings that do not exist."""
    owners = {(language_of(item.language), item.is_forbidden) for item in found if item.kind == "text"}
    for place, column in enumerate(found):
        if column.is_own and column.kind == "id" and [c.kind for c in found[:place]].count("id"):
            raise InputError(f"column {header[place]!r} stands twice", where=where, expected="one id")
        about = language_of(column.language), column.is_forbidden
        if column.is_own and column.language and about not in owners:
            owner = language_column(column.language) + (f".{FORBIDDEN}" if column.is_forbidden else "")
            raise InputError(
                f"column {header[place]!r} stands without the column {owner!r}",
                where=where,
                expected="the wordings that it is about",
            )


def _without_languages(found: Sequence[_Column], header: Sequence[str], where: str) -> InputError:
    shown = ", ".join(map(repr, header))
    if {"source", "target"} & _kinds(found):
        names = {column.kind: header[place] for place, column in enumerate(found)}
        example = f"en={names.get('source', 'source')},ru={names.get('target', 'target')}"
        found_text, expected = f"the columns {shown} do not say their languages", "a language for each text"
    else:
        example = "en=1,ru=2"
        found_text = f"no column of wordings among {shown}"
        expected = "a header with a column for each language, such as kk, ru and en"
    return InputError(
        found_text, where=where, expected=expected, action=f"Say what they are: --columns {example}."
    )


def left_out(layout: Layout, filled: set[int]) -> Iterator[str]:
    """Yield a description of each column that has values but is not read, with the nearest known name.

    `filled` has the indices, from 0, of the columns that have a value in some row.
    """
    for place, name in layout.left:
        if place not in filled:
            continue
        near = nearest(name, (*PLAIN, *(side.name for side in layout.sides))) if name else ""
        yield (
            f"the column {name!r}" + (f" ({near.rstrip('?').lower()}?)" if near else "")
            if name
            else (f"column {place + 1}, which has no name")
        )
