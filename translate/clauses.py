"""Cutting a sentence that is too long for the model at its clauses, and joining the translations again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files


@cache
def _cuts(language: str) -> tuple[re.Pattern[str], ...]:
    """Places to cut, best first: after a stop (a quotation may hold several sentences), after a semicolon or
    colon, before a dash, at a comma before a conjunction, at any comma, before a weak conjunction, at any
    space."""
    text = (files("egiz.translate") / "data" / "conjunctions.tsv").read_text(encoding="utf-8")
    rows = {name: words for name, *words in (line.split("\t") for line in text.splitlines()[1:])}
    patterns = [r"(?<=[.!?…]) ", r"(?<=[;:]) ", r" (?=- )", r"(?<=[,)]) ", r" "]
    if language in rows:
        strong, weak = rows[language]
        patterns[4:4] = [rf" (?=(?:{weak})\b)"]
        patterns[3:3] = [rf"(?<=,) (?=(?:{strong})\b)"]
    return tuple(map(re.compile, patterns))


_STOPS = ".!?…"


def cut(text: str, longest: int, count: Callable[[str], int], language: str) -> tuple[str, ...]:
    """Cut `text` into parts of at most `longest` tokens by `count`, at the best places near the middle.

    `language` (BCP-47) tells before which conjunctions to cut. Joined by single spaces the parts give
    `text` back. A single word longer than that stays whole.

    >>> cut("Бірі келді, ал бірі кетті.", 3, lambda part: len(part.split()), "kk")
    ('Бірі келді,', 'ал бірі кетті.')
    """
    if count(text) <= longest:
        return (text,)
    middle = len(text) / 2
    for pattern in _cuts(language):
        places = [match.start() for match in pattern.finditer(text) if _balanced(text, match.start())]
        if places:
            place = min(places, key=lambda place: abs(place - middle))
            before, after = text[:place], text[place + 1 :]
            return cut(before, longest, count, language) + cut(after, longest, count, language)
    return (text,)


def _balanced(text: str, place: int) -> bool:
    """Neither side of a cut may be a crumb: each holds at least a tenth of the text."""
    return len(text) / 10 <= place <= len(text) * 9 / 10


def join(sources: Sequence[str], targets: Sequence[str]) -> str:
    """Join the translations of the parts that `cut` made.

    A model ends and begins every part like a sentence: a final stop that the source part does not have is
    taken off before the next part, and a capital is lowered where the source part goes on in lower case
    and the word is not an abbreviation or the English "I".

    >>> join(["Бірі келді,", "ал бірі кетті."], ["One came.", "And one left."])
    'One came, and one left.'
    """
    made: list[str] = []
    last = len(sources) - 1
    for place, (source, target) in enumerate(zip(sources, targets, strict=True)):
        if place < last and source[-1:] not in _STOPS:
            target = target.rstrip(_STOPS + " ")
            if source[-1:] in ",;:" and target[-1:] not in ",;:":
                target += source[-1]
        if place and source.lstrip("- ")[:1].islower():
            target = _lowered(target)
        made.append(target)
    return " ".join(filter(None, made))


def _lowered(text: str) -> str:
    word = re.match(r"\w+", text)
    if not word or word[0] == "I" or (len(word[0]) > 1 and not word[0][1:].islower()):
        return text
    return text[0].lower() + text[1:]
