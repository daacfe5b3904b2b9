"""Where the rows come from: published tables, aligned ones, and bilingual files of other programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Literal

from egiz.parallel.bitext import Segment, read_bitext
from egiz.parallel.bitext.languages import known_tag, matching
from egiz.parallel.bitext.lines import read_lines
from egiz.parallel.corpus.about import About, read_about
from egiz.parallel.corpus.aligned import read_aligned
from egiz.parallel.corpus.quality import Scores, read_scores
from egiz.parallel.corpus.records import Entry, Side, plain_text
from egiz.parallel.destination import TABLE
from egiz.parallel.publish import TABLE_HEAD, read_tsv
from egiz.parallel.publish.tsv import PublishedTarget
from egiz.parallel.published import paragraph_of
from egiz.translate.errors import InputError, OptionError

Kind = Literal["published", "aligned", "bitext"]

_DRAFT = "draft"
_LAST = ".mt"
"""How the last column of a published table ends; an aligned one may begin as a published one does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputOptions:
    """What the files do not say themselves: languages, licence of the texts, quality of the pairs."""

    source: str | None = None
    target: str | None = None
    licence: str = ""
    scores: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One file. `name` comes before the ids of its rows where there are several."""

    path: Path
    name: str
    about: About
    kind: Kind


def open_inputs(places: Sequence[Path], options: InputOptions) -> tuple[Input, ...]:
    """Find out what each place is: the folder of a build, its table, an aligned table, or another bitext.

    Raises InputError where there is nothing to read, OptionError where a file is named twice.
    """
    found = [_open(place, options) for place in places]
    if not found:
        raise OptionError("no input", expected="the folder of a build, a table or another bilingual file")
    if options.scores is not None and len(found) > 1:
        raise OptionError(f"{len(found)} inputs", where="--scores", expected="the one that was scored")
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
    return Input(
        path=path,
        name=place.resolve().name if place.is_dir() else path.stem,
        about=read_about(path, options.licence),
        kind=_kind(path),
    )


def _kind(path: Path) -> Kind:
    if path.suffix.lower() not in (".tsv", ".tab", ""):
        return "bitext"
    head = next(read_lines(path), (1, ""))[1]
    if TABLE_HEAD.match(f"{head}\n") and head.endswith(_LAST):
        return "published"
    return "aligned" if sum(known_tag(name) is not None for name in head.split("\t")) >= 2 else "bitext"


def _distinct(found: Sequence[Input]) -> Iterator[Input]:
    """The inputs with names of their own: a name that comes again gets a number."""
    names: list[str] = []
    for item in found:
        number, name = 1, item.name
        while name in names:
            number += 1
            name = f"{item.name}-{number}"
        names.append(name)
        yield replace(item, name=name)


def read_entries(inputs: Sequence[Input], options: InputOptions) -> Iterator[Entry]:
    """Read all inputs in their order.

    Raises InputError as the reader of each format does, and where the inputs are not all of one source
    language; OptionError where a file leaves its languages open.
    """
    scores = read_scores(options.scores) if options.scores else {}
    first = ""
    for item in inputs:
        for entry in _read(item, options):
            first = first or entry.source_language
            if entry.source_language != first:
                raise InputError(
                    f"its source is {entry.source_language!r}",
                    where=str(item.path),
                    expected=f"{first!r}, as in the first input",
                    action="Name one source language with --from, or export them apart.",
                )
            scored = _scored(entry, scores) if scores else entry
            yield replace(scored, id=f"{item.name}:{entry.id}") if len(inputs) > 1 else scored


def _read(item: Input, options: InputOptions) -> Iterator[Entry]:
    """The rows of one input; a published table read from another side is a bitext like any other."""
    if item.kind == "published":
        first = next(read_tsv(item.path), None)
        own = first.source_language if first else ""
        if options.source is None or matching(options.source, [own]):
            return _published(item.path, options.target)
        return _foreign(item.path, options)
    if item.kind == "aligned":
        return read_aligned(item.path, options.source, options.target)
    return _foreign(item.path, options)


def _published(table: Path, wanted: str | None) -> Iterator[Entry]:
    """The rows of a published table."""
    for row in read_tsv(table):
        yield Entry(
            id=row.id,
            document=paragraph_of(row.id)[0] or row.id,
            source_language=row.source_language,
            source=row.source,
            sides=tuple(
                _side(target)
                for target in row.targets
                if wanted is None or matching(wanted, [target.language])
            ),
        )


def _side(target: PublishedTarget) -> Side:
    return Side(
        language=target.language,
        text=target.text,
        quality=target.quality,
        status=target.status,
        flags=target.flags,
        terms=target.terms,
        approved=target.status == "approved",
    )


def _foreign(path: Path, options: InputOptions) -> Iterator[Entry]:
    segments = read_bitext(path, options.source, options.target)
    for _, group in groupby(segments, key=lambda item: (item.line, item.source)):
        yield _entry(list(group))


def _entry(segments: Sequence[Segment]) -> Entry:
    """The translations of one text; of several in one language, the first."""
    sides: dict[str, Side] = {}
    for item in segments:
        status = _DRAFT if item.draft else ""
        side = Side(language=item.target_language, text=plain_text(item.target), status=status)
        sides.setdefault(item.target_language, side)
    first = segments[0]
    return Entry(
        id=plain_text(first.id) or str(first.line),
        document=paragraph_of(first.id)[0] or f"{Path(first.file).name}:{first.id}",
        source_language=first.source_language,
        source=plain_text(first.source),
        sides=tuple(sides.values()),
    )


def _scored(entry: Entry, scores: Scores) -> Entry:
    """The entry with the qualities that were given for it; an approved side keeps its own."""
    sides = []
    for side in entry.sides:
        given = scores.get((entry.id, side.language), scores.get((entry.id, "")))
        sides.append(side if given is None or side.approved else replace(side, quality=given))
    return replace(entry, sides=tuple(sides))
