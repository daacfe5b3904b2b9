"""Coordinated words that share one: "physical and legal persons" contains the term "physical person".

A term of several words may have a conjunction and words of another term between its own words. To find it,
these are left out of the text. The remaining words must agree as usual, except that a head shared by several
terms may be in the plural ("русский и казахский языки").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from egiz.glossary.morphology.base import Accepted, Morphology, Word
from egiz.glossary.morphology.typed import between
from egiz.glossary.records import Wording

_MOST = 2
"""The most words of another term between those of a term: "physical and foreign legal persons" has two."""
_LISTED = 2
"""The most further members before the conjunction, separated by commas."""
_KEPT = 8
"""The most words after the gap that are compared: the rest of a term, and words that may follow it."""


class Jump(NamedTuple):
    """Words that may be left out, with half-open indices; if `after`, the shared word follows them."""

    start: int
    stop: int
    after: bool


def jumps(
    text: str, words: Sequence[Word], folded: Sequence[str], language: Morphology
) -> dict[int, list[Jump]]:
    """The words that may be left out of a text, by the index of the first of them."""
    joining = language.conjunctions()
    found: dict[int, list[Jump]] = {}
    if joining.isdisjoint(folded):
        return found
    for place in range(1, len(words) - 1):
        if folded[place] in joining:
            for jump in _around(text, words, folded, place, language):
                found.setdefault(jump.start, []).append(jump)
    return found


def _around(
    text: str, words: Sequence[Word], folded: Sequence[str], place: int, language: Morphology
) -> Iterator[Jump]:
    """The jumps over the conjunction ``words[place]`` and members of the coordination beside it."""

    def gap(at: int) -> str:
        return between(text[words[at - 1].stop : words[at].start]) if 0 < at < len(words) else "."

    if not gap(place + 1).isspace():
        return
    bounds = language.bounds()
    starts = [place]
    while (
        len(starts) <= _LISTED and gap(starts[-1] - 1).strip() == "," and folded[starts[-1] - 1] not in bounds
    ):
        starts.append(starts[-1] - 1)
    if not gap(place).isspace():
        return
    for size in range(1, _MOST + 1):
        stop = place + 1 + size
        if stop >= len(words) or not gap(stop).isspace() or folded[stop - 1] in bounds:
            break
        yield from (Jump(start, stop, True) for start in starts)
    if language.heads_first:
        for size in range(1, _MOST + 1):
            start = place - size
            if start < 1 or not gap(start).isspace() or folded[start] in bounds:
                break
            yield Jump(start, place + 1, False)


def apart(
    wording: Wording,
    text: str,
    words: Sequence[Word],
    first: int,
    last: int,
    jump: Jump,
    language: Morphology,
) -> tuple[int, int, Accepted] | None:
    """Start, stop and answer for a wording whose words are ``words[first:last]`` without those of a jump.

    Offsets are code points of `text`; None if the words are not a form of the wording.
    """
    joint = words[jump.start - 1].stop
    shift = words[jump.stop].start - joint - 1
    rest = words[jump.stop : last + _KEPT]
    shortened = f"{text[:joint]} {text[words[jump.stop].start :]}"
    left = [*words[: jump.start], *(Word(word.text, word.start - shift, word.stop - shift) for word in rest)]
    size = last - (jump.stop - jump.start)
    answer = language.accepts(wording, shortened, left, first, size) or (
        shared(wording, shortened, left, first, size, language) if jump.after else None
    )
    if answer is None:
        return None
    if jump.after:
        return words[first].start, joint, answer
    return words[jump.stop].start, answer.stop + shift, answer


def shared(
    wording: Wording, text: str, words: Sequence[Word], first: int, last: int, language: Morphology
) -> Accepted | None:
    """The answer for words whose last one is a plural because several terms share it; None if not a form."""
    head = words[last - 1]
    for form in language.singulars(head.text):
        made = f"{text[: head.start]}{form}{text[head.stop :]}"
        longer = len(form) - (head.stop - head.start)
        after = (Word(word.text, word.start + longer, word.stop + longer) for word in words[last:])
        changed = [*words[: last - 1], Word(form, head.start, head.start + len(form)), *after]
        answer = language.accepts(wording, made, changed, first, last)
        if answer is not None:
            return Accepted(stop=head.stop, forms=answer.forms)
    return None
