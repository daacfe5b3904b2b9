"""Link files: writes the links of an aligned table, and evaluates links against gold links.

The JSON report is one object: ``format`` ("egiz-evaluate-links"), ``version`` (increased when a key is
removed or changes its meaning) and ``evaluations``, each with ``system``, ``language``, ``found`` and
``gold`` (the numbers of links with text on both sides), and a key for each of `METRICS`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from egiz.parallel.align.documents import AlignDocument
from egiz.parallel.align.records import Link, Span, TextUnit
from egiz.parallel.publish.columns import link_column
from egiz.parallel.publish.names import LINKS
from egiz.parallel.publish.tsv import write_cells
from egiz.translate.errors import InputError
from egiz.translate.io.files import read_whole

LinkSpans = tuple[Span, Span]
"""A link as the spans of its source and target units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkScores:
    """Precision and recall of links, between 0 and 1. `found` and `gold` are the numbers of links with text
    on both sides.

    By the strict measure, a link is right if the gold has a link of exactly the same units. By the lax
    measure, it is right if it has, on each side, at least one unit in common with the same gold link. Neither
    measure counts links with an empty side. `null_recall` concerns the units that have no counterpart in the
    gold: it is the share of them that have none in the evaluated links either. It is None if every unit has a
    counterpart in the gold.
    """

    found: int
    gold: int
    strict_precision: float
    strict_recall: float
    lax_precision: float
    lax_recall: float
    null_recall: float | None

    @property
    def strict_f1(self) -> float:
        """The harmonic mean of strict precision and recall."""
        return _f1(self.strict_precision, self.strict_recall)

    @property
    def lax_f1(self) -> float:
        """The harmonic mean of lax precision and recall."""
        return _f1(self.lax_precision, self.lax_recall)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEvaluation:
    """The scores of the links of one file in one language. If the file names no language, `language` is
    empty.
    """

    system: str
    language: str
    scores: LinkScores


def score_links(found: Sequence[LinkSpans], gold: Sequence[LinkSpans]) -> LinkScores:
    """Compare links with gold links; both are spans of units, source first."""
    own, known = _linked(found), _linked(gold)
    exact = set(own) & set(known)
    alone, lonely = _alone(gold), _alone(found)
    return LinkScores(
        found=len(own),
        gold=len(known),
        strict_precision=_share(len(exact), len(own)),
        strict_recall=_share(len(exact), len(known)),
        lax_precision=_share(_touching(own, known), len(own)),
        lax_recall=_share(_touching(known, own), len(known)),
        null_recall=_share(len(alone & lonely), len(alone)) if alone else None,
    )


def _linked(links: Iterable[LinkSpans]) -> list[LinkSpans]:
    return [link for link in links if link[0][0] < link[0][1] and link[1][0] < link[1][1]]


def _alone(links: Iterable[LinkSpans]) -> set[tuple[int, int]]:
    """Return the units without a counterpart, each as side (0 source, 1 target) and index."""
    return {
        (side, unit)
        for link in links
        if link[0][0] == link[0][1] or link[1][0] == link[1][1]
        for side, span in enumerate(link)
        for unit in range(*span)
    }


