"""gettext PO: messages of a program with their translations."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from egiz.parallel.bitext.languages import Wanted, agreed
from egiz.parallel.bitext.lines import read_lines
from egiz.parallel.bitext.po_entries import Entry, read_entries
from egiz.parallel.bitext.segment import Segment, tidy
from egiz.translate.errors import InputError

_HEAD = 1 << 16
_CHARSET = re.compile(rb'^[^#\n]*Content-Type:[^"\\\n]{0,200}charset=(?P<name>[\w.:-]+)', re.MULTILINE)
_TEMPLATE = "CHARSET"
"""What stands for the encoding in a file that nobody has filled in."""


def read_po(path: Path, wanted: Wanted) -> Iterator[Segment]:
    """Read a PO file entry by entry.

    The target language is the header's ``Language``, the source language its ``X-Source-Language``; what
    the header lacks must be asked for. Of a plural entry, the first form stands beside the singular and each
    other one beside the plural (the only one, where a language has one form, too). Fuzzy entries are drafts,
    obsolete ones are passed over. A segment's id is the number of the entry, with the plural form: ``7[1]``.

    Raises InputError with line and column for what is no PO file, OptionError where a language is missing.
    """
    file = str(path)
    languages: tuple[str, str] | None = None
    fields: dict[str, str] = {}
    number = 0
    for entry in read_entries(read_lines(path, _encoding(path)), file):
        if not entry.text and entry.context is None:
            fields = _fields(entry)
            continue
        if languages is None:
            languages = (
                agreed(wanted.source, fields.get("x-source-language"), side="source", where=file),
                agreed(wanted.target, fields.get("language"), side="target", where=file),
            )
        number += 1
        yield from _segments(entry, number, languages, file)


def _encoding(path: Path) -> str:
    """The encoding that the header names, which stands in ASCII; UTF-8 where it names none."""
    try:
        with path.open("rb") as stream:
            found = _CHARSET.search(stream.read(_HEAD))
    except OSError as error:
        raise InputError(error.strerror or str(error), where=str(path)) from error
    name = found["name"].decode() if found else _TEMPLATE
    if name == _TEMPLATE:
        return "utf-8"
    try:
        b"text".decode(name)
    except (LookupError, UnicodeError) as error:
        raise InputError(
            f"the header names the encoding {name!r}",
            where=str(path),
            expected="a text encoding such as UTF-8",
        ) from error
    return codecs.lookup(name).name


def _fields(header: Entry) -> dict[str, str]:
    lines = "".join(header.strings).split("\n")
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _segments(entry: Entry, number: int, languages: tuple[str, str], file: str) -> Iterator[Segment]:
    for form, text in enumerate(entry.strings):
        is_singular = entry.plural is None or (form == 0 and len(entry.strings) > 1)
        yield Segment(
            id=str(number) if entry.plural is None else f"{number}[{form}]",
            source_language=languages[0],
            target_language=languages[1],
            source=tidy(entry.text if is_singular else entry.plural or ""),
            target=tidy(text),
            file=file,
            line=entry.line,
            draft=entry.is_fuzzy,
        )
