"""Writes reports of term findings: text, a table, JSON, and the reports of `notices` for code hosts.

JSON is one object, written as findings come, with these keys in this order::

    format     "egiz-terms-check"
    version    1; it grows when a key is removed or changes its meaning
    findings   file, line (from 1), id      the place of the row
               severity, code, message      "error", "warning" or "note"; "term-missing" …; text
               term                         id, text (in the source language), origin, place
               expected                     accepted wordings in the target language, preferred ones first
               source, target               language, text of the row, start, stop (code points, half-open;
                                            both 0 without words), form (these words)
               fingerprint                  stays the same as long as the texts of the row do
               words                        only with --words: list of start, stop and form of the words of
                                            the target that stand in place of a missing term; may be empty
    terms      one for each term that occurred: id, text, target_language, outcomes (count by outcome),
               renderings (text, status, count, and file, line and id of the first 20 rows)
    summary    rows, unchanged, untranslated, drafts, foreign, occurrences, accepted, outcomes and severities
               (count by name, over all findings, shown or not), files (file, rows,
               severities, and the problem of a file that was not read completely)

A finding about many rows (``term-inconsistent``) names the first row of the second rendering; its texts are
empty.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TextIO

from egiz.glossary.findings import CHECKS, Place, TermUsage
from egiz.parallel.bilingual import notices
from egiz.parallel.bilingual.findings import FileCounts, Format, Side, Summary, TermFinding, Writer, printable
from egiz.parallel.bilingual.notices import Notice
from egiz.translate.errors import plural
from egiz.translate.text import single_line, source_text

_AROUND = 40
"""Characters shown on each side of the marked words, so that an excerpt fits a line of most terminals."""


def write_text(
    findings: Iterable[TermFinding], summary: Callable[[], Summary], stream: TextIO, *, linked: bool = False
) -> None:
    """Write the findings grouped by term, in the order of the first finding of each term, then the counts.

    If a finding has `words` that stand in place of a missing term, carets mark them, as they mark renderings.
    `linked` is not used here. All findings are held in memory to group them.
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
    """Yield the counts as lines of text, for the end of a report or for standard error."""
    outcomes = ", ".join(f"{count} {name}" for name, count in totals.outcomes)
    found = f"{plural(totals.occurrences, 'occurrence')} of {plural(len(totals.usages), 'term')}"
    yield f"{plural(totals.rows, 'row')}, {found}: {outcomes}"
    yield ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in totals.severities)
    left = {
        "without translation": totals.untranslated,
        "drafts": totals.drafts,
        "in languages that the term base lacks": totals.foreign,
        "unchanged": totals.unchanged,
    }
    if any(left.values()):
        yield "rows not checked: " + ", ".join(f"{count} {name}" for name, count in left.items() if count)
    if totals.accepted:
        yield f"accepted by the baseline: {totals.accepted}"
    if len(totals.files) > 1:
        yield from (f"{printable(item.file)}: {_file(item)}" for item in totals.files)


