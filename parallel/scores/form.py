"""What a translation looks like beside its source: length, letters, language, copies, loops, marks.

The guards of `egiz.translate` judge; here their findings are features. What a guard says is asked for only
where a cheaper look leaves it in doubt, which for sound text is rare.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from itertools import pairwise

from egiz.parallel.scores.records import Evidence
from egiz.translate.guards.check import GUARDS
from egiz.translate.guards.length import deviation, finished
from egiz.translate.languages import alphabets

_GUARDS = dict(GUARDS)
_INSIDE = re.compile(r"[.!?…]+[\"»”’)]*\s+[\"«“‘(—–-]*\s*[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ]")
_QUOTES = re.compile(r"[«»“”„\"]")
_BRACKETS = re.compile(r"[()\[\]{}]")
_RUN = re.compile(r"(\S{1,3})\1{3,}")
_STRANGE = re.compile(r"<unk>|</?s>|<pad>|[⁇▁\ufffd]|_[A-Z][a-z]{3}\b")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")
_MOST = 6.0
"""Standard deviations of length beyond which more says no more."""


def too_short(evidence: Evidence) -> float | None:
    """By how many standard deviations the translation is shorter than people make it; 0 where longer."""
    off = deviation(evidence.case)
    return None if off is None else min(_MOST, max(0.0, -off))


def too_long(evidence: Evidence) -> float | None:
    """By how many standard deviations the translation is longer than people make it; 0 where shorter."""
    off = deviation(evidence.case)
    return None if off is None else min(_MOST, max(0.0, off))


def ending(evidence: Evidence) -> float | None:
    """1 where one side ends as sentences do and the other does not, or only one of them asks."""
    source, target = evidence.source, evidence.target
    asks = source.rstrip('"»”’) ').endswith("?") != target.rstrip('"»”’) ').endswith("?")
    return float(asks or finished(source) != finished(target))


def marks(evidence: Evidence) -> float | None:
    """1 where quotation marks or brackets stand on one side only, or their number is odd on one side only."""
    for pattern in (_QUOTES, _BRACKETS):
        ours, theirs = len(pattern.findall(evidence.source)), len(pattern.findall(evidence.target))
        if bool(ours) != bool(theirs) or ours % 2 != theirs % 2:
            return 1.0
    return 0.0


def sentences(evidence: Evidence) -> float | None:
    """The difference in the number of sentences, three at most."""
    if not _INSIDE.search(evidence.source) and not _INSIDE.search(evidence.target):
        return 0.0
    ours = _sentences(evidence.source, evidence.source_language)
    theirs = _sentences(evidence.target, evidence.target_language)
    return float(min(3, abs(ours - theirs)))


def _sentences(text: str, language: str) -> int:
    if not _INSIDE.search(text):
        return 1
    from egiz.translate.records import Document
    from egiz.translate.split import split

    return len(list(split(Document(id="", language=language, text=text))))


def script(evidence: Evidence) -> float | None:
    """1 where the translation has letters that its language does not use; see the guard."""
    letters = alphabets().get(evidence.target_language)
    if letters is not None and _LATIN | letters >= {c for c in evidence.target.lower() if c.isalpha()}:
        foreign = _LATIN - letters
        if not foreign or foreign.isdisjoint(evidence.target.lower()):
            return 0.0
    return _guarded("script", evidence)


def language(evidence: Evidence) -> float | None:
    """1 where the translation is clearly in another language; see the guard.

    Not asked where a tenth of the words are such as only the target language has.
    """
    known = _function_words().get(evidence.target_language)
    if known is not None:
        _, words = evidence.folded
        if sum(word in known for word in words) * 10 >= len(words) > 0:
            return 0.0
    return _guarded("language", evidence)


def copied(evidence: Evidence) -> float | None:
    """The share of the translation's words, of three letters and more and not names, that the source has."""
    source, target = evidence.folded
    plain = [
        low
        for low, word in zip(target, evidence.target_words, strict=True)
        if len(word) > 2 and word.islower()
    ]
    if len(plain) < 2:
        return None
    return sum(word in source for word in plain) / len(plain)


def repeated(evidence: Evidence) -> float | None:
    """1 where the translation runs in circles and the source does not; see the guard."""
    _, words = evidence.folded
    pairs = list(pairwise(words))
    if len(set(pairs)) == len(pairs) and not _RUN.search(evidence.target):
        return 0.0
    return _guarded("repeated", evidence)


def doubled(evidence: Evidence) -> float | None:
    """The share of the translation's word pairs that stand in it before, less the source's share."""
    return max(0.0, _doubled(evidence.folded[1]) - _doubled([w.casefold() for w in evidence.source_words]))


def _doubled(words: list[str] | tuple[str, ...]) -> float:
    pairs = list(pairwise(words))
    return 1 - len(set(pairs)) / len(pairs) if pairs else 0.0


def unknown(evidence: Evidence) -> float | None:
    """1 where the translation shows marks that stand for what the model could not spell."""
    return float(bool(_STRANGE.search(evidence.target))) and _guarded("unknown", evidence)


def terms(evidence: Evidence) -> float | None:
    """The share of the source's terms that are rendered wrongly or not at all; None without terms."""
    if not evidence.terms or not evidence.terms[1]:
        return None
    wrong, total = evidence.terms
    return wrong / total


def _guarded(name: str, evidence: Evidence) -> float | None:
    found = _GUARDS[name](evidence.case)
    return 0.0 if found is None else float(found)


@cache
def _function_words() -> dict[str, frozenset[str]]:
    """Words by language that are frequent in it and in none of the others of the table."""
    text = files("egiz.parallel.scores").joinpath("data/function_words.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    return {language: frozenset(words.split()) for language, words in rows}
