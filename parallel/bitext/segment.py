"""One segment of a bilingual file, its languages, its inline markup, and the lines that it is read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from egiz.parallel.publish.tsv import LONGEST_LINE, unguarded
from egiz.translate.errors import InputError, LanguageError, OptionError
from egiz.translate.languages import language
from egiz.translate.read.tree import local
from egiz.translate.text import is_nfc, nfc, single_line
from egiz.translate.xml import XmlElement

_OPTIONS = {"source": "--from", "target": "--to"}
"""What the command line calls the languages of the two sides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The languages that were asked for; None leaves the choice to the file."""

    source: str | None
    target: str | None


@cache
def plain_tag(tag: str) -> str:
    """A tag as Egiz writes it, regions dropped; one that Egiz does not know as it stands.

    >>> plain_tag("ru_RU"), plain_tag("KK-Cyrl-KZ"), plain_tag("tlh")
    ('ru', 'kk', 'tlh')
    """
    return known_tag(tag) or tag


@cache
def known_tag(text: str) -> str | None:
    """The language that a text names by its tag, with or without a region; None where it names none."""
    parts = text.strip().replace("_", "-").split("-")
    kept = [part for part in parts[1:] if len(part) == 4 and part.isalpha()][:1]
    for name in (text, "-".join(parts[:1] + kept), parts[0]):
        try:
            return language(name).tag
        except LanguageError:
            continue
    return None


def matching(asked: str, found: Sequence[str]) -> list[int]:
    """Where a language stands in a list of tags: those written alike, else those that mean the same."""
    wanted = asked.lower().replace("_", "-")
    exact = [place for place, tag in enumerate(found) if tag.lower().replace("_", "-") == wanted]
    return exact or [place for place, tag in enumerate(found) if plain_tag(tag) == plain_tag(asked)]


def agreed(asked: str | None, said: str | None, *, side: str, where: str) -> str:
    """The language of one side of a file: what was asked for, which must be what the file says, if it does.

    Raises InputError where they differ, OptionError where neither names one.
    """
    if asked is None and not said:
        raise OptionError(
            f"the file does not say its {side} language",
            where=where,
            action=f"Give it with {_OPTIONS[side]}.",
        )
    if asked is not None and said and not matching(asked, [said]):
        raise InputError(f"its {side} language is {said!r}", where=where, expected=f"{asked!r}, as asked for")
    return plain_tag(asked or said or "")


_MARK = b"\xef\xbb\xbf"


def read_lines(path: Path, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers, from 1, without their ends; a byte order mark is dropped.

    Raises InputError, naming line and byte, where one is not in the encoding or longer than `LONGEST_LINE`.
    """
    try:
        with path.open("rb") as stream:
            number = 0
            while raw := stream.readline(LONGEST_LINE):
                number += 1
                if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
                    raise InputError(
                        "a line that does not end", where=f"{path}:{number}", expected="lines of text"
                    )
                if number == 1:
                    raw = raw.removeprefix(_MARK)
                try:
                    line = raw.decode(encoding)
                except UnicodeDecodeError as error:
                    raise _undecodable(raw, encoding, f"{path}:{number}", error) from error
                if "\0" in line:
                    raise InputError(
                        "a NUL", where=f"{path}:{number}:{line.index(chr(0)) + 1}", expected="text"
                    )
                yield number, line.rstrip("\r\n")
    except OSError as error:
        raise InputError(error.strerror or str(error), where=str(path)) from error


def _undecodable(raw: bytes, encoding: str, where: str, error: UnicodeDecodeError) -> InputError:
    return InputError(
        f"byte 0x{raw[error.start]:02x} is not {encoding.upper()}",
        where=f"{where}:{error.start + 1}",
        expected=f"{encoding.upper()} text",
        action="Convert it first, for example with iconv.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The elements of a format that are not text.

    `dropped` are codes that begin or end a span of formatting: they go without a trace, content and all,
    since words may run on through them. `objects` stand for something of their own and leave `OBJECT`.
    Of all other elements (spans, highlights, annotations) the content is text.
    """

    dropped: frozenset[str]
    objects: frozenset[str]


TMX = Codes(dropped=frozenset({"bpt", "ept", "it", "ut"}), objects=frozenset({"ph"}))
XLIFF_1 = Codes(dropped=frozenset({"bpt", "ept", "it", "bx", "ex"}), objects=frozenset({"ph", "x"}))
XLIFF_2 = Codes(dropped=frozenset({"sc", "ec", "sm", "em", "cp"}), objects=frozenset({"ph"}))
"""``cp`` is a control character that XML cannot hold; segments have none."""


def inline_text(element: XmlElement | None, codes: Codes) -> str:
    """The text of an element in the form that segments have; empty where there is no element.

    Where codes stood is not kept. The text of an embedded element of its own (``sub``, a tooltip inside a
    code) goes with its code. libxml2 allows a depth of 256, so that recursion is bounded.
    """
    return "" if element is None else tidy("".join(_pieces(element, codes)))


def _pieces(element: XmlElement, codes: Codes) -> list[str]:
    pieces = [element.text or ""]
    for child in element:
        name = local(child.tag)
        if name in codes.objects:
            pieces.append(OBJECT)
        elif name not in codes.dropped:
            pieces += _pieces(child, codes)
        pieces.append(child.tail or "")
    return pieces


OBJECT = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands where a picture, a variable or a line break stood, so that the words at its sides stay apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One text with its translation; a side that the file lacks is empty.

    `id` is the unit's own where the format has one, else its number, from 1. Languages are Egiz' tags where
    it knows the language, else as in the file. Texts are NFC and one line: tabs, line ends and runs of spaces
    have become one space, and markup inside is gone (see `OBJECT`). `line` counts from 1. A `draft` is
    marked in its file as not translated yet: fuzzy, or copied from the source.
    """

    id: str
    source_language: str
    target_language: str
    source: str
    target: str
    file: str
    line: int
    draft: bool = False

    @property
    def place(self) -> str:
        """``file:line``."""
        return f"{self.file}:{self.line}"


def tidy(text: str) -> str:
    """Bring a text into the form that segments have; what guarded it from spreadsheets goes.

    >>> tidy(" a\\n  b")
    'a b'
    """
    if text.isprintable() and "  " not in text and is_nfc(text):
        return text.strip(" ")
    return nfc(unguarded(single_line(text)))
