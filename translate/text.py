"""Normalise text for the engine, and typeset its output: NFC, plain punctuation, target typography.

Canonical ordering, a step of NFC, sorts the combining marks of a letter in time quadratic in their number: a
letter with 30,000 marks took 0.2 seconds, a file of such letters hours. No script needs more than a few marks
on a letter. So `nfc` uses Unicode's Stream-Safe Text Format (UAX #15, section 13): after thirty marks in a
row it inserts a combining grapheme joiner, U+034F. The joiner is invisible, and marks are not sorted across
it.

NLLB's vocabulary was built on text processed by Moses' ``normalize-punctuation``, so typographic quotes and
dashes are unknown pieces to the model. `normalise` maps them to characters of the vocabulary. `typeset` turns
the engine's plain marks into the typography of the target language.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import TypeVar

from egiz.translate.protected import leave_pieces

JOINER = "\u034f"
_MOST_MARKS = 30
"""The most combining marks in a row, from UAX #15."""
_SHORT = 1000
"""A text of at most this many characters is not checked for runs of marks: sorting a thousand marks is
fast."""
_PLANE = 0xFFFF
"""The last code point of the Basic Multilingual Plane. A pattern with characters beyond it is matched more
slowly."""


def nfc(text: str) -> str:
    """The text in NFC; in a text of over `_SHORT` characters, a joiner is inserted after thirty marks in a
    row.

    >>> nfc("и\u0306")
    'й'
    """
    while len(text) > _SHORT and has_long_runs(text):
        text = _normalised(_pattern(text).sub(lambda found: found[0] + JOINER, text))
    made = _normalised(text)
    return made if len(made) <= len(text) else nfc(made)  # some marks decompose into two


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def is_nfc(text: str) -> bool:
    """Whether `nfc` would leave the text unchanged."""
    if len(text) > _SHORT and has_long_runs(text):
        return False
    return unicodedata.is_normalized("NFC", text)


def has_long_runs(text: str) -> bool:
    """Whether the text has more than thirty combining marks in a row."""
    return not text.isascii() and _pattern(text).search(text) is not None


def _pattern(text: str) -> re.Pattern[str]:
    """The pattern of `_long_runs` that finds the runs in a text.

    It is the faster pattern for the Basic Multilingual Plane if all characters of the text are in this plane.
    """
    return _long_runs(sys.maxunicode if ord(max(text)) > _PLANE else _PLANE)


@cache
def _long_runs(last: int) -> re.Pattern[str]:
    """A pattern for thirty combining marks that another one follows; only marks up to `last` are in the
    pattern."""
    mark = "".join(f"{chr(first)}-{chr(stop - 1)}" for first, stop in _runs(last))
    return re.compile(f"[{mark}]{{{_MOST_MARKS}}}(?=[{mark}])")


def _runs(last: int) -> Iterator[tuple[int, int]]:
    """Yield the half-open ranges of combining marks among the code points from 0 to `last`."""
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
"""The rules of `normalise` on spaces: a string without which the pattern cannot match, the pattern, and its
replacement."""


@lru_cache(maxsize=1024)
def normalise(text: str) -> str:
    """Map punctuation to the plain forms that NLLB's vocabulary was built on; one line, single spaces.

    The mapping is that of Moses' ``normalize-punctuation`` (quotes, apostrophes, dashes, ellipsis, stray
    spaces, invisible characters). Two rules of Moses are left out because they damage text: one swaps a
    closing quote with the comma beside it, the other turns a no-break space between digits into a decimal
    mark. Protected pieces stay as they are.

    >>> normalise('«Қайта құру» — 1985…')
    '"Қайта құру" - 1985...'
    """
    return leave_pieces(nfc(text), _normalised_words)


def _normalised_words(text: str) -> str:
    """Normalise text without protected pieces; see `normalise`."""
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
    """Replace every straight double quote: by a typographic quote or, in a protected piece, by an apostrophe.

    Quotes are paired like brackets, by the characters beside them. A quote without a partner becomes inches
    (″) after a digit, otherwise the language's closing quote.

    >>> quotes('"Қайта құру" саясаты, 5" құбыр', "kk")
    '«Қайта құру» саясаты, 5″ құбыр'
    """
    if '"' not in text:
        return text
    marked = leave_pieces(text, lambda words: _quoted(words, language))
    return marked.replace('"', "'")


def _quoted(text: str, language: str) -> str:
    """The text with every straight double quote typeset; see `quotes`."""
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
    """The role of the quote at `place` by the characters beside it: ``open``, ``close`` or ``either``."""
    opens = bool(_OPENS_AFTER.search(text[:place][-1:]))
    closes = bool(_CLOSES_BEFORE.search(text[place + 1 : place + 2]))
    return "either" if opens == closes else "open" if opens else "close"


