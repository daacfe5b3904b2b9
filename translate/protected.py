"""Protected pieces, which are the same in every language: addresses, file names, code, placeholders, tags.

Only this module recognises them. Splitting does not cut inside them, translation keeps them, guards and
scores check that source and translation have the same pieces, and they do not count as untranslated words.
Numbers are not pieces, because languages format them differently; `egiz.translate.numbers` compares their
values. Versions and IP addresses look like numbers but have no value, so they are pieces.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

Kind = Literal["code", "url", "email", "file", "placeholder", "icu", "tag", "handle", "ip", "version"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A protected piece: its span in a text (start, stop; code points from 0), its text and its kind."""

    start: int
    stop: int
    text: str
    kind: Kind

    @property
    def key(self) -> str:
        """The text by which pieces are compared: with one kind of quotation mark, dash and space.

        Typesetting may have changed these characters in the source or the target. Tags and ICU messages are
        compared without spaces. The plural categories of ICU branches and their number differ between
        languages, so the key of every branch except ``other`` is empty, and such a branch is not compared.
        """
        if self.kind == "icu" and not _SAME_IN_ALL.search(self.text):
            return ""
        plain = self.text.translate(_PLAIN)
        return "".join(plain.split()) if self.kind in ("tag", "icu") else plain


_PLAIN = str.maketrans({**dict.fromkeys("«»“”„\"'‘’`″′", "'"), **dict.fromkeys("–—−‑‐", "-"), "\u00a0": " "})
_SAME_IN_ALL = re.compile(r",|\bother\b")

_MAYBE = re.compile(
    r"[@{`_]|<[^\s\d]|<\d{1,2}/?>|</|\\\S|%[-+#\d.$]*[^\W\d]|%[({%@]|%L?\d|\$[A-Za-z_{]|&[A-Za-z#]|#[A-Za-z\d_{]|~/|/\S"
    r"|\.[A-Za-zқҚрР7]|\.\d+\.\d|\(\)|--\w|v\d|:\w*:|\[/?[a-z]|-[0-9a-fA-F]{4}-|www\."
)
"""A pattern for signs of which every piece contains at least one. Most sentences have none and are not
searched further. Every alternative begins with a character or a set, so the search can skip all other
characters."""

_BACK = 255
"""The most code points between the start of a piece and a sign of `_MAYBE` in it: the length of the longest
file name."""

_PATTERN = r"""
    (?P<code>```.{1,400}?``` | `[^`\n]{1,200}`
        | (?<![\w-])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?!\w))
  | (?P<url>(?:(?<![^\W_])[A-Za-z][A-Za-z0-9+.-]{1,20}://|(?<!\w)www\.|(?<!\w)mailto:)[^\s<>"«»“”„`|\\^]+)
  | (?P<email>(?<![\w.+-])[\w+-]+(?:\.[\w+-]+)*@[\w-]+(?:\.[\w-]+)+)
  | (?P<placeholder>
        \{\{\{?[^{}\n]{0,80}\}?\}\} | \{%[^%\n]{1,80}%\}
      | [$\#%]\{[^{}\n]{0,60}\}
      | \{[\w.\[\]\-]*(?:![rsa])?(?::[^{}\s]{0,12})?\}
      | \{\s*[\w.]+\s*,\s*(?:number|date|time|spellout|ordinal|duration)\s*(?:,[^{}\n]{0,40})?\}
      | %\([\w.]{1,40}\)[-+\#0]*\d*(?:\.\d+)?[A-Za-z]
      | (?<![\d%])%(?:\d+\$)?[-+\#0]*\d*(?:\.\d+)?(?:hh|h|ll|l|L|z|j|t)?[diouxXeEfFgGaAcspn@](?![^\W\d_])
      | %%
      | (?<![\d%])%(?:L?\d{1,2})(?![\d%])
      | (?<![\w%])%[A-Za-z_]\w{1,40}%
      | (?<![\w$])\$[A-Za-z_]\w*\$?
      | (?<!\w)__[A-Za-z]\w*?__(?!\w)
      | <<\w{1,40}>>
      | (?<![\\\w])\\[nrt](?![a-z]{3})
    )
  | (?P<icu>\{\s*[\w.]+\s*,\s*(?:plural|select|selectordinal)\s*,(?:\s*offset:\d+)?)
  | (?P<tag><!--.{0,200}?--> | <%.{1,200}?%> | <\?.{1,200}?\?>
      | </?(?:[A-Za-z][\w:.-]*|\d{1,2})
          (?:\s+[\w:@.-]+(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[«“”„][^<>»“”„]*[»“”]|[^\s<>"']+))?)*\s*/?>
      | &(?:[A-Za-z][A-Za-z0-9]{1,20}|\#\d{1,7}|\#[xX][0-9A-Fa-f]{1,6});
      | \[/?(?:b|i|u|s|url|img|quote|code|list|size|color)(?:=[^\]\s]{1,200})?\]
    )
  | (?P<file>
        (?<!\w)[A-Za-z]:\\(?:[\w .()-]{0,60}\\)*[\w.-]+
      | (?<![\w\\])\\\\[\w.-]+(?:\\[\w.$-]+)+
      | (?<![\w/.~:])(?:~|\.\.?)/(?:[\w.@-]+/)*[\w.@*-]*\w
      | (?<![\w/.:<])(?:/[\w.@-]*\w){2,}/?
      | (?<![\w./-])(?:[\w.-]+/)*[\w-](?:[\w.-]*[\w-])?\.(?i:FILES)(?![\w-])(?!\.\w)
    )
  | (?P<host>(?<![\w.@-])(?:(?!-)[\w-]+\.)+(?:(?:SURE)(?![\w-])(?:(?::\d{2,5})?/[^\s<>"«»“”„`|\\^]*)?
      | (?:LIKE)(?:(?::\d{2,5})?/[^\s<>"«»“”„`|\\^]+)))
  | (?P<ip>(?<![\d.,])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2}|:\d{2,5})?(?!\d|[.,]\d)
      | (?<![\w:])(?=[0-9:]{0,30}(?:[A-Fa-f]|::))(?:[0-9A-Fa-f]{1,4}:){1,7}:?[0-9A-Fa-f]{1,4}(?![\w:]))
  | (?P<version>(?<![\w.,])v\d+(?:\.\d+)*(?:[-.+][0-9A-Za-z]+)*(?!\w)
      | (?<![\w.,])\d+(?:\.\d+){2,}(?:-?(?:alpha|beta|rc|dev|post|a|b)[.\d]*(?![^\W\d_]))?(?!\d|[.,]\d))
  | (?P<word>(?<![\w-])--[A-Za-z][\w-]+(?:=[^\s,;]+)?
      | (?<![\w.@])[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+(?:\(\))?(?!\w)
      | (?<![\w.])[A-Za-z_][A-Za-z0-9_.]*\(\))
  | (?P<handle>(?<![\w@&/])[@\#](?=[A-Za-z0-9_]*[A-Za-z])[A-Za-z0-9_]{2,40}(?![\w@]))
"""
"""The patterns of the kinds of pieces; where several match, the first one wins. A match of an address can
include sentence punctuation after it, which `_trimmed` removes."""

