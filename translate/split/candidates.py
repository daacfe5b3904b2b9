"""Find candidate sentence boundaries with their context, and match quotes and brackets."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from egiz.translate.split.knowledge import Behaviour, Knowledge

_MARKS = re.compile(r'[«»“”„‟"(){}\[\]（）]')
_FAMILY = {"«": "«", "»": "«", "“": "“", "”": "“", "„": "“", "‟": "“", '"': '"'}
_OPENS, _CLOSES = "«„‟", "»”"
_BRACKETS = {")": "(", "]": "[", "}": "{", "）": "（"}
_BEFORE_OPENING = "([{（—–-/"
_AFTER_CLOSING = ".,;:!?)]}）…—–-/"
_DEPTH = 4
"""The number of open quotes among which the partner of a closing quote is searched for. It limits the work on
broken text."""

LONGEST_ASIDE = 300
"""The longest text in brackets, in code points, in which stops do not end the sentence."""
LONGEST_QUOTE = 200
"""The longest quotation inside a sentence (a title, motto or exclamation), in code points, in which stops do
not end it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """The matched quotes and brackets of a paragraph, as offsets in code points from its start.

    `closers` are the closing quotes, `stray` the quotes without a partner, opening or closing. `asides` has
    the pairs (opening, closing) of quotes or brackets that are short and inside no other short pair, in
    order. Short are those up to `LONGEST_ASIDE` or `LONGEST_QUOTE`.
    """

    closers: frozenset[int]
    stray: frozenset[int]
    asides: tuple[tuple[int, int], ...]

    def around(self, offset: int) -> tuple[int, int] | None:
        """The pair of `asides` that encloses `offset`, or None."""
        at = bisect_left(self.asides, (offset, -1)) - 1
        if at >= 0 and self.asides[at][0] < offset < self.asides[at][1]:
            return self.asides[at]
        return None


def pair(text: str) -> Pairs:
    """Match the quotes and brackets of a text in one pass, with a stack.

    Whether a quote opens or closes is decided by the spaces around it first and by its shape second, because
    people mistype the shape more often than the space. A straight quote after a digit without an open quote
    (5") is an inch or second sign, and is ignored.
    """
    quotes: list[int] = []
    brackets: list[int] = []
    spans: list[tuple[int, int]] = []
    closers: set[int] = set()
    stray: set[int] = set()
    for match in _MARKS.finditer(text):
        offset, mark = match.start(), match.group()
        if mark in _FAMILY:
            if _opens(text, offset, quotes):
                quotes.append(offset)
            elif quotes:
                opening = _partner(text, mark, quotes, stray)
                spans.append((opening, offset))
                closers.add(offset)
            elif mark != '"' or not text[offset - 1 : offset].isdigit():
                stray.add(offset)
                closers.add(offset)
        elif mark not in _BRACKETS:
            brackets.append(offset)
        elif brackets and text[brackets[-1]] == _BRACKETS[mark]:
            spans.append((brackets.pop(), offset))
    stray.update(quotes)
    return Pairs(closers=frozenset(closers), stray=frozenset(stray), asides=_outermost(text, spans))


def _opens(text: str, offset: int, quotes: list[int]) -> bool:
    """Whether the quote at `offset` opens a quotation; `quotes` are the offsets of the quotes open so far."""
    mark = text[offset]
    before, after = text[offset - 1 : offset], text[offset + 1 : offset + 2]
    loose_before = not before or before.isspace() or before in _BEFORE_OPENING
    loose_after = not after or after.isspace() or after in _AFTER_CLOSING
    if mark in _CLOSES and quotes:
        return False
    if loose_before != loose_after and not (mark == '"' and before.isdigit()):
        return loose_before
    if mark in _OPENS:
        return True
    if mark in _CLOSES or (mark == '"' and before.isdigit()):
        return False
    if mark == "“":
        return not (quotes and text[quotes[-1]] == "„")
    return not (quotes and text[quotes[-1]] == mark)


def _partner(text: str, mark: str, quotes: list[int], stray: set[int]) -> int:
    """Remove the partner of a closing quote from `quotes`, the open quotes, and return the partner.

    The partner is the nearest open quote of the same kind. If none is of the same kind, it is the nearest
    open quote. Open quotes after the partner are moved to `stray`.
    """
    for back in range(1, min(_DEPTH, len(quotes)) + 1):
        if _FAMILY[text[quotes[-back]]] == _FAMILY[mark]:
            stray.update(quotes[len(quotes) - back + 1 :])
            del quotes[len(quotes) - back + 1 :]
            break
    return quotes.pop()