def _pair(roles: list[str]) -> list[str]:
    """Pair quotes like brackets, by their possible roles; return ``open``, ``close`` or ``alone`` for each.

    ``alone`` is a quote without a partner.
    """
    paired = ["alone"] * len(roles)
    waiting: list[int] = []
    for place, role in enumerate(roles):
        if role == "open" or (role == "either" and not waiting):
            waiting.append(place)
        elif waiting:
            paired[waiting.pop()], paired[place] = "open", "close"
    return paired


def _dashes(text: str) -> str:
    """Turn a hyphen between spaces, or at the start of a text before a space, into a dash."""
    if "-" not in text:
        return text
    return re.sub(r"(?:(?<=\S )|^)-(?= \S)", "—", text)


def _ellipsis(text: str) -> str:
    """Turn exactly three stops into an ellipsis."""
    if "..." not in text:
        return text
    return re.sub(r"(?<!\.)\.\.\.(?!\.)", "…", text)


_STEPS: tuple[Callable[[str], str], ...] = (_dashes, _ellipsis)


def typeset(text: str, language: str) -> str:
    """Typeset the engine's plain punctuation in the style of `language` (a BCP-47 tag).

    Quotes become «…» in Russian and Kazakh and “…” elsewhere, a spaced hyphen a dash, three stops an
    ellipsis. Words are not changed, and a second call changes nothing. No straight double quote is left,
    because programs that read the published table would disagree about a cell with such a quote.

    >>> typeset('"Перестройка" - это...', "ru")
    '«Перестройка» — это…'
    """
    return quotes(leave_pieces(text, _typeset_words), language)


def _typeset_words(text: str) -> str:
    for step in _STEPS:
        text = step(text)
    return text


def source_text(text: str, language: str) -> str:
    """A source sentence as published: as written, but without the characters that break tables.

    >>> source_text('"Қайта құру"\\tсаясаты - 1985', "kk")
    '«Қайта құру» саясаты - 1985'
    """
    return _first_mark(nfc(quotes(single_line(text), language)))


def target_text(text: str, language: str) -> str:
    """An engine's output as published: one line, in the typography of its language.

    >>> target_text("'Perestroika'  - the \\"policy\\"...", "en")
    '‘Perestroika’ — the “policy”…'
    """
    return _first_mark(nfc(typeset(single_line(text), language)))


_SEPARATORS = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029 ]+")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_QUOTED = re.compile(r"'(?P<inside>.*?\S)'(?!\w)")


def single_line(text: str) -> str:
    """Put a text on one line, with single spaces.

    Every character that some program takes for a tab or a line end becomes a space; other control characters
    are removed. An unpaired surrogate, which cannot be written as UTF-8, becomes U+FFFD. No-break spaces and
    joiners are kept inside the text; white space at both ends is removed.
    """
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _SEPARATORS.sub(" ", _CONTROLS.sub("", _SURROGATES.sub("\ufffd", text))).strip()


def _first_mark(text: str) -> str:
    """Typeset an apostrophe at the start of the text and, if it opens a quotation, the one that closes it.

    One cell ``'so'`` makes DuckDB take the apostrophe for the quote character of the whole table: it then
    drops the apostrophes, and fails at the next cell that begins with one.
    """
    if not text.startswith("'"):
        return text
    quoted = _QUOTED.match(text)
    if quoted is None:
        return "’" + text[1:]
    return f"‘{quoted['inside']}’{text[quoted.end() :]}"


T = TypeVar("T")
_LETTERS = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=256)
def letter_words(text: str) -> tuple[str, ...]:
    """The runs of letters of a text, in order, in their own case.

    >>> letter_words("5-ші бөлім: Don't")
    ('ші', 'бөлім', 'Don', 't')
    """
    return tuple(_LETTERS.findall(text))


@lru_cache(maxsize=256)
def lower_words(text: str) -> tuple[str, ...]:
    """The words of `letter_words`, in lower case."""
    return tuple(" ".join(letter_words(text)).lower().split())


class PerWord(dict[str, T]):
    """A cache of a function of words: ``results[word]`` is computed once.

    The lookup is faster than a call of a function with `lru_cache`, which matters for features that examine
    every word of a text. The cache is emptied when it has `most` words.
    """

    def __init__(self, function: Callable[[str], T], most: int = 1 << 15) -> None:
        super().__init__()
        self._function, self._most = function, most

    def __missing__(self, word: str) -> T:
        if len(self) >= self._most:
            self.clear()
        found = self[word] = self._function(word)
        return found
