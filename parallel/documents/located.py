"""Finds the sentences of a published table in the runs of the document that the table was made from.

The texts differ a little: the reader that made the table drops some content and writes formulas on one line,
while the runs contain everything. The other letters and digits are the same, so both texts are compared in
parallel. At a difference, the search continues at the nearest place from which `_AGREED` characters agree
again.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

_AGREED = 12
"""Number of letters and digits (two or three words) that must agree after a difference, so that the
comparison can continue there. So many rarely agree by chance within `_MOST_SKIPPED` letters.
"""
_STRIDE = 64
_MOST_SKIPPED = 200_000
"""After a difference, the texts are searched this many letters ahead for a place where they agree again:
about a chapter.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A part of a run that belongs to a sentence: the span ``start:stop`` in the run, in code points, and the
    index of the sentence.
    """

    sentence: int
    start: int
    stop: int


def skeleton(text: str) -> tuple[str, array[int]]:
    """Return the letters and digits of a text, case-folded, and the offset of each in code points.

    >>> skeleton("м², Ол")[0]
    'м2ол'
    """
    letters: list[str] = []
    places = array("l")
    for at, character in enumerate(text):
        for folded in unicodedata.normalize("NFKC", character).casefold():
            if folded.isalnum():
                letters.append(folded)
                places.append(at)
    return "".join(letters), places


def locate(text: str, sentences: Sequence[tuple[int, int]], runs: Sequence[str]) -> list[list[Located]]:
    """Return, for each run, the parts of the run that belong to sentences of the text, in order.

    `sentences` are spans of the text. A part goes from the first to the last letter that the run and the
    sentence have in common. Adjacent punctuation belongs to the part if the sentence has it too.

    A sentence may have parts in several runs. A sentence has no part at all if the runs contain less than
    half of its letters. It has no part in a run if less than half of the part's letters would be letters of
    the sentence.
    """
    own_letters, places = skeleton(text)
    skeletons = [skeleton(run) for run in runs]
    other = "".join(letters for letters, _ in skeletons)
    owners = array("l", (number for number, (letters, _) in enumerate(skeletons) for _ in letters))
    own_places = array("l", (place for _, found in skeletons for place in found))
    partners = _partners(own_letters, other)
    located: list[list[Located]] = [[] for _ in runs]
    at = 0
    for number, (start, stop) in enumerate(sentences):
        while at < len(places) and places[at] < start:
            at += 1
        spans: dict[int, list[int]] = {}
        count = 0
        while at < len(places) and places[at] < stop:
            partner = partners[at]
            if partner >= 0:
                run, place = owners[partner], own_places[partner]
                span = spans.setdefault(run, [place, place, places[at], places[at], 0])
                span[1], span[3], span[4] = place, places[at], span[4] + 1
            count += 1
            at += 1
        if 2 * sum(span[4] for span in spans.values()) < count:
            continue
        for run, (left, right, before, behind, matched) in spans.items():
            if 2 * matched < sum(map(str.isalnum, runs[run][left : right + 1])):
                continue
            least = located[run][-1].stop if located[run] else 0
            left = _widened(runs[run], left, text, before, -1, least, start)
            right = _widened(runs[run], right, text, behind, 1, len(runs[run]), stop)
            located[run].append(Located(sentence=number, start=left, stop=right))
    return located


def _widened(run: str, at: int, text: str, place: int, step: int, end: int, sentence_end: int) -> int:
    """Return the edge of a part, extended over punctuation that both run and sentence have.

    `at` is the offset of the part's outermost letter in the run, `place` that of the same letter in the text.
    `step` is -1 to extend the start, 1 to extend the end; `end` and `sentence_end` limit the two offsets.
    White space is ignored in the comparison.
    """
    edge = at if step < 0 else at + 1
    at, place = (at - 1, place - 1) if step < 0 else (at + 1, place + 1)
    while (at >= end if step < 0 else at < end) and (
        place >= sentence_end if step < 0 else place < sentence_end
    ):
        if text[place].isspace():
            place += step
        elif run[at].isspace():
            at += step
        elif run[at] == text[place] and not run[at].isalnum():
            edge = at if step < 0 else at + 1
            at, place = at + step, place + step
        else:
            break
    return edge


def _partners(own: str, other: str) -> array[int]:
    """Pair the letters of two texts in order. Return, for each letter of `own`, the index of its partner in
    `other`, or -1.
    """
    partners = array("l", [-1]) * len(own)
    i = j = 0
    while i < len(own) and j < len(other):
        if own[i : i + _STRIDE] == other[j : j + _STRIDE] and len(own) - i >= _STRIDE:
            partners[i : i + _STRIDE] = array("l", range(j, j + _STRIDE))
            i, j = i + _STRIDE, j + _STRIDE
        elif own[i] == other[j]:
            partners[i] = j
            i, j = i + 1, j + 1
        else:
            before = i
            i, j = _next_agreement(own, other, i, j)
            _pull_back(own, other, partners, (before, i, j))
    return partners


def _pull_back(own: str, other: str, partners: array[int], place: tuple[int, int, int]) -> None:
    """Pair the letters just before an agreement with each other, going backwards as long as they are equal.

    Some of these letters may have been paired too early, right after the previous agreement; these pairs are
    undone in `partners`. `place` has three indices: that of the difference in `own`, and those of the
    agreement in `own` and in `other`.
    """
    free, i, j = place
    while i > 0 and j > 0 and i < len(own) and own[i - 1] == other[j - 1]:
        i, j = i - 1, j - 1
        while free > 0 and partners[free - 1] >= j:
            free -= 1
            partners[free] = -1
        if partners[i] >= 0:
            break
        partners[i] = j


def _next_agreement(own: str, other: str, i: int, j: int) -> tuple[int, int]:
    """Return the indices in `own` and `other` from which both texts agree again after a difference at `i` and
    `j`.

    Of several such places, the one with the fewest skipped letters is returned. If the texts never agree
    again, the lengths of both are returned.
    """
    best = (len(own), len(other))
    least = _MOST_SKIPPED
    skipped = 0
    while skipped < least and i + skipped < len(own):
        wanted = own[i + skipped : i + skipped + _AGREED]
        found = other.find(wanted, j, j + least - skipped + len(wanted))
        if found >= 0 and (len(wanted) == _AGREED or found + len(wanted) == len(other)):
            least = skipped + found - j
            best = (i + skipped, found)
        skipped += 1
    return best
