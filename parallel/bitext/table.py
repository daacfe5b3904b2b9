"""Tab-separated files: the table that Egiz publishes, and any other with a text beside its translation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from egiz.parallel.bitext.languages import Wanted, known_tag, matching, plain_tag
from egiz.parallel.bitext.lines import read_lines
from egiz.parallel.bitext.segment import Segment, tidy
from egiz.parallel.publish.tsv import TABLE_HEAD, read_tsv
from egiz.translate.errors import InputError, OptionError


def read_table(path: Path, wanted: Wanted) -> Iterator[Segment]:
    """Read a table row by row.

    One that Egiz published is read as such: without a target, each row gives a segment for every target
    language. Any other has a header with language tags (``kk``, ``ru-RU``), and may then have an ``id``
    column and others that are not read; or it has no header and two columns, source first, whose languages
    must be asked for. No quotes are known: a tab always ends a cell. Blank lines give nothing.

    Raises InputError with the line where a row has another number of cells or is not UTF-8, or where the
    header lacks a language that was asked for; OptionError where languages must be asked for.
    """
    first = next(read_lines(path), None)
    if first is None:
        raise InputError("an empty file", where=f"{path}:1", expected="two columns of text")
    if TABLE_HEAD.match(first[1] + "\n"):
        yield from _published(path, wanted)
        return
    names = first[1].split("\t")
    tags = [known_tag(name) for name in names]
    if sum(tag is not None for tag in tags) >= 2:
        yield from _headed(path, names, wanted)
    else:
        yield from _plain(path, len(names), wanted)


def _published(path: Path, wanted: Wanted) -> Iterator[Segment]:
    for line, row in enumerate(read_tsv(path), start=2):
        tags = [row.source_language, *(target.language for target in row.targets)]
        texts = [row.source, *(target.text for target in row.targets)]
        source, targets = _choose(tags, wanted, f"{path}:1")
        for target in targets:
            yield Segment(
                id=row.id,
                source_language=tags[source],
                target_language=tags[target],
                source=tidy(texts[source]),
                target=tidy(texts[target]),
                file=str(path),
                line=line,
            )


def _headed(path: Path, names: Sequence[str], wanted: Wanted) -> Iterator[Segment]:
    places = [place for place, name in enumerate(names) if known_tag(name) is not None]
    if names[0] == "id":
        places.remove(0)  # else Indonesian
    tags = [names[place] for place in places]
    source, targets = _choose(tags, wanted, f"{path}:1")
    languages = [plain_tag(tag) for tag in tags]
    for number, cells in _rows(path, len(names), skip=1):
        for target in targets:
            yield Segment(
                id=cells[0] if names[0] == "id" else str(number),
                source_language=languages[source],
                target_language=languages[target],
                source=tidy(cells[places[source]]),
                target=tidy(cells[places[target]]),
                file=str(path),
                line=number,
            )


def _plain(path: Path, width: int, wanted: Wanted) -> Iterator[Segment]:
    if width != 2:
        raise InputError(
            f"{width} columns and no header with language tags",
            where=f"{path}:1",
            expected="a text and its translation with one tab between, or a header such as 'kk', a tab, 'ru'",
        )
    if wanted.source is None or wanted.target is None:
        raise OptionError(
            "a table without a header does not say its languages",
            where=f"{path}:1",
            action="Give them with --from and --to, or as a header.",
        )
    source_language, target_language = plain_tag(wanted.source), plain_tag(wanted.target)
    file = str(path)
    for number, (source, target) in _rows(path, 2):
        yield Segment(
            id=str(number),
            source_language=source_language,
            target_language=target_language,
            source=tidy(source),
            target=tidy(target),
            file=file,
            line=number,
        )


def _rows(path: Path, width: int, skip: int = 0) -> Iterator[tuple[int, list[str]]]:
    for number, line in read_lines(path):
        if number <= skip or not line:
            continue
        cells = line.split("\t")
        if len(cells) != width:
            raise InputError(
                f"{len(cells)} cells", where=f"{path}:{number}", expected=f"{width}, as in the first line"
            )
        yield number, cells


def _choose(tags: Sequence[str], wanted: Wanted, where: str) -> tuple[int, list[int]]:
    """Which column is the source, and which are targets; the first is the source if nothing is asked."""
    source = 0 if wanted.source is None else _column(wanted.source, tags, where)
    if wanted.target is not None:
        return source, [_column(wanted.target, tags, where)]
    return source, [place for place in range(len(tags)) if place != source]


def _column(asked: str, tags: Sequence[str], where: str) -> int:
    found = matching(asked, tags)
    if len(found) == 1:
        return found[0]
    raise InputError(
        f"{'several columns' if found else 'no column'} in {asked!r}",
        where=where,
        expected=f"one of {', '.join(tags)}",
    )
