"""Sound translations spoilt in known ways, for learning and for measuring whether spoilt ones are known."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from egiz.parallel.scores.negation import remove

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A source, its human translation, that of its neighbour, and the same text in another language.

    `other` is empty where there is none.
    """

    source: str
    target: str
    neighbour: str
    other: str
    target_language: str


def misaligned(sample: Sample, chance: random.Random) -> str | None:
    """The translation of the next sentence."""
    return sample.neighbour or None


def truncated(sample: Sample, chance: random.Random) -> str | None:
    """The first half of the words, with the mark that ended the whole."""
    words = sample.target.split()
    if len(words) < 4:
        return None
    end = re.search(r"[.!?…]*[\"»”]?$", sample.target)
    half = " ".join(words[: len(words) // 2]).rstrip(",;:—–- ")
    return half + (end.group() if end else "")


def half_copied(sample: Sample, chance: random.Random) -> str | None:
    """The first half of the source, then the second half of the translation."""
    ours, theirs = sample.source.split(), sample.target.split()
    if len(ours) < 4 or len(theirs) < 4:
        return None
    return " ".join([*ours[: len(ours) // 2], *theirs[len(theirs) // 2 :]])


def other_language(sample: Sample, chance: random.Random) -> str | None:
    """The sentence in a third language, or, where there is none, in its own."""
    return sample.other or sample.source


def number_changed(sample: Sample, chance: random.Random) -> str | None:
    """One of the translation's numbers another one of as many digits; None where it has none."""
    found = [match for match in _NUMBER.finditer(sample.target) if match.group().isascii()]
    if not found:
        return None
    match = chance.choice(found)
    digits = list(match.group())
    place = chance.randrange(len(digits))
    digits[place] = chance.choice([digit for digit in "123456789" if digit != digits[place]])
    return sample.target[: match.start()] + "".join(digits) + sample.target[match.end() :]


def negation_dropped(sample: Sample, chance: random.Random) -> str | None:
    """The translation without its word for no; None where it has none."""
    return remove(sample.target, sample.target_language)


def clause_repeated(sample: Sample, chance: random.Random) -> str | None:
    """A third of the words twice over, where they stand."""
    words = sample.target.split()
    if len(words) < 6:
        return None
    size = len(words) // 3
    start = chance.randrange(len(words) - size)
    stop = start + size
    return " ".join([*words[:stop], *words[start:stop], *words[stop:]])


CORRUPTIONS: dict[str, Callable[[Sample, random.Random], str | None]] = {
    "misaligned": misaligned,
    "truncated": truncated,
    "half copied": half_copied,
    "other language": other_language,
    "number changed": number_changed,
    "negation dropped": negation_dropped,
    "clause repeated": clause_repeated,
}
"""Ways of spoiling, each with its name; None where a sample cannot be spoilt so."""


def samples(
    sources: Sequence[str], targets: Sequence[str], others: Sequence[str], language: str
) -> list[Sample]:
    """Samples of a table's columns; the neighbour of the last row is the first."""
    return [
        Sample(source=source, target=target, neighbour=neighbour, other=other, target_language=language)
        for source, target, neighbour, other in zip(
            sources, targets, [*targets[1:], *targets[:1]], others, strict=True
        )
    ]
