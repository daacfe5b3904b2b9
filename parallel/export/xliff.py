"""XLIFF 2 (core of 2.0), the exchange format of translation tools: a unit for each row, in two languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from egiz.parallel.corpus.about import About
from egiz.parallel.corpus.records import Entry, Side
from egiz.parallel.export.columns import APPROVED
from egiz.parallel.export.texts import xml_characters

_SPACES: Any = {None: "urn:oasis:names:tc:xliff:document:2.0"}
_TOKEN = re.compile(r"[\w.:\-]+")
"""What may be an id (an NMTOKEN of XML): letters, digits, and few marks."""


def write_xliff(entries: Iterable[Entry], target: str, about: About, path: Path) -> None:
    """Write the units in one target language one by one; rows without it are left out.

    A unit's id is the row's where that may be one, else its number in the file; its name is always the row's.
    What a person approved is ``reviewed``, all else ``translated``. Quality and status are notes.
    """
    from lxml import etree

    with etree.xmlfile(str(path), encoding="utf-8") as file:
        file.write_declaration()
        languages = {"srcLang": about.source_language, "trgLang": target}
        with file.element("xliff", {"version": "2.0", **languages}, nsmap=_SPACES):
            file.write("\n")
            with file.element("file", id="f1", original=xml_characters(about.title)):
                file.write("\n", _notes(about.notes()), "\n")
                for number, entry in enumerate(entries, start=1):
                    for side in entry.sides:
                        if side.language == target:
                            file.write(_unit(number, entry, side), "\n")
            file.write("\n")


def _notes(pairs: Iterable[tuple[str, str]]) -> Any:
    from lxml import etree

    notes = etree.Element("notes", nsmap=_SPACES)
    for name, line in pairs:
        etree.SubElement(notes, "note", category=name).text = xml_characters(line)
    return notes


def _unit(number: int, entry: Entry, side: Side) -> Any:
    from lxml import etree

    name = xml_characters(entry.id)
    identifier = name if _TOKEN.fullmatch(name) else str(number)
    unit = etree.Element("unit", {"id": identifier, "name": name}, nsmap=_SPACES)
    known = [] if side.quality is None else [("quality", f"{side.quality:.3f}")]
    known += [("status", APPROVED if side.approved else side.status)] if side.approved or side.status else []
    if known:
        unit.append(_notes(known))
    segment = etree.SubElement(unit, "segment", state="reviewed" if side.approved else "translated")
    etree.SubElement(segment, "source").text = xml_characters(entry.source)
    etree.SubElement(segment, "target").text = xml_characters(side.text)
    return unit
