"""Features of what each side says: words whose translations the other side lacks, and words that exclude it.

Words are looked up in the tables of `egiz.parallel.scores.lexicon`, names by their sound too. A word that is not in the
tables says nothing. ``data/contrasts.tsv`` has sets of words that exclude each other: cheap and expensive, all
and some, Tuesday and Thursday.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from egiz.parallel.scores.lexicon import Lexicon, lexicon, plain_words, stem
from egiz.parallel.scores.names import keys
from egiz.parallel.scores.records import Evidence

_FOUND = 1.0
"""Nats by which a word that is found weakens a gap around it."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """What one text says and the other lacks.

    `share` is the share of the words, weighted by how foreseeable their translations are; `words` the worst stretch
    of words, and `run` its total surprise in nats by the root of the number of all words: so measured, sound
    translations of short and long texts are alike.
    """

    share: float
    run: float
    words: tuple[str, ...]


def unsaid(evidence: Evidence) -> float | None:
    """The weighted share of the source's words that the translation lacks; None without a table."""
    found = omitted(evidence)
    return None if found is None else found.share


def unsaid_run(evidence: Evidence) -> float | None:
    """The surprise of the longest stretch of the source that the translation lacks; see `Gaps`."""
    found = omitted(evidence)
    return None if found is None else found.run


def unfounded(evidence: Evidence) -> float | None:
    """The weighted share of the translation's words that nothing in the source stands for."""
    found = added(evidence)
    return None if found is None else found.share


def unfounded_run(evidence: Evidence) -> float | None:
    """The surprise of the longest stretch of the translation that nothing in the source stands for; see `Gaps`."""
    found = added(evidence)
    return None if found is None else found.run


def omitted(evidence: Evidence) -> Gaps | None:
    """What the source says and the translation lacks; None without a table or without known words."""
    return gaps(evidence.source, evidence.target, evidence.source_language, evidence.target_language)


def added(evidence: Evidence) -> Gaps | None:
    """What the translation says and the source lacks; None as for `omitted`."""
    return gaps(evidence.target, evidence.source, evidence.target_language, evidence.source_language)


@lru_cache(maxsize=16)
def gaps(text: str, other: str, language: str, other_language: str) -> Gaps | None:
    """What `text` says and `other` lacks; None without a table or without known words."""
    table = lexicon(language, other_language)
    if table is None:
        return None
    words = plain_words(text)
    surprises = _surprises(words, plain_words(other), table)
    known = [surprise for surprise in surprises if surprise]
    if not known:
        return None
    run, start, stop = _worst(surprises)
    total = sum(map(abs, known))
    missing = sum(surprise for surprise in known if surprise > 0)
    return Gaps(missing / total, run / math.sqrt(len(words)), words[start:stop])


def _surprises(words: Sequence[str], others: Sequence[str], table: Lexicon) -> list[float]:
    """For each word, its surprise: positive if the others lack its translations, negative if not, 0 if unknown."""
    held = frozenset(map(stem, others))
    sounds: frozenset[str] | None = None
    made = []
    for word in words:
        surprise, links = table.entries.get(stem(word), (0.0, frozenset()))
        if surprise and links.isdisjoint(held):
            if sounds is None:
                sounds = frozenset(key for other in others for key in keys(other))
            own = keys(word)
            if own and not sounds.isdisjoint(own):
                surprise = -surprise
        else:
            surprise = -surprise
        made.append(surprise)
    return made


def _worst(surprises: Sequence[float]) -> tuple[float, int, int]:
    """The stretch with the highest sum (Kadane), where words that are found count against it."""
    best, first, last = 0.0, 0, 0
    total, start = 0.0, 0
    for place, surprise in enumerate(surprises):
        if total <= 0:
            total, start = 0.0, place
        total += surprise if surprise > 0 else -_FOUND if surprise else 0.0
        if total > best:
            best, first, last = total, start, place + 1
    return best, first, last


def contrary(evidence: Evidence) -> float | None:
    """How many words of the source stand in the translation as a word that excludes them, at most 2."""
    return float(min(2, len(contradictions(evidence))))


def contradictions(evidence: Evidence) -> list[tuple[str, str]]:
    """Pairs of a source word and a word of the translation that excludes it, as `contrasts` has them.

    Both sides must have exactly one word of the set: where a text has several, nothing is certain.
    """
    sides = (evidence.source, evidence.source_language), (evidence.target, evidence.target_language)
    ours, theirs = (_concepts(text, language) for text, language in sides)
    found = []
    for name in ours.keys() & theirs.keys():
        (mine, word), (other, answer) = ours[name], theirs[name]
        if mine.isdisjoint(other) and len(mine) == 1 == len(other):
            found.append((word, answer))
    return sorted(found)


def _concepts(text: str, language: str) -> dict[str, tuple[frozenset[int], str]]:
    """By name of a set, its members that occur in the text, and the first word that is one."""
    table = contrasts(language)
    if not table:
        return {}
    found: dict[str, tuple[frozenset[int], str]] = {}
    words = plain_words(text)
    for place, word in enumerate(words):
        low = word.lower().replace("ё", "е")
        for form, name, member in table.get(low[:3], ()):
            if _fits(low, form, words, place):
                held, first = found.get(name, (frozenset(), word))
                found[name] = (held | {member}, first)
    return found


def _fits(word: str, form: str, words: Sequence[str], place: int) -> bool:
    """Whether a form of the table matches: whole, by its beginning (``*``), or with the next word."""
    first, _, second = form.partition(" ")
    if second and (place + 1 == len(words) or not _matches(words[place + 1].lower(), second)):
        return False
    return _matches(word, first)


def _matches(word: str, form: str) -> bool:
    return word.startswith(form[:-1]) if form.endswith("*") else word == form


Forms = dict[str, tuple[tuple[str, str, int], ...]]


@cache
def contrasts(language: str) -> Forms:
    """By the first three letters, the forms of a language: form, name of its set, and number of the member."""
    text = files("egiz.parallel.scores").joinpath("data/contrasts.tsv").read_text(encoding="utf-8")
    header, *lines = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    if language not in header:
        return {}
    table: dict[str, list[tuple[str, str, int]]] = {}
    for cells in lines:
        row = dict(zip(header, cells, strict=True))
        for form in _forms(row[language]):
            start = form.split()[0].rstrip("*")[:3]
            table.setdefault(start, []).append((form, row["set"], int(row["member"])))
    return {start: tuple(forms) for start, forms in table.items()}


def _forms(cell: str) -> Iterable[str]:
    return filter(None, (form.strip() for form in cell.split(",")))
