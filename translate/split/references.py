"""Rules on bibliographies: a reference is one sentence, although there are stops between its parts.

Three styles are recognised: with dashes between the parts (GOST 7.1, ISBD: "Абай. Шығармалары. — Алматы:
Ғылым, 2003. — 408 б."), with the year in brackets after the authors (APA, Harvard), and with the source after
the title (Chicago, MLA, Vancouver).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from egiz.translate.split.candidates import Answer, Candidate
from egiz.translate.split.knowledge import know

_WIDTH = 240
"""The number of code points after a stop within which the source of a reference (place, publisher, volume)
must follow."""
_BEFORE_WIDTH = 24
_UPPER = "[A-ZÀ-ÞЀ-ЯҒҚҢӘҮҰӨҺІ]"
_NAME = rf"{_UPPER}[^\W\d_]*(?:['’-][^\W\d_]+)*"
_GIVEN = rf"{_UPPER}[^\W\d_]?\."
_YEAR = r"(?:1[5-9]|20)\d\d"
_ITEM = r"\W*(?:\d{1,3}[.)\]] )?"
_PLACE = rf"{_NAME}(?:[ .-]{{1,2}}{_NAME}){{0,3}}\.? ?: ?[^.:;!?]{{2,60}}"
_LINK = r"(?:https?://|(?i:doi|url|isbn|issn)\b)"
_DASH = re.compile(r"[—–-] ?")
_AFTER_YEAR = re.compile(rf",? \(?{_YEAR}[^\W\d_]?\)?[.,:]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """The patterns for references in one language.

    `authors` matches names with initials, `dated` the same with the year in brackets, `head` any beginning of
    a reference with authors. `follows` matches a numbered part or a number of pages ("Т. 3", "№ 5", "408
    с."), `counted` a year or numbered part at the end of a text, `issue` a year with a numbered part ("2011.
    № 5"). `part` matches what may follow a dash in a reference, `source` the place where the work was
    published: city, publisher, journal or link.
    """

    authors: re.Pattern[str]
    dated: re.Pattern[str]
    head: re.Pattern[str]
    follows: re.Pattern[str]
    issue: re.Pattern[str]
    counted: re.Pattern[str]
    part: re.Pattern[str]
    source: re.Pattern[str]


@cache
def _patterns(language: str) -> Patterns:
    """The patterns of a language, from its table of words of bibliographies."""
    words = know(language).references
    years, volumes, pages, editions, publishers, others, joiners = (
        "|".join(map(re.escape, sorted(words[name], key=lambda word: (-len(word), word)))) or "(?!)"
        for name in ("years", "volumes", "pages", "editions", "publishers", "others", "joiners")
    )
    author = rf"{_NAME},? {_GIVEN}(?:[ -]?{_GIVEN})*"
    rest = rf"(?:,? (?:{others})\.)?"
    authors = rf"{_ITEM}{author}(?:[,;]? ?(?:(?:&|{joiners}) )?{author})*{rest}"
    inverted = rf"{_ITEM}{_NAME}, {_NAME}(?: {_GIVEN})*[.,]"
    vancouver = rf"{_ITEM}(?:{_NAME} {_UPPER}{{1,3}}, )*{_NAME} {_UPPER}{{1,3}}{rest}\."
    volume = rf"(?:№ ?|(?i:{volumes})\. ?)\d"
    part = (
        rf"{volume}|\d{{1,4}} ?(?:{pages})\b|{_YEAR}(?:[.,;]|$)|{_LINK}|\d{{1,2}}-?[^\W\d_]* (?:{editions})\b"
        rf"|{_PLACE}, ?{_YEAR}\b|{_NAME}, {_YEAR}\s?\."
    )
    source = (
        rf"[.)»”\"] ?[—–-] ?(?:{part})|//|, \d{{1,4}} ?(?:\(\d{{1,3}}\))?[,:] ?(?:(?:{volumes})\. ?)?\d+"
        rf"|{_YEAR}[^.;]{{0,12}}; ?\d+|, (?:{volumes})\. ?\d|[.»”\"?] {_PLACE}(?:, ?{_YEAR})?[.;]"
        rf"|\b(?:{publishers})\b[^.]{{0,20}}[.,]|[.] {_LINK}"
    )
    return Patterns(
        authors=re.compile(authors),
        dated=re.compile(rf"{authors},? \({_YEAR}[^\W\d_]?\)"),
        head=re.compile(rf"{authors}|{inverted}|{vancouver}"),
        follows=re.compile(rf"{volume}|\d{{1,4}} ?(?:{pages})\."),
        issue=re.compile(rf"{_YEAR}\. {volume}"),
        counted=re.compile(rf"(?:(?<!\d){_YEAR}(?: (?:{years}))?|{volume}[\d–-]*)$"),
        part=re.compile(part),
        source=re.compile(source),
    )


def reference(c: Candidate) -> Answer | None:
    """Join inside a reference that begins with its authors, up to its source.

    The initials of the authors are joined to the year in brackets, the year to the title, and the title to
    the source.
    """
    if c.dotted != "." or c.mark - c.start > _WIDTH:
        return None
    text, so_far, known = c.paragraph.text, c.paragraph.text[c.start : c.stop], _patterns(_language(c))
    head = known.head.match(so_far)
    if head is None:
        return None
    if known.authors.fullmatch(so_far) and _AFTER_YEAR.match(text, c.stop):
        return "join"
    dated = known.dated.match(so_far)
    if dated and dated.end() >= len(so_far) - 1:
        return "join"
    if known.source.search(so_far, dated.end() if dated else head.end()):
        return "join" if re.match(_LINK, text[c.next : c.next + 8]) else None
    return "join" if known.source.search(text, c.mark, c.mark + _WIDTH) else None


def part_follows(c: Candidate) -> Answer | None:
    """Join a part of a publication to the text before it: "2003. — 408 б.", "2011 жыл. № 120".

    After a dash, such a part is a place with a year, a year, a volume, a number of pages or a link. Without a
    dash, it is a volume after a year or after another volume.
    """
    if not c.plain or not c.gap:
        return None
    rest, known = c.paragraph.text[c.next : c.next + _WIDTH], _patterns(_language(c))
    led = _DASH.match(rest)
    if led:
        return "join" if known.part.match(rest, led.end()) else None
    before = c.paragraph.text[max(c.start, c.mark - _BEFORE_WIDTH) : c.mark]
    counted = known.counted.search(before) and known.follows.match(rest)
    return "join" if counted or known.issue.match(rest) else None


def _language(c: Candidate) -> str:
    return c.paragraph.knowledge.language