def _file(item: FileCounts) -> str:
    counts = ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in item.severities)
    return (f"not read: {item.problem}; " if item.problem else "") + f"{plural(item.rows, 'row')}, {counts}"


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
    """Return an excerpt around the marked words, and the line of carets below it.

    `side` is the text to show. The marked words are the words of the finding in `side`. If the finding has no
    words there, they are the spans `words`. If `words` is empty too, there are no carets. The excerpt is then
    taken around the place in `side` that corresponds to the words of the finding in the other text, `other`,
    in proportion to the lengths of the two texts.
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
    """Return the number of columns that a text takes on a terminal.

    A combining mark takes no column, a wide character takes two, every other character takes one.
    """
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )


COLUMNS = ("file", "line", "id", "severity", "code", "term", "source_form", "target_form", "message")
LINKED = "words"
"""The name of an additional last column, which is written if word links were requested. It has the words that
stand in place of a missing term, with ``|`` between groups of words that are not adjacent."""


def write_table(
    findings: Iterable[TermFinding], summary: Callable[[], Summary], stream: TextIO, *, linked: bool = False
) -> None:
    """Write a header of `COLUMNS` and the findings as they arrive, without the summary.

    Cells are made safe as in the published table: one line, no tab, no straight double quote.
    """
    stream.write("\t".join((*COLUMNS, LINKED) if linked else COLUMNS) + "\n")
    for item in findings:
        cells = (
            printable(item.place.file),
            str(item.place.line),
            item.place.id,
            item.finding.severity,
            item.finding.code,
            item.wording,
            item.source.form,
            item.target.form,
            item.finding.message,
            *([" | ".join(item.forms)] if linked else []),
        )
        stream.write("\t".join(source_text(cell, item.source.language) for cell in cells) + "\n")


FORMAT, VERSION = "egiz-terms-check", 1


def write_json(
    findings: Iterable[TermFinding], summary: Callable[[], Summary], stream: TextIO, *, linked: bool = False
) -> None:
    """Write the report as JSON, with one line for each finding and each term."""
    stream.write(f'{{"format": "{FORMAT}",\n"version": {VERSION},\n"findings": [')
    _lines((_json_report_finding(item, linked) for item in findings), stream)
    totals = summary()
    stream.write('],\n"terms": [')
    _lines((_usage(usage) for usage in totals.usages), stream)
    stream.write(f'],\n"summary": {_dumps(_summary(totals))}}}\n')


def _lines(items: Iterable[dict[str, Any]], stream: TextIO) -> None:
    before = "\n"
    for item in items:
        stream.write(before + _dumps(item))
        before = ",\n"


def _dumps(item: dict[str, Any]) -> str:
    return json.dumps(item, ensure_ascii=False)


def _json_report_finding(item: TermFinding, linked: bool) -> dict[str, Any]:
    term = item.term
    return {
        **_place(item.place),
        "severity": item.finding.severity,
        "code": item.finding.code,
        "message": item.finding.message,
        "term": {"id": term.id, "text": item.wording, "origin": term.origin, "place": printable(term.place)},
        "expected": list(item.expected),
        "source": _side(item.source),
        "target": _side(item.target),
        **({"words": _words(item)} if linked else {}),
        "fingerprint": item.fingerprint,
    }


def _words(item: TermFinding) -> list[dict[str, Any]]:
    return [
        {"start": start, "stop": stop, "form": form}
        for (start, stop), form in zip(item.words, item.forms, strict=True)
    ]


def _place(place: Place) -> dict[str, Any]:
    return {"file": printable(place.file), "line": place.line, "id": place.id}


def _side(side: Side) -> dict[str, Any]:
    return {
        "language": side.language,
        "text": side.text,
        "start": side.start,
        "stop": side.stop,
        "form": side.form,
    }


def _usage(usage: TermUsage) -> dict[str, Any]:
    return {
        "id": usage.term.id,
        "text": usage.source.text,
        "target_language": usage.target_language,
        "outcomes": dict(usage.outcomes),
        "renderings": [
            {
                "text": item.wording.text,
                "status": item.wording.status,
                "count": item.count,
                "rows": [_place(place) for place in item.places],
            }
            for item in usage.renderings
        ],
    }


def _summary(totals: Summary) -> dict[str, Any]:
    return {
        "rows": totals.rows,
        "untranslated": totals.untranslated,
        "drafts": totals.drafts,
        "foreign": totals.foreign,
        "occurrences": totals.occurrences,
        "outcomes": dict(totals.outcomes),
        "severities": dict(totals.severities),
        "unchanged": totals.unchanged,
        "accepted": totals.accepted,
        "files": [
            {
                "file": printable(item.file),
                "rows": item.rows,
                "severities": dict(item.severities),
                **({"problem": item.problem} if item.problem else {}),
            }
            for item in totals.files
        ],
    }


def _notices(findings: Iterable[TermFinding], *, linked: bool) -> Iterator[Notice]:
    """Convert the findings to notices.

    With `linked`, each notice states the words that stand in place of a missing term.
    """
    for item in findings:
        region = item.region
        yield Notice(
            file=item.place.file,
            line=region.line if region else item.place.line,
            columns=(region.start, region.stop) if region else None,
            name=item.place.id,
            severity=item.finding.severity,
            code=item.finding.code,
            message=item.finding.message,
            fingerprint=item.fingerprint,
            accepted=item.accepted,
            properties={
                "term": item.term.id,
                "expected": list(item.expected),
                "source": item.source.text,
                "target": item.target.text,
                **({"words": list(item.forms)} if linked else {}),
            },
        )


def write_sarif(
    findings: Iterable[TermFinding], summary: Callable[[], Summary], stream: TextIO, *, linked: bool = False
) -> None:
    """Write SARIF.

    With `linked`, the properties of a result have the `words` that stand in place of a missing term.
    """
    notices.write_sarif(_notices(findings, linked=linked), CHECKS, stream)


def write_junit(
    findings: Iterable[TermFinding], summary: Callable[[], Summary], stream: TextIO, *, linked: bool = False
) -> None:
    """Write JUnit XML; holds all findings in memory to group them by file."""
    found = list(_notices(findings, linked=linked))
    notices.write_junit(map(_printable, found), _problems(summary()), stream)


def write_github(
    findings: Iterable[TermFinding], summary: Callable[[], Summary], stream: TextIO, *, linked: bool = False
) -> None:
    """Write annotations of GitHub Actions."""
    found = list(_notices(findings, linked=linked))
    notices.write_github(map(_printable, found), _problems(summary()), stream)


def _printable(item: Notice) -> Notice:
    return replace(item, file=printable(item.file))


def _problems(totals: Summary) -> dict[str, str]:
    return {printable(item.file): item.problem for item in totals.files}


FORMATS: dict[Format, Writer] = {
    "text": write_text,
    "json": write_json,
    "sarif": write_sarif,
    "tsv": write_table,
    "junit": write_junit,
    "github": write_github,
}
"""The writer of each report format; the same findings give the same bytes."""
ENDINGS: dict[str, Format] = {
    ".json": "json",
    ".sarif": "sarif",
    ".tsv": "tsv",
    ".xml": "junit",
    ".txt": "text",
}
"""The format of a report file by its ending."""
