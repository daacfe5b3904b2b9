"""Finds one wording in one text, without an index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from egiz.glossary.morphology.base import Accepted, Morphology, Word
from egiz.glossary.records import Form, Wording


class Found(NamedTuple):
    """An occurrence of a wording: ``text[start:stop]`` (code points) and its likely forms, best first."""

    start: int
    stop: int
    forms: tuple[Form, ...]


def find(
    wording: Wording, text: str, language: Morphology, words: Sequence[Word] | None = None
) -> list[Found]:
    """Find a wording in a text, from left to right, without overlap, the longest at each position.

    `words` may give ``language.words(text)`` if already computed. Costs one lookup per word of the text; for
    many wordings in many texts use `egiz.glossary.match.Matcher`.
    """
    wanted = language.keys(wording)
    known = {key for sequence in wanted for key in sequence}
    running = language.words(text) if words is None else words
    keys = [frozenset(language.lookup(word.text, known)) for word in running]
    found: list[Found] = []
    for first, own in enumerate(keys):
        if not own or (found and running[first].start < found[-1].stop):
            continue
        lengths = {len(s) for s in wanted if _fits(s, keys[first : first + len(s)])}
        tried = (language.accepts(wording, text, running, first, first + size) for size in lengths)
        accepted = [answer for answer in tried if answer is not None]
        if accepted:
            best: Accepted = max(accepted, key=lambda answer: answer.stop)
            found.append(Found(running[first].start, best.stop, best.forms))
    return found


def _fits(sequence: tuple[str, ...], keys: Sequence[frozenset[str]]) -> bool:
    return len(keys) == len(sequence) and all(key in own for key, own in zip(sequence, keys, strict=True))
