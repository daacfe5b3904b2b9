"""Text on its way into the engine and out of it: NFC, punctuation as NLLB knows it, target typography.

Canonical ordering sorts the marks above and below a letter, and takes time that grows with the square of
their number: a letter with 30,000 marks took 0.2 seconds, and a file of them hours. No script puts more than
a few on a letter. Unicode's Stream-Safe Text Format (UAX #15, section 13) is the answer: after thirty marks
without a break comes a combining grapheme joiner, U+034F, which shows nothing and which marks do not pass.

NLLB's vocabulary was built on text that Moses' ``normalize-punctuation`` had gone over, so a typographic
quote or dash reaches the model as an unknown piece. `normalise` maps them to what the vocabulary holds.
`typeset` turns the engine's plain marks into what a reader of the target language expects.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from egiz.translate.protected import leave_pieces

JOINER = "\u034f"
_MOST = 30
"""Marks in a row, from UAX #15."""
_SHORT = 1000
"""Characters below which a text need not be looked at: sorting a thousand marks takes no time."""
_PLANE = 0xFFFF
"""The last character of the first plane; a set of such is looked up at once, one of others piece by piece."""


def nfc(text: str) -> str:
    """The text in NFC, with a joiner after every thirty marks in a row where there are more.

    >>> nfc("и\u0306")
    'й'
    """
    while len(text) > _SHORT and has_long_runs(text):
        text = _normalised(_pattern(text).sub(lambda found: found[0] + JOINER, text))
    made = _normalised(text)
    return made if len(made) <= len(text) else nfc(made)  # some marks are two when they are taken apart


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def is_nfc(text: str) -> bool:
    """Whether the text is what `nfc` makes of it."""
    if len(text) > _SHORT and has_long_runs(text):
        return False
    return unicodedata.is_normalized("NFC", text)


def has_long_runs(text: str) -> bool:
    """Whether more marks stand in a row than any script has."""
    return not text.isascii() and _pattern(text).search(text) is not None


def _pattern(text: str) -> re.Pattern[str]:
    return _long_runs(sys.maxunicode if ord(max(text)) > _PLANE else _PLANE)


@cache
def _long_runs(last: int) -> re.Pattern[str]:
    """Thirty marks that another one follows, of the characters up to `last`, by Unicode's own data."""
    mark = "".join(f"{chr(first)}-{chr(stop - 1)}" for first, stop in _runs(last))
    return re.compile(f"[{mark}]{{{_MOST}}}(?=[{mark}])")


def _runs(last: int) -> Iterator[tuple[int, int]]:
    """Ranges of marks, half-open."""
    first = None
    for number in range(last + 2):
        is_mark = number <= last and unicodedata.combining(chr(number)) > 0
        if is_mark and first is None:
            first = number
        elif not is_mark and first is not None:
            yield first, number
            first = None


_PLAIN = str.maketrans(
    {
        **dict.fromkeys("„“”«»″〃＂", '"'),
        **dict.fromkeys("‘’‚‛´`ʼʹ′", "'"),
        **dict.fromkeys("‹›", "'"),
        **dict.fromkeys("‐‑‒–−", "-"),
        "―": "—",
        **dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f\u3000\t\r\n", " "),
        **dict.fromkeys("\u00ad\u200b\u200e\u200f\u2060\ufeff", None),
        "…": "...",
    }
)
_SPACED: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("—", re.compile(r"\s*—\s*"), " - "),
    ("''", re.compile(r"''"), '"'),
    (" %", re.compile(r"(?<=\d) %"), "%"),
    (" ", re.compile(r" (?=[;:?!,.](?:\s|$))"), ""),
    ("( ", re.compile(r"\( +"), "("),
    (" )", re.compile(r" +\)"), ")"),
)
"""What must stand in a text for a pattern to be worth looking for, the pattern, and what comes there."""


@lru_cache(maxsize=1024)
def normalise(text: str) -> str:
    """Bring punctuation to the plain forms that NLLB vocabularies were built on; one line, single spaces.

    The mapping is that of Moses' ``normalize-punctuation`` (quotes, apostrophes, dashes, ellipsis, stray
    spaces, invisible characters) with two of its rules left out because they damage text: swapping a
    closing quote with the comma beside it, and reading a no-break space between digits as a decimal mark.
    Protected pieces stay as they are.

    >>> normalise('«Қайта құру» — 1985…')
    '"Қайта құру" - 1985...'
    """
    return leave_pieces(nfc(text), _normalised_words)


def _normalised_words(text: str) -> str:
    text = " ".join(text.translate(_PLAIN).split())
    for sign, pattern, replacement in _SPACED:
        if sign in text:
            text = pattern.sub(replacement, text)
    return " ".join(text.split())


