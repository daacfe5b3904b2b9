"""Read term bases in XML: TBX of the editions of 2008 (ISO 30042:2008) and 2019, TBX-Min, MultiTerm, Qt.

The module reads TBX-Default and TBX-Basic of 2008 (``martif``), the dialects of TBX of 2019 (``tbx``) in both
styles, DCA (``<termNote type="partOfSpeech">``) and DCT (``<min:partOfSpeech>``), TBX-Min (``TBX``), the XML
of MultiTerm (``mtf``) and Qt phrase books (``QPH``). `tbx_write` writes the two editions of TBX.

Fields of the records that TBX has no category for are written as notes that begin with ``x-egiz-``, because
every dialect allows notes, and tools keep them: ``<note>x-egiz-match: case</note>`` after a term. Content
that the records cannot hold is counted in `TermBase.unread`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import get_args

from egiz.glossary.formats.common import (
    DEFAULT,
    FileWording,
    ReadOptions,
    identify,
    joined,
    settle,
    split_list,
    stricter,
    unescape,
)
from egiz.glossary.formats.vocabulary import (
    NO_ORIGIN,
    NUMBERS,
    OWN,
    PARTS_OF_SPEECH,
    TERM_TYPES,
    meaning_of,
    truth_of,
    usage_of,
)
from egiz.glossary.records import PartOfSpeech, Term, TermBase, Wording
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.xml import XmlElement, XmlRoot, local, stream_xml, xml_language, xml_root
from egiz.translate.languages import locale_tag, named_locale
from egiz.translate.text import nfc

_ENTRIES = {
    "martif": ("termEntry",),
    "tbx": ("conceptEntry",),
    "TBX": ("entry", "termEntry"),
    "mtf": ("conceptGrp",),
}
"""The names of the elements that are entries, by the name of the root element."""
_PHRASES = "QPH"
_HEADERS = ("martifHeader", "tbxHeader")
_ABOUT = {"titleStmt": "title", "publicationStmt": "licence", "sourceDesc": "origin"}
_QT_SOURCE = "en"
"""The source language of a Qt phrase book that names none, as in Qt Linguist."""


def read_xml(path: Path, where: str, options: ReadOptions = DEFAULT) -> TermBase:
    """Read a term base in XML. `where` names the file in messages and places.

    Raises InputError, with line and column, for XML that is not well-formed, declares entities or has an
    unknown root. Raises OptionError if the user gives an encoding, because XML declares its own.
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
        unread=_counted(counts.unread),
        assumed=_counted(counts.assumed),
    )


