"""The report as JSON, for programs.

One object, written as findings come, with these keys in this order::

    format     "egiz-terms-check"
    version    1; it grows when a key changes its meaning or goes
    findings   file, line (from 1), id      where the row stands
               severity, code, message      "error", "warning" or "note"; "term-missing" …; in words
               term                         id, text (in the source language), origin, place
               expected                     accepted wordings in the target language, preferred ones first
               source, target               language, text of the row, start, stop (code points, half-open;
                                            both 0 where no words are meant), form (these words)
               words                        only with --words: list of start, stop and form of the words of
                                            the target that stand for a missing term; empty where none do
    terms      one for each term that occurred: id, text, target_language, outcomes (outcome: how often),
               renderings (text, status, count, and file, line and id of the first 20 rows)
    summary    rows, untranslated, drafts, foreign, occurrences, outcomes and severities (name: how often;
               all findings are counted, those that are not shown too)

A finding about many rows (``term-inconsistent``) names the first row of the second rendering; its texts are
empty.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from egiz.glossary.consistency import Place, TermUsage
from egiz.parallel.findings.records import Side, Summary, TermFinding, printable

FORMAT, VERSION = "egiz-terms-check", 1


def write_json(
    findings: Iterable[TermFinding], summary: Callable[[], Summary], stream: TextIO, *, linked: bool = False
) -> None:
    """Write the report: one line for each finding and each term."""
    stream.write(f'{{"format": "{FORMAT}",\n"version": {VERSION},\n"findings": [')
    _lines((_finding(item, linked) for item in findings), stream)
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


def _finding(item: TermFinding, linked: bool) -> dict[str, Any]:
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
    }
