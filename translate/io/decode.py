"""Decode bytes into text: by a given encoding, a byte order mark, a declaration in the file, or as UTF-8.

An encoding is used on a guess only if the user asks for that (`GUESS`); otherwise the guess is only named in
the error message.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from encodings.aliases import aliases

from egiz.translate.errors import InputError, OptionError, nearest
from egiz.translate.text import nfc

# The mandatory breaks of UAX #14 (classes BK, CR, LF, NL), without PARAGRAPH SEPARATOR.
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028]")
_PARAGRAPH_END = "\u2029"
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


def clean(text: str) -> str:
    """Convert line ends to LF and control characters to spaces, and normalise to NFC.

    Line ends are CR LF, CR, VT, FF, NEL and LINE SEPARATOR; PARAGRAPH SEPARATOR becomes a blank line. Tabs,
    look-alike letters, soft hyphens, zero-width characters, no-break and repeated spaces stay as they were
    read.

    >>> clean("бірінші\\r\\nекінші\\x1f.")
    'бірінші\\nекінші .'
    """
    text = _LINE_END.sub("\n", text).replace(_PARAGRAPH_END, "\n\n")
    return nfc(_CONTROL.sub(" ", text))


def one_line(text: str) -> str:
    """Clean a text as `clean` does, and put it on one line with single spaces; for titles and headers."""
    return " ".join(clean(text).split())


_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі"
_CONTROL_BYTES = bytes({*range(1, 32), 127} - set(b"\t\n\v\f\r\x1b"))
_BINARY_SHARE = 0.05
"""The share of control bytes above which a file is not text: prose has none, random bytes about 0.10."""
_NUL_SHARE = 0.025
"""The least share of NUL bytes in UTF-16 text; fewer are damage in text of another encoding."""
_SAMPLE = 65536
"""The most bytes (for UTF-16, characters) of a file that are examined to guess its encoding."""

# Names that Python and iconv both know. The order decides ties: KZ-1048 is cp1251 with the Kazakh letters.
_CANDIDATES = ("cp1251", "KZ-1048", "PT154", "koi8-r", "cp866", "ISO-8859-5", "maccyrillic")


def looks_binary(data: bytes) -> bool:
    """Whether the bytes contain a NUL, or a larger share of control bytes than `_BINARY_SHARE`."""
    controls = len(data) - len(data.translate(None, _CONTROL_BYTES))
    return b"\0" in data or controls > len(data) * _BINARY_SHARE


def guess_encoding(data: bytes, around: int) -> str:
    """Guess the 8-bit encoding of the bytes around the offset `around`; return its Python name.

    The encodings of Cyrillic are ranked by the number of lower-case Kazakh and Russian letters that they
    give: in a wrong encoding these letters become capitals, Serbian letters or box drawings. If the bytes
    have more ASCII letters than Cyrillic letters, the guess is cp1252 or, if cp1252 cannot decode them,
    empty.
    """
    sample = data[max(0, around - _SAMPLE // 2) : around + _SAMPLE // 2]
    best, best_score = "", 0
    for candidate in _CANDIDATES:
        score = _score(sample, candidate)
        if score > best_score:
            best, best_score = candidate, score
    latin = sum(65 <= byte <= 90 or 97 <= byte <= 122 for byte in sample)
    if best_score > latin:
        return best
    return "cp1252" if latin and _decodes(sample, "cp1252") else ""


def guess_utf16(data: bytes) -> str:
    """Recognise UTF-16 without a byte order mark: ``utf-16-le``, ``utf-16-be``, or empty if it is neither.

    In UTF-16, spaces, line ends and ASCII letters have a NUL as their high byte. So there must be many NULs
    (at least `_NUL_SHARE`; in Kazakh prose one byte in 16 is a NUL), and nine in ten of them must be at odd
    offsets (little-endian) or at even ones (big-endian). The bytes must also decode into text without control
    characters.
    """
    even, odd = data[0::2].count(0), data[1::2].count(0)
    most = max(even, odd)
    if len(data) % 2 or most < 9 * min(even, odd) or most < max(2, len(data) * _NUL_SHARE):
        return ""
    name = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return ""
    readable = all(character.isprintable() or character.isspace() for character in text[:_SAMPLE])
    return name if readable and "\0" not in text else ""


def is_damaged_utf8(data: bytes) -> bool:
    """Whether bytes that are not valid UTF-8 are damaged UTF-8, rather than text in another encoding.

    Damaged UTF-8 has more than four valid non-ASCII characters for each invalid place.
    """
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    valid = sum(character > "\x7f" for character in text) - broken
    return valid > 4 * broken


def _score(sample: bytes, encoding: str) -> int:
    """The number of lower-case Kazakh and Russian letters in a sample that is decoded with this encoding,
    minus the number of bytes that it cannot decode."""
    text = sample.decode(encoding, errors="replace")
    return sum(text.count(letter) for letter in _CYRILLIC) - text.count("\ufffd")


def _decodes(sample: bytes, name: str) -> bool:
    """Whether the bytes are valid in this encoding."""
    try:
        sample.decode(name)
    except UnicodeDecodeError:
        return False
    return True


# UTF-32 before UTF-16, because the little-endian marks begin with the same bytes.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_EXPECTED = "UTF-8, or UTF-16 with a byte order mark"

GUESS = "auto"
"""The value of `encoding` that means "guess it for each file"."""


def decode_or_guess(
    data: bytes, *, where: str, encoding: str | None = None, declared: str = ""
) -> tuple[str, str]:
    """Decode like `decode`, but guess the encoding if `encoding` is `GUESS` and the file does not state it.

    Guesses are 8-bit encodings, made only if there is no byte order mark, the declaration does not fit, and
    the bytes are not UTF-8. Returns the text and the guessed encoding, which is empty if none was guessed.
    Raises what `decode` raises, and InputError if nothing can be guessed.
    """
    if encoding is None or encoding.lower() != GUESS:
        return decode(data, where=where, encoding=encoding, declared=declared), ""
    known = _declared(declared)
    marked = any(data.startswith(mark) for mark, _ in _MARKS)
    if marked or (known and _decodes(data, known)) or looks_binary(data) or _decodes(data, "utf-8"):
        return decode(data, where=where, declared=declared), ""
    if is_damaged_utf8(data):
        return decode(data, where=where), ""
    foreign = next(place for place, byte in enumerate(data) if byte > 0x7F)
    guess = guess_encoding(data, foreign)
    if not guess:
        raise InputError("is in an encoding that cannot be guessed", where=where, expected=_EXPECTED)
    return decode(data, where=where, encoding=guess), guess


def decode(data: bytes, *, where: str, encoding: str | None = None, declared: str = "") -> str:
    """Decode a whole file; a leading byte order mark is removed.

    The encoding is the first of these that is known: `encoding`, the choice of the user; the byte order mark;
    `declared`, the encoding that the file states; UTF-16 without a mark, recognised by its NULs. Otherwise it
    is UTF-8.

    Raises OptionError for an encoding that does not exist. Raises InputError for a byte order mark that does
    not fit `encoding`, and for bytes that are not valid in the encoding, with their offset (from 0), their
    line (from 1) and a guess at the right encoding.
    """
    mark, marked = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", ""))
    if encoding is not None:
        chosen = _codec_name(encoding)
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


def check_encoding(encoding: str) -> None:
    """Raise OptionError for an encoding that does not exist; to be called before any file is read."""
    if encoding.lower() != GUESS:
        _codec_name(encoding)


def _codec_name(encoding: str) -> str:
    """Python's name of an encoding; OptionError if there is no such text encoding."""
    try:
        name = codecs.lookup(encoding).name
        with suppress(UnicodeError):
            b"text".decode(name)  # a LookupError for codecs that are not text encodings, such as base64
    except (LookupError, ValueError):
        known = {name.replace("_", "-") for names in aliases.items() for name in names}
        raise OptionError(
            f"no text encoding is called {encoding!r}",
            where="encoding",
            action=nearest(encoding.lower(), sorted(known)),
        ) from None
    return name


