"""Words that are known to translate each other, and tests for words of a translation that a term may replace.

The tables in ``data/words`` were learned from parallel text in both directions (`benchmarks/word_tables.py`).
They hold lemmas, not beginnings of words, so that контракт is not confused with контроль.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from egiz.glossary.correct.links import Standing, Weights, word_places
from egiz.glossary.languages import morphology
from egiz.glossary.morphology.spelling import cut_words

STEM = 5
"""The number of first letters by which a word without a lemma is represented."""
RENDERS = 0.05
"""If the link between a word and a source word outside the term has at least this weight, the word may render
that source word, and is kept. Weaker links are mostly between words that often occur in the same sentence."""
PROVEN = 0.1
"""The least weight of a link that proves that a word renders the source word."""
USUAL = 0.3
"""The least weight of the link between a source word and its usual rendering."""
_CLEARLY = 2.0
"""The link of a word to the term must be at least this many times as strong as its link to any other source
word."""
_PREFERRED = 3.0
"""Ordinary text clearly prefers one rendering to another if the link of the first is at least this many times
as strong as the link of the second."""
_ROOT = 3
_COGNATE = 4
"""The number of first letters in which a borrowed word and its original must agree: президент,
президентінің."""
_GUESSED = "~"
"""The mark after the first letters of a word without a lemma."""
_REMEMBERED = 512
"""The number of texts whose lemmas are cached, and of pairs of texts whose links are cached. They are the
same for all terms of a sentence."""
_PAIRS = (("kk", "ru"), ("kk", "en"), ("en", "ru"))

Verdict = Literal["term", "other", "nothing", "unknown"]
"""What a word of a translation renders by the table: the term, another word of the source, nothing in the
source, or ``unknown`` if the table does not have the word."""

Sense = Literal["usual", "other", "open"]
"""Whether the wording of the term is the ``usual`` rendering of its source word in ordinary text, or ordinary
text has ``other`` renderings instead; ``open`` if the table shows neither."""

Chances = tuple[float, float]
"""The probability, 0 to 1, of a target lemma given the source lemma, and of the source given the target."""


def lemma(language: str, word: str, known: Container[str]) -> str:
    """Return the lemma of a word if it is in `known`, else its first `STEM` letters and a mark."""
    found = morphology(language).lookup(word.lower(), known)
    return next((one for one in found if one[0].isalpha()), word.lower()[:STEM] + _GUESSED)


class WordTable:
    """The strength of the links between lemmas of two languages, 0 to 1.

    The strength of a link is the geometric mean of the translation probabilities in both directions.
    """

    def __init__(self, source: str, target: str, entries: Mapping[tuple[str, str], Chances]) -> None:
        self._languages = source, target
        self._entries = {key: math.sqrt(there * back) for key, (there, back) in entries.items()}
        self._origins: dict[str, dict[str, float]] = defaultdict(dict)
        for (own, other), (_, back) in entries.items():
            self._origins[other][own] = back
        self._known: tuple[frozenset[str], frozenset[str]] = (
            frozenset(own for own, _ in entries),
            frozenset(self._origins),
        )
        self._lemmas: tuple[dict[str, str], dict[str, str]] = ({}, {})
        self._lemmas_of = lru_cache(maxsize=_REMEMBERED)(self._read)
        self._weights_of = lru_cache(maxsize=_REMEMBERED)(self._weigh)
        self._verdicts_of = lru_cache(maxsize=_REMEMBERED)(self._verdicts)
        self._roots: dict[str, list[str]] = {}
        self._renderings: dict[str, list[str]] = {}
        for (own, other), weight in self._entries.items():
            if weight >= PROVEN:
                self._roots.setdefault(other, []).append(own)
                self._renderings.setdefault(own, []).append(other)

    def lemmas(self, text: str, side: int) -> tuple[str, ...]:
        """Return the lemma of each word of a text.

        `side` is 0 for the source language, 1 for the target language.
        """
        return self._lemmas_of(text, side)

    def origins(self, word: str) -> Mapping[str, float]:
        """Return the source lemmas that a target lemma may render, with their probabilities."""
        return self._origins.get(word, {})

    def renderings(self, word: str) -> Sequence[str]:
        """Return the target lemmas that are known to render a source lemma."""
        return self._renderings.get(word, ())

    def weights(self, source: str, text: str) -> Weights:
        """Return the weights, 0 to 1, of the links: ``[words of text][words of source]``."""
        return self._weights_of(source, text)

    def verdicts(self, source: str, text: str, start: int, stop: int) -> list[Verdict]:
        """Return the verdict on each word of `text`, where the term is at ``source[start:stop]``."""
        return list(self._verdicts_of(source, text, start, stop))

    def _verdicts(self, source: str, text: str, start: int, stop: int) -> tuple[Verdict, ...]:
        asked = {at for at, (begin, end) in enumerate(word_places(source)) if begin < stop and start < end}
        own = self.lemmas(source, 0)
        return tuple(
            self._verdict(word, row, own, asked)
            for word, row in zip(self.lemmas(text, 1), self.weights(source, text), strict=True)
        )

    def sense(self, form: str, accepted: Sequence[str]) -> Sense:
        """Compare how ordinary text renders the source words `form` with the accepted wordings.

        The result is ``other`` only for a term of one word that the table has; terms of several words seldom
        have a second sense.
        """
        source = self.lemmas(form, 0)
        best = max((self._attested(source, text) for text in accepted), default=0.0)
        if best >= USUAL:
            return "usual"
        is_meant = len(source) == 1 and source[0] in self._renderings
        return "other" if is_meant and best < PROVEN else "open"

    def prefers(self, form: str, words: Sequence[str], accepted: Sequence[str]) -> bool:
        """Whether ordinary text clearly prefers `words` to the accepted wordings of the source words `form`.

        The strongest link of any of `words` must be at least `_PREFERRED` times as strong as that of the best
        accepted wording.
        """
        source = self.lemmas(form, 0)
        known = [self._link(source, word) for text in words for word in self.lemmas(text, 1)]
        best = max((self._attested(source, text) for text in accepted), default=0.0)
        strongest = max(known, default=0.0)
        return strongest >= PROVEN and strongest >= _PREFERRED * best

    def _read(self, text: str, side: int) -> tuple[str, ...]:
        return tuple(self._lemma(text[start:stop], side) for start, stop in word_places(text))

    def _weigh(self, source: str, text: str) -> Weights:
        own = self.lemmas(source, 0)
        return [[self._entries.get((left, right), 0.0) for left in own] for right in self.lemmas(text, 1)]

    def _lemma(self, word: str, side: int) -> str:
        held = self._lemmas[side]
        if word not in held:
            held[word] = lemma(self._languages[side], word, self._known[side])
        return held[word]

    def _attested(self, source: Sequence[str], text: str) -> float:
        """Return the weight with which a target wording is linked to the source lemmas.

        Each word of the wording has the weight of its strongest link; the result is the least of these.
        """
        return min((self._link(source, word) for word in self.lemmas(text, 1)), default=0.0)

    def _link(self, source: Sequence[str], word: str) -> float:
        """Return the weight of the strongest link between a target lemma and any of the source lemmas."""
        return max((self._entries.get((own, word), 0.0) for own in source), default=0.0)

    def _verdict(self, word: str, row: Sequence[float], own: Sequence[str], asked: set[int]) -> Verdict:
        best = max((row[at] for at in asked), default=0.0)
        other = max((weight for at, weight in enumerate(row) if at not in asked), default=0.0)
        if best >= PROVEN and best >= _CLEARLY * other:
            return "term"
        others = [found for at, found in enumerate(own) if at not in asked]
        roots = self._roots.get(word, ())
        if other >= RENDERS or any(_akin(root, found) for found in others for root in (*roots, word)):
            return "other"
        return "nothing" if roots else "unknown"


def _akin(one: str, other: str) -> bool:
    """Whether two lemmas may have the same root, or one may be borrowed from the other."""
    shared = min(len(one), len(other), _COGNATE)
    return shared >= _ROOT and one[:shared] == other[:shared]


def likeness(language: str, one: str, other: str, without: Collection[str]) -> float:
    """Return the likeness of two words of a language, 0 to 1: the cosine of their vectors of source lemmas.

    The vectors leave out the lemmas of `without`, the source words that both words are to render. Two
    synonyms also have other source words in common. Two words that render different senses of one source word
    have no other source word in common (условие and договор, which both render шарт).
    """
    left, right = _profile(language, one, without), _profile(language, other, without)
    both = sum(weight * right.get(key, 0.0) for key, weight in left.items())
    size = math.hypot(*left.values()) * math.hypot(*right.values())
    return both / size if size else 0.0


def _profile(language: str, word: str, without: Collection[str]) -> dict[tuple[str, str], float]:
    """Return the lemmas of other languages that a word may render, with their probabilities."""
    found = {}
    for source in _others(language):
        table = word_table(source, language)
        assert table is not None  # both are of one of the pairs
        (own,) = table.lemmas(word, 1)[:1] or [""]
        hidden = {name for text in without for name in table.lemmas(text, 0)}
        for key, chance in table.origins(own).items():
            if key not in hidden:
                found[source, key] = chance
    return found


def is_known(language: str, word: str) -> bool | None:
    """Whether the table of any language pair has the lemma of a word; None for a language without a table."""
    tables = [table for other in _others(language) if (table := word_table(other, language)) is not None]
    return any(not table.lemmas(word, 1)[0].endswith(_GUESSED) for table in tables) if tables else None


def _others(language: str) -> list[str]:
    """Return the other languages of the pairs that have a table and include `language`."""
    return sorted({tag for pair in _PAIRS if language in pair for tag in pair} - {language})


@cache
def word_table(source: str, target: str) -> WordTable | None:
    """Return the table for translation from `source` into `target`; None if none is shipped for the pair."""
    for first, second in _PAIRS:
        if {first, second} == {source, target}:
            return WordTable(source, target, dict(_entries(first, second, is_turned=first != source)))
    return None


def _entries(first: str, second: str, *, is_turned: bool) -> Iterator[tuple[tuple[str, str], Chances]]:
    place = files("egiz.glossary").joinpath(f"data/words/{first}-{second}.tsv")
    for line in place.read_text(encoding="utf-8").splitlines():
        own, *cells = line.split("\t")
        for other, there, back in (cell.rsplit(":", 2) for cell in cells):
            chances = int(there) / 100, int(back) / 100
            yield ((other, own), chances[::-1]) if is_turned else ((own, other), chances)


MayGo = Callable[[Collection[int]], bool]
"""A test whether a term may replace the given words of a translation (indices of `word_places`)."""

_AKIN = 4
"""The number of first letters in which words of one root agree."""
_FUNCTION = 3
"""The most letters of a word that counts as a function word, whose attention proves little."""


def any_words(words: Collection[int]) -> bool:
    """Return True for all words: the test to use if only the scores are to decide."""
    return True


def no_words(words: Collection[int]) -> bool:
    """Return False for all words: the test of a term that may replace nothing."""
    return False


def linked_words(standing: Standing | None, text: str, accepted: str) -> MayGo:
    """Return a test that is true for exactly the words that are linked to the term (see `Standing.may_go`).

    It is false if one of them shares a root with the term, because links are made between stems, and would
    link налогоплательщик with налог, собственник with собственность.
    """
    places = word_places(text)

    def may_go(words: Collection[int]) -> bool:
        taken = [text[slice(*places[at])] for at in words]
        return standing is not None and standing.may_go(words) and not _shares_root(taken, accepted)

    return may_go


def known_words(verdicts: Sequence[Verdict], text: str, accepted: str, *, is_meant: bool) -> MayGo:
    """Return a test that is true for words that are known to render the term.

    The words must include all that render the term and none that renders another source word. None may share
    a root with the term, as in `linked_words`. If the target wording certainly has the meaning of the source
    words (`is_meant`), words that are not in the table are allowed too. The attention of the model must also
    agree (see `attended_words`); this test alone tells whether attention is worth computing.
    """
    places = word_places(text)
    proven = {at for at, verdict in enumerate(verdicts) if verdict == "term"}
    if len(verdicts) != len(places) or not (proven or is_meant):
        return no_words
    allowed = ("term", "nothing", "unknown") if is_meant else ("term", "nothing")

    def may_go(words: Collection[int]) -> bool:
        own = set(words)
        known = proven <= own and all(verdicts[at] in allowed for at in own)
        return known and not _shares_root([text[slice(*places[at])] for at in own], accepted)

    return may_go


def attended_words(verdicts: Sequence[Verdict], standing: Standing | None, text: str) -> MayGo:
    """Return a test for words that a term may replace, by their attention to the term.

    The test is true if one of the given words attends to the term, and no other word of the text does. If
    another word did, a part of the old rendering would remain. Words of at most `_FUNCTION` letters, and
    words known to render another source word, may remain even if they attend to the term.
    """
    if standing is None or len(verdicts) != len(word_places(text)):
        return no_words
    places = word_places(text)
    remains = {
        at for at in standing.likely if verdicts[at] != "other" and places[at][1] - places[at][0] > _FUNCTION
    }
    return lambda words: bool(set(words) & standing.likely) and remains <= set(words)


def unclaimed_words(verdicts: Sequence[Verdict], *, is_meant: bool) -> MayGo:
    """Return a test whether a sentence may be decoded again from given words on.

    It is true for words that are known to render the term. If the target wording certainly has the meaning of
    the source words (`is_meant`), it is true for all words that are not known to render another source word.
    """
    allowed = ("term", "nothing", "unknown") if is_meant else ("term",)
    return lambda words: all(at < len(verdicts) and verdicts[at] in allowed for at in words)


def _shares_root(words: Collection[str], accepted: str) -> bool:
    roots = {word.text.lower()[:_AKIN] for word in cut_words(accepted)}
    return any(word.text.lower()[:_AKIN] in roots for text in words for word in cut_words(text))
