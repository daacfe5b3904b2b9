"""Find note marks in running text; they are removed before the text is split.

A mark is "12" in "құрылды.12 Оның", "[3][4]", "¹²", "[@b]", "†", or the page number "[Pg 45]". It is not part
of a sentence, so it is removed before the splitting rules run. The raw slice of the sentence before it
includes it, and a `Repair` of this sentence removes it. Exponents (м², 10⁶), years and all other numbers are
left alone.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from egiz.translate.split.candidates import STOPS, behaviour, token_before
from egiz.translate.split.knowledge import Knowledge

Span = tuple[int, int]

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_CLOSERS = "»”“’\"')]"
_OPENERS = "«“„\"'([—–-"
_LONGEST_LOOK = 80
"""The number of characters before a mark that are examined."""
_SHORTEST_WORD = 4
"""The fewest letters of a word whose stop a note number may follow. A shorter one may be an abbreviation
("рис.5")."""
_SHORTEST_RAISED = 3
"""The fewest letters of a word after which a raised number or a number in brackets is a note mark. After a
shorter word it belongs to a unit or a variable: м², кг³, x[2]."""

_LIST = r"\d{1,3}(?: ?[,;–-] ?\d{1,3})*"
_RAISED_LIST = rf"[{_RAISED}]+(?:[,;–⁻] ?[{_RAISED}]+)*"
_PAGED = r"\d{1,3}(?:: ?|, ?(?:[^\W\d_]{1,4}\. ?))\d{1,4}(?: ?[–-] ?\d{1,4})?"
"""A pattern for the number of a note followed by a page of its source: "1:25", "2, б. 34"."""
_CITED = r"(?:[^\[\]@]{0,40}[\s;(])?-?@[\w{][^\[\]]{0,200}"
_BRACKETS = re.compile(
    rf"[ \u00a0]?(?P<mark>\[(?:{_LIST}|{_PAGED}|(?P<letter>[a-z])|(?P<named>\^[^\[\]\s]{{1,40}}|{_CITED}))\]"
    rf"(?: ?\[(?:{_LIST}|{_PAGED}|[a-z]|\^[^\[\]\s]{{1,40}})\])*)(?![^\W_])"
)
_SUPERSCRIPT = re.compile(rf"[ \u00a0]?(?P<mark>⁽?{_RAISED_LIST}⁾?)(?![^\W_])")
_SIGN = re.compile(r"(?P<mark>[†‡]{1,3}|\*{1,3})(?![\w*])")
_EMPHASIS = re.compile(r"(?<![\w*])\*{1,3}\w")
_PLAIN = re.compile(
    rf"(?<=[^\W\d_{_RAISED}{re.escape(STOPS + _CLOSERS)}])(?P<mark>{_LIST})(?!\w)|"
    rf"(?<=[{re.escape(STOPS + _CLOSERS)}])(?P<stopped>{_LIST})(?!\w)"
)
_FIRST_NUMBER = re.compile(r"\d+")
_LETTERS_BEFORE = re.compile(r"[^\W\d_]+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A possible note mark.

    If it is not `sure`, its neighbours decide. It is a mark only if the possible mark before it has the
    previous number, or the one after it has the next number. `word` is the word to which it is glued.
    Neighbours glued to the same word do not count: "қосымша1" and "қосымша2" are names, not marks.
    """

    start: int
    stop: int
    number: int | None
    sure: bool
    word: str = ""


def note_marks(text: str, knowledge: Knowledge) -> tuple[Span, ...]:
    """Return the spans of all note marks in a document, in order; each includes the space before the mark.

    Spans are half-open, in code points. A number glued to a word, as in "деді55.", is a mark if the word is a
    finite verb. After any other word, such a number may belong to a name ("қосымша1."). There it is a mark
    only if the possible mark before it in the document has the previous number, or the one after it has the
    next number.
    """
    found = [*_bracketed(text, knowledge), *_superscripts(text), *_signs(text), *_glued(text, knowledge)]
    found.sort(key=lambda item: (item.start, -item.stop))
    apart: list[_Found] = []
    for item in found:
        if not apart or item.start >= apart[-1].stop:
            apart.append(item)
    kept = [item for place, item in enumerate(apart) if item.sure or _continues_numbering(apart, place)]
    return tuple((item.start, item.stop) for item in kept)


def _continues_numbering(found: Sequence[_Found], place: int) -> bool:
    """Whether the possible mark before has the previous number, or the one after has the next number.

    A neighbour that is glued to the same word as this possible mark does not count.
    """
    number, word = found[place].number, found[place].word
    if number is None:
        return False
    around = [(found[place - 1], number - 1)] if place else []
    around += [(item, number + 1) for item in found[place + 1 : place + 2]]
    return any(item.number == wanted and item.word != word for item, wanted in around)


