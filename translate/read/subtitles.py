"""Subtitles (SRT, WebVTT): the words of the cues as text; sentences can continue over cues."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import pairwise

from egiz.translate.errors import InputError
from egiz.translate.io.decode import clean, one_line
from egiz.translate.read.blocks import Block, Content

_TIME = r"(?:(\d+):)?(\d\d):(\d\d)[,.](\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}")
_DASH = re.compile(r"[-‐‑–—]\s*\S")
_ENDED = re.compile(r"[.!?…。！？♪][\"'”»’)\]]*$")
_GOES_ON = re.compile(r"[,;:(«„“\"'‘-]*[^\W\d_]")
_PAUSE = 4000
"""The shortest pause between two cues, in milliseconds, that ends a sentence even without a full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One cue of a file of subtitles.

    `head` is the text before its words, unchanged: number or name, times, settings. `start` and `stop` are in
    milliseconds; `lines` are its lines, unchanged, with their tags.
    """

    head: str
    start: int
    stop: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words of the cue on one line, without tags.

        If several lines of the cue begin with a dash (the lines of different speakers), each of them stays a
        line of its own.
        """
        lines = [one_line(clean(unescape(_TAG.sub("", line)))) for line in self.lines]
        lines = [line for line in lines if line]
        turns = sum(_DASH.match(line) is not None for line in lines) > 1
        return "".join(
            line if at == 0 else f"\n{line}" if turns and _DASH.match(line) else f" {line}"
            for at, line in enumerate(lines)
        )


def parse_cues(text: str, where: str) -> tuple[Cue | str, ...]:
    """The cues of a file, in order, and the unchanged text between them (str); joined, they are the file.

    Raises InputError for a file without a cue, and for a cue that ends before it begins.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    is_vtt = lines[0].startswith("WEBVTT")
    times = [at for at, line in enumerate(lines) if _TIMES.fullmatch(line)]
    if not times:
        raise InputError("holds no cue", where=where, expected="times such as 00:00:01,000 --> 00:00:04,000")
    heads = [at - _name_lines(lines, at, is_vtt=is_vtt) for at in times]
    found: list[Cue | str] = [_joined(lines[: heads[0]])]
    for (head, at), following in zip(zip(heads, times, strict=True), [*heads[1:], len(lines)], strict=True):
        stop = _text_end(lines, at + 1, following, is_vtt=is_vtt)
        found.append(_cue(lines, head, at, stop, where))
        found.append(_joined(lines[stop:following]) if following < len(lines) else "\n".join(lines[stop:]))
    return tuple(item for item in found if item)


def _joined(lines: list[str]) -> str:
    """The lines as one text, each with a line end."""
    return "".join(f"{line}\n" for line in lines)


def _name_lines(lines: list[str], at: int, *, is_vtt: bool) -> int:
    """The number of lines of a cue before its times, in line `at`: 1 if it has a number or name, else 0."""
    if at == 0 or not lines[at - 1].strip():
        return 0
    is_first = at == 1 or not lines[at - 2].strip()
    return int(lines[at - 1].strip().isdecimal() or (is_vtt and is_first))


def _text_end(lines: list[str], start: int, stop: int, *, is_vtt: bool) -> int:
    """The index of the line after the text of a cue. The text begins at line `start` and ends before `stop`.

    In WebVTT a blank line ends the text; in SRT the text may contain blank lines.
    """
    if is_vtt:
        return next((at for at in range(start, stop) if not lines[at].strip()), stop)
    while stop > start and not lines[stop - 1].strip():
        stop -= 1
    return stop


def _cue(lines: list[str], head: int, at: int, stop: int, where: str) -> Cue:
    """The cue in the lines from index `head` to `stop` (exclusive), with its times in line `at`."""
    found = _TIMES.fullmatch(lines[at])
    assert found is not None
    numbers = [int(part or 0) for part in found.groups()]
    start, end = (_milliseconds(*numbers[:4]), _milliseconds(*numbers[4:]))
    if end < start:
        raise InputError("a cue ends before it begins", where=f"{where}:{at + 1}", expected="start --> end")
    return Cue(head=_joined(lines[head : at + 1]), start=start, stop=end, lines=tuple(lines[at + 1 : stop]))


def _milliseconds(hours: int, minutes: int, seconds: int, rest: int) -> int:
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def cue_blocks(cues: list[Cue]) -> Iterator[list[int]]:
    """Yield the cues that have text in groups, as lists of indices into `cues`; each group becomes a block.

    A group ends with a cue that ends a sentence, and with a cue that is followed by a pause of at least
    `_PAUSE`. But in both cases the group goes on if the next cue begins in lower case.
    """
    filled = [number for number, cue in enumerate(cues) if cue.text]
    group = filled[:1]
    for before, number in pairwise(filled):
        ended = _ENDED.search(cues[before].text) is not None
        follows = _GOES_ON.match(cues[number].text)
        goes_on = follows is not None and follows[0][-1].islower()
        pause = cues[number].start - cues[before].stop
        if (ended and not goes_on) or (pause >= _PAUSE and not goes_on):
            yield group
            group = []
        group.append(number)
    if group:
        yield group


def cue_spans(cues: list[Cue]) -> list[tuple[int, int] | None]:
    """The span of each cue's text in the document that `read_subtitles` makes; None for a cue without text.

    Spans are (start, stop), in code points.
    """
    spans: list[tuple[int, int] | None] = [None] * len(cues)
    start = 0
    for group in cue_blocks(cues):
        for number in group:
            spans[number] = (start, start + len(cues[number].text))
            start += len(cues[number].text) + 1
        start += 1  # blocks are separated by two line ends
    return spans


def read_subtitles(text: str, *, where: str) -> Content:
    """Read the words of all cues; a sentence may continue over several cues."""
    cues = [item for item in parse_cues(text, where) if isinstance(item, Cue)]
    return Content(
        blocks=tuple(Block(text=" ".join(cues[at].text for at in group)) for group in cue_blocks(cues))
    )
