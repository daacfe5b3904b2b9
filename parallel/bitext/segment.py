"""Code shared by all readers of bilingual files: segments, matching of languages, inline markup, reading of
lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from egiz.parallel.publish.tsv import MAX_LINE_BYTES, unguarded
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.xml import XmlElement, local
from egiz.translate.languages import known_tag
from egiz.translate.text import is_nfc, nfc, single_line


class OtherLanguages(InputError):
    """The file is not in the requested languages. A caller that reads many files may skip such a file."""


_OPTIONS = {"source": "--from", "target": "--to"}
"""The command-line options for the source and the target language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """The requested source and target language; if one is None, the file decides.

    `columns` says which column of a table holds which text, in pairs such as ``("source", "Text")`` or
    ``("kk", "Text")``: a role or a language, and the column; see `egiz.translate.io.tables.parse_columns`.
    """

    source: str | None
    target: str | None
    columns: tuple[tuple[str, str], ...] = ()


@cache
def plain_tag(tag: str) -> str:
    """Return a language tag in Egiz' form, without region; a tag that Egiz does not know stays unchanged.

    >>> plain_tag("ru_RU"), plain_tag("KK-Cyrl-KZ"), plain_tag("tlh")
    ('ru', 'kk', 'tlh')
    """
    return known_tag(tag) or tag


def matching(asked: str, found: Sequence[str]) -> list[int]:
    """Return the indices of the tags in `found` that match the requested tag.

    These are the tags that are equal to `asked`, where case does not count and ``_`` is the same as ``-``. If
    no tag is equal, they are the tags of the same language, with any region.
    """
    wanted = asked.lower().replace("_", "-")
    exact = [place for place, tag in enumerate(found) if tag.lower().replace("_", "-") == wanted]
    return exact or [place for place, tag in enumerate(found) if plain_tag(tag) == plain_tag(asked)]


def agreed(asked: str | None, said: str | None, *, side: str, where: str) -> str:
    """Return the source or target language of a file.

    `asked` is the language that the user requested, `said` the language that the file declares; either may be
    missing. `side` is ``source`` or ``target``, and `where` names the file in error messages. Raises
    OtherLanguages if `asked` and `said` differ, OptionError if both are missing.
    """
    if asked is None and not said:
        raise OptionError(
            f"the file does not say its {side} language",
            where=where,
            action=f"Give it with {_OPTIONS[side]}.",
        )
    if asked is not None and said and not matching(asked, [said]):
        raise OtherLanguages(
            f"its {side} language is {said!r}", where=where, expected=f"{asked!r}, as asked for"
        )
    return plain_tag(asked or said or "")


_BOM = b"\xef\xbb\xbf"


def read_lines(path: Path, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    """Yield the lines of a file with their numbers, from 1, without line ends; a byte order mark is dropped.

    Raises InputError for a line of `MAX_LINE_BYTES` or more, for a line that cannot be decoded, and for a
    line that holds a NUL character. The error names the line and, in the last two cases, the byte or the
    character in the line, from 1.
    """
    try:
        with path.open("rb") as stream:
            number = 0
            while raw := stream.readline(MAX_LINE_BYTES):
                number += 1
                if len(raw) == MAX_LINE_BYTES and not raw.endswith(b"\n"):
                    raise InputError(
                        "a line that does not end", where=f"{path}:{number}", expected="lines of text"
                    )
                if number == 1:
                    raw = raw.removeprefix(_BOM)
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
        action="Save it as UTF-8 in an editor, or convert it with iconv.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The names of the inline elements of a format whose content is not text.

    `dropped` elements begin or end formatting. They are removed with their content, and no space is put in
    their place, because they may stand inside a word. `objects` stand for a picture, a variable or a line
    break, and are replaced by `OBJECT`. The content of all other elements (spans, highlights, annotations) is
    text.
    """

    dropped: frozenset[str]
    objects: frozenset[str]


TMX = Codes(dropped=frozenset({"bpt", "ept", "it", "ut"}), objects=frozenset({"ph"}))
XLIFF_1 = Codes(dropped=frozenset({"bpt", "ept", "it", "bx", "ex"}), objects=frozenset({"ph", "x"}))
XLIFF_2 = Codes(dropped=frozenset({"sc", "ec", "sm", "em", "cp"}), objects=frozenset({"ph"}))
"""The element ``cp`` stands for a control character that XML cannot hold; it is dropped, because segments
have no control characters."""


def inline_text(element: XmlElement | None, codes: Codes) -> str:
    """Return the text of an element, in the form of segments (see `tidy`); empty for None.

    Inline elements are removed or replaced as `codes` says. Text inside a removed element (``sub``, for
    example a tooltip) is removed too. Elements are read by recursion, at most 256 deep, because libxml2
    allows no deeper nesting.
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
"""The character that replaces a picture, a variable or a line break, so that the words around it stay
separate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One source text with its translation; a text that the file lacks is empty.

    `id` is the id of the unit in the file. If the format has no ids, it is the number of the unit, from 1.
    Languages are Egiz' tags if Egiz has the language, else the tags of the file. Texts are NFC and one line:
    tabs, line ends and runs of spaces are one space, and inline markup is removed (see `OBJECT`). `line`
    counts from 1. A `draft` is marked in its file as not translated yet: fuzzy, or copied from the source.
    `terms` is the cell of a published table that lists each term with its outcome. It is empty for other
    files, and also if a person wrote or approved the translation.
    """

    id: str
    source_language: str
    target_language: str
    source: str
    target: str
    file: str
    line: int
    draft: bool = False
    terms: str = ""

    @property
    def place(self) -> str:
        """The place of the segment for messages, as ``file:line``."""
        return f"{self.file}:{self.line}"


def tidy(text: str) -> str:
    """Bring a text into the form of segments: NFC, one line, without the guard against spreadsheet formulas.

    >>> tidy(" a\\n  b")
    'a b'
    """
    if text.isprintable() and "  " not in text and is_nfc(text):
        return text.strip(" ")
    return nfc(unguarded(single_line(text)))
