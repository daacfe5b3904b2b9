"""The columns of a term table: what the names in its header mean, and their order when written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from egiz.translate.errors import InputError, LanguageError, nearest
from egiz.translate.languages import language

PLAIN = ("id", "subject", "note", "origin", "licence")
"""Columns of the entry itself, named as the fields of `Term`."""
ATTRIBUTES = ("pos", "number", "match", "forms", "like")
"""Columns about wordings; named with the column of the wordings as prefix: ``kk.pos``."""
FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The columns of one language's accepted or of its forbidden wordings, as column indices from 0."""

    name: str
    language: str
    is_forbidden: bool
    text: int
    attributes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The columns of a table: names, indices of the entry columns, and the wording columns."""

    names: tuple[str, ...]
    plain: Mapping[str, int]
    sides: tuple[Side, ...]


def language_column(tag: str) -> str:
    """The column name for a language's wordings: its tag.

    The tag of Indonesian, ``id``, is the name of the id column; its column is therefore ``id-Latn``.
    """
    return f"{tag}-{language(tag).script}" if tag in PLAIN else tag


def read_header(header: Sequence[str], where: str) -> Layout:
    """Parse the header of a table.

    Raises InputError for an unknown name, suggesting the nearest known one, for a name that occurs twice, for
    attributes without their wordings, and for a header without a column of wordings.
    """
    plain: dict[str, int] = {}
    found: dict[tuple[str, bool, str], int] = {}
    for place, name in enumerate(header):
        if name.lower() in PLAIN:
            _check_new(name.lower() in plain, name, where)
            plain[name.lower()] = place
            continue
        key = _parse(name, where, header)
        _check_new(key in found, name, where)
        found[key] = place
    sides = _sides(found)
    if not sides and not found:
        raise InputError(
            f"no column of wordings among {', '.join(map(repr, header))}",
            where=where,
            expected="a header with a column for each language, such as kk, ru and en",
        )
    homes = {(side.language, side.is_forbidden) for side in sides}
    for (tag, is_forbidden, _), place in found.items():
        if (tag, is_forbidden) not in homes:
            home = language_column(tag) + (f".{FORBIDDEN}" if is_forbidden else "")
            raise InputError(
                f"column {header[place]!r} stands without the column {home!r}",
                where=where,
                expected="the wordings that it is about",
            )
    return Layout(names=tuple(header), plain=plain, sides=sides)


def _sides(found: Mapping[tuple[str, bool, str], int]) -> tuple[Side, ...]:
    """The sides in the order of the languages' first columns, accepted wordings before forbidden ones."""
    tags = list(dict.fromkeys(tag for tag, _, _ in found))
    return tuple(
        Side(
            name=language_column(tag) + (f".{FORBIDDEN}" if is_forbidden else ""),
            language=tag,
            is_forbidden=is_forbidden,
            text=found[tag, is_forbidden, ""],
            attributes=tuple(
                (attribute, found[tag, is_forbidden, attribute])
                for attribute in ATTRIBUTES
                if (tag, is_forbidden, attribute) in found
            ),
        )
        for tag in tags
        for is_forbidden in (False, True)
        if (tag, is_forbidden, "") in found
    )


def _parse(name: str, where: str, header: Sequence[str]) -> tuple[str, bool, str]:
    """Split a column name into language, whether it is about forbidden wordings, and attribute or ''."""
    first, *rest = name.split(".")
    try:
        tag = language(first).tag
    except LanguageError as error:
        known = [*PLAIN, *(_names(header))]
        raise InputError(
            f"column {name!r} is not known" if name else "a column has no name",
            where=where,
            expected=f"{', '.join(PLAIN)}, the tag of a language, or one with .{FORBIDDEN} or an attribute",
            action=nearest(name, known) or error.action,
        ) from error
    is_forbidden = rest[:1] == [FORBIDDEN]
    attribute = ".".join(rest[1:] if is_forbidden else rest)
    if attribute and attribute not in ATTRIBUTES:
        words = [FORBIDDEN, *ATTRIBUTES]
        raise InputError(
            f"column {name!r} is not known",
            where=where,
            expected=f"after a language, one of {', '.join(words)}",
            action=nearest(attribute, words),
        )
    return tag, is_forbidden, attribute


def _names(header: Sequence[str]) -> list[str]:
    """All attribute column names for the languages in the header, to suggest the nearest."""
    tags = []
    for name in header:
        try:
            tags.append(language(name).tag)
        except LanguageError:
            continue
    return [f"{tag}.{word}" for tag in tags for word in (FORBIDDEN, *ATTRIBUTES)]


def _check_new(is_known: bool, name: str, where: str) -> None:
    if is_known:
        raise InputError(f"column {name!r} stands twice", where=where, expected="each column once")