def _same_family(chosen: str, marked: str) -> bool:
    """Whether a file that begins with the byte order mark of the encoding `marked` may be read as `chosen`.

    For example, a file with the mark of UTF-16-LE may be read as UTF-16, but not as UTF-8.
    """
    return chosen in {marked, marked.removesuffix("-le").removesuffix("-be"), f"{marked}-sig"}


def _declared(declared: str) -> str:
    """Python's name for the encoding that a page declares; empty if there is no such encoding.

    UTF-8 is returned for a page that declares UTF-16 or UTF-32: the declaration was read as ASCII, so it must
    be wrong. cp1252 is returned for a page that declares ISO-8859-1 or ASCII, because cp1252 includes both.
    The WHATWG Encoding Standard requires the same.
    """
    try:
        name = codecs.lookup(declared).name if declared else ""
    except (LookupError, ValueError):
        return ""
    if name.startswith(("utf-16", "utf-32")):
        return "utf-8"
    return "cp1252" if name in {"iso8859-1", "ascii"} else name


def _recognised(data: bytes, where: str) -> str:
    """The encoding of bytes that do not state one: UTF-16 if `guess_utf16` finds it, else UTF-8.

    Raises InputError for bytes that look binary.
    """
    if b"\0" in data and (name := guess_utf16(data)):
        return name
    if looks_binary(data):
        raise InputError(
            "looks binary: it holds NULs or many control bytes",
            where=where,
            expected="text, a page, a table, DOCX or EPUB",
            action="Convert it to one of these first, or pass --encoding if it is text in another encoding.",
        )
    return "utf-8"


def _undecodable(data: bytes, where: str, chosen: str, error: UnicodeError) -> InputError:
    """The error for bytes that are not valid in the encoding `chosen`, with their place and advice."""
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
        action = "The rest is UTF-8, so this place is damaged: correct it there."
    else:
        action = _advice(guess_encoding(data, offset))
    return InputError(place, where=where, expected=_EXPECTED if chosen == "utf-8" else chosen, action=action)


def _advice(guess: str) -> str:
    """Advice to the user for a file that is not UTF-8; `guess` is its likely encoding, or empty."""
    if not guess:
        return "Convert it to UTF-8, or pass its encoding with --encoding."
    return (
        f"It looks like {guess}: pass --encoding {guess}, or save it as UTF-8 in an editor; "
        "this is a guess, so look at the letters."
    )
