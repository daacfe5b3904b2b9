"""Write a term base as TBX, and list what TBX cannot represent.

Wordings are grouped by language, in the order of the entry. An id that XML does not allow is replaced by a
number, and kept in a note that Egiz reads again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from egiz.glossary.formats.common import Loss, Written, join_list
from egiz.glossary.formats.common import escape as escape_value
from egiz.glossary.formats.vocabulary import NO_ORIGIN, OWN, WRITTEN_STATUSES
from egiz.glossary.records import PartOfSpeech, Term, TermBase, Wording
from egiz.translate.text import nfc

_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = re.compile(f"[{_START}][{_START}.0-9\u00b7\u0300-\u036f\u203f\u2040-]*")
"""NCName of XML Namespaces 1.0: the ids that XML allows."""
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow."""
_SPACE = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The element names of an edition of TBX, and the data category and value of each part of speech."""

    root: str
    header: str
    entry: str
    language: str
    section: str
    parts_of_speech: Mapping[PartOfSpeech, tuple[str, str]]


_COMMON: dict[PartOfSpeech, tuple[str, str]] = {
    "noun": ("partOfSpeech", "noun"),
    "adjective": ("partOfSpeech", "adjective"),
    "verb": ("partOfSpeech", "verb"),
    "adverb": ("partOfSpeech", "adverb"),
}
EDITION_2019 = Edition(
    root="tbx",
    header="tbxHeader",
    entry="conceptEntry",
    language="langSec",
    section="termSec",
    parts_of_speech={**_COMMON, "proper": ("partOfSpeech", "noun"), "phrase": ("termType", "phrase")},
)
EDITION_2008 = Edition(
    root="martif",
    header="martifHeader",
    entry="termEntry",
    language="langSet",
    section="tig",
    parts_of_speech={
        **_COMMON,
        "proper": ("partOfSpeech", "properNoun"),
        "phrase": ("termType", "phraseologicalUnit"),
    },
)


def write_tbx(base: TermBase) -> Written:
    """Write a base in the edition of 2019.

    The dialect is TBX-Basic in DCA style, or TBX-Linguist if a wording has a grammatical number.
    """
    return write(base, EDITION_2019)


def write_tbx2008(base: TermBase) -> Written:
    """Write a base in the edition of 2008, in the dialect TBX-Default."""
    return write(base, EDITION_2008)


def write(base: TermBase, edition: Edition) -> Written:
    """Write a base in an edition of TBX."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', _root(base, edition), *_header(base, edition)]
    lines += ["<text>", "<body>"]
    for number, term in enumerate(base.terms, start=1):
        lines += _entry(term, number, edition)
    lines += ["</body>", "</text>", f"</{edition.root}>", ""]
    return Written(text="\n".join(lines), losses=tuple(_losses(base)))


def _root(base: TermBase, edition: Edition) -> str:
    """Return the start tag of the root element. With a grammatical number, the dialect is TBX-Linguist."""
    language = (*base.tags, "en")[0]
    if edition is EDITION_2008:
        return f'<martif type="TBX" xml:lang={quoteattr(language)}>'
    has_number = any(wording.number for term in base.terms for wording in term.wordings)
    dialect = "TBX-Linguist" if has_number else "TBX-Basic"
    namespace = 'xmlns="urn:iso:std:iso:30042:ed-2"'
    return f'<tbx type="{dialect}" style="dca" xml:lang={quoteattr(language)} {namespace}>'


def _header(base: TermBase, edition: Edition) -> Iterator[str]:
    yield f"<{edition.header}>"
    yield "<fileDesc>"
    if base.title:
        yield f"<titleStmt><title>{_text(base.title)}</title></titleStmt>"
    if base.licence:
        yield f"<publicationStmt><p>{_text(base.licence)}</p></publicationStmt>"
    yield f"<sourceDesc><p>{_text(base.origin or NO_ORIGIN)}</p></sourceDesc>"
    yield "</fileDesc>"
    yield f"</{edition.header}>"


