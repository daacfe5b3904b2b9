"""The places in a paragraph where a sentence may end, each with what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from egiz.translate.split.knowledge import Behaviour, Knowledge
from egiz.translate.split.pairs import Pairs

SCRIPT_STOPS = "。！？｡।॥؟۔።፧፨။។៕᠃᠉։"
"""Stops that end a sentence whatever follows, space or none: each script's own full stop or question mark."""
STOPS = ".!?…‥．⁇⁈⁉‽⸮" + SCRIPT_STOPS
INVISIBLE = "\u00ad\u200b\u2060\ufeff"
"""Soft hyphen, zero-width space, word joiner, byte order mark. Not the joiners U+200C and U+200D, which spell
words in Persian and Hindi."""

_CLOSING = ")]}）」』】》〉"
_LEFT_WIDTH, _RIGHT_WIDTH = 40, 64
"""Code points that a rule sees on either side. Bounded so that the work grows with the text and no faster."""

_MOST_PARTS = 4
"""Parts of the longest dotted abbreviations: "б.з.б", "ф.м.ғ.к"."""

_TOKEN = re.compile(r"(?<![^\W_])(?:[^\W\d_]{1,3}\.-?[ \u00a0]?){0,4}[^\W\d_]+(?:-[^\W\d_]+)*$")
_GLUED_TOKEN = re.compile(r"(?<=\d)(?:[^\W\d_]{1,3}\.)*[^\W\d_]+$")
_NUMBER = re.compile(r"(?:\d(?:-?[^\W\d_]{1,5})?|(?<![^\W_])[IVXLCDMІХСМ]+)[ \u00a0]?$")
_LEAD = re.compile(r"[\W_]*")
_WORD = re.compile(r"[^\W\d_]+")
_GAP = re.compile(r"\s*")
_LONE_ASIDE = re.compile(rf"[{re.escape(STOPS)}]\s$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph with what is found out about it once. Offsets count from its start."""

    text: str
    knowledge: Knowledge
    pairs: Pairs
    cased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A run of stops and what stands around it.

    The sentence so far starts at `start`, its first letter or digit at `first`; the stops stand at
    `mark`, end with their closing quotes and brackets at `stop`, and the text goes on at `next`.
    `token` is the word or abbreviation before the stops, `number` says that it counts or dates
    ("1985ж", "XX ғ"). `lead` is what stands between `next` and the first letter or digit; `word` is
    the run of letters there, `right` its first character or the digit, empty if none is near.
    """

    paragraph: Paragraph
    start: int
    first: int
    mark: int
    marks: str
    stop: int
    next: int
    token: str
    number: bool
    behaviour: Behaviour | None
    lead: str
    word: str
    right: str
    after: str

    @property
    def gap(self) -> bool:
        """Whether white space follows."""
        return self.next > self.stop

    @property
    def plain(self) -> bool:
        """Whether it is one full stop with nothing closed behind it, as an abbreviation's stop is."""
        return self.marks == "." and self.stop == self.mark + 1

    @property
    def before(self) -> str:
        """The character before the stops."""
        return self.paragraph.text[self.mark - 1 : self.mark] if self.mark > self.start else ""

    @property
    def starts(self) -> bool:
        """Whether the word that follows is one that opens sentences, by the language's list."""
        return (
            self.word[:1].isupper()
            and self.after[:1] not in (".", "-")
            and self.word.lower() in self.paragraph.knowledge.starters
        )


def scan(paragraph: Paragraph) -> Iterator[tuple[int, str, int]]:
    """Give every run of stops: offset, marks, end with the closing quotes and brackets.

    The closing bracket of an aside that stands by itself behind a stop counts as one, with no
    marks: "мүмкін емес. (төменде қараңыз) Алматы".
    """
    text = paragraph.text
    extra = re.escape(paragraph.knowledge.stops)
    lone = {
        stop for start, stop in paragraph.pairs.asides if _LONE_ASIDE.search(text, max(0, start - 3), start)
    }
    for match in re.finditer(rf"[{re.escape(STOPS)}{extra}]+|[)\]]", text):
        if match.group() in (")", "]"):
            if match.start() in lone and text[match.start() - 1] not in STOPS:
                yield match.start(), "", match.end()
            continue
        yield match.start(), match.group(), _past_closers(text, match.end(), paragraph.pairs)


def candidate(paragraph: Paragraph, *, start: int, first: int, mark: int, marks: str, stop: int) -> Candidate:
    """Look around one run of stops."""
    text, knowledge = paragraph.text, paragraph.knowledge
    token, number = token_before(text, start, mark)
    following = _GAP.match(text, stop)
    after_gap = following.end() if following else stop
    window = text[after_gap : after_gap + _RIGHT_WIDTH]
    lead = _LEAD.match(window)
    at = lead.end() if lead else 0
    word = _WORD.match(window, at)
    return Candidate(
        paragraph=paragraph,
        start=start,
        first=first,
        mark=mark,
        marks=marks,
        stop=stop,
        next=after_gap,
        token=token,
        number=number,
        behaviour=behaviour(token, number, knowledge),
        lead=window[:at],
        word=word.group() if word else "",
        right=window[at : at + 1],
        after=window[word.end() :] if word else window[at + 1 :],
    )


def token_before(text: str, start: int, stop: int) -> tuple[str, bool]:
    """Give the word or dotted abbreviation that ends at `stop`, and whether a number stands before it.

    Spaces inside an abbreviation are taken out: "б. з. д" reads "б.з.д".
    """
    left = text[max(start, stop - _LEFT_WIDTH) : stop]
    match = _TOKEN.search(left) or _GLUED_TOKEN.search(left)
    if match is None:
        return "", False
    head = left[: match.start()]
    return "".join(match.group().split()), _NUMBER.search(head) is not None


def behaviour(token: str, number: bool, knowledge: Knowledge) -> Behaviour | None:
    """Look an abbreviation up: the whole token first, then what is left when its first parts are cut off."""
    if number and (found := knowledge.after_number.get(token.lower())):
        return found
    parts = token.lower().split(".")
    if len(parts) == 1 and len(token) == 1 and token.isupper():
        return None
    for cut in range(max(0, len(parts) - _MOST_PARTS), len(parts)):
        if found := knowledge.abbreviations.get(".".join(parts[cut:])):
            return found
    return None


def _past_closers(text: str, offset: int, pairs: Pairs) -> int:
    """Step over closing quotes and brackets, also where a space stands before a closing quote."""
    while offset < len(text):
        mark = text[offset]
        if (
            mark in _CLOSING
            or offset in pairs.closers
            or (mark in "'’" and not text[offset + 1 : offset + 2].isalpha())
        ):
            offset += 1
        elif mark in " \u00a0" and offset + 1 in pairs.closers and text[offset + 1] in "»”":
            offset += 2
        else:
            break
    return offset
