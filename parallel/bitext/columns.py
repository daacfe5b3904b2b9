"""Which columns of a bilingual table hold the texts: by its header, or by what ``--columns`` says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from egiz.glossary.formats.vocabulary import meaning_of
from egiz.parallel.bitext.segment import OtherLanguages, Wanted, agreed, matching
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.tables import column_of
from egiz.translate.languages import known_tag, named_language, named_locale

_ROLES = ("source", "target")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextColumns:
    """The columns with texts: their places from 0 and, in the same order, their languages.

    `source` and `targets` are positions in these lists. `name` is the place of the column with the ids; None
    if there is none. `has_header` says whether the first row is a header.
    """

    places: tuple[int, ...]
    tags: tuple[str, ...]
    source: int
    targets: tuple[int, ...]
    name: int | None = None
    has_header: bool = True


def text_columns(header: Sequence[str], wanted: Wanted, where: str) -> TextColumns | None:
    """The columns of a table with this first row; None if it is no header and `wanted` names no columns.

    A header has two languages at least, as tags or names (``kk``, ``ru-RU``, ``Kazakh``), or columns called
    ``source`` and ``target`` (``src``, ``tgt``), whose languages must then be asked for.

    Raises InputError if the header lacks a language asked for, OptionError if a language must be given and
    for `columns` that the table does not have.
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


def _asked(wanted: Wanted) -> tuple[tuple[str, str | None], ...]:
    return tuple(zip(_ROLES, (wanted.source, wanted.target), strict=True))


def _given(header: Sequence[str], wanted: Wanted, where: str) -> TextColumns:
    """The columns that `wanted` names, by role (``source=Text``) or by language (``kk=Text``)."""
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
    wanted: Wanted,
    where: str,
    name: int | None,
    *,
    has_header: bool = True,
) -> TextColumns:
    source, targets = choose(tags, wanted, where)
    return TextColumns(
        places=places,
        tags=tuple(tags),
        source=source,
        targets=tuple(targets),
        name=name,
        has_header=has_header,
    )


def choose(tags: Sequence[str], wanted: Wanted, where: str) -> tuple[int, list[int]]:
    """The column of the source (the first by default) and those of the targets (all others by default).

    Raises InputError for a language that no column, or more than one, is in.
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
