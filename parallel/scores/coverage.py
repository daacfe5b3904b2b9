"""Features of content: words of one text without a translation in the other text, and contradictions.

Words are looked up in the tables of `egiz.parallel.scores.lexicon`, names also by their sound. A word that is
not in the tables is ignored. ``data/contrasts.tsv`` has sets of words that exclude each other: cheap and
expensive, all and some, Tuesday and Thursday.

The surprise of a source word, in nats, says how unusual it is that the translation has none of its known
translations. It is large for a word that translators nearly always render by the same words.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from egiz.parallel.scores.lexicon import Lexicon, folded, lexicon, plain_words, stem_set, stemmed, worded
from egiz.parallel.scores.names import keys
from egiz.parallel.scores.records import Evidence
from egiz.translate.numbers.words import numeric
from egiz.translate.text import PerWord

_LEFT_OUT, _ADDED = 2.3, 2.8
"""Thresholds of `_one_sided`. From `_LEFT_OUT` up, a part counts as left out of a short text. From `_ADDED`
up, a part counts as left out of a longer text, or as added to any text.
"""

_MEMBER = 0.9
"""Value of `_one_sided` from which a part counts as left out of a short text if the part is a member of a
list, or a clause (`_member_lost`).

With `_LEFT_OUT`, `_ADDED` and this threshold, 1 in 100 references of FLORES-200 dev counts as leaving a part
out, and half as many as adding a part.
"""

_LENGTH = 0.4
"""How much `_one_sided` changes for each standard deviation of length. The unit is nats divided by the root
of the number of words.
"""

_MOST = 2.0

_FOUND = 1.0
"""A word that has a known translation in the other text lowers the total surprise of a sequence by this many
nats (`_worst`).
"""


@dataclass(frozen=True, slots=True)
class Gaps:
    """The words of one text without a known translation in the other text.

    `share` is their share of all words, 0 to 1; words whose translation is easy to predict weigh more.
    `words` is the sequence of words with the highest total surprise, and `span` is the place of this sequence
    among the words of the text (start, stop; from 0). `run` is this highest total in nats, divided by the
    root of the number of all words of the text, which makes short and long texts comparable.
    """

    share: float
    run: float
    words: tuple[str, ...]
    span: tuple[int, int]


def unsaid(evidence: Evidence) -> float | None:
    """Return the weighted share of source words without a translation (`Gaps.share`); None if no table has
    the language pair.
    """
    found = omitted(evidence)
    return None if found is None else found.share


def unsaid_run(evidence: Evidence) -> float | None:
    """Return the highest total surprise of a sequence of source words without a translation (`Gaps.run`)."""
    found = omitted(evidence)
    return None if found is None else found.run


def unfounded(evidence: Evidence) -> float | None:
    """Return the weighted share of words of the translation that translate nothing in the source
    (`Gaps.share`).
    """
    found = added(evidence)
    return None if found is None else found.share


def unfounded_run(evidence: Evidence) -> float | None:
    """Return the highest total surprise of a sequence of words of the translation that translate nothing
    (`Gaps.run`).
    """
    found = added(evidence)
    return None if found is None else found.run


def left_out(evidence: Evidence) -> float | None:
    """Return how much content of the source is missing, from 0 to 2: 1 or more if a part was surely left out.
    It is None if no table has the language pair.

    The result is `unsaid_run` minus `unfounded_run`, plus `_LENGTH` for each standard deviation by which the
    translation is shorter than expected, all divided by a threshold. `unfounded_run` is subtracted because a
    free translation replaces words of the source by other words, while an omission only lacks words. In a
    short text the threshold is lower if a member of a list, or a clause, is missing.
    """
    value = _one_sided(unsaid_run(evidence), unfounded_run(evidence), evidence.length, -1)
    if value is None:
        return None
    needed = _LEFT_OUT if evidence.short else _ADDED
    if _MEMBER <= value < needed and _member_lost(evidence):
        needed = _MEMBER
    return min(_MOST, value / needed)


def added_part(evidence: Evidence) -> float | None:
    """Return how much content the translation adds, from 0 to 2: 1 or more if a part was surely added. It is
    computed as in `left_out`, with source and translation exchanged.
    """
    value = _one_sided(unfounded_run(evidence), unsaid_run(evidence), evidence.length, 1)
    return None if value is None else min(_MOST, value / _ADDED)


def _one_sided(ours: float | None, theirs: float | None, length: float | None, sign: int) -> float | None:
    """Return the value that `left_out` and `added_part` compare with thresholds; at least 0.

    It is `ours` minus `theirs`, plus `_LENGTH` times the deviation of length if `sign` is 1, or minus it if
    `sign` is -1.
    """
    if ours is None or theirs is None or length is None:
        return None
    return max(0.0, ours - theirs + sign * _LENGTH * length)


def _member_lost(evidence: Evidence) -> bool:
    """Whether the source is short, joins more members (of lists or clauses) than the translation, and has a
    member that the translation lacks.

    A member counts as missing if the most surprising sequence of untranslated words contains a conjunction or
    comma, or is next to one.
    """
    found = omitted(evidence)
    joints = _joints(evidence.source_language, of_clauses=False)
    others = _joints(evidence.target_language, of_clauses=True)
    if found is None or joints is None or others is None:
        return False
    text, other = worded(evidence.source), worded(evidence.target)
    if not evidence.short or len(joints.findall(text)) <= len(others.findall(other)):
        return False
    start, stop = found.span
    places = [match.span() for match in _WORDS.finditer(text)]
    begin = places[start - 1][0] if start else 0
    end = places[stop][1] if stop < len(places) else len(text)
    return joints.search(text, begin, end) is not None


_WORDS = re.compile(r"[^\W\d_]+")
"""The words that `egiz.parallel.scores.lexicon.plain_words` counts."""


@cache
def _joints(language: str, *, of_clauses: bool) -> re.Pattern[str] | None:
    """Return the pattern of the punctuation and conjunctions that join members of lists and clauses.

    It is None for a language without data. Punctuation before a word that begins a clause matches only with
    `of_clauses`.
    """
    text = files("egiz.parallel.scores").joinpath("data/joins.toml").read_text(encoding="utf-8")
    entry = tomllib.loads(text).get(language)
    if entry is None:
        return None
    clauses = "|".join(entry["clauses"])
    none = "" if of_clauses or not clauses else rf"(?!\s*(?:{clauses}))"
    marks = rf"[,;:—–](?!\d){none}"  # not inside a number
    words = "|".join(entry["words"])
    return re.compile(rf"(?:{marks})?\s*(?<!\w)(?:{words})(?!\w)|{marks}", re.IGNORECASE)


def omitted(evidence: Evidence) -> Gaps | None:
    """Return the gaps of the source (`gaps`)."""
    return gaps(evidence.source, evidence.target, evidence.source_language, evidence.target_language)


def added(evidence: Evidence) -> Gaps | None:
    """Return the gaps of the translation (`gaps`)."""
    return gaps(evidence.target, evidence.source, evidence.target_language, evidence.source_language)


@lru_cache(maxsize=16)
def gaps(text: str, other: str, language: str, other_language: str) -> Gaps | None:
    """Return the words of `text` without a translation in `other`. It is None if no table has this language
    pair, or if the table has none of the words.
    """
    table = lexicon(language, other_language)
    if table is None:
        return None
    words = plain_words(text)
    if not words:
        return None
    surprises = _surprises(text, other, table, language)
    missing = total = 0.0
    for surprise in surprises:
        if surprise > 0:
            missing += surprise
            total += surprise
        else:
            total -= surprise
    if not total:
        return None
    run, start, stop = _worst(surprises) if missing else (0.0, 0, 0)
    return Gaps(missing / total, run / math.sqrt(len(words)), words[start:stop], (start, stop))


def _surprises(text: str, other: str, table: Lexicon, language: str) -> list[float]:
    """Return the surprise of each word of `text` in nats.

    It is positive if `other` has no translation of the word, and negative if `other` has one. It is 0 if the
    word is not in the table, or is a number, because numbers have features of their own. If a word is
    capitalised, a word of `other` that sounds like it counts as its translation.
    """
    held, words = stem_set(other), plain_words(text)
    numbers = map(numeric(language).__getitem__, folded(text))
    made = []
    for place, (entry, is_number) in enumerate(
        zip(map(table.entries.get, stemmed(text)), numbers, strict=True)
    ):
        if entry is None or is_number:
            made.append(0.0)
        elif entry[1].isdisjoint(held) and not _sounded(words[place], other):
            made.append(entry[0])
        else:
            made.append(-entry[0])
    return made


def _sounded(word: str, other: str) -> bool:
    """Whether `word` is capitalised and the other text has a capitalised word that sounds like it."""
    return word[0].isupper() and not _sounds_of(other).isdisjoint(keys(word))


@lru_cache(maxsize=64)
def _sounds_of(text: str) -> frozenset[str]:
    return frozenset(key for word in plain_words(text) if word[0].isupper() for key in keys(word))


def _worst(surprises: Sequence[float]) -> tuple[float, int, int]:
    """Return the sequence of words with the highest total surprise: total, start, stop (Kadane's algorithm).

    A word with a known translation lowers the total by `_FOUND`.
    """
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
    """Return the number of words of the source that words of the translation exclude, at most 2; see
    `contradictions`.
    """
    return float(min(2, len(contradictions(evidence))))


def contradictions(evidence: Evidence) -> list[tuple[str, str]]:
    """Return pairs of a source word and a word of the translation that excludes it, for example the words for
    cheap and expensive (`contrasts`).

    Such a pair counts only if the source has exactly one member of the set of words that exclude each other,
    and the translation has exactly one too. Otherwise nothing is certain.
    """
    ours = _concepts(evidence.source, evidence.source_language)
    theirs = _concepts(evidence.target, evidence.target_language) if ours else {}
    found = []
    for name in ours.keys() & theirs.keys():
        (mine, word), (other, answer) = ours[name], theirs[name]
        if mine.isdisjoint(other) and len(mine) == 1 == len(other):
            found.append((word, answer))
    return sorted(found)


@lru_cache(maxsize=64)
def _concepts(text: str, language: str) -> dict[str, tuple[frozenset[int], str]]:
    """Return, by the name of a set of contrasts, the members of the set that the text contains, as their
    numbers, and the first word of the text that is such a member.
    """
    words = folded(text)
    found: dict[str, tuple[frozenset[int], str]] = {}
    for place, members in enumerate(map(_members(language).__getitem__, words)):
        for name, member, second in members:
            if not second or (place + 1 < len(words) and _matches(words[place + 1], second)):
                held, first = found.get(name, (frozenset(), plain_words(text)[place]))
                found[name] = (held | {member}, first)
    return found


@cache
def _members(language: str) -> PerWord[tuple[tuple[str, int, str], ...]]:
    """Return a map from each word to the set members that the word may stand for, as triples: name of the
    set, number of the member, and the form that the next word must have (empty if any word may follow).
    """
    known = contrasts(language)

    def members(word: str) -> tuple[tuple[str, int, str], ...]:
        forms = known.get(word[:_BEGIN])
        if not forms:
            return ()
        parts = ((form.partition(" "), name, member) for form, name, member in forms)
        return tuple(
            (name, member, second) for (first, _, second), name, member in parts if _matches(word, first)
        )

    return PerWord(members)


def _matches(word: str, form: str) -> bool:
    return word.startswith(form[:-1]) if form.endswith("*") else word == form


Forms = dict[str, tuple[tuple[str, str, int], ...]]
_BEGIN = 3


@cache
def contrasts(language: str) -> Forms:
    """Return the word forms of all sets of words that exclude each other, grouped by the first three letters
    of the form.

    With each form come the name of its set, and the number of the member of this set that it is a form of.
    The result is empty if ``data/contrasts.tsv`` lacks the language.
    """
    text = files("egiz.parallel.scores").joinpath("data/contrasts.tsv").read_text(encoding="utf-8")
    header, *lines = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    if language not in header:
        return {}
    table: dict[str, list[tuple[str, str, int]]] = {}
    for cells in lines:
        row = dict(zip(header, cells, strict=True))
        for form in _forms(row[language]):
            start = form.split()[0].rstrip("*")[:_BEGIN]
            table.setdefault(start, []).append((form, row["set"], int(row["member"])))
    return {start: tuple(forms) for start, forms in table.items()}


def _forms(cell: str) -> Iterable[str]:
    return filter(None, (form.strip() for form in cell.split(",")))