_KINDS: dict[str, Kind] = {"host": "url", "word": "code"}
_DATE = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?:\d{4}|\d{2})|\d{4}\.\d{1,2}\.\d{1,2}")
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+")
_BRANCH = re.compile(r"(?<![\w-])(?:=\d{1,9}|[\w-]{1,30})\s{0,3}\{|\{[\w.]{0,40}\}|\}")
_LONGEST_BRANCH = 500
_MOST_BRANCHES = 64
"""`_LONGEST_BRANCH` is the most code points of a branch of an ICU message, `_MOST_BRANCHES` the most pieces
of a message. These limits keep the search short if braces are not closed."""
_TRAILING = ".,;:!?'’‘…*"
_CLOSING = {")": "(", "]": "[", "}": "{"}


@cache
def _pattern() -> re.Pattern[str]:
    """The pattern of all pieces, with the file extensions and domains of ``data/protected.toml``."""
    table = tomllib.loads(files("egiz.translate").joinpath("data/protected.toml").read_text(encoding="utf-8"))
    made = _PATTERN
    for name, words in (
        ("FILES", table["files"]["extensions"]),
        ("SURE", table["domains"]["sure"]),
        ("LIKE", table["domains"]["wordlike"]),
    ):
        longest_first = sorted(words.split(), key=lambda word: (-len(word), word))
        made = made.replace(name, "|".join(longest_first))
    return re.compile(made, re.VERBOSE)


@lru_cache(maxsize=256)
def protected(text: str) -> tuple[Piece, ...]:
    """The protected pieces of a text, in order, without overlap.

    Sentence punctuation after an address is not part of it. A date, or a number whose digits are grouped by
    stops, is a number and not a version, so it is not a piece.

    >>> [(piece.kind, piece.text) for piece in protected("Кіріңіз: https://egiz.kz/a?b=1. {name}, %d хабар!")]
    [('url', 'https://egiz.kz/a?b=1'), ('placeholder', '{name}'), ('placeholder', '%d')]
    >>> [piece.text for piece in protected("2.0.1 нұсқасы 01.02.2020 күні шықты, 2.200.112 рет жүктелді.")]
    ['2.0.1']
    """
    maybe = _MAYBE.search(text)
    if maybe is None:
        return ()
    found: list[Piece] = []
    tried, match_at = 0, _pattern().match
    while maybe is not None:
        sign = maybe.start()
        at = max(tried, text.rfind(" ", 0, sign) + 1, sign - _BACK)
        while at <= sign:
            if at < sign and text[at].isalnum() and text[at - 1 : at].isalnum():
                at += 1  # no piece begins inside a word
                continue
            match = match_at(text, at)
            pieces = _read(match, text) if match else []
            found += pieces
            at = pieces[-1].stop if pieces else match.end() if match else at + 1
        tried = at
        maybe = _MAYBE.search(text, at)
    return tuple(found)