def _number(mark: str) -> int | None:
    """Return the first number in a mark; None if it has none."""
    found = _FIRST_NUMBER.search(mark.translate(_LEVEL))
    return int(found.group()) if found else None


_LEVEL = str.maketrans(_RAISED, "0123456789")


def _bracketed(text: str, knowledge: Knowledge) -> Iterator[_Found]:
    """Yield marks in brackets: numbers and letters after a word or a stop, citations, page numbers."""
    if "[" not in text:
        return
    for page in _pages().finditer(text):
        yield _Found(start=page.start(), stop=page.end(), number=None, sure=True)
    for mark in _BRACKETS.finditer(text):
        if mark["named"]:
            # At the start of a line it is the label of the note itself.
            is_mark = text[mark.start("mark") - 1 : mark.start("mark")] not in ("", "\n")
        elif mark.start() < mark.start("mark"):
            is_mark = _follows_stop(text, mark.start()) and _sentence_follows(text, mark.end())
        elif mark["letter"]:
            is_mark = _follows_stop(text, mark.start())
        else:
            is_mark = _follows_word(text, mark.start(), 2)
        if is_mark:
            yield _Found(start=mark.start(), stop=mark.end(), number=_number(mark["mark"]), sure=True)


@cache
def _pages() -> re.Pattern[str]:
    """The pattern of page numbers in brackets, "[Pg 45]", with the words of `data/notes.toml`."""
    source = files("egiz.translate.split").joinpath("data", "notes.toml").read_text(encoding="utf-8")
    words = "|".join(map(re.escape, tomllib.loads(source)["pages"].split()))
    return re.compile(
        rf"[ \u00a0]?[\[{{](?:(?:{words})\.?[ \u00a0]?\d{{1,4}}|\d{{1,4}}[ -]?(?:{words})\.?)[\]}}]",
        re.IGNORECASE,
    )


def _superscripts(text: str) -> Iterator[_Found]:
    """Yield raised numbers after a stop, or after a word that is neither a variable nor a unit."""
    for mark in _SUPERSCRIPT.finditer(text):
        at = mark.start()
        if at < mark.start("mark"):
            is_mark = _follows_stop(text, at) and _sentence_follows(text, mark.end())
        else:
            word = _letters_before(text, at)
            is_power = mark["mark"] in ("²", "³") and len(word) == _SHORTEST_RAISED
            is_mark = (
                not is_power and _follows_word(text, at, _SHORTEST_RAISED) and not text[at - 1].isdigit()
            )
        if is_mark:
            yield _Found(start=at, stop=mark.end(), number=_number(mark["mark"]), sure=True)


def _signs(text: str) -> Iterator[_Found]:
    """Yield daggers and asterisks glued to a word or stop.

    Asterisks are left out if the text uses them for emphasis.
    """
    emphasis = _EMPHASIS.search(text) is not None
    for mark in _SIGN.finditer(text):
        starred = mark["mark"][0] == "*"
        if not (starred and emphasis) and _follows_word(text, mark.start(), _SHORTEST_RAISED):
            yield _Found(start=mark.start(), stop=mark.end(), number=None, sure=True)


def _glued(text: str, knowledge: Knowledge) -> Iterator[_Found]:
    """Yield plain numbers glued to a word, or glued to a stop that a new sentence follows."""
    for mark in _PLAIN.finditer(text):
        at, number = mark.start(), _number(mark.group())
        if number == 0 or mark.group()[0] == "0":
            continue
        if mark["stopped"]:
            is_mark = _sentence_follows(text, mark.end()) and _ends_sentence(text, at, knowledge)
            sure, word = True, ""
        else:
            word = _letters_before(text, at)
            is_mark = len(word) >= _SHORTEST_WORD and word.islower()
            ends = text[mark.end() : mark.end() + 1] in tuple(STOPS) and _sentence_follows(
                text, _past_closers(text, mark.end() + 1)
            )
            sure = ends and bool(knowledge.predicates) and word.endswith(knowledge.predicates)
        if is_mark:
            yield _Found(start=at, stop=mark.end(), number=number, sure=sure, word=word)


