"""The columns of a term table: what the names in a header mean, and in which order they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from egiz.translate.errors import InputError, LanguageError, nearest
from egiz.translate.languages import language

PLAIN = ("id", "subject", "note", "origin", "licence")
"""Columns of the entry itself, named as the fields of `Term`."""
ATTRIBUTES = ("pos", "number", "match", "forms", "like")
"""Columns about wordings, behind the name of the column that holds these."""
FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The columns of one language's usable or forbidden wordings: where they stand in a row, from 0."""

    name: str
    language: str
    is_forbidden: bool
    text: int
    attributes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What stands where in the rows of a table."""

    names: tuple[str, ...]
    plain: Mapping[str, int]
    sides: tuple[Side, ...]


def language_column(tag: str) -> str:
    """The name of the column of a language's wordings: its tag.

    Indonesian is ``id``, which names the column of ids; its column gives the script too: ``id-Latn``.
    """
    return f"{tag}-{language(tag).script}" if tag in PLAIN else tag


def read_header(header: Sequence[str], where: str) -> Layout:
    """Say what the columns of a table hold.

    Raises InputError, with the nearest name that is known, for a name that is not, for one that stands
    twice, for attributes without their wordings, and where no column holds wordings.
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
    """The sides in the order of the languages' first columns, what may be used before what may not."""
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
    """The language, whether its forbidden wordings are meant, and the attribute or nothing."""
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
            expected=f"behind a language one of {', '.join(words)}",
            action=nearest(attribute, words),
        )
    return tag, is_forbidden, attribute


def _names(header: Sequence[str]) -> list[str]:
    """Every name that could be meant beside the languages that the header does name."""
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
