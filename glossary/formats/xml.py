"""Read term bases in XML: TBX of the editions of 2008 (ISO 30042:2008) and 2019, TBX-Min, MultiTerm, Qt.

It reads TBX-Default and TBX-Basic of 2008 (``martif``), the dialects of TBX of 2019 (``tbx``) in both styles,
DCA (``<termNote type="partOfSpeech">``) and DCT (``<min:partOfSpeech>``), TBX-Min (``TBX``), the XML of
MultiTerm (``mtf``) and Qt phrase books (``QPH``). `tbx_write` writes the two editions of TBX.

Fields of the records that TBX has no category for are written as notes that begin with ``x-egiz-``, because
every dialect allows notes and every tool keeps them: ``<note>x-egiz-match: case</note>`` after a term.
Whatever the records cannot hold is counted in `TermBase.unread`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from egiz.glossary.formats.common import DEFAULT, ReadOptions, Said, identify, settle
from egiz.glossary.formats.vocabulary import NO_ORIGIN
from egiz.glossary.formats.xml_entries import Counts, Entry, read_entry, text_of
from egiz.glossary.records import Term, TermBase
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.xml import XmlElement, XmlRoot, local, stream_xml, xml_root
from egiz.translate.languages import locale_tag

_ENTRIES = {
    "martif": ("termEntry",),
    "tbx": ("conceptEntry",),
    "TBX": ("entry", "termEntry"),
    "mtf": ("conceptGrp",),
}
"""The elements of entries by the root of the file."""
_PHRASES = "QPH"
_HEADERS = ("martifHeader", "tbxHeader")
_ABOUT = {"titleStmt": "title", "publicationStmt": "licence", "sourceDesc": "origin"}
_QT_SOURCE = "en"
"""The source language of a Qt phrase book that names none, as in Qt Linguist."""


def read_xml(path: Path, where: str, options: ReadOptions = DEFAULT) -> TermBase:
    """Read a term base in XML. `where` names the file in messages and places.

    Raises InputError, with line and column, for XML that is not well-formed, declares entities or is of
    another kind, and OptionError if an encoding is given, because XML declares its own.
    """
    if options.encoding is not None:
        raise OptionError(
            "an encoding is given for XML", where=where, expected="none", action="XML names its own encoding."
        )
    root = xml_root(path)
    about = {"title": "", "licence": "", "origin": ""}
    counts = Counts()
    entries: list[Entry] = []
    if root.name == _PHRASES:
        entries += _phrases(path, where, root, counts)
    elif root.name in _ENTRIES:
        for element in stream_xml(path, (*_HEADERS, *_ENTRIES[root.name])):
            if local(element.tag) in _HEADERS:
                about.update(_about(element))
            else:
                entries.append(read_entry(element, where, counts))
    else:
        expected = "<martif> or <tbx>, as in TBX, <mtf> of MultiTerm, or <QPH> of Qt"
        raise InputError(f"<{root.name}> is the root", where=where, expected=expected)
    return TermBase(
        terms=tuple(_terms([entry for entry in entries if entry.wordings])),
        title=about["title"],
        licence=about["licence"],
        origin=about["origin"],
        unread=_lines(counts.unread),
        assumed=_lines(counts.assumed),
    )


def _lines(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(f"{count} × {what}" for what, count in counts.items() if count)


def _phrases(path: Path, where: str, root: XmlRoot, counts: Counts) -> Iterator[Entry]:
    """The phrases of a Qt phrase book; a definition becomes a note. InputError if a language is not known."""
    source = locale_tag(root.attributes.get("sourcelanguage", "") or _QT_SOURCE)
    target = locale_tag(root.attributes.get("language", ""))
    if source is None or target is None:
        raise InputError(
            f"its languages are {source or 'not known'} and {target or 'not known'}",
            where=where,
            expected='attributes such as sourcelanguage="en" and language="ru_RU"',
        )
    counts.assumed["source language en, which the file does not name"] += (
        "sourcelanguage" not in root.attributes
    )
    for element in stream_xml(path, ("phrase",)):
        texts = {local(child.tag): text_of(child) for child in element}
        sides = ((source, texts.get("source", "")), (target, texts.get("target", "")))
        found = [Said(language=tag, text=text) for tag, text in sides if text]
        note = texts.get("definition", "")
        counts.assumed["definition, kept as a note"] += bool(note)
        yield Entry(id="", place=f"{where}:{element.sourceline}", wordings=tuple(settle(found)), note=note)


def _about(header: XmlElement) -> dict[str, str]:
    """Title, licence and origin from the header."""
    found: dict[str, str] = {}
    for part in _all(header):
        name = _ABOUT.get(local(part.tag))
        if name:
            found[name] = " ".join(text for child in part if (text := text_of(child)))
    return {name: text for name, text in found.items() if text != NO_ORIGIN}


def _all(element: XmlElement) -> Iterator[XmlElement]:
    for child in element:
        yield child
        yield from _all(child)


def _terms(entries: Sequence[Entry]) -> Iterator[Term]:
    ids = identify([entry.id for entry in entries], (entry.wordings[0].text for entry in entries))
    for name, entry in zip(ids, entries, strict=True):
        yield Term(
            id=name,
            wordings=entry.wordings,
            subject=entry.subject,
            note=entry.note,
            origin=entry.origin,
            licence=entry.licence,
            place=entry.place,
        )
