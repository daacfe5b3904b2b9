"""One entry of a TBX file → wordings and what is said of the entry, whatever the edition and the style."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, get_args

from egiz.glossary.formats.cells import split_list, unescape
from egiz.glossary.formats.tbx_categories import (
    NUMBERS,
    OWN,
    PARTS_OF_SPEECH,
    STATUS_ENDING,
    STATUSES,
    TERM_TYPES,
)
from egiz.glossary.records import PartOfSpeech, Wording, WordingStatus
from egiz.translate.errors import InputError, LanguageError
from egiz.translate.languages import language
from egiz.translate.normal import nfc
from egiz.translate.read.tree import local
from egiz.translate.xml import XmlElement, xml_language

_SPACE = re.compile(r"[ \t\r\n]+")
_LANGUAGES = frozenset({"langSet", "langSec"})
_SECTIONS = frozenset({"tig", "ntig", "termSec"})
_NOTES = frozenset({"note", "definition"})
_STATUS = frozenset({"administrativestatus", "normativeauthorization"})
_SOURCE = frozenset({"source", "entrysource"})
_MATCH = frozenset({"case", "exact"})

_name = lru_cache(maxsize=256)(local)
"""The name of an element without its namespace; a file has few."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """What was read of one entry so far; its wordings are complete when `read_entry` gives it back."""

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
    """One term with what is said of it; `status` is None where nothing is."""

    language: str
    text: str
    status: WordingStatus | None = None
    fields: dict[str, Any] = field(default_factory=dict)


def read_entry(element: XmlElement, where: str, unread: Counter[str]) -> Entry:
    """Read a ``termEntry`` or ``conceptEntry``; what has no place in the records is counted in `unread`.

    Definitions are taken for notes. Raises InputError with the line for a language that is not named.
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
    """All text in an element, runs of white space made one space, in NFC."""
    has_children = next(iter(element), None) is not None
    text = "".join(_texts(element)) if has_children else element.text or ""
    return nfc(_SPACE.sub(" ", text).strip(" "))


def _texts(element: XmlElement) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


def _statements(level: XmlElement) -> Iterator[tuple[str, str]]:
    """What is said at one level: data category and value, in either style.

    Of a group only the first statement is about the level; the others are about that statement.
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
    """Take a value over into the field that it belongs to; whether there is one."""
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
    """The category in lower case, and name and value of one of our own notes or nothing."""
    kind = category.lower()
    if kind != "note" or not text.startswith(OWN):
        return kind, "", ""
    key, _, value = text.removeprefix(OWN).partition(": ")
    return kind, key, value


def _wordings(sections: list[_Section]) -> Iterator[Wording]:
    """The wordings in the order of the file.

    Where no wording of a language is said to be preferred, the first whose status is not said is; the
    others without one are accepted.
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
    """The language that a tag of a file names, its region dropped; None where Egiz does not know it."""
    parts = text.strip().replace("_", "-").split("-")
    scripts = [part for part in parts[1:] if len(part) == 4 and part.isalpha()][:1]
    for name in dict.fromkeys((text.strip(), "-".join(parts[:1] + scripts), parts[0])):
        try:
            return language(name).tag
        except LanguageError:
            continue
    return None
