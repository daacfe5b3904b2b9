"""TMX 1.4b, the exchange format of translation memories: a unit for each row, with all its languages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from egiz.parallel.corpus.about import About
from egiz.parallel.corpus.records import Entry, Side
from egiz.parallel.export.columns import APPROVED
from egiz.parallel.export.texts import xml_characters

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def write_tmx(entries: Iterable[Entry], about: About, path: Path) -> None:
    """Write the units one by one; the header says where the texts come from and under which licences.

    Quality and status of a translation are properties of its variant, named ``x-egiz-…`` as the standard
    asks of names that are not its own.
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
    quality = "" if side.quality is None else f"{side.quality:.3f}"
    status = APPROVED if side.approved else side.status
    return tuple((name, value) for name, value in (("quality", quality), ("status", status)) if value)


def _variant(unit: Any, language: str, text: str, properties: tuple[tuple[str, str], ...]) -> None:
    from lxml import etree

    variant = etree.SubElement(unit, "tuv", {_LANG: language})
    for name, value in properties:
        etree.SubElement(variant, "prop", type=f"x-egiz-{name}").text = xml_characters(value)
    etree.SubElement(variant, "seg").text = xml_characters(text)
