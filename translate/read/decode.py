"""Bytes → text, strictly: the encoding is told, marked or UTF-8, and a byte that does not fit is an error."""

from __future__ import annotations

import codecs
from contextlib import suppress
from encodings.aliases import aliases

from egiz.translate.errors import InputError, OptionError, nearest
from egiz.translate.read.hints import guess_encoding, guess_utf16, is_damaged_utf8, looks_binary

# UTF-32 before UTF-16: the little-endian marks begin alike.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_EXPECTED = "UTF-8, or UTF-16 with a byte order mark"


def decode(data: bytes, *, where: str, encoding: str | None = None, declared: str = "") -> str:
    """Decode a whole file; a leading byte order mark is dropped.

    `encoding` is what the user says and is obeyed; `declared` is what the file says of itself and gives way
    to a byte order mark. Without either: the mark, then UTF-16 by its NULs, then UTF-8.

    Raises `OptionError` for an encoding that does not exist, and `InputError` for bytes that do not fit it,
    with offset (from 0), line (from 1) and a guess at what they are.
    """
    mark, marked = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", ""))
    if encoding is not None:
        chosen = _known(encoding)
        if marked and not _same_family(chosen, marked):
            raise InputError(
                f"starts with the byte order mark of {marked.upper()}, which is not {encoding}",
                where=where,
                action="Leave --encoding out for this file.",
            )
    elif marked:
        chosen, data = marked, data[len(mark) :]
    else:
        chosen = _declared(declared) or _recognised(data, where)
    try:
        text = data.decode(chosen).removeprefix("\ufeff")
    except UnicodeError as error:
        raise _undecodable(data, where, chosen, error) from error
    if "\0" in text:
        raise InputError(
            f"holds a NUL character (character {text.index(chr(0))}, counted from 0)",
            where=where,
            expected="text",
            action=f"Read as {chosen} it looks binary; is another encoding meant?",
        )
    return text


def _known(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        with suppress(UnicodeError):
            b"text".decode(name)  # a LookupError for codecs that are no text encodings, such as base64
    except (LookupError, ValueError):
        known = {name.replace("_", "-") for names in aliases.items() for name in names}
        raise OptionError(
            f"no text encoding is called {encoding!r}",
            where="encoding",
            action=nearest(encoding.lower(), sorted(known)),
        ) from None
    return name


def _same_family(chosen: str, marked: str) -> bool:
    return chosen in {marked, marked.removesuffix("-le").removesuffix("-be"), f"{marked}-sig"}


def _declared(declared: str) -> str:
    """The codec for what a page declares; nothing if it is unknown or cannot be true of what was read.

    A declaration that could be read as ASCII is not UTF-16, and pages that say ISO-8859-1 mean its
    superset cp1252 (both as in the WHATWG Encoding Standard).
    """
    try:
        name = codecs.lookup(declared).name if declared else ""
    except (LookupError, ValueError):
        return ""
    if name.startswith(("utf-16", "utf-32")):
        return "utf-8"
    return "cp1252" if name in {"iso8859-1", "ascii"} else name


def _recognised(data: bytes, where: str) -> str:
    if b"\0" in data and (name := guess_utf16(data)):
        return name
    if looks_binary(data):
        raise InputError(
            "looks binary: it holds NULs or many control bytes",
            where=where,
            expected="text, a page, a table, DOCX or EPUB",
            action="Convert it to one of these first, or pass --encoding if it is text all the same.",
        )
    return "utf-8"


def _undecodable(data: bytes, where: str, chosen: str, error: UnicodeError) -> InputError:
    if not isinstance(error, UnicodeDecodeError):
        return InputError(f"cannot be read as {chosen} ({error})", where=where)
    offset = error.start
    line = data.count(b"\n", 0, offset) + 1
    place = f"byte {offset} (line {line}) is 0x{data[offset]:02X}, which is not {chosen.upper()} there"
    if error.reason in {"unexpected end of data", "truncated data"}:
        action = "The file ends inside a character: was it cut off?"
    elif chosen != "utf-8":
        action = "Is another encoding meant?"
    elif is_damaged_utf8(data):
        action = "The rest is UTF-8, so this place is damaged: mend it there."
    else:
        action = _advice(guess_encoding(data, offset))
    return InputError(place, where=where, expected=_EXPECTED if chosen == "utf-8" else chosen, action=action)


def _advice(guess: str) -> str:
    if not guess:
        return "Convert it to UTF-8, or pass its encoding with --encoding."
    return (
        f"It looks like {guess}: convert it with 'iconv -f {guess} -t utf-8' or pass --encoding {guess}; "
        "this is a guess, so look at the letters."
    )
