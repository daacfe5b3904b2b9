"""Reports for code hosts and build servers: SARIF 2.1.0, JUnit XML, annotations of GitHub Actions.

Findings in translations and in term bases are converted to `Notice` records, which each report writes.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote
from xml.etree import ElementTree

from egiz.glossary.records import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One finding in the form that code hosts need.

    `line` counts from 1; it is 0 if unknown. `columns` is the half-open range of columns of the words, from
    1. `name` is the id of the row or entry. `accepted` is the reason why a person accepts the finding, if one
    does.
    """

    file: str
    line: int
    columns: tuple[int, int] | None = None
    name: str
    severity: Severity
    code: str
    message: str
    fingerprint: str = ""
    accepted: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)


Rules = Mapping[str, tuple[Severity | None, str]]
"""The rules by the code of their findings: each has the severity (None if it varies) and the description."""

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_FINGERPRINT = "egizFinding/v1"
"""The name of the fingerprint in SARIF. Change it when fingerprints are computed in another way."""


def write_sarif(notices: Iterable[Notice], rules: Rules, stream: TextIO) -> None:
    """Write a SARIF file with one run, which has these rules; each result is on a line of its own.

    A location is a file and a line, with columns if known, and the row id as logical location. An accepted
    finding is a suppressed result with its reason. Counts are left out because SARIF has no place for them.
    """
    index = {code: place for place, code in enumerate(rules)}
    driver = {"name": "egiz", "version": version("egiz"), "rules": [_rule(*item) for item in rules.items()]}
    head = json.dumps({"driver": driver}, ensure_ascii=False)
    stream.write(f'{{"$schema": "{_SCHEMA}",\n"version": "2.1.0",\n"runs": [{{\n"tool": {head},\n')
    stream.write('"columnKind": "unicodeCodePoints",\n"results": [')
    before = "\n"
    for item in notices:
        stream.write(before + json.dumps(_result(item, index), ensure_ascii=False))
        before = ",\n"
    stream.write("]}]}\n")


def _rule(code: str, about: tuple[Severity | None, str]) -> dict[str, Any]:
    severity, description = about
    return {
        "id": code,
        "shortDescription": {"text": description},
        **({"defaultConfiguration": {"level": severity}} if severity else {}),
    }


def _result(item: Notice, index: Mapping[str, int]) -> dict[str, Any]:
    region: dict[str, int] = {"startLine": max(item.line, 1)}
    if item.columns:
        region |= {"startColumn": item.columns[0], "endColumn": item.columns[1]}
    place = {"artifactLocation": {"uri": _uri(item.file)}, "region": region}
    reason = {"justification": item.accepted} if item.accepted else {}
    return {
        "ruleId": item.code,
        "ruleIndex": index[item.code],
        "level": item.severity,
        "message": {"text": item.message},
        "locations": [{"physicalLocation": place, "logicalLocations": [{"name": item.name}]}],
        **({"partialFingerprints": {_FINGERPRINT: item.fingerprint}} if item.fingerprint else {}),
        **({} if item.accepted is None else {"suppressions": [{"kind": "external", **reason}]}),
        **({"properties": dict(item.properties)} if item.properties else {}),
    }


def _uri(file: str) -> str:
    """Return a path as a URI. A relative path stays relative; the program that reads the report resolves
    it."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))


_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow."""


def write_junit(notices: Iterable[Notice], problems: Mapping[str, str], stream: TextIO) -> None:
    """Write JUnit XML: a suite for each file, a failed test case for each error and warning.

    `problems` maps the name of every file, in order, to the reason why it could not be read; the reason is
    empty if the file was read. A file without errors and warnings has one passed test case; an unreadable
    file has an error. Notes are passed test cases with the message as output, so that they do not fail a
    build.
    """
    suites: dict[str, list[Notice]] = {file: [] for file in problems}
    for item in notices:
        suites.setdefault(item.file, []).append(item)
    root = ElementTree.Element("testsuites", name="egiz")
    for file, found in suites.items():
        problem = problems.get(file, "")
        failed = [item for item in found if item.severity != "note"]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=_xml(file),
            tests=str(len(found) + bool(problem) or 1),
            failures=str(len(failed)),
            errors=str(int(bool(problem))),
        )
        for item in found:
            _case(suite, item)
        if problem or not found:
            case = ElementTree.SubElement(suite, "testcase", name="file", classname=_xml(file))
            if problem:
                ElementTree.SubElement(case, "error", message=_xml(problem), type="not-read")
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    ElementTree.indent(root, "")
    stream.write(ElementTree.tostring(root, encoding="unicode") + "\n")


def _case(suite: ElementTree.Element, item: Notice) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        name=_xml(f"{item.name} {item.code} {item.fingerprint[:8]}".strip()),
        classname=_xml(item.file),
        file=_xml(item.file),
        line=str(max(item.line, 1)),
    )
    text = f"{item.file}:{item.line}: {item.severity}: {item.message}"
    if item.severity == "note":
        ElementTree.SubElement(case, "system-out").text = _xml(text)
    else:
        failure = ElementTree.SubElement(case, "failure", message=_xml(item.message), type=item.code)
        failure.text = _xml(text)


def _xml(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)


_LEVELS: Mapping[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}


def write_github(notices: Iterable[Notice], problems: Mapping[str, str], stream: TextIO) -> None:
    """Write workflow commands of GitHub Actions, which appear beside the changed lines.

    `problems` maps the name of each file that could not be read to the reason.
    """
    for item in notices:
        place = {"file": item.file, "line": str(max(item.line, 1))}
        if item.columns:
            place |= {"col": str(item.columns[0]), "endColumn": str(item.columns[1])}
        _command(stream, _LEVELS[item.severity], {**place, "title": item.code}, item.message)
    for file, problem in problems.items():
        if problem:
            _command(stream, "error", {"file": file, "title": "not-read"}, problem)


def _command(stream: TextIO, level: str, properties: Mapping[str, str], message: str) -> None:
    listed = ",".join(f"{name}={_escaped(text, ':,')}" for name, text in properties.items())
    stream.write(f"::{level} {listed}::{_escaped(message)}\n")


def _escaped(text: str, more: Sequence[str] = "") -> str:
    """Return the text for a workflow command: percent signs, line ends and the characters in `more` are
    escaped.

    For example, ``50%`` becomes ``50%25``.
    """
    for sign in ("%", "\r", "\n", *more):
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text
