"""Read the rows of training data from published tables, aligned tables and other bilingual files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Literal

from egiz.parallel.bitext import Segment, read_bitext
from egiz.parallel.bitext.read import is_table, one_each
from egiz.parallel.bitext.segment import matching, plain_tag, read_lines
from egiz.parallel.bitext.table import is_plain, table_rows
from egiz.parallel.corpus.records import MEANINGS, About, DataRow, DataSide, Meaning, plain_text, read_about
from egiz.parallel.publish import TABLE_HEAD, read_tsv
from egiz.parallel.publish.names import TABLE
from egiz.parallel.publish.published import paragraph_of
from egiz.parallel.publish.tsv import PublishedTarget
from egiz.translate.errors import InputError, OptionError
from egiz.translate.languages import known_tag

_ID = "id"
DEFAULT_MEANING: Meaning = "quality"
"""The value of `DataSide.meaning` for a translation without a score, where it has no effect."""

Scores = Mapping[tuple[str, str], float]
"""Scores by (row id, target language).

The language is empty if the table of scores has no column for the language."""


def meaning_of_scores(scores: Path) -> Meaning:
    """Return the kind of the scores in a table: the first key of `MEANINGS` that is the name of a column.

    Raises InputError if there is no such column.
    """
    header = next(read_lines(scores), (1, ""))[1].split("\t")
    for meaning in MEANINGS:
        if meaning in header:
            return meaning
    raise InputError(
        f"no column {' or '.join(map(repr, MEANINGS))}",
        where=f"{scores}:1",
        expected="id, soundness or quality, maybe language",
    )


def read_scores(path: Path) -> Scores:
    """Read the scores of a table with a header, as `egiz score` writes it.

    The table has a column ``id`` (or ``row``) and a column of scores, whose name is what `meaning_of_scores`
    returns. If there are several target languages, it also has a column ``language`` (or
    ``target_language``). Other columns, and rows without a score, are ignored. Raises InputError with file
    and line if a column is missing, a row has a wrong number of cells, or a score is not between 0 and 1.
    """
    meaning = meaning_of_scores(path)
    lines = read_lines(path)
    header = next(lines, (1, ""))[1].split("\t")
    name = "id" if "id" in header else "row"
    tag = "language" if "language" in header else "target_language"
    if name not in header:
        raise InputError("no column 'id'", where=f"{path}:1", expected=f"id, {meaning}, maybe language")
    scores: dict[tuple[str, str], float] = {}
    for number, line in lines:
        cells = dict(zip(header, line.split("\t"), strict=False))
        if len(cells) != len(header):
            raise InputError(f"{len(cells)} cells", where=f"{path}:{number}", expected=f"{len(header)}")
        if cells[meaning]:
            scores[cells[name], cells.get(tag, "")] = chance_of(cells[meaning], f"{path}:{number}")
    return scores


def chance_of(cell: str, where: str) -> float:
    """Parse the score of a translation; raises InputError if it is no number between 0 and 1."""
    try:
        value = float(cell)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise InputError(f"a quality of {cell!r}", where=where, expected="a number from 0 to 1, or nothing")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """The column numbers, from 0, of a target language; None for a column that the table lacks.

    `chance` is the number of the column with scores; `meaning` says what kind of score they are.
    """

    language: str
    text: int
    meaning: Meaning
    chance: int | None
    status: int | None
    flags: int | None


def read_aligned(path: Path, source: str | None = None, target: str | None = None) -> Iterator[DataRow]:
    """Read a table with a header such as ``id kk ru ru.link en``.

    The source is the language `source` or, if that is None, the first language of the table. Columns with
    other names are ignored. The scores, statuses and flags of a table are about translations from its first
    language, so they are ignored if `source` is another language. An empty cell means that there is no
    translation. Raises InputError with file and line, as `table_rows` does.
    """
    rows = table_rows(path)
    names = next(rows)[1]
    places = {name: at for at, name in enumerate(names) if known_tag(name) and not (at == 0 and name == _ID)}
    first = _place(source, list(places), f"{path}:1") if source else next(iter(places))
    wanted = (
        [_place(target, list(places), f"{path}:1")] if target else [tag for tag in places if tag != first]
    )
    described = names if first == next(iter(places)) else list(places)
    targets = [_target(tag, names, described) for tag in wanted]
    for number, cells in rows:
        name = cells[0] if names[0] == _ID else str(number)
        yield DataRow(
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

    meaning = next((name for name in MEANINGS if place(name) is not None), DEFAULT_MEANING)
    return _Target(
        language=plain_tag(tag),
        text=names.index(tag),
        meaning=meaning,
        chance=place(meaning),
        status=place("status"),
        flags=place("flags"),
    )


def _side(cells: Sequence[str], target: _Target, where: str) -> DataSide:
    def cell(place: int | None) -> str:
        return "" if place is None else cells[place]

    chance = cell(target.chance)
    return DataSide(
        language=target.language,
        text=plain_text(cells[target.text]),
        chance=chance_of(chance, where) if chance else None,
        meaning=target.meaning,
        status=cell(target.status),
        flags=tuple(flag for flag in cell(target.flags).split(",") if flag),
    )


InputKind = Literal["published", "aligned", "bitext"]

_DRAFT = "draft"
_LAST = ".mt"
"""The ending of the name of the last column of a published table. An aligned table
may begin with the same columns, but has no column with this ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputOptions:
    """Facts that the user gives because not every input file states them.

    They are the languages, the meaning of the columns, and the licence of the texts. `scores` is the file of
    a table with scores for the rows.
    """

    source: str | None = None
    target: str | None = None
    columns: str | None = None
    licence: str = ""
    scores: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input file. If there are several, the ids of its rows begin with its `name`.

    `meaning` is the kind of score that its translations have; None if they have no score.
    """

    path: Path
    name: str
    about: About
    kind: InputKind
    meaning: Meaning | None = None


def open_inputs(places: Sequence[Path], options: InputOptions) -> tuple[Input, ...]:
    """Return an `Input` for each place: the folder of a build, its table, an aligned table, or other bitext.

    Raises InputError for a missing file; OptionError if there is no input, if a file is given twice, or if
    a table of scores is given with several inputs.
    """
    paths = list(one_each(places))
    if not paths:
        raise OptionError("no input", expected="the folder of a build, a table or another bilingual file")
    if options.scores is not None and len(paths) > 1:
        raise OptionError(f"{len(paths)} inputs", where="--scores", expected="the one that was scored")
    found = [_open(path, options) for path in paths]
    for number, item in enumerate(found):
        if item.path.resolve() in [earlier.path.resolve() for earlier in found[:number]]:
            raise OptionError("is named twice", where=str(item.path), expected="each input once")
    return tuple(_distinct(found))


def _open(place: Path, options: InputOptions) -> Input:
    path = place / TABLE if place.is_dir() else place
    if not path.is_file():
        raise InputError(
            "there is no such file", where=str(path), expected="the folder of a build, or a bilingual file"
        )
    kind = _kind(path, options)
    return Input(
        path=path,
        name=place.resolve().name if place.is_dir() else path.stem,
        about=read_about(path, options.licence),
        kind=kind,
        meaning=_meaning(path, kind, options),
    )


def _meaning(path: Path, kind: InputKind, options: InputOptions) -> Meaning | None:
    """Return the kind of the scores of an input (a key of `MEANINGS`); None if it has no scores.

    If a table `options.scores` is given, the scores are read from it. Otherwise they are read from the
    columns of the input.
    """
    if options.scores is not None:
        return meaning_of_scores(options.scores)
    if kind == "bitext":
        return None
    names = next(table_rows(path))[1]
    return next((item for item in MEANINGS if any(name.endswith(f".{item}") for name in names)), None)


def _kind(path: Path, options: InputOptions) -> InputKind:
    if options.columns or not is_table(path):
        return "bitext"
    names = next(table_rows(path))[1]
    head = "\t".join(names)
    if TABLE_HEAD.match(f"{head}\n") and head.endswith(_LAST) and is_plain(path):
        return "published"
    return "aligned" if sum(known_tag(name) is not None for name in names) >= 2 else "bitext"


def _distinct(found: Sequence[Input]) -> Iterator[Input]:
    """Yield the inputs with distinct names: a number is added to a repeated name."""
    names: list[str] = []
    for item in found:
        number, name = 1, item.name
        while name in names:
            number += 1
            name = f"{item.name}-{number}"
        names.append(name)
        yield replace(item, name=name)


def read_rows(inputs: Sequence[Input], options: InputOptions) -> Iterator[DataRow]:
    """Read the rows of all inputs in their order.

    Raises what the reader of each format raises; InputError if the inputs have different source languages;
    OptionError if the languages of a file are neither stated in it nor given.
    """
    scores = read_scores(options.scores) if options.scores else {}
    meaning = meaning_of_scores(options.scores) if options.scores else DEFAULT_MEANING
    first = ""
    for item in inputs:
        for entry in _read(item, options):
            first = first or entry.source_language
            if entry.source_language != first:
                raise InputError(
                    f"its source is {entry.source_language!r}",
                    where=str(item.path),
                    expected=f"{first!r}, as in the first input",
                    action="Name one source language with --from, or export them separately.",
                )
            scored = _scored(entry, scores, meaning) if scores else entry
            yield replace(scored, id=f"{item.name}:{entry.id}") if len(inputs) > 1 else scored


def _read(item: Input, options: InputOptions) -> Iterator[DataRow]:
    """Yield the rows of one input.

    A published table has scores and statuses for translations from its own source language. If another source
    language is requested, the table is read like any other bilingual file, without them.
    """
    if item.kind == "published":
        first = next(read_tsv(item.path), None)
        own = first.source_language if first else ""
        if options.source is None or matching(options.source, [own]):
            return _published(item, options.target)
        return _bitext_entries(item.path, options)
    if item.kind == "aligned":
        return read_aligned(item.path, options.source, options.target)
    return _bitext_entries(item.path, options)


def _published(item: Input, wanted: str | None) -> Iterator[DataRow]:
    """Yield the rows of a published table."""
    for row in read_tsv(item.path):
        yield DataRow(
            id=row.id,
            document=paragraph_of(row.id)[0] or row.id,
            source_language=row.source_language,
            source=row.source,
            sides=tuple(
                _published_side(target, item.meaning or DEFAULT_MEANING)
                for target in row.targets
                if wanted is None or matching(wanted, [target.language])
            ),
        )


def _published_side(target: PublishedTarget, meaning: Meaning) -> DataSide:
    return DataSide(
        language=target.language,
        text=target.text,
        chance=target.quality,
        meaning=meaning,
        status=target.status,
        flags=target.flags,
        terms=target.terms,
        approved=target.status == "approved",
    )


def _bitext_entries(path: Path, options: InputOptions) -> Iterator[DataRow]:
    segments = read_bitext(path, options.source, options.target, columns=options.columns)
    for _, group in groupby(segments, key=lambda item: (item.line, item.source)):
        yield from _entries(list(group))


def _entries(segments: Sequence[Segment]) -> Iterator[DataRow]:
    """Yield the rows for the segments of one source text.

    A row has at most one translation into each language. If the source has several translations into one
    language, for example plural forms or variants in a translation memory, further rows are yielded. The id
    of a further row is that of its segment. If the first row has the same id, a number is added: ``menu``,
    ``menu.2``.
    """
    seen: Counter[str] = Counter()
    rows: dict[int, list[Segment]] = {}
    for item in segments:
        rows.setdefault(seen[item.target_language], []).append(item)
        seen[item.target_language] += 1
    for number, row in rows.items():
        name = plain_text(row[0].id) or str(row[0].line)
        is_own = number == 0 or row[0].id != segments[0].id
        yield _entry(name if is_own else f"{name}.{number + 1}", row)


def _entry(name: str, segments: Sequence[Segment]) -> DataRow:
    """Make one row, with the id `name`, from segments of the same source in different target languages."""
    first = segments[0]
    return DataRow(
        id=name,
        document=paragraph_of(first.id)[0] or f"{Path(first.file).name}:{first.id}",
        source_language=first.source_language,
        source=plain_text(first.source),
        sides=tuple(
            DataSide(
                language=item.target_language,
                text=plain_text(item.target),
                status=_DRAFT if item.draft else "",
            )
            for item in segments
        ),
    )


def _scored(entry: DataRow, scores: Scores, meaning: Meaning) -> DataRow:
    """Return the row with its translations scored as in `scores`.

    A translation keeps its own score if a person approved it, or if `scores` has no entry for it.
    """
    sides = []
    for side in entry.sides:
        given = scores.get((entry.id, side.language), scores.get((entry.id, "")))
        sides.append(side if given is None or side.approved else replace(side, chance=given, meaning=meaning))
    return replace(entry, sides=tuple(sides))
