"""The report as SARIF 2.1.0, the format that code hosts and editors show beside the lines (OASIS, 2020)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from egiz.glossary.check import CHECKS
from egiz.parallel.findings.records import Summary, TermFinding

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_INDEX = {code: place for place, code in enumerate(CHECKS)}


def write_sarif(
    findings: Iterable[TermFinding], summary: Callable[[], Summary], stream: TextIO, *, linked: bool = False
) -> None:
    """Write one run whose rules are the codes of findings; one line for each result.

    A place is a file and a line, with the row's id as the logical location. SARIF has no room for the
    summary. With `linked`, the properties of a result have `words`, which stand for a missing term.
    """
    driver = {"name": "egiz", "version": version("egiz"), "rules": [_rule(code) for code in CHECKS]}
    head = json.dumps({"driver": driver}, ensure_ascii=False)
    stream.write(f'{{"$schema": "{_SCHEMA}",\n"version": "2.1.0",\n"runs": [{{\n"tool": {head},\n')
    stream.write('"columnKind": "unicodeCodePoints",\n"results": [')
    before = "\n"
    for item in findings:
        stream.write(before + json.dumps(_result(item, linked), ensure_ascii=False))
        before = ",\n"
    stream.write("]}]}\n")


def _rule(code: str) -> dict[str, Any]:
    severity, description = CHECKS[code]
    return {
        "id": code,
        "shortDescription": {"text": description},
        "defaultConfiguration": {"level": severity},
    }


def _result(item: TermFinding, linked: bool) -> dict[str, Any]:
    return {
        "ruleId": item.finding.code,
        "ruleIndex": _INDEX[item.finding.code],
        "level": item.finding.severity,
        "message": {"text": item.finding.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(item.place.file)},
                    "region": {"startLine": max(item.place.line, 1)},
                },
                "logicalLocations": [{"name": item.place.id}],
            }
        ],
        "properties": {
            "term": item.term.id,
            "expected": list(item.expected),
            "source": item.source.text,
            "target": item.target.text,
            **({"words": list(item.forms)} if linked else {}),
        },
    }


def _uri(file: str) -> str:
    """A path as a URI: relative ones stay so, for whoever reads the report to find from their root."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
