"""Find the paragraphs of a document by its blank lines and line ends; wrapped lines are joined."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from egiz.translate.split.candidates import INVISIBLE, STOPS, behaviour, token_before
from egiz.translate.split.knowledge import Knowledge

_LINE = re.compile(r"[^\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
_BREAKS = re.compile(r"[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_HEADING = re.compile(r"#{1,6} |[=*_-]{3,}\s*$")
_BULLET = re.compile(
    r"[•*·▪◦‣●○■□➢✓+]\s|(?:\(?\d{1,3}[.)]|\(?[^\W\d_]\)|[IVX]{1,4}[.)]|\d{1,2}(?:\.\d{1,2})+\.?)\s"
)
_DASH = re.compile(r"[-–—]\s?\S")
_ENDS = tuple(STOPS + ":;")
_CLOSERS = "\"'”“»’)]}）」』 "
_VISIBLE = re.compile(rf"[^\s{INVISIBLE}]")
_FULL = 0.85
"""A line is full if the first word of the next line would make it longer than this share of the width. The
share is below 1 because the right edge of a text may be ragged."""
_WIDEST, _NARROWEST = 160, 20
"""The greatest and least width of wrapped text, in code points. Wider lines are paragraphs; narrower ones are
verse, tables or lists."""
_WRAPPED_SHARE = 0.8
_EVIDENT_SHARE = 0.5
"""In a wrapped block, at least `_WRAPPED_SHARE` of the line ends are full lines, and at least
`_EVIDENT_SHARE` of these visibly cut a sentence (see `_cuts_sentence`)."""
_PAIR_WIDTH = 40
"""The least length of the first line, in code points, if a block of only two lines is wrapped. Two such lines
are too little evidence for a smaller width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A line without the white space at its ends: its offsets in the document, and its text."""

    start: int
    stop: int
    text: str


def paragraphs(text: str, knowledge: Knowledge) -> Iterator[tuple[int, int]]:
    """Yield the spans of the paragraphs (half-open, in code points), in order.

    Blank lines separate blocks. If a block is hard-wrapped, its lines are joined. In any other block each
    line is a paragraph; only a line that was broken after an abbreviation is joined to the next one. A line
    of invisible characters only (a byte order mark, a zero-width space) belongs to the paragraph before it,
    or to the next one if there is none.
    """
    held: tuple[int, int] | None = None
    unseen: int | None = None
    for block in _blocks(text):
        for start, stop in _paragraph_spans(block, knowledge):
            if not _VISIBLE.search(text, start, stop):
                if held:
                    held = (held[0], stop)
                elif unseen is None:
                    unseen = start
                continue
            if held:
                yield held
            held, unseen = (start if unseen is None else unseen, stop), None
    if held:
        yield held
    elif unseen is not None:
        yield unseen, len(text.rstrip())


def _blocks(text: str) -> Iterator[list[SourceLine]]:
    """Yield the lines between blank lines, as one list per block."""
    block: list[SourceLine] = []
    last = 0
    for match in _LINE.finditer(text):
        content = match.group().strip()
        if not content:
            continue
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        if block and len(_BREAKS.findall(text, last, start)) > 1:
            yield block
            block = []
        last = start + len(content)
        block.append(SourceLine(start=start, stop=last, text=content))
    if block:
        yield block


def _paragraph_spans(block: list[SourceLine], knowledge: Knowledge) -> Iterator[tuple[int, int]]:
    """Yield the spans of the paragraphs in a block."""
    width = _wrap_width(block, knowledge)
    start = block[0].start
    for above, below in pairwise(block):
        wrapped = width is not None and _is_full(above, below, width) and not _opens_item(above, below)
        if not wrapped and not breaks_sentence(above.text, below.text, knowledge):
            yield start, above.stop
            start = below.start
    yield start, block[-1].stop


def _wrap_width(block: list[SourceLine], knowledge: Knowledge) -> int | None:
    """Return the width at which a block was wrapped, in code points; None if its lines are paragraphs.

    A block was wrapped if, at most line ends, the next word would not have fitted into the line.
    """
    if len(block) < 2:
        return None
    lengths = sorted(len(line.text) for line in block)
    width = lengths[-1] if len(lengths) < 10 else lengths[int(len(lengths) * 0.95)]
    if not _NARROWEST <= width <= _WIDEST or (len(block) == 2 and len(block[0].text) < _PAIR_WIDTH):
        return None
    # A line that was broken after an abbreviation says nothing about the width.
    breaks = [
        (above, below)
        for above, below in pairwise(block)
        if not _opens_item(above, below) and not breaks_sentence(above.text, below.text, knowledge)
    ]
    forced = [(above, below) for above, below in breaks if _is_full(above, below, width)]
    ended = sum(_is_ended(above.text) for above, below in breaks if not _is_full(above, below, width))
    evident = sum(_cuts_sentence(above.text, below.text, knowledge) for above, below in forced)
    if not forced or len(forced) < _WRAPPED_SHARE * (len(breaks) - ended):
        return None
    return width if evident >= _EVIDENT_SHARE * len(forced) else None


def _is_full(above: SourceLine, below: SourceLine, width: int) -> bool:
    """Whether the upper line with the first word of the lower one is longer than `_FULL` of the width."""
    return len(above.text) + 1 + len(below.text.split(maxsplit=1)[0]) > width * _FULL


def _is_ended(text: str) -> bool:
    """Whether a line ends with a stop, a colon or a semicolon; closing quotes and brackets may follow."""
    return text.rstrip(_CLOSERS).endswith(_ENDS)


def _cuts_sentence(above: str, below: str, knowledge: Knowledge) -> bool:
    """Whether a sentence clearly continues in the next line.

    It does if no stop and no finite verb ends the line, and no capital begins the next one.
    """
    if _is_ended(above):
        return False
    last = above.split()[-1].lower()
    if knowledge.predicates and last.endswith(knowledge.predicates):
        return False
    letter = below.lstrip("«“„\"'(–—- ")[:1]
    return not letter.isupper() and not letter.istitle()


def _opens_item(above: SourceLine, below: SourceLine) -> bool:
    """Whether the lower line begins a list item, a heading or direct speech."""
    if _HEADING.match(below.text) or _HEADING.match(above.text) or _BULLET.match(below.text):
        return True
    return bool(_DASH.match(below.text)) and (_is_ended(above.text) or bool(_DASH.match(above.text)))


def breaks_sentence(above: str, below: str, knowledge: Knowledge) -> bool:
    """Whether a line was broken after an abbreviation, with or without its stop: "60ж⏎ортасында".

    The lower line must begin with a small letter or a digit. It may begin with a capital only if the upper
    line ends with an initial and its stop, or with an abbreviation that always belongs to the next word
    ("проф."). After a date, a line with a capital begins a new sentence ("1985ж⏎Осы этап").
    """
    if _BULLET.match(below) or _DASH.match(below):
        return False
    stopped = above.endswith(".")
    bare = above[:-1] if stopped else above
    token, number = token_before(bare, 0, len(bare))
    kind = behaviour(token, number, knowledge)
    if not below[:1].islower() and not below[:1].isdigit():
        belongs = kind == "never" and len(token) > 2
        lone = stopped and len(token.split(".")[-1]) == 1 and token[-1:].isupper() and " " in bare
        opener = re.match(r"[^\W\d_]+", below)
        starts = opener is not None and opener.group().lower() in knowledge.starters
        return below[:1].isupper() and not starts and (belongs or lone)
    if kind is None or (kind == "before_number" and not below[:1].isdigit()):
        return False
    return (
        stopped
        or "." in token
        or (number != "" and token.lower() in {**knowledge.after_year, **knowledge.after_number})
    )
