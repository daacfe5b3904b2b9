"""Read term bases in TBX, of the editions of 2008 (ISO 30042:2008, ``martif``) and 2019 (``tbx``).

Read are TBX-Default and TBX-Basic of 2008 and, of 2019, TBX-Basic and its neighbours in both styles, DCA
(``<termNote type="partOfSpeech">``) and DCT (``<min:partOfSpeech>``). Written is the DCA style of 2019, or
TBX-Default of 2008. The values are in `tbx_categories`.

What the records have and TBX has not stands in notes that begin with ``x-egiz-``, because a note is the one
thing that every dialect allows and every tool keeps: ``<note>x-egiz-match: case</note>`` behind a term.
What TBX has and the records have not is counted in `TermBase.unread`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, get_args

from egiz.glossary.formats.common import Written, identify, split_list, unescape
from egiz.glossary.formats.tbx_categories import (
    NO_ORIGIN,
    NUMBERS,
    OWN,
    PARTS_OF_SPEECH,
    STATUS_ENDING,
    STATUSES,
    TERM_TYPES,
)
from egiz.glossary.formats.tbx_write import EDITION_2008, EDITION_2019, write
from egiz.glossary.records import PartOfSpeech, Term, TermBase, Wording, WordingStatus
from egiz.translate.errors import InputError, LanguageError, OptionError
from egiz.translate.languages import language
from egiz.translate.read.tree import local
from egiz.translate.text import nfc
from egiz.translate.xml import XmlElement, stream_xml, xml_language, xml_root

_SPACE = re.compile(r"[ \t\r\n]+")
_LANGUAGES = frozenset({"langSet", "langSec"})
_SECTIONS = frozenset({"tig", "ntig", "termSec"})
_NOTES = frozenset({"note", "definition"})
_STATUS = frozenset({"administrativestatus", "normativeauthorization"})
_SOURCE = frozenset({"source", "entrysource"})
_MATCH = frozenset({"case", "exact"})

_name = lru_cache(maxsize=256)(local)
"""The name of an element without its namespace; cached, as a file has few."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """An entry being read; complete when `read_entry` returns it."""

    id: str
    place: str
    wordings: tuple[Wording, ...] = ()
    subject: str = ""
    note: str = ""
    origin: str = ""
    licence: str = ""
    notes: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Section:
    """One term section; `status` is None where the file gives none."""

    language: str
    text: str
    status: WordingStatus | None = None
    fields: dict[str, Any] = field(default_factory=dict)


def read_entry(element: XmlElement, where: str, unread: Counter[str]) -> Entry:
    """Read a ``termEntry`` or ``conceptEntry``; what the records cannot hold is counted in `unread`.

    Definitions become notes. Raises InputError with the line for a language section without a language.
    """
    entry = Entry(id=element.get("id") or "", place=f"{where}:{element.sourceline}")
    sections: list[_Section] = []
    for category, text in _statements(element):
        _say_of_entry(entry, category, text, unread)
    for child in element:
        if _name(child.tag) in _LANGUAGES:
            sections += _sections(child, entry, where, unread)
    entry.wordings = tuple(_wordings(sections))
    entry.note = "; ".join(dict.fromkeys(entry.notes))
    entry.subject = ", ".join(dict.fromkeys(entry.subjects))
    if not entry.wordings:
        unread["entry without a term in a language that Egiz knows"] += 1
    return entry


def text_of(element: XmlElement) -> str:
    """All text in an element in NFC, white space collapsed to single spaces and stripped."""
    has_children = next(iter(element), None) is not None
    text = "".join(_texts(element)) if has_children else element.text or ""
    return nfc(_SPACE.sub(" ", text).strip(" "))


def _texts(element: XmlElement) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


def _statements(level: XmlElement) -> Iterator[tuple[str, str]]:
    """The statements at one level as data category and value, in either style (DCA or DCT).

    In a group only the first statement is about the level; the others are about that statement.
    """
    for child in level:
        name = _name(child.tag)
        if name in _LANGUAGES or name in _SECTIONS or name == "term":
            continue
        if name == "termGrp":
            yield from _statements(child)
        elif name == "transacGrp":
            yield "transaction", ""
        elif name.endswith("Grp"):
            for number, (category, text) in enumerate(_statements(child)):
                yield (category, text) if number == 0 else (f"{category} of a statement", "")
        else:
            text = text_of(child)
            if text:
                yield child.get("type") or name, text


def _say_of_entry(entry: Entry, category: str, text: str, unread: Counter[str]) -> None:
    kind, key, value = _own(category, text)
    if not text:
        unread[category] += 1
    elif key == "licence":
        entry.licence = value
    elif key == "id":
        entry.id = value
    elif kind in _SOURCE and not entry.origin:
        entry.origin = text
    elif kind == "subjectfield":
        entry.subjects.append(text)
    elif kind in _NOTES and not key:
        entry.notes.append(text)
    else:
        unread[category] += 1


def _sections(level: XmlElement, entry: Entry, where: str, unread: Counter[str]) -> Iterator[_Section]:
    named = xml_language(level) or level.get("lang")
    if not named:
        raise InputError(
            f"<{_name(level.tag)}> names no language",
            where=f"{where}:{level.sourceline}",
            expected='an attribute such as xml:lang="kk"',
        )
    tag = known_tag(named)
    if tag is None:
        unread[f"terms in {named!r}, a language that Egiz does not know"] += 1
        return
    if tag.lower() != named.lower().replace("_", "-"):
        unread[f"region or script of a language ({named} is read as {tag})"] += 1
    for category, text in _statements(level):
        if category.lower() in _NOTES:
            entry.notes.append(text)
        elif category.lower() == "subjectfield":
            entry.subjects.append(text)
        else:
            unread[category] += 1
    for child in level:
        if _name(child.tag) in _SECTIONS:
            text = _term(child)
            if text:
                yield _section(child, _Section(language=tag, text=text), entry, unread)
            else:
                unread["empty term"] += 1


def _term(section: XmlElement) -> str:
    for child in section:
        if _name(child.tag) == "term":
            return text_of(child)
        if _name(child.tag) == "termGrp":
            return _term(child)
    return ""


def _section(element: XmlElement, section: _Section, entry: Entry, unread: Counter[str]) -> _Section:
    for category, text in _statements(element):
        kind, key, value = _own(category, text)
        if kind in _STATUS:
            section.status = STATUSES.get(text.lower().removesuffix(STATUS_ENDING))
            unread[f"{category} {text!r}"] += section.status is None
        elif key:
            unread[f"note {OWN}{key}"] += not _say_own(section, key, value)
        elif kind in _NOTES:
            entry.notes.append(text)
        else:
            unread[f"{category} {text!r}" if kind in _FIELDS else category] += not _say(section, kind, text)
    return section


_FIELDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "partofspeech": ("part_of_speech", PARTS_OF_SPEECH),
    "termtype": ("part_of_speech", TERM_TYPES),
    "grammaticalnumber": ("number", NUMBERS),
}


def _say(section: _Section, kind: str, text: str) -> bool:
    """Store a value in its field; False if there is none or it already has another value."""
    name, values = _FIELDS.get(kind, ("", {}))
    value = values.get(text.lower())
    if value is None or section.fields.get(name, "") not in ("", value):
        return False
    section.fields[name] = value
    return True


def _say_own(section: _Section, key: str, value: str) -> bool:
    if key == "match" and set(split_list(value)) <= _MATCH:
        items = split_list(value)
        section.fields.update(case_sensitive="case" in items, exact="exact" in items)
    elif key == "forms":
        section.fields["forms"] = split_list(value)
    elif key == "like":
        section.fields["inflect_like"] = unescape(value)
    elif key == "pos" and value in get_args(PartOfSpeech):
        section.fields["part_of_speech"] = value
    else:
        return False
    return True


def _own(category: str, text: str) -> tuple[str, str, str]:
    """The category in lower case, and name and value of an Egiz note, else two empty strings."""
    kind = category.lower()
    if kind != "note" or not text.startswith(OWN):
        return kind, "", ""
    key, _, value = text.removeprefix(OWN).partition(": ")
    return kind, key, value


def _wordings(sections: list[_Section]) -> Iterator[Wording]:
    """The wordings in the order of the file.

    If no wording of a language is marked preferred, the first one without a status is preferred; all others
    without a status are accepted.
    """
    settled = {section.language for section in sections if section.status == "preferred"}
    for section in sections:
        status = section.status
        if status is None:
            status = "accepted" if section.language in settled else "preferred"
            settled.add(section.language)
        yield Wording(language=section.language, text=section.text, status=status, **section.fields)


@cache
def known_tag(text: str) -> str | None:
    """The Egiz tag for a language tag of a file, its region dropped if need be; None if unknown."""
    parts = text.strip().replace("_", "-").split("-")
    scripts = [part for part in parts[1:] if len(part) == 4 and part.isalpha()][:1]
    for name in dict.fromkeys((text.strip(), "-".join(parts[:1] + scripts), parts[0])):
        try:
            return language(name).tag
        except LanguageError:
            continue
    return None


_ROOTS = ("martif", "tbx")
_HEADERS = ("martifHeader", "tbxHeader")
_ENTRIES = ("termEntry", "conceptEntry")
_ABOUT = {"titleStmt": "title", "publicationStmt": "licence", "sourceDesc": "origin"}


def read_tbx(path: Path, where: str, encoding: str | None = None) -> TermBase:
    """Read a TBX file of either edition. `where` names the file in messages and places.

    Raises InputError, with line and column, for XML that is not well-formed, declares entities or is not TBX,
    and OptionError if an encoding is given, because XML declares its own.
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
    """Write a base in the edition of 2019: TBX-Basic in DCA style, or TBX-Linguist if a number is given."""
    return write(base, EDITION_2019)


def write_tbx2008(base: TermBase) -> Written:
    """Write a base in the edition of 2008, as TBX-Default."""
    return write(base, EDITION_2008)


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