def _entry(term: Term, number: int, edition: Edition) -> Iterator[str]:
    is_name = _NAME.fullmatch(term.id) is not None
    yield f"<{edition.entry} id={quoteattr(term.id if is_name else f'{OWN}{number}')}>"
    if not is_name:
        yield _own_note("id", term.id)
    if term.subject:
        yield f'<descrip type="subjectField">{_text(term.subject)}</descrip>'
    if term.origin:
        yield f'<admin type="source">{_text(term.origin)}</admin>'
    if term.licence:
        yield _own_note("licence", term.licence)
    if term.note:
        yield f"<note>{'Note: ' if term.note.startswith(OWN) else ''}{_text(term.note)}</note>"
    for tag in dict.fromkeys(wording.tag for wording in term.wordings):
        yield f"<{edition.language} xml:lang={quoteattr(tag)}>"
        for wording in term.wordings:
            if wording.tag == tag and _collapsed(wording.text):
                yield from _section(wording, edition)
        yield f"</{edition.language}>"
    yield f"</{edition.entry}>"


def _section(wording: Wording, edition: Edition) -> Iterator[str]:
    yield f"<{edition.section}>"
    yield f"<term>{_text(wording.text)}</term>"
    yield _term_note("administrativeStatus", WRITTEN_STATUSES[wording.status])
    category, value = edition.parts_of_speech.get(wording.part_of_speech, ("", ""))
    if category:
        yield _term_note(category, value)
    if wording.number:
        yield _term_note("grammaticalNumber", wording.number)
    if wording.part_of_speech == "proper" and value == "noun":
        yield _own_note("pos", "proper")
    match = [name for name, is_set in (("case", wording.case_sensitive), ("exact", wording.exact)) if is_set]
    if match:
        yield _own_note("match", ",".join(match))
    if wording.forms:
        yield _own_note("forms", join_list(wording.forms))
    if wording.inflect_like:
        yield _own_note("like", escape_value(wording.inflect_like))
    yield f"</{edition.section}>"


def _term_note(category: str, value: str) -> str:
    return f'<termNote type="{category}">{escape(value)}</termNote>'


def _own_note(key: str, value: str) -> str:
    return f"<note>{OWN}{key}: {_text(value)}</note>"


def _text(text: str) -> str:
    """Return a text, escaped and in NFC, as the content of an element.

    Each text is normalised separately, so that a combining mark at its start does not join the tag before it.
    """
    return escape(nfc(_collapsed(text)))


def _collapsed(text: str) -> str:
    """Return a text as a reader of TBX gets it: no illegal characters, spaces collapsed and stripped."""
    return _SPACE.sub(" ", _ILLEGAL.sub("", text)).strip(" ")


def _losses(base: TermBase) -> Iterator[Loss]:
    for text in (base.title, base.licence, base.origin):
        if _collapsed(text) != text:
            yield Loss(term="", what=_SPACING)
    for term in base.terms:
        for what in dict.fromkeys(_losses_of(term)):
            yield Loss(term=term.id, what=what)


_SPACING = "line breaks, repeated spaces or control characters in a text"


def _losses_of(term: Term) -> Iterator[str]:
    texts = [term.id, term.subject, term.note, term.origin, term.licence]
    for word in term.wordings:
        # Line breaks in forms and `inflect_like` are escaped, as in a table.
        texts += [word.text, *map(escape_value, (word.inflect_like, *word.forms))]
        if not _collapsed(word.text):
            yield "an empty wording, with its attributes"
    if not term.wordings:
        yield "an entry without wordings"
    if any(_collapsed(text) != text for text in texts):
        yield _SPACING
    if any(not form.strip() for word in term.wordings for form in word.forms):
        yield "an empty form"
    if term.note.startswith(OWN):
        yield f"that a note begins with {OWN} (it begins with 'Note: ' now)"