def _outermost(text: str, spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return the short pairs that are inside no other short pair, in order (see `Pairs.asides`)."""
    kept: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        longest = LONGEST_QUOTE if text[start] in _FAMILY else LONGEST_ASIDE
        if stop - start <= longest and (not kept or start > kept[-1][1]):
            kept.append((start, stop))
    return tuple(kept)


SCRIPT_STOPS = "。！？｡।॥؟۔።፧፨။។៕᠃᠉։"
"""Full stops and question marks that belong to a single script. They end a sentence even if no space
follows."""
STOPS = ".!?…‥．⁇⁈⁉‽⸮" + SCRIPT_STOPS
INVISIBLE = "\u00ad\u200b\u2060\ufeff"
"""Soft hyphen, zero-width space, word joiner, byte order mark. The joiners U+200C and U+200D are left out,
because words of Persian and Hindi need them."""

_CLOSING = ")]}）」』】》〉"
_LEFT_WIDTH, _RIGHT_WIDTH = 40, 64
"""The number of code points that a rule examines before and after a candidate. The limits keep the work
linear in the length of the text."""

_MOST_PARTS = 4
"""The most parts of a dotted abbreviation, as in "ф.м.ғ.к"."""

_TOKEN = re.compile(r"(?<![^\W_])(?:[^\W\d_]{1,3}\.-?[ \u00a0]?){0,4}[^\W\d_]+(?:-[^\W\d_]+)*$")
_GLUED_TOKEN = re.compile(r"(?<=\d)(?:[^\W\d_]{1,3}\.)*[^\W\d_]+$")
_NUMBER = re.compile(r"((?:\d[\d.,]*)?\d(?:-?[^\W\d_]{1,5})?|(?<![^\W_])[IVXLCDMІХСМ]+)(?:-|[ \u00a0])?$")
_YEAR = re.compile(r"(?<![\d.,])\d{4}$|\d-?[^\W\d_]+$|[IVXLCDMІХСМ]+$")
_LEADS = re.compile(r"(?:^|[^\w\s])\s*$")
_LEAD = re.compile(r"[\W_]*")
_WORD = re.compile(r"[^\W\d_]+")
_GAP = re.compile(r"\s*")
_LONE_ASIDE = re.compile(rf"[{re.escape(STOPS)}]\s$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph, with facts about it that are computed once; offsets are from its start.

    `cased` is true if the paragraph has a capital letter.
    """

    text: str
    knowledge: Knowledge
    pairs: Pairs
    cased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A run of stops that may end a sentence, and its context.

    All numbers are offsets in the paragraph. The current sentence starts at `start`, and its first letter or
    digit is at `first`. The stops begin at `mark`; they end, with closing quotes and brackets after them, at
    `stop`. `next` is the offset of the next text after white space. `token` is the word or abbreviation
    before the stops, `number` the number that it counts or dates ("1985" in "1985ж", "XX" in "XX ғ"); they
    are empty if there is none. `behaviour` is the class of the abbreviation, if `token` is one. `lead` is the
    text between `next` and the next letter or digit. `word` is the run of letters there, `right` its first
    letter, or that digit; they are empty if there is none within the examined text. `after` is the text after
    `word`.
    """

    paragraph: Paragraph
    start: int
    first: int
    mark: int
    marks: str
    stop: int
    next: int
    token: str
    number: str
    behaviour: Behaviour | None
    lead: str
    word: str
    right: str
    after: str

    @property
    def gap(self) -> bool:
        """Whether white space follows the stops."""
        return self.next > self.stop

    @property
    def plain(self) -> bool:
        """Whether the stops are one full stop that no quote or bracket follows, as after an abbreviation."""
        return self.marks == "." and self.stop == self.mark + 1

    @property
    def dotted(self) -> str:
        """The stops without spaces between them: ". . ." is an ellipsis like "..."."""
        return "".join(self.marks.split())

    @property
    def before(self) -> str:
        """The character before the stops; empty at the beginning of the paragraph."""
        return self.paragraph.text[self.mark - 1 : self.mark] if self.mark > self.start else ""

    @property
    def starts(self) -> bool:
        """Whether the next word commonly begins sentences, by the list for the language."""
        return (
            self.word[:1].isupper()
            and self.after[:1] not in (".", "-")
            and self.word.lower() in self.paragraph.knowledge.starters
        )

    @property
    def so_far(self) -> str:
        """The current sentence up to its stops.

        The text is empty if the sentence so far is too long for a list marker, a date or a label.
        """
        return self.paragraph.text[self.start : self.mark] if self.mark - self.start < _LEFT_WIDTH * 2 else ""


Answer = Literal["join", "split"]
"""The answer of a rule to a candidate. A rule that has no opinion returns None."""


def scan(paragraph: Paragraph) -> Iterator[tuple[int, str, int]]:
    """Yield every run of stops: its offset, the stops, and the end of the quotes and brackets after it.

    An ellipsis may have spaces in it: ". . .". If text in brackets follows a stop, its closing bracket is
    yielded too, with an empty run of stops: "мүмкін емес. (төменде қараңыз) Алматы".
    """
    text = paragraph.text
    extra = re.escape(paragraph.knowledge.stops)
    lone = {
        stop for start, stop in paragraph.pairs.asides if _LONE_ASIDE.search(text, max(0, start - 3), start)
    }
    for match in re.finditer(
        rf"[{re.escape(STOPS)}{extra}]+(?:(?:[ \u00a0]\.(?![^\W_]|[.…])){{2,}})?|[)\]]", text
    ):
        if match.group() in (")", "]"):
            if match.start() in lone and text[match.start() - 1] not in STOPS:
                yield match.start(), "", match.end()
            continue
        yield match.start(), match.group(), _past_closers(text, match.end(), paragraph.pairs)


def candidate(paragraph: Paragraph, *, start: int, first: int, mark: int, marks: str, stop: int) -> Candidate:
    """Return the candidate for a run of stops from `scan`.

    `start` and `first` are the offsets of the current sentence and of its first letter or digit.
    """
    text, knowledge = paragraph.text, paragraph.knowledge
    token, number = token_before(text, start, mark)
    kind = behaviour(token, number, knowledge)
    head = text[max(start, mark - len(token) - 2) : mark - len(token)]
    if not number and token.lower() in knowledge.leading and _LEADS.search(head):
        kind = knowledge.leading[token.lower()]
    following = _GAP.match(text, stop)
    after_gap = following.end() if following else stop
    window = text[after_gap : after_gap + _RIGHT_WIDTH]
    lead = _LEAD.match(window)
    at = lead.end() if lead else 0
    word = _WORD.match(window, at)
    if len(token) > 1 and token.isupper() and "." not in token and word and not word.group().isupper():
        kind = None  # "ТВ. Иван", but "ИМ. АБАЯ"
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
        behaviour=kind,
        lead=window[:at],
        word=word.group() if word else "",
        right=window[at : at + 1],
        after=window[word.end() :] if word else window[at + 1 :],
    )


def token_before(text: str, start: int, stop: int) -> tuple[str, str]:
    """Return the word or dotted abbreviation that ends at `stop`, and the number before it, or empty strings.

    Spaces inside an abbreviation are removed: "б. з. д" becomes "б.з.д".
    """
    left = text[max(start, stop - _LEFT_WIDTH) : stop]
    match = _TOKEN.search(left) or _GLUED_TOKEN.search(left)
    if match is None:
        return "", ""
    number = _NUMBER.search(left[: match.start()])
    return "".join(match.group().split()), number.group(1) if number else ""


def is_year(number: str) -> bool:
    """Whether a number names years or centuries: "1985", "XX", "90-х"; not "500", "3,5"."""
    return _YEAR.search(number) is not None


def behaviour(token: str, number: str, knowledge: Knowledge) -> Behaviour | None:
    """Return the class of an abbreviation; None if it is not listed.

    If the whole token is not listed, its last parts are looked up. After a number, the tables of dates and
    measures come first: "1990 г." is a year, "5 г." are grams.
    """
    tables = (knowledge.after_year, knowledge.after_number)
    for table in (tables if is_year(number) else tables[::-1]) if number else ():
        if found := table.get(token.lower()):
            return found
    if found := knowledge.capitalised.get(token):
        return found
    parts = token.lower().split(".")
    if len(parts) == 1 and len(token) == 1 and token.isupper():
        return None
    for cut in range(max(0, len(parts) - _MOST_PARTS), len(parts)):
        if found := knowledge.abbreviations.get(".".join(parts[cut:]).lstrip("-")):
            return found
    return None


def _past_closers(text: str, offset: int, pairs: Pairs) -> int:
    """Return the offset after the closing quotes and brackets at `offset`.

    A space may precede a closing quote.
    """
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