_QUOTES: dict[str, tuple[str, str]] = {"ru": ("«", "»"), "kk": ("«", "»"), "en": ("“", "”")}
_DOUBLE_PRIME = "″"
_OPENS_AFTER = re.compile(r"(?:^|[\s(\[{«“—–-])$")
_CLOSES_BEFORE = re.compile(r"^(?:$|[\s)\]}»”.,;:!?…—–-])")


def quotes(text: str, language: str) -> str:
    """Typeset every straight double quote, so that none is left; inside protected pieces it becomes single.

    Marks are paired like brackets by what stands beside them; one that follows a digit and has no
    partner is read as inches (″); any other without a partner becomes the language's closing mark.

    >>> quotes('"Қайта құру" саясаты, 5" құбыр', "kk")
    '«Қайта құру» саясаты, 5″ құбыр'
    """
    if '"' not in text:
        return text
    marked = leave_pieces(text, lambda words: _quoted(words, language))
    return marked.replace('"', "'")


def _quoted(text: str, language: str) -> str:
    opening, closing = _QUOTES.get(language, ("“", "”"))
    places = [place for place, mark in enumerate(text) if mark == '"']
    roles = _pair([_role(text, place) for place in places])
    marks = list(text)
    for place, role in zip(places, roles, strict=True):
        alone = role == "alone"
        inches = alone and place > 0 and text[place - 1].isdigit()
        marks[place] = _DOUBLE_PRIME if inches else opening if role == "open" else closing
    return "".join(marks)


def _role(text: str, place: int) -> str:
    """Say what the mark at `place` could be by its neighbours: ``open``, ``close`` or ``either``."""
    opens = bool(_OPENS_AFTER.search(text[:place][-1:]))
    closes = bool(_CLOSES_BEFORE.search(text[place + 1 : place + 2]))
    return "either" if opens == closes else "open" if opens else "close"


def _pair(roles: list[str]) -> list[str]:
    """Pair marks, inner pairs first; those without a partner become ``alone``."""
    paired = ["alone"] * len(roles)
    waiting: list[int] = []
    for place, role in enumerate(roles):
        if role == "open" or (role == "either" and not waiting):
            waiting.append(place)
        elif waiting:
            paired[waiting.pop()], paired[place] = "open", "close"
    return paired


def _dashes(text: str) -> str:
    """A hyphen standing between spaces is a dash."""
    if "-" not in text:
        return text
    return re.sub(r"(?:(?<=\S )|^)-(?= \S)", "—", text)


def _ellipsis(text: str) -> str:
    if "..." not in text:
        return text
    return re.sub(r"(?<!\.)\.\.\.(?!\.)", "…", text)


_STEPS: tuple[Callable[[str], str], ...] = (_dashes, _ellipsis)


def typeset(text: str, language: str) -> str:
    """Dress the engine's plain punctuation for readers of `language` (a BCP-47 tag).

    Quotes become «…» in Russian and Kazakh and “…” elsewhere, a spaced hyphen a dash, three stops an
    ellipsis. Words are left alone, and nothing changes on a second pass. No straight double quote is
    left, which is what lets every reader of the published table see the same cells.

    >>> typeset('"Перестройка" - это...', "ru")
    '«Перестройка» — это…'
    """
    return quotes(leave_pieces(text, _typeset_words), language)


def _typeset_words(text: str) -> str:
    for step in _STEPS:
        text = step(text)
    return text


def source_text(text: str, language: str) -> str:
    """A source sentence as it is published: as written, but for the marks that break tables.

    >>> source_text('"Қайта құру"\\tсаясаты - 1985', "kk")
    '«Қайта құру» саясаты - 1985'
    """
    return _first_mark(nfc(quotes(single_line(text), language)))


def target_text(text: str, language: str) -> str:
    """An engine's output as it is published: one line in the typography of its language.

    >>> target_text("'Perestroika'  - the \\"policy\\"...", "en")
    '‘Perestroika’ — the “policy”…'
    """
    return _first_mark(nfc(typeset(single_line(text), language)))


_SEPARATORS = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029 ]+")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_QUOTED = re.compile(r"'(?P<inside>.*?\S)'(?!\w)")


def single_line(text: str) -> str:
    """Everything that some reader takes for a tab or a line end becomes a space, runs of spaces one.

    Control characters say nothing and are dropped. Half a surrogate pair cannot be written as UTF-8 and
    becomes U+FFFD. No-break spaces and joiners are left alone, save at the ends.
    """
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _SEPARATORS.sub(" ", _CONTROLS.sub("", _SURROGATES.sub("\ufffd", text))).strip()


def _first_mark(text: str) -> str:
    """Typeset an apostrophe that begins the text, and its partner.

    One cell that reads ``'so'`` is enough for DuckDB to take the apostrophe for the quote character of the
    whole table: it then drops the marks, and fails at the next cell that begins with one.
    """
    if not text.startswith("'"):
        return text
    quoted = _QUOTED.match(text)
    if quoted is None:
        return "’" + text[1:]
    return f"‘{quoted['inside']}’{text[quoted.end() :]}"
