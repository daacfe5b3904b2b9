"""Aligned tables: a header with languages, an id, and beside each translation what is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from egiz.parallel.bitext.languages import known_tag, matching, plain_tag
from egiz.parallel.bitext.lines import read_lines
from egiz.parallel.corpus.quality import quality_of
from egiz.parallel.corpus.records import Entry, Side, plain_text
from egiz.parallel.published import paragraph_of
from egiz.translate.errors import InputError

_ID = "id"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """Where the cells of a target language stand; None where a column is not there."""

    language: str
    text: int
    quality: int | None
    status: int | None
    flags: int | None


def read_aligned(path: Path, source: str | None = None, target: str | None = None) -> Iterator[Entry]:
    """Read a table with a header such as ``id kk ru ru.quality en``.

    The source is the language asked for, else the first; columns that are not known are not read. Quality,
    status and flags are about translations of the first, so that from another source they say nothing. An
    empty cell is a translation that is not there. Raises InputError with file and line.
    """
    lines = read_lines(path)
    names = next(lines)[1].split("\t")
    places = {name: at for at, name in enumerate(names) if known_tag(name) and not (at == 0 and name == _ID)}
    first = _place(source, list(places), f"{path}:1") if source else next(iter(places))
    wanted = (
        [_place(target, list(places), f"{path}:1")] if target else [tag for tag in places if tag != first]
    )
    described = names if first == next(iter(places)) else list(places)
    targets = [_target(tag, names, described) for tag in wanted]
    for number, line in lines:
        cells = line.split("\t")
        if len(cells) != len(names):
            raise InputError(
                f"{len(cells)} cells", where=f"{path}:{number}", expected=f"{len(names)}, as in the header"
            )
        name = cells[0] if names[0] == _ID else str(number)
        yield Entry(
            id=plain_text(name),
            document=paragraph_of(name)[0] or f"{path.name}:{name}",
            source_language=plain_tag(first),
            source=plain_text(cells[places[first]]),
            sides=tuple(_side(cells, item, f"{path}:{number}") for item in targets if cells[item.text]),
        )


def _place(asked: str, tags: Sequence[str], where: str) -> str:
    found = matching(asked, tags)
    if len(found) != 1:
        raise InputError(f"no column in {asked!r}", where=where, expected=f"one of {', '.join(tags)}")
    return tags[found[0]]


def _target(tag: str, names: Sequence[str], described: Sequence[str]) -> _Target:
    def place(kind: str) -> int | None:
        return names.index(f"{tag}.{kind}") if f"{tag}.{kind}" in described else None

    return _Target(
        language=plain_tag(tag),
        text=names.index(tag),
        quality=place("quality"),
        status=place("status"),
        flags=place("flags"),
    )


def _side(cells: Sequence[str], target: _Target, where: str) -> Side:
    def cell(place: int | None) -> str:
        return "" if place is None else cells[place]

    quality = cell(target.quality)
    return Side(
        language=target.language,
        text=plain_text(cells[target.text]),
        quality=quality_of(quality, where) if quality else None,
        status=cell(target.status),
        flags=tuple(flag for flag in cell(target.flags).split(",") if flag),
    )
