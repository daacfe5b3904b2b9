"""Finds the sentences of a table in the runs of a document, which contain more than the text that was split.

The readers of documents drop what is not text and write formulas on one line, while the runs to be rewritten
contain everything. The letters and digits of both are otherwise the same, so both are followed in parallel.
At a difference, the search continues at the nearest place from which `_AGREED` characters agree again.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

_AGREED = 12
"""Letters and digits (two or three words) that do not agree by chance within `_MOST_SKIPPED`."""
_STRIDE = 64
_MOST_SKIPPED = 200_000
"""The largest number of letters searched for the next agreement: about a chapter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """The part ``start:stop`` of a run, in code points, that belongs to a sentence with the given number from
    0."""

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
    """Return, for each run, its parts that belong to sentences of the text, in order.

    `sentences` are spans of the text. A part extends from its first to its last letter, and over the
    punctuation around that the sentence has too. A sentence may have parts in several runs, or none; it has
    no part in a run with which it has only few letters in common.
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

    `at` is the offset in the run and `place` that in the text; `step` is -1 for the start and 1 for the end.
    White space may differ.
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
    """Return, for each letter of one text, the index of the same letter in the other text, or -1."""
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
    """Pair the letters just before an agreement with their nearest partners.

    Some may have been paired too early, right after the previous agreement. `place` has the first index that
    may change, and the indices of the agreement in both texts.
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
    """Return the nearest indices from which both texts agree; their ends if there are none."""
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
