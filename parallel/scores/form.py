"""Features that need only the two texts: negation, length, loops, punctuation, numbers, and protected pieces
(addresses, placeholders, tags; `egiz.translate.protected`).

Some findings of the guards of `egiz.translate` are features here. A guard is run only if a cheaper test finds
something suspicious.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

from egiz.parallel.scores.records import Evidence
from egiz.translate.guards.rules import GUARDS, finished
from egiz.translate.numbers import Number, missing_numbers
from egiz.translate.protected import Piece, missing_pieces
from egiz.translate.text import PerWord

_WORD = re.compile(r"\w+")


def negation_lost(evidence: Evidence) -> float | None:
    """Return 1 if the source is negated and the translation is not, else 0.

    It is None if there are no data for one of the languages.
    """
    return _only_one(evidence.source, evidence.source_language, evidence.target, evidence.target_language)


def negation_added(evidence: Evidence) -> float | None:
    """Return 1 if the translation is negated and the source is not, else 0. It is None if there are no data
    for one of the languages.
    """
    return _only_one(evidence.target, evidence.target_language, evidence.source, evidence.source_language)


def _only_one(text: str, language: str, other: str, other_language: str) -> float | None:
    known = _known()
    if language not in known or other_language not in known:
        return None
    return float(negated(text, language, surely=True) and not negated(other, other_language, surely=False))


def negated(text: str, language: str, *, surely: bool) -> bool:
    """Whether a text has a negation. With `surely` only certain negations count; without it, possible
    negations count as well.

    >>> negated("Ол келген жоқ.", "kk", surely=True), negated("It is unlikely.", "en", surely=False)
    (True, True)
    """
    return _negation(text, language) >= (_SURE if surely else _POSSIBLE)


_POSSIBLE, _SURE = 1, 2


@lru_cache(maxsize=64)
def _negation(text: str, language: str) -> int:
    return max(map(_levels(language).__getitem__, text.casefold().split()), default=0)


@cache
def _levels(language: str) -> PerWord[int]:
    """Return a map from each lower-case word to how certain it is that the word negates: `_SURE`, `_POSSIBLE`
    or 0.

    Looking at single words is enough, because no pattern matches across spaces.
    """
    words, pattern, sure = _known()[language]

    def level(piece: str) -> int:
        if not words.isdisjoint(_WORD.findall(piece)):
            return _SURE
        if not pattern.search(piece):  # also matches whatever `sure` matches
            return 0
        return _SURE if sure.search(piece) else _POSSIBLE

    return PerWord(level)


def negations(text: str, language: str) -> int:
    """Return the number of certain negations in a text; 0 if there are no data for the language.

    >>> negations("Ол келген жоқ, бірақ ештеңе айтпады.", "kk")
    3
    """
    if language not in _known():
        return 0
    words, _, sure = _known()[language]
    folded = text.casefold()
    return sum(word in words for word in _WORD.findall(folded)) + len(sure.findall(folded))


@cache
def _known() -> dict[str, tuple[frozenset[str], re.Pattern[str], re.Pattern[str]]]:
    """Return, by language, the negating words, and the patterns of possible and of certain negations."""
    text = files("egiz.parallel.scores").joinpath("data/negation.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return {
        language: (frozenset(entry["words"]), re.compile(entry["pattern"]), re.compile(entry["sure"]))
        for language, entry in table.items()
    }


def remove(text: str, language: str) -> str | None:
    """Return a text without its first negating word; None if the text has no negating word, or if there are
    no data for the language.

    >>> remove("It did not come.", "en")
    'It did come.'
    """
    if language not in _known():
        return None
    words = _known()[language][0]
    match = next((found for found in _WORD.finditer(text) if found.group().casefold() in words), None)
    if match is None:
        return None
    return " ".join((text[: match.start()] + text[match.end() :]).split())


_GUARDS = dict(GUARDS)
_INSIDE = re.compile(r"[.!?…]+[\"»”’)]*\s+[\"«“‘(—–-]*\s*[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ]")
_QUOTES = re.compile(r"[«»“”„\"]")
_BRACKETS = re.compile(r"[()\[\]{}]")
_RUN = re.compile(r"(\S{1,3})\1{3,}")
_STRANGE = re.compile(r"<unk>|</?s>|<pad>|[⁇▁\ufffd]|_[A-Z][a-z]{3}\b")
_MAX_REPEATED = 2
"""A word with more repeated characters than this may be a loop. `_RUN` finds loops of four equal pieces, in
which at least three characters are repetitions.
"""

_FEW = 4
"""In a text of at most this many words, any word that occurs twice may show a loop. In a longer text, a word
must occur twice in a row, or three consecutive words must occur twice.
"""

_MOST = 6.0
"""The features `too_short` and `too_long` are clipped at this many standard deviations."""


def too_short(evidence: Evidence) -> float | None:
    """Return by how many standard deviations the translation is shorter than human translations of the
    source. The result is 0 if the translation is longer, and `_MOST` at most.
    """
    off = evidence.length
    return None if off is None else min(_MOST, max(0.0, -off))


def too_long(evidence: Evidence) -> float | None:
    """Return by how many standard deviations the translation is longer than human translations of the source.
    The result is 0 if the translation is shorter, and `_MOST` at most.
    """
    off = evidence.length
    return None if off is None else min(_MOST, max(0.0, off))


def ending(evidence: Evidence) -> float | None:
    """Return 1 if one of source and translation ends like a sentence and the other does not, or if one ends
    in a question mark and the other does not; else 0.
    """
    source, target = evidence.source, evidence.target
    asks = source.rstrip('"»”’) ').endswith("?") != target.rstrip('"»”’) ').endswith("?")
    return float(asks or finished(source) != finished(target))


def marks(evidence: Evidence) -> float | None:
    """Return 1 if source and translation differ in quotation marks or in brackets, else 0. They differ if
    only one of them has any, or if only one of them has an odd number.
    """
    for pattern in (_QUOTES, _BRACKETS):
        ours, theirs = len(pattern.findall(evidence.source)), len(pattern.findall(evidence.target))
        if bool(ours) != bool(theirs) or ours % 2 != theirs % 2:
            return 1.0
    return 0.0


def sentences(evidence: Evidence) -> float | None:
    """Return the difference between the numbers of sentences of source and translation, at most 3.

    If both have equally many apparent sentence ends, the difference is taken as 0 without splitting, because
    an abbreviation in one is usually an abbreviation in the other.
    """
    if len(_INSIDE.findall(evidence.source)) == len(_INSIDE.findall(evidence.target)):
        return 0.0
    ours = _sentences(evidence.source, evidence.source_language)
    theirs = _sentences(evidence.target, evidence.target_language)
    return float(min(3, abs(ours - theirs)))


@lru_cache(maxsize=64)
def _sentences(text: str, language: str) -> int:
    if not _INSIDE.search(text):
        return 1
    from egiz.translate.split import count

    return count(text, language)


def repeated(evidence: Evidence) -> float | None:
    """Return 1 if the translation is stuck in a loop and the source is not, else 0; the guard ``repeated``
    decides.

    The guard is run only if a cheap test finds a repetition.
    """
    _, words = evidence.folded
    if not _loops(words) and not any(map(_STUTTERS.__getitem__, evidence.target.split())):
        return 0.0
    return _guarded("repeated", evidence)


def _loops(words: Sequence[str]) -> bool:
    """Whether words may be a loop, so that the guard is worth running.

    This is so if a word occurs twice in a row, if three consecutive words occur twice, or, in a text of at
    most `_FEW` words, if any word occurs twice.
    """
    if len(set(words)) == len(words):
        return False
    if len(words) <= _FEW or any(map(str.__eq__, words, words[1:])):
        return True
    return len(set(zip(words, words[1:], words[2:], strict=False))) < len(words) - 2


_STUTTERS = PerWord(
    lambda piece: len(piece) - len(set(piece)) > _MAX_REPEATED and _RUN.search(piece) is not None
)
"""A map from a word to whether it is a stutter: whether it contains one to three characters that are written
at least four times in a row.
"""


def doubled(evidence: Evidence) -> float | None:
    """Return the share of word triples of the translation that occurred earlier in the translation, minus the
    same share in the source.
    """
    _, words = evidence.folded
    share = _doubled(words)
    return max(0.0, share - _doubled([word.casefold() for word in evidence.source_words])) if share else 0.0


def triples(words: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return all sequences of three consecutive words."""
    return list(zip(words, words[1:], words[2:], strict=False))


