"""Guesses about bytes that are not Unicode. A guess goes into a message, never into a document."""

from __future__ import annotations

_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі"
_CONTROL_BYTES = bytes({*range(1, 32), 127} - set(b"\t\n\v\f\r\x1b"))
_BINARY_SHARE = 0.05
"""Share of control bytes above which a file is no text: prose has none, random bytes about 0.10."""
_NUL_SHARE = 0.025
"""Share of NULs below which they are damage and no sign of UTF-16."""
_SAMPLE = 65536
"""Bytes or characters looked at where a part stands for the whole."""

# Names that Python and iconv both know. The order settles ties: KZ-1048 is cp1251 with the Kazakh letters.
_CANDIDATES = ("cp1251", "KZ-1048", "koi8-r", "cp866")


def looks_binary(data: bytes) -> bool:
    """Whether the bytes hold NULs, or more control bytes than any text does."""
    controls = len(data) - len(data.translate(None, _CONTROL_BYTES))
    return b"\0" in data or controls > len(data) * _BINARY_SHARE


def guess_encoding(data: bytes, around: int) -> str:
    """Name the 8-bit encoding that reads the bytes around an offset as Cyrillic, else cp1252 or nothing.

    Lower-case letters of the Kazakh and Russian alphabets are counted: in the wrong encoding they turn into
    capitals, Serbian letters or box drawings.
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
    """Name the byte order of UTF-16 that lacks a byte order mark, or nothing.

    Spaces, line ends and ASCII have a NUL as their high byte, so nine in ten NULs stand at odd offsets
    (little-endian) or at even ones (big-endian), and there are many: Kazakh prose has one in 16 bytes. The
    whole must then decode into text without controls.
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
    """Whether the bytes are UTF-8 for the most part, so that only some places are broken."""
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = sum(character > "\x7f" for character in text) - broken
    return whole > 4 * broken


def _score(sample: bytes, encoding: str) -> int:
    text = sample.decode(encoding, errors="replace")
    return sum(text.count(letter) for letter in _CYRILLIC) - text.count("\ufffd")


def _decodes(sample: bytes, name: str) -> bool:
    try:
        sample.decode(name)
    except UnicodeDecodeError:
        return False
    return True