def _counted(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(f"{count} × {what}" for what, count in counts.items() if count)


def _phrases(path: Path, where: str, root: XmlRoot, counts: Counts) -> Iterator[Entry]:
    """Yield the phrases of a Qt phrase book as entries; the definition of a phrase becomes a note.

    Raises InputError if the source or target language is not known.
    """
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
        found = [FileWording(language=tag, text=text) for tag, text in sides if text]
        note = texts.get("definition", "")
        counts.assumed["definition, kept as a note"] += bool(note)
        yield Entry(id="", place=f"{where}:{element.sourceline}", wordings=tuple(settle(found)), note=note)


def _about(header: XmlElement) -> dict[str, str]:
    """Return the title, licence and origin that the header of a file states."""
    found: dict[str, str] = {}
    for part in _descendants(header):
        name = _ABOUT.get(local(part.tag))
        if name:
            found[name] = " ".join(text for child in part if (text := text_of(child)))
    return {name: text for name, text in found.items() if text != NO_ORIGIN}


def _descendants(element: XmlElement) -> Iterator[XmlElement]:
    for child in element:
        yield child
        yield from _descendants(child)


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


_SPACE = re.compile(r"[ \t\r\n]+")
_LANGUAGES = frozenset({"langSet", "langSec", "langGroup", "languageGrp"})
_SECTIONS = frozenset({"tig", "ntig", "termSec", "termGroup"})
_GROUP = "termGrp"
"""In MultiTerm, a child of a language section that holds one term; in TBX, a part of ``ntig``."""
_NAMING = frozenset({"term", "concept", "language", "system"})
"""Elements that only name an entry, a language or a term, and contain no statement about it."""
_SOURCE = frozenset({"source", "entrysource"})
_MATCH = frozenset({"case", "exact"})

_name = lru_cache(maxsize=256)(local)
"""Returns the name of an element without its namespace; cached, because a file has few different names."""
_meaning = lru_cache(maxsize=1024)(meaning_of)


@dataclass(slots=True, kw_only=True)
class Entry:
    """An entry while it is being read; `read_entry` returns it when it is complete."""

    id: str
    place: str
    wordings: tuple[Wording, ...] = ()
    subject: str = ""
    note: str = ""
    origin: str = ""
    licence: str = ""
    notes: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Counts:
    """How often content of each kind was left out (`unread`), and how often each assumption was made."""

    unread: Counter[str] = field(default_factory=Counter)
    assumed: Counter[str] = field(default_factory=Counter)


def read_entry(element: XmlElement, where: str, counts: Counts) -> Entry:
    """Read one entry; content that the records cannot hold is counted in `counts`.

    Definitions become notes. Raises InputError with the line for a language section without a language.
    """
    entry = Entry(id=element.get("id") or _concept_number(element), place=f"{where}:{element.sourceline}")
    found: list[FileWording] = []
    for category, text in _statements(element):
        _store_in_entry(entry, category, text, counts)
    for child in element:
        if _name(child.tag) in _LANGUAGES:
            found += _sections(child, entry, where, counts)
    entry.wordings = tuple(settle(found))
    entry.note = joined(entry.notes)
    entry.subject = ", ".join(dict.fromkeys(entry.subjects))
    if not found:
        counts.unread["entry without a term in a language that Egiz knows"] += 1
    return entry


def _concept_number(element: XmlElement) -> str:
    """Return the number that MultiTerm gives a concept; an empty string in other files."""
    return next((text_of(child) for child in element if _name(child.tag) == "concept"), "")


def text_of(element: XmlElement) -> str:
    """Return all text in an element, its children included, in NFC, with spaces collapsed and stripped."""
    has_children = next(iter(element), None) is not None
    text = "".join(_texts(element)) if has_children else element.text or ""
    return nfc(_SPACE.sub(" ", text).strip(" "))


def _texts(element: XmlElement) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


def _statements(level: XmlElement) -> Iterator[tuple[str, str]]:
    """Yield the statements about an entry, a language or a term, as data category and value.

    `level` is the element of the entry, language or term, in any style (DCA, DCT, MultiTerm). In a group of
    statements, the first one is about this element, and the others are about the first statement. For each of
    these others, a category that ends in "of a statement" and an empty value are yielded.
    """
    is_language = _name(level.tag) in _LANGUAGES
    for child in level:
        name = _name(child.tag)
        if name in _LANGUAGES or name in _SECTIONS or name in _NAMING or (name == _GROUP and is_language):
            continue
        if name == _GROUP:
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


def _store_in_entry(entry: Entry, category: str, text: str, counts: Counts) -> None:
    """Store a statement about a whole entry, or count it as unread."""
    _, key, value = _own_note(category, text)
    if not text:
        counts.unread[category] += 1
    elif key == "licence":
        entry.licence = value
    elif key == "id":
        entry.id = value
    elif category.lower() in _SOURCE and not entry.origin:
        entry.origin = text
    elif key or not _store_remark(entry, category, text, counts):
        counts.unread[category] += 1


def _store_remark(entry: Entry, category: str, text: str, counts: Counts) -> bool:
    """Store a note, a definition or a subject field in the entry; return False for any other category."""
    meaning = _meaning(category)
    if meaning == "subject":
        entry.subjects.append(text)
    elif meaning in ("note", "definition"):
        entry.notes.append(text)
        counts.assumed["definition, kept as a note"] += meaning == "definition"
    else:
        return False
    return True


def _sections(level: XmlElement, entry: Entry, where: str, counts: Counts) -> Iterator[FileWording]:
    """Yield the wordings of a language section; its notes and subject fields are stored in the entry."""
    named, tag = _language(level, where)
    if tag is None:
        counts.unread[f"terms in {named!r}, a language that Egiz does not know"] += 1
        return
    for category, text in _statements(level):
        if not text or not _store_remark(entry, category, text, counts):
            counts.unread[category] += 1
    for child in level:
        if _name(child.tag) in _SECTIONS or _name(child.tag) == _GROUP:
            text = _term(child)
            if text:
                yield _section(child, FileWording(language=tag, text=text), entry, counts)
            else:
                counts.unread["empty term"] += 1


def _language(level: XmlElement, where: str) -> tuple[str, str | None]:
    """Return the language of a section as the file names it, and its BCP-47 tag.

    The tag is None if Egiz does not know the language. Raises InputError with the line if the section names
    no language.
    """
    said = [xml_language(level) or level.get("lang") or ""]
    for child in level:
        if _name(child.tag) == "language":
            said += [child.get("lang") or "", child.get("type") or ""]
    said = [text for text in said if text.strip()]
    if not said:
        raise InputError(
            f"<{_name(level.tag)}> names no language",
            where=f"{where}:{level.sourceline}",
            expected='an attribute such as xml:lang="kk"',
        )
    return next(((text, tag) for text in said if (tag := named_locale(text))), (said[0], None))


def _term(section: XmlElement) -> str:
    for child in section:
        if _name(child.tag) == "term":
            return text_of(child)
        if _name(child.tag) == _GROUP:
            return _term(child)
    return ""


def _section(element: XmlElement, said: FileWording, entry: Entry, counts: Counts) -> FileWording:
    """Return the wording of a term section with the statements about it that the records can hold.

    Notes are stored in the entry; all other statements are counted as unread.
    """
    for category, text in _statements(element):
        kind, key, value = _own_note(category, text)
        meaning = _meaning(category)
        if not text:
            counts.unread[category] += 1
        elif meaning == "status":
            said = stricter(said, usage_of(text), text, counts.unread)
        elif meaning in ("forbidden", "preferred") and truth_of(text) is not False:
            usage = meaning if truth_of(text) else None
            said = stricter(said, usage, f"{category}: {text}", counts.unread)  # type: ignore[arg-type]
        elif key:
            counts.unread[f"note {OWN}{key}"] += not _set_own_field(said, key, value)
        elif meaning in ("note", "definition"):
            _store_remark(entry, category, text, counts)
        else:
            field_of = _FIELDS.get(kind) or _FIELDS.get(meaning)
            if field_of is None or not _set_field(said, *field_of, text):
                counts.unread[f"{category} {text!r}" if field_of else category] += 1
    return said


_FIELDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "pos": ("part_of_speech", PARTS_OF_SPEECH),
    "termtype": ("part_of_speech", TERM_TYPES),
    "number": ("number", NUMBERS),
}


def _set_field(said: FileWording, name: str, values: Mapping[str, str], text: str) -> bool:
    """Store a value in a field of the wording.

    Returns False if the value is not in `values`, or if the field has another value already.
    """
    value = values.get(text.lower())
    if value is None or said.fields.get(name, "") not in ("", value):
        return False
    said.fields[name] = value
    return True


def _set_own_field(said: FileWording, key: str, value: str) -> bool:
    if key == "match" and set(split_list(value)) <= _MATCH:
        items = split_list(value)
        said.fields.update(case_sensitive="case" in items, exact="exact" in items)
    elif key == "forms":
        said.fields["forms"] = split_list(value)
    elif key == "like":
        said.fields["inflect_like"] = unescape(value)
    elif key == "pos" and value in get_args(PartOfSpeech):
        said.fields["part_of_speech"] = value
    else:
        return False
    return True


def _own_note(category: str, text: str) -> tuple[str, str, str]:
    """Return a category in lower case and, for a note of Egiz's own, the name and value in its text.

    Name and value are empty for any other note or category.
    """
    kind = category.lower()
    if kind != "note" or not text.startswith(OWN):
        return kind, "", ""
    key, _, value = text.removeprefix(OWN).partition(": ")
    return kind, key, value
