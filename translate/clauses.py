"""Split a sentence that is too long for the model into clauses, and join their translations."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from egiz.translate.split.knowledge import know, primary

_STOPS = ".!?…"
_LAST_STOP = re.compile(r"(?<=\w\w\w)[.!?…]+$")
"""The final stop of a sentence, but not that of "т.д." or "U.S."."""

_UNSPACED = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """Conjunctions that begin a clause or join words (patterns), and the words that keep their capital."""

    strong: str = ""
    weak: str = ""
    capital: frozenset[str] = frozenset()


@cache
def _words(language: str) -> _Words:
    text = (files("egiz.translate") / "data" / "conjunctions.tsv").read_text(encoding="utf-8")
    for line in text.splitlines()[1:]:
        name, strong, weak, capital = line.split("\t")
        if name == primary(language):
            return _Words(strong=strong, weak=weak, capital=frozenset(filter(None, capital.split("|"))))
    return _Words()


@cache
def _cuts(language: str) -> tuple[re.Pattern[str], ...]:
    """Patterns whose matches end a part, best first.

    They are: a sentence's stop inside a quotation; a semicolon or colon; before a dash; a comma before a
    conjunction; any comma; before a weak conjunction; any space.
    """
    words = _words(language)
    patterns = [
        r"(?<=\w\w\w\w\w[.!?…]) (?=\W*[^\W\d_a-zа-яёәғқңөұүһі])",
        r"(?<=[;:]) |(?<=[。！？；])",
        r" (?=- )",
        rf"(?<=,) (?=(?:{words.strong})\b)" if words.strong else "",
        r"(?<=[,)]) |(?<=[，、])",
        rf" (?=(?:{words.weak})\b)" if words.weak else "",
        r" ",
    ]
    return tuple(re.compile(pattern) for pattern in patterns if pattern)


def cut(text: str, longest: int, count: Callable[[str], int], language: str) -> tuple[str, ...]:
    """Cut `text` into parts of at most `longest` tokens by `count`, at the best places near the middle.

    `language` (BCP-47) selects the conjunctions to cut before. The parts concatenated are the text: a space
    at a cut belongs to the part before it. A single word that is too long is cut inside, because the model
    has no room for it.

    >>> cut("Бірі келді, ал бірі кетті.", 3, lambda part: len(part.split()), "kk")
    ('Бірі келді, ', 'ал бірі кетті.')
    """
    if count(text) <= longest or len(text) < 2:
        return (text,)
    place = _place(text, language)
    return cut(text[:place], longest, count, language) + cut(text[place:], longest, count, language)


def _place(text: str, language: str) -> int:
    """The offset of the best cut; neither side may be shorter than a tenth of the text."""
    middle, least = len(text) / 2, len(text) / 10
    for pattern in _cuts(language):
        ends = (match.end() for match in pattern.finditer(text))
        places = [end for end in ends if least <= end <= len(text) - least]
        if places:
            return min(places, key=lambda place: abs(place - middle))
    return len(text) // 2


def join(sources: Sequence[str], targets: Sequence[str], language: str) -> str:
    """Join the translations, into `language`, of the parts that `cut` made.

    A model formats every part like a sentence. So a final stop that the source part does not have is removed
    before the next part, and a capital is lowered if the source part begins in lower case and the word is one
    that commonly opens sentences, not a name.

    >>> join(["Бірі келді, ", "ал бірі кетті."], ["One came.", "And one left."], "en")
    'One came, and one left.'
    """
    made = ""
    last = len(sources) - 1
    for place, (source, target) in enumerate(zip(sources, targets, strict=True)):
        source, target = source.strip(), target.strip()
        if place < last and source[-1:] not in _STOPS:
            target = _LAST_STOP.sub("", target)
            if source[-1:] in ",;:" and target and target[-1] not in ",;:":
                target += source[-1]
        if place and source.lstrip("- ")[:1].islower():
            target = _lowered(target, language)
        made += _gap(made, target) + target
    return made


def _gap(before: str, after: str) -> str:
    """A space between parts, or nothing if both sides are in a script without spaces."""
    if not before or not after or (_UNSPACED.match(before[-1]) and _UNSPACED.match(after[0])):
        return ""
    return " "


def _lowered(text: str, language: str) -> str:
    word = re.match(r"\w+", text)
    common = know(language).starters
    if not word or word[0].lower() not in common or word[0] in _words(language).capital:
        return text
    return text[0].lower() + text[1:]
