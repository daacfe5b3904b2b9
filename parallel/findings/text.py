"""The report as text, for people: findings by term, with the words marked in their rows."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TextIO

from egiz.parallel.findings.records import Side, Summary, TermFinding, printable
from egiz.parallel.rows import single_line
from egiz.parallel.words import plural

_AROUND = 40
"""Characters that are shown on each side of the marked words, so that a line of most terminals holds all."""


def write_text(
    findings: Iterable[TermFinding], summary: Callable[[], Summary], stream: TextIO, *, linked: bool = False
) -> None:
    """Write the findings by term, terms in the order of their first and rows as they come, then the numbers.

    Words that stand for a missing term are marked as its renderings are, whether `linked` or not. Holds all
    findings in memory, since those of one term stand together.
    """
    groups: dict[str, list[TermFinding]] = {}
    for item in findings:
        groups.setdefault(item.term.id, []).append(item)
    for group in groups.values():
        first = group[0]
        origin = printable(first.term.place or first.term.origin)
        head = f"{first.wording} → {' | '.join(first.expected)}"
        stream.write(f"{single_line(head)}{f'  ({single_line(origin)})' if origin else ''}\n")
        for item in group:
            stream.writelines(f"  {line}\n" for line in _finding(item))
        stream.write("\n")
    stream.writelines(f"{line}\n" for line in summary_lines(summary()))


def summary_lines(totals: Summary) -> Iterator[str]:
    """The numbers in words, for a report's end or for standard error."""
    outcomes = ", ".join(f"{count} {name}" for name, count in totals.outcomes)
    found = f"{plural(totals.occurrences, 'occurrence')} of {plural(len(totals.usages), 'term')}"
    yield f"{plural(totals.rows, 'row')}, {found}: {outcomes}"
    yield ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in totals.severities)
    left = {
        "without translation": totals.untranslated,
        "drafts": totals.drafts,
        "in languages that the term base lacks": totals.foreign,
    }
    if any(left.values()):
        yield "rows not checked: " + ", ".join(f"{count} {name}" for name, count in left.items() if count)


def _finding(item: TermFinding) -> Iterator[str]:
    found = item.finding
    place = f"{printable(item.place.file)}:{item.place.line} {item.place.id}"
    yield single_line(f"{place} {found.severity}: {found.message} [{found.code}]")
    if not item.source.text:
        return
    width = max(len(item.source.language), len(item.target.language))
    sides = ((item.source, item.target, ()), (item.target, item.source, item.words))
    for side, other, words in sides:
        excerpt, marks = _excerpt(side, other, words)
        yield f"  {side.language:<{width}}  {excerpt}"
        if marks:
            yield f"  {'':<{width}}  {marks}"


def _excerpt(side: Side, other: Side, words: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """The marked words with some text around them, and the line of carets under them.

    These are the side's own or `words`. Where none are marked, the text around the place that is as far into
    it as those of the other side.
    """
    marked = [(side.start, side.stop)] if side.stop else list(words)
    start = marked[0][0] if marked else len(side.text) * other.start // max(len(other.text), 1)
    stop = marked[-1][1] if marked else start
    first, last = max(start - _AROUND, 0), stop + _AROUND
    lead = "…" if first else ""
    marks, done = " " * len(lead), first
    for begin, end in marked:
        marks += " " * _columns(side.text[done:begin]) + "^" * _columns(side.text[begin:end])
        done = end
    excerpt = lead + side.text[first:last] + ("…" if last < len(side.text) else "")
    return excerpt, marks if marked else ""


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes: marks above letters none, wide characters two."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )
