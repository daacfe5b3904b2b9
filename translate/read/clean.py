"""The little that is done to every text at the door; everything else is left for the splitter to record."""

from __future__ import annotations

import re

from egiz.translate.normal import nfc

# The mandatory breaks of UAX #14 (classes BK, CR, LF, NL), PARAGRAPH SEPARATOR apart.
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028]")
_PARAGRAPH_END = "\u2029"
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


def clean(text: str) -> str:
    """Bring line ends to LF, control characters to spaces, and the whole to NFC.

    Line ends are CR LF, CR, VT, FF, NEL and LINE SEPARATOR; PARAGRAPH SEPARATOR becomes a blank line.
    Tabs stay. Look-alike letters, soft hyphens, zero-width characters, no-break and repeated spaces are
    what was read and stay as they are.

    >>> clean("бірінші\\r\\nекінші\\x1f.")
    'бірінші\\nекінші .'
    """
    text = _LINE_END.sub("\n", text).replace(_PARAGRAPH_END, "\n\n")
    return nfc(_CONTROL.sub(" ", text))


def one_line(text: str) -> str:
    """The same as `clean`, with every run of white space as one space: for titles and headers."""
    return " ".join(clean(text).split())
