"""Writes training data as TMX 1.4b and XLIFF 2, the exchange formats of translation tools."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from egiz.parallel.corpus.about import About
from egiz.parallel.corpus.records import Entry, Side
from egiz.parallel.corpus.tables import APPROVED
from egiz.parallel.corpus.texts import xml_characters

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def write_tmx(entries: Iterable[Entry], about: About, path: Path) -> None:
    """Write the units one by one; the header states the sources of the texts and their licences.

    Quality and status of a translation are properties of its variant. Their names begin with ``x-egiz-``, as
    the standard requires ``x-`` for names that it does not define.
    """
    from lxml import etree

    with etree.xmlfile(str(path), encoding="utf-8") as file:
        file.write_declaration()
        with file.element("tmx", version="1.4"):
            file.write("\n", _header(about), "\n")
            with file.element("body"):
                file.write("\n")
                for entry in entries:
                    file.write(_unit(entry), "\n")
            file.write("\n")


def _header(about: About) -> Any:
    from lxml import etree

    header = etree.Element(
        "header",
        creationtool="egiz",
        creationtoolversion=about.version,
        segtype="sentence",
        adminlang="en",
        srclang=about.source_language,
        datatype="plaintext",
    )
    header.set("o-tmf", "egiz")
    for name, line in about.notes():
        note = etree.SubElement(header, "prop", type=f"x-egiz-{name}")
        note.text = xml_characters(line)
    return header


def _unit(entry: Entry) -> Any:
    from lxml import etree

    unit = etree.Element("tu", tuid=xml_characters(entry.id), srclang=entry.source_language)
    etree.SubElement(unit, "prop", type="x-egiz-document").text = xml_characters(entry.document)
    _variant(unit, entry.source_language, entry.source, ())
    for side in entry.sides:
        _variant(unit, side.language, side.text, _properties(side))
    return unit


def _properties(side: Side) -> tuple[tuple[str, str], ...]:
    chance = "" if side.chance is None else f"{side.chance:.3f}"
    status = APPROVED if side.approved else side.status
    return tuple((name, value) for name, value in ((side.meaning, chance), ("status", status)) if value)


def _variant(unit: Any, language: str, text: str, properties: tuple[tuple[str, str], ...]) -> None:
    from lxml import etree

    variant = etree.SubElement(unit, "tuv", {_LANG: language})
    for name, value in properties:
        etree.SubElement(variant, "prop", type=f"x-egiz-{name}").text = xml_characters(value)
    etree.SubElement(variant, "seg").text = xml_characters(text)


_SPACES: Any = {None: "urn:oasis:names:tc:xliff:document:2.0"}
_TOKEN = re.compile(r"[\w.:\-]+")
"""A valid id (an NMTOKEN of XML): letters, digits and a few punctuation marks."""


def write_xliff(entries: Iterable[Entry], target: str, about: About, path: Path) -> None:
    """Write the units of one target language one by one; rows without it are left out.

    A unit's name is the row's id. Its id is the same if that is a valid XML id, else its number in the file.
    Segments that a person approved have the state ``reviewed``, all others ``translated``. Quality and status
    are notes.
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
                            file.write(_xliff_unit(number, entry, side), "\n")
            file.write("\n")


def _notes(pairs: Iterable[tuple[str, str]]) -> Any:
    from lxml import etree

    notes = etree.Element("notes", nsmap=_SPACES)
    for name, line in pairs:
        etree.SubElement(notes, "note", category=name).text = xml_characters(line)
    return notes


def _xliff_unit(number: int, entry: Entry, side: Side) -> Any:
    from lxml import etree

    name = xml_characters(entry.id)
    identifier = name if _TOKEN.fullmatch(name) else str(number)
    unit = etree.Element("unit", {"id": identifier, "name": name}, nsmap=_SPACES)
    if known := _properties(side):
        unit.append(_notes(known))
    segment = etree.SubElement(unit, "segment", state="reviewed" if side.approved else "translated")
    etree.SubElement(segment, "source").text = xml_characters(entry.source)
    etree.SubElement(segment, "target").text = xml_characters(side.text)
    return unit
