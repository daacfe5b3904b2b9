"""What a translation looks like beside its source: length, letters, language, copies, loops, negation."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from egiz.parallel.scores.records import Evidence
from egiz.translate.guards.check import GUARDS
from egiz.translate.guards.language import families
from egiz.translate.guards.rules import deviation, finished
from egiz.translate.languages import alphabets

_WORD = re.compile(r"\w+")


def negation_lost(evidence: Evidence) -> float | None:
    """1 where the source says no and the translation does not; None where a language's way is not known."""
    return _only_one(evidence.source, evidence.source_language, evidence.target, evidence.target_language)


def negation_added(evidence: Evidence) -> float | None:
    """1 where the translation says no and the source does not; None as for `negation_lost`."""
    return _only_one(evidence.target, evidence.target_language, evidence.source, evidence.source_language)


def _only_one(text: str, language: str, other: str, other_language: str) -> float | None:
    known = _known()
    if language not in known or other_language not in known:
        return None
    return float(negated(text, language, surely=True) and not negated(other, other_language, surely=False))


def negated(text: str, language: str, *, surely: bool) -> bool:
    """Whether a text says no: `surely` by a word for it, or else also by what may be one.

    >>> negated("Ол келген жоқ.", "kk", surely=True), negated("It is unlikely.", "en", surely=False)
    (True, True)
    """
    words, pattern, sure = _known()[language]
    folded = text.casefold()
    if not words.isdisjoint(_WORD.findall(folded)):
        return True
    return bool((sure if surely else pattern).search(folded))


@cache
def _known() -> dict[str, tuple[frozenset[str], re.Pattern[str], re.Pattern[str]]]:
    text = files("egiz.parallel.scores").joinpath("data/negation.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return {
        language: (frozenset(entry["words"]), re.compile(entry["pattern"]), re.compile(entry["sure"]))
        for language, entry in table.items()
    }


def remove(text: str, language: str) -> str | None:
    """The text without the first word that says no; None where there is none, or the language is not known.

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
_FEW = 4
"""Words of which the second half may be the first again without three words on end that come twice."""

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
    """1 where the translation has letters that its language does not use; see the guard.

    Not asked where every such word is a Latin one that stands in the source too: names, codes, addresses.
    """
    letters = _letters(evidence.target_language)
    if letters:
        source, target = evidence.folded
        if _spelt(evidence.target.lower(), letters):
            return 0.0
        kept = (word in source and word.isascii() for word in target)
        if all(k or _spelt(w, letters) for k, w in zip(kept, target, strict=True)):
            return 0.0
    return _guarded("script", evidence)


def _spelt(text: str, letters: frozenset[str]) -> bool:
    """Whether a text has no other letters than these."""
    return all(char in letters for char in set(text) if char.isalpha())


def other_language(evidence: Evidence) -> float | None:
    """1 where the translation is clearly in another language; see the guard.

    Not asked where a tenth of the words are such as the target language has, by themselves or their endings,
    and none is one that is frequent in another.
    """
    known = _tongues()
    if evidence.target_language in known:
        _, words = evidence.folded
        own, ends = known[evidence.target_language]
        sure = sum(word in own or word.endswith(ends) for word in words)
        if sure * 10 >= len(words) > 0:
            others = (known[tag][0] for tag in known if tag != evidence.target_language)
            if all(other.isdisjoint(words) for other in others):
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
    found = triples(words)
    loops = len(set(found)) < len(found) or _short_loop(words) or any(map(str.__eq__, words, words[1:]))
    if not loops and not _RUN.search(evidence.target):
        return 0.0
    return _guarded("repeated", evidence)


def doubled(evidence: Evidence) -> float | None:
    """The share of the translation's triples of words that stand in it before, less the source's share."""
    _, words = evidence.folded
    share = _doubled(words)
    return max(0.0, share - _doubled([word.casefold() for word in evidence.source_words])) if share else 0.0


def _short_loop(words: Sequence[str]) -> bool:
    """Whether few words are not all different: half of them may be the others again."""
    return len(words) <= _FEW and len(set(words)) < len(words)


def triples(words: Sequence[str]) -> list[tuple[str, str, str]]:
    """Every three words on end."""
    return list(zip(words, words[1:], words[2:], strict=False))


def _doubled(words: Sequence[str]) -> float:
    found = triples(words)
    return 1 - len(set(found)) / len(found) if found else 0.0


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
def _letters(tag: str) -> frozenset[str]:
    """The small letters of a language: its alphabet, or plain Latin ones; none where neither is known."""
    if families(tag) == ("LATIN",):
        return alphabets().get(tag, frozenset("abcdefghijklmnopqrstuvwxyz"))
    return alphabets().get(tag, frozenset())


@cache
def _tongues() -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
    """By language, words that are frequent in it and in none of the others of the table, and endings."""
    text = files("egiz.parallel.scores").joinpath("data/tongues.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    return {language: (frozenset(words.split()), tuple(ends.split())) for language, words, ends in rows}