def _read(match: re.Match[str], text: str) -> list[Piece]:
    """The pieces in a match of `_pattern`; mostly the match is one piece.

    An ICU message gives several pieces. A date and a number with grouped digits give none.
    """
    name, start = match.lastgroup or "", match.start()
    shown = match.group()
    if name == "icu":
        return _branches(text, start, match.end())
    if name == "version" and (_DATE.fullmatch(shown) or _GROUPED.fullmatch(shown)):
        return []
    if name in ("url", "host"):
        shown = _trimmed(shown)
    elif name == "ip" and ":" not in shown[:5] and not _is_ip(shown):
        name = "version"
    kind: Kind = _KINDS.get(name, name)  # type: ignore[arg-type]
    return [Piece(start, start + len(shown), shown, kind)]


def _is_ip(shown: str) -> bool:
    return all(int(part) < 256 for part in re.split(r"[/:]", shown)[0].split("."))


def _trimmed(address: str) -> str:
    """An address without sentence punctuation and unopened brackets at its end."""
    while address:
        last = address[-1]
        unopened = last in _CLOSING and address.count(last) > address.count(_CLOSING[last])
        if last not in _TRAILING and not unopened:
            break
        address = address[:-1]
    return address


def _branches(text: str, start: int, stop: int) -> list[Piece]:
    """The pieces of an ICU message whose head is ``text[start:stop]``: the head, the names of its branches
    with their opening braces, the placeholders in them, and the closing braces.

    The words of the branches are no pieces: they are translated. If braces are not closed, only the head is a
    piece.
    """
    frame = [Piece(start, stop, text[start:stop], "icu")]
    depth, at = 1, stop
    while (
        depth
        and len(frame) < _MOST_BRANCHES
        and (match := _BRANCH.search(text, at, at + _LONGEST_BRANCH)) is not None
    ):
        shown, at = match.group(), match.end()
        inner = shown.startswith("{")
        if not inner:
            depth += 1 if shown.endswith("{") else -1
        frame.append(Piece(match.start(), at, shown, "placeholder" if inner else "icu"))
    return frame if not depth else frame[:1]


def piece_at(pieces: tuple[Piece, ...], offset: int) -> Piece | None:
    """The piece that a cut at `offset` (code points) would divide; None if it would divide none.

    >>> pieces = protected("Жүкте: file.name.pdf. Оқы.")
    >>> piece_at(pieces, 12).text, piece_at(pieces, 20)
    ('file.name.pdf', None)
    """
    at = bisect_right(pieces, offset, key=lambda piece: piece.start) - 1
    if at >= 0 and pieces[at].start < offset < pieces[at].stop:
        return pieces[at]
    return None


_COUNTED = frozenset({"tag", "placeholder", "icu"})
"""The kinds of pieces that the translation must have as often as the source. A repeated piece of another
kind, such as an address, needs to occur only once in the translation."""


def missing_pieces(source: str, target: str) -> tuple[Piece, ...]:
    """The pieces of `source` that are missing or changed in `target`, in the order of the source.

    Their order in `target` does not matter, because languages differ in word order. To find pieces that the
    target has in addition, swap the two texts.

    >>> [piece.text for piece in missing_pieces("<b>Маңызды</b> {{count}}", "<b>Важно {count}")]
    ['</b>', '{{count}}']
    """
    asked = protected(source)
    if not asked or source == target:
        return ()
    held = Counter(piece.key for piece in protected(target))
    missing = []
    for piece in asked:
        key = piece.key
        if key and not held[key]:
            missing.append(piece)
        elif key and piece.kind in _COUNTED:
            held[key] -= 1
    return tuple(missing)


def without_pieces(text: str, filling: str = " ") -> str:
    """The text with every piece replaced by `filling`, so that only words of the language remain.

    >>> without_pieces("info@egiz.kz мекенжайы")
    '  мекенжайы'
    """
    at, kept = 0, []
    for piece in protected(text):
        kept += [text[at : piece.start], filling]
        at = piece.stop
    return "".join([*kept, text[at:]]) if kept else text


def leave_pieces(text: str, change: Callable[[str], str]) -> str:
    """Apply `change` to a text, but leave every protected piece in it as it is.

    `change` gets the text with a private-use character in the place of each piece, which it must keep.

    >>> leave_pieces("{a}... b...", lambda text: text.replace("...", "…"))
    '{a}… b…'
    """
    pieces = protected(text)
    if not pieces:
        return change(text)
    mark = next(char for char in map(chr, range(0xE000, 0xF8FF)) if char not in text)
    held = iter(pieces)
    changed = change(without_pieces(text, mark))
    return re.sub(mark, lambda _: next(held).text, changed)
