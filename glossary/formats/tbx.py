"""Term bases as TBX: the edition of 2008 (ISO 30042:2008, ``martif``) and that of 2019 (``tbx``).

Read are TBX-Default and TBX-Basic of 2008 and, of 2019, TBX-Basic and its neighbours in both styles, DCA
(``<termNote type="partOfSpeech">``) and DCT (``<min:partOfSpeech>``). Written is the DCA style of 2019, or
TBX-Default of 2008. The values are in `tbx_categories`.

What the records have and TBX has not stands in notes that begin with ``x-egiz-``, because a note is the one
thing that every dialect allows and every tool keeps: ``<note>x-egiz-match: case</note>`` behind a term.
What TBX has and the records have not is counted in `TermBase.unread`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from egiz.glossary.formats.identifiers import identify
from egiz.glossary.formats.losses import Written
from egiz.glossary.formats.tbx_categories import NO_ORIGIN
from egiz.glossary.formats.tbx_entries import Entry, read_entry, text_of
from egiz.glossary.formats.tbx_write import EDITION_2008, EDITION_2019, write
from egiz.glossary.records import Term, TermBase
from egiz.translate.errors import InputError, OptionError
from egiz.translate.read.tree import local
from egiz.translate.xml import XmlElement, stream_xml, xml_root

_ROOTS = ("martif", "tbx")
_HEADERS = ("martifHeader", "tbxHeader")
_ENTRIES = ("termEntry", "conceptEntry")
_ABOUT = {"titleStmt": "title", "publicationStmt": "licence", "sourceDesc": "origin"}


def read_tbx(path: Path, where: str, encoding: str | None = None) -> TermBase:
    """Read a TBX file of any of the dialects above. `where` is what messages and places call it.

    Raises InputError with line and column for what is not well-formed, declares entities or is no TBX, and
    OptionError for an encoding, because XML names its own.
    """
    if encoding is not None:
        raise OptionError(
            "an encoding is given for XML", where=where, expected="none", action="XML names its own encoding."
        )
    root = xml_root(path)
    if root.name not in _ROOTS:
        raise InputError(f"<{root.name}> is the root", where=where, expected="<martif> or <tbx>, as in TBX")
    about = {"title": "", "licence": "", "origin": ""}
    unread: Counter[str] = Counter()
    entries: list[Entry] = []
    for element in stream_xml(path, (*_HEADERS, *_ENTRIES)):
        if local(element.tag) in _HEADERS:
            about.update(_about(element))
        else:
            entries.append(read_entry(element, where, unread))
    return TermBase(
        terms=tuple(_terms([entry for entry in entries if entry.wordings])),
        title=about["title"],
        licence=about["licence"],
        origin=about["origin"],
        unread=tuple(f"{count} × {what}" for what, count in unread.items() if count),
    )


def write_tbx(base: TermBase) -> Written:
    """Write a base in the edition of 2019: TBX-Basic in DCA style, TBX-Linguist where a number is given."""
    return write(base, EDITION_2019)


def write_tbx2008(base: TermBase) -> Written:
    """Write a base in the edition of 2008, as TBX-Default."""
    return write(base, EDITION_2008)


def _about(header: XmlElement) -> dict[str, str]:
    """Title, licence and origin as the header states them."""
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


def _terms(entries: list[Entry]) -> Iterator[Term]:
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