def _touching(links: Sequence[LinkSpans], others: Sequence[LinkSpans]) -> int:
    """Return how many of `links` overlap with a link in `others`: the two links have both a source unit and a
    target unit in common.
    """
    pairs = {(i, j) for source, target in others for i in range(*source) for j in range(*target)}
    return sum(
        any((i, j) in pairs for i in range(*source) for j in range(*target)) for source, target in links
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


LINK_COLUMNS = (
    link_column("row", "Row", "the id of the row in the table"),
    link_column("language", "Language", "of the translation"),
    link_column(
        "source", "Source", "ids of the source's units, joined by commas; empty for none", required=False
    ),
    link_column("target", "Target", "ids of the translation's units, joined by commas", required=False),
    link_column(
        "score", "Score", "how probable it is that exactly these belong together: 0 to 1", type="number"
    ),
    link_column("flags", "Flags", "codes, joined by commas", required=False),
)


class LinksTable:
    """Writes the table of links: a header, then a line for each link."""

    def __init__(self, stream: TextIO, source: AlignDocument, targets: Sequence[AlignDocument]) -> None:
        self._stream, self._source, self._targets = stream, source, targets
        stream.write("\t".join(column.name for column in LINK_COLUMNS) + "\n")

    def write(self, row: str, links: Sequence[Sequence[Link]]) -> None:
        """Write the links of one row, language by language."""
        for text, own in zip(self._targets, links, strict=True):
            for link in own:
                cells = (
                    row,
                    text.document.language,
                    _ids(self._source.units, link.source),
                    _ids(text.units, link.target),
                    f"{link.score:.3f}",
                    ",".join(link.flags),
                )
                write_cells(self._stream, row, LINK_COLUMNS, cells)


def _ids(units: Sequence[TextUnit], span: Span) -> str:
    return ",".join(unit.id for unit in units[slice(*span)])


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLinks:
    """The links of a file, each as the names of its source and target units, and the path of the file."""

    links: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    path: Path


def evaluate_files(found: Path, gold: Path, languages: Sequence[str] = ()) -> list[LinkEvaluation]:
    """Score the links of a file against a gold file, language by language.

    Both files are read by `read_named`. `found` may also be an aligned table with its links file beside it,
    or the folder that contains both. If `languages` is empty, every language in which `found` has links is
    scored. A gold file that names no language is used for every language. Raises InputError if a file cannot
    be read, or has no links in a language.
    """
    place = _place(found)
    own, known = read_named(place), read_named(gold)
    return [
        LinkEvaluation(
            system=str(found),
            language=language,
            scores=score_links(*link_spans(_of(own, language, place), _of(known, language, gold))),
        )
        for language in (languages or own)
    ]


def _place(found: Path) -> Path:
    """Return the path of the links file of `found`, if `found` is a folder or a table with a links file. Any
    other path is returned as it is.
    """
    place = found / LINKS if found.is_dir() else found
    links_path = place.with_name(f"{place.stem}.{LINKS}")
    return links_path if links_path.is_file() else place


def _of(named: Mapping[str, NamedLinks], language: str, path: Path) -> NamedLinks:
    try:
        return named[language] if language in named else named[""]
    except KeyError:
        raise InputError(
            f"no links of language {language!r}", where=str(path), expected=", ".join(named)
        ) from None


_SPANS = re.compile(r"\[([^\]]*)\]\s*:\s*\[([^\]]*)\](?::.*)?")


def read_named(path: Path) -> dict[str, NamedLinks]:
    """Read links by language. A file is either a table with the columns `source` and `target`, or has lines
    like ``[0, 1]:[2]``.

    In a cell, the names of units are separated by commas or spaces. The language of a link is in the column
    `language`; without this column it is empty. In a file without a header, lines of two cells with numbers
    are read as source and target. Raises InputError with file and line for any other content, and for a file
    without links.
    """
    try:
        lines = read_whole(path, expected="links as UTF-8 text").decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(str(error), where=str(path), expected="links as UTF-8 text") from error
    head = lines[0].split("\t") if lines else []
    named = "source" in head and "target" in head
    found: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or (named and number == 1):
            continue
        sides = _cells(line.split("\t"), head) if named else _sides(line)
        if sides is None:
            raise InputError(
                f"{line[:60]!r}",
                where=f"{path}:{number}",
                expected="a header with 'source' and 'target', or lines such as '[0, 1]:[2]'",
            )
        language, source, target = sides
        found.setdefault(language, []).append((_names(source), _names(target)))
    if not found:
        raise InputError("no links", where=str(path), expected="one link a line")
    return {language: NamedLinks(links=tuple(links), path=path) for language, links in found.items()}


def _cells(cells: list[str], head: list[str]) -> tuple[str, str, str] | None:
    """Return the language, source and target cells of a line; None for another number of cells."""
    if len(cells) != len(head):
        return None
    row = dict(zip(head, cells, strict=True))
    return row.get("language", ""), row["source"], row["target"]


def _sides(line: str) -> tuple[str, str, str] | None:
    """Return the language (always empty), the source and the target of a line in a file without a header.
    Return None if the line is not a link.
    """
    spans = _SPANS.fullmatch(line.strip())
    if spans:
        return "", spans[1], spans[2]
    cells = line.split("\t")
    return ("", cells[0], cells[1]) if len(cells) == 2 and re.fullmatch(r"[\d, ]*\t[\d, ]*", line) else None


def _names(cell: str) -> tuple[str, ...]:
    return tuple(name for name in re.split(r"[,\s]+", cell) if name)


def link_spans(found: NamedLinks, gold: NamedLinks) -> tuple[list[LinkSpans], list[LinkSpans]]:
    """Return the found links and the gold links as spans of unit indices.

    The found links must name every unit exactly once, in order; this order gives each name an index, from 0.
    The gold links must either use the same names, or use these indices as names. Raises InputError for an
    unknown unit, and if the units of a link are not consecutive.
    """
    numbers: list[dict[str, int]] = [{}, {}]
    for link in found.links:
        for side, names in enumerate(link):
            for name in names:
                numbers[side][name] = len(numbers[side])
    by_number = all(name.isdecimal() for link in gold.links for side in link for name in side)
    counted = [{str(place): place for place in range(len(side))} for side in numbers]
    return (
        _spans(found, numbers),
        _spans(gold, counted if by_number and not all(map(_numeric, numbers)) else numbers),
    )


def _numeric(names: dict[str, int]) -> bool:
    return all(name.isdecimal() for name in names)


def _spans(links: NamedLinks, numbers: Sequence[dict[str, int]]) -> list[LinkSpans]:
    places = [0, 0]
    spans: list[LinkSpans] = []
    for link in links.links:
        ends: list[Span] = []
        for side, names in enumerate(link):
            for name in names:
                if name not in numbers[side]:
                    raise InputError(
                        f"no unit {name!r}",
                        where=f"{links.path}, {('source', 'target')[side]}",
                        expected="the units of the links that are evaluated, by name or by index from 0",
                    )
            own = [numbers[side][name] for name in names]
            if own != list(range(own[0], own[0] + len(own)) if own else ()):
                raise InputError(
                    f"units {', '.join(names)}",
                    where=str(links.path),
                    expected="consecutive units",
                )
            ends.append((own[0], own[-1] + 1) if own else (places[side], places[side]))
            places[side] = ends[-1][1]
        spans.append((ends[0], ends[1]))
    return spans


FORMAT, VERSION = "egiz-evaluate-links", 1
COLUMNS = ("system", "language", "metric", "value")
METRICS = (
    *("strict_precision", "strict_recall", "strict_f1"),
    *("lax_precision", "lax_recall", "lax_f1"),
    "null_recall",
)
"""The attributes of `LinkScores` that are reported. They are between 0 and 1. Only the last one may
be None.
"""

Writer = Callable[[Sequence[LinkEvaluation], TextIO], None]


def _values(scores: LinkScores) -> dict[str, float | None]:
    return {metric: getattr(scores, metric) for metric in METRICS}


def write_text(found: Sequence[LinkEvaluation], stream: TextIO) -> None:
    """Write a block of lines for each system and language."""
    for item in found:
        scores = item.scores
        name = f"{item.system} → {item.language}" if item.language else item.system
        stream.write(f"{name}: {scores.found:,} links against {scores.gold:,}\n")
        stream.write(f"  {'':8}{'precision':>10}{'recall':>10}{'F1':>10}\n")
        for kind in ("strict", "lax"):
            values = [getattr(scores, f"{kind}_{metric}") for metric in ("precision", "recall", "f1")]
            stream.write(f"  {kind:8}" + "".join(f"{value:>10.3f}" for value in values) + "\n")
        if scores.null_recall is not None:
            stream.write(f"  {'null':8}{'':10}{scores.null_recall:>10.3f}\n")


def write_json(found: Sequence[LinkEvaluation], stream: TextIO) -> None:
    """Write one JSON object; the module docstring says which keys it has."""
    evaluations = [
        {
            "system": item.system,
            "language": item.language,
            "found": item.scores.found,
            "gold": item.scores.gold,
            **_values(item.scores),
        }
        for item in found
    ]
    content = {"format": FORMAT, "version": VERSION, "evaluations": evaluations}
    stream.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def write_table(found: Sequence[LinkEvaluation], stream: TextIO) -> None:
    """Write a header of `COLUMNS` and a line for each value. If a value is None, it gets no line."""
    stream.write("\t".join(COLUMNS) + "\n")
    for item in found:
        for metric, value in _values(item.scores).items():
            if value is not None:
                stream.write(f"{item.system}\t{item.language}\t{metric}\t{value:.4f}\n")


LINK_FORMATS: dict[Literal["text", "json", "tsv"], Writer] = {
    "text": write_text,
    "json": write_json,
    "tsv": write_table,
}
"""The writer of each report format. For the same evaluations, a writer always writes the same bytes."""