def _doubled(words: Sequence[str]) -> float:
    if len(set(words)) == len(words):
        return 0.0
    found = triples(words)
    return 1 - len(set(found)) / len(found) if found else 0.0


def unknown(evidence: Evidence) -> float | None:
    """Return 1 if the translation has a mark of the model for text that it cannot write (``<unk>``, U+FFFD),
    else 0.
    """
    return float(bool(_STRANGE.search(evidence.target))) and _guarded("unknown", evidence)


def terms(evidence: Evidence) -> float | None:
    """Return the share of the source's term occurrences that are rendered wrongly or not at all; None if the
    source has no terms.
    """
    if not evidence.terms or not evidence.terms[1]:
        return None
    wrong, total = evidence.terms
    return wrong / total


def _guarded(name: str, evidence: Evidence) -> float | None:
    """Return 0 if a guard finds nothing, else its finding as a number."""
    found = _GUARDS[name](evidence.case)
    return 0.0 if found is None else float(found)


_MOST_LOST = 2
"""The highest value of a feature that counts missing or added items."""


def pieces_missing(evidence: Evidence) -> float | None:
    """Return the number of protected pieces of the source that are lost or changed, at most 2."""
    return float(min(_MOST_LOST, len(pieces_lost(evidence))))


def pieces_added(evidence: Evidence) -> float | None:
    """Return the number of protected pieces of the translation that the source lacks, at most 2."""
    return float(min(_MOST_LOST, len(pieces_found(evidence))))


def numbers_missing(evidence: Evidence) -> float | None:
    """Return the number of numerals of the source that the translation lacks, at most 2."""
    return float(min(_MOST_LOST, len(numbers_lost(evidence))))


def numbers_added(evidence: Evidence) -> float | None:
    """Return the number of numerals of the translation that the source lacks, at most 2."""
    return float(min(_MOST_LOST, len(numbers_found(evidence))))


def pieces_lost(evidence: Evidence) -> tuple[Piece, ...]:
    """Return the protected pieces of the source that the translation lacks.

    Pieces that are written like numbers, such as versions, are not included; they count as numbers.
    """
    return _pieces(evidence.source, evidence.target)


def pieces_found(evidence: Evidence) -> tuple[Piece, ...]:
    """Return the protected pieces of the translation that the source lacks."""
    return _pieces(evidence.target, evidence.source)


def numbers_lost(evidence: Evidence) -> tuple[Number, ...]:
    """Return the numbers of the source that the translation lacks."""
    return _numbers(evidence.source, evidence.target, evidence.source_language, evidence.target_language)


def numbers_found(evidence: Evidence) -> tuple[Number, ...]:
    """Return the numbers of the translation that the source lacks."""
    return _numbers(evidence.target, evidence.source, evidence.target_language, evidence.source_language)


_pieces = lru_cache(maxsize=16)(missing_pieces)
_numbers = lru_cache(maxsize=16)(missing_numbers)