def _ends_sentence(text: str, at: int, knowledge: Knowledge) -> bool:
    """Whether the stop or closing mark before `at` ends a sentence, and is not part of an abbreviation."""
    left = text[max(0, at - _LONGEST_LOOK) : at]
    inner = left.rstrip(_CLOSERS)
    bare = inner.rstrip(STOPS)
    stops = inner[len(bare) :]
    if not stops:
        return bare[-1:].isalpha()
    if stops != "." or inner != left or bare[-1:] in tuple(_CLOSERS):
        return bare != "" and not bare[-1:].isspace()
    token, number = token_before(bare, 0, len(bare))
    kind = behaviour(token, number, knowledge)
    if kind in ("never", "before_number"):
        return False
    return kind is not None or len(token.rpartition(".")[2]) >= _SHORTEST_WORD


def _letters_before(text: str, at: int) -> str:
    """The letters right before the offset `at`."""
    found = _LETTERS_BEFORE.search(text, max(0, at - _LONGEST_LOOK), at)
    return found.group() if found else ""


def _follows_stop(text: str, at: int) -> bool:
    """Whether a stop is right before `at`; closing quotes and brackets may follow the stop."""
    while at and text[at - 1] in _CLOSERS:
        at -= 1
    return at > 0 and text[at - 1] in STOPS


def _follows_word(text: str, at: int, shortest: int) -> bool:
    """Whether a word of at least `shortest` letters, a number or a closing mark is right before `at`."""
    before = text[at - 1 : at]
    if before.isalpha():
        return len(_letters_before(text, at)) >= shortest
    if before == ")":
        inside = text[max(0, at - _LONGEST_LOOK) : at - 1]
        return inside[-1:] in tuple(STOPS) or len(_letters_before(inside, len(inside))) >= shortest
    return before.isdigit() or (before != "" and before in STOPS + _CLOSERS + ",;:")


def _sentence_follows(text: str, at: int) -> bool:
    """Whether a sentence may begin after `at`.

    It may if the paragraph ends there, or if white space follows and then a letter that is not small.
    """
    rest = text[at : at + _LONGEST_LOOK]
    if not rest.strip(" \u00a0") or rest.lstrip(" \u00a0")[:1] == "\n":
        return True
    if not rest[:1].isspace():
        return False
    first = rest.lstrip().lstrip(_OPENERS + " \u00a0")[:1]
    return first.isupper() or first.istitle() or (first.isalpha() and not first.islower())


def _past_closers(text: str, at: int) -> int:
    """Return the offset after the stops, closing quotes and closing brackets at `at`."""
    while text[at : at + 1] and text[at] in STOPS + _CLOSERS:
        at += 1
    return at


_PAGE_NUMBER = re.compile(r"[-–—]?[ \u00a0]*\d{1,4}[ \u00a0]*[-–—]?")


def across_pages(text: str, spans: Iterable[Span]) -> Iterator[tuple[Span, Span | None]]:
    """Join paragraphs that a page number divides in the middle of a sentence.

    Two paragraphs are joined if the first ends in a letter, a paragraph that is only a number follows, and
    the next paragraph begins with a small letter. Yields two items for each paragraph: its span, and the span
    of the page number inside it (None if it has none).
    """
    held: list[Span] = []
    for span in spans:
        held.append(span)
        if len(held) < 3:
            continue
        before, number, after = held
        cut = text[before[0] : before[1]].rstrip(_CLOSERS)[-1:].isalpha() and text[after[0]].islower()
        if cut and _PAGE_NUMBER.fullmatch(text, *number):
            yield (before[0], after[1]), (before[1], number[1])
            held = []
        else:
            yield held.pop(0), None
    for span in held:
        yield span, None


class Bare:
    """A part of a text without its note marks; its offsets can be converted to those of the whole text."""

    def __init__(self, text: str, start: int, stop: int, marks: Sequence[Span]) -> None:
        """Remove from ``text[start:stop]`` the marks in it.

        `marks` are spans in the whole `text`, in order.
        """
        first = bisect_left(marks, (start, start))
        self.marks = tuple(
            mark for mark in marks[first : bisect_right(marks, (stop, stop))] if mark[1] <= stop
        )
        pieces, at = [], start
        self._places: list[int] = []
        self._shifts: list[int] = []
        shift = start
        for left, right in self.marks:
            pieces.append(text[at:left])
            self._places.append(left - shift)
            shift += right - left
            self._shifts.append(shift)
            at = right
        self.text = "".join([*pieces, text[at:stop]])
        self._start = start

    def place(self, offset: int) -> int:
        """Return the offset in the whole text for an offset in the bare text.

        If a mark was removed there, it is the offset after that mark.
        """
        passed = bisect_right(self._places, offset)
        return offset + (self._shifts[passed - 1] if passed else self._start)
