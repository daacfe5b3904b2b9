"""Protects a sentence: which words may give way to a term, and whether an edit leaves the rest as good.

A word gives way only if it is known to render the term and nothing else of the source; attention and the
word table must agree. What stays must not become less likely: the log-probabilities of the tokens outside
the term are summed before and after (see `Corrector`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import pairwise

from egiz.glossary.correct.links import Standing, Weights, word_places
from egiz.glossary.correct.words import RENDERS, Verdict
from egiz.glossary.morphology.base import Change
from egiz.glossary.morphology.spelling import cut_words
from egiz.translate.guards import check
from egiz.translate.records import Hypothesis
from egiz.translate.text import normalise

MayGo = Callable[[Collection[int]], bool]
"""Whether words of a translation (numbers of `word_places`) may give way to a term."""

_ROOT = 4
_LONG_ROOT = 5
_SHORT = 3
"""Letters of function words, whose attention says little."""


def any_words(words: Collection[int]) -> bool:
    """Every word may go: the score alone decides."""
    return True


def no_words(words: Collection[int]) -> bool:
    """No word may go."""
    return False


def linked_words(standing: Standing | None, text: str, accepted: str) -> MayGo:
    """Exactly the words that links say stand for the term, unless they share a root with it.

    Links go by stems and would link налогоплательщик with налог, собственник with собственность.
    """
    places = word_places(text)

    def may_go(words: Collection[int]) -> bool:
        taken = [text[slice(*places[at])] for at in words]
        return standing is not None and standing.may_go(words) and not _akin(taken, accepted)

    return may_go


def proven_words(
    verdicts: Sequence[Verdict], standing: Standing | None, text: str, accepted: str, *, is_told: bool
) -> MayGo:
    """The words that are known to render the term: all of them together, and none that renders another word.

    Attention must agree: one of them looks at the term, and no other word does, for the remains of a
    rendering make nonsense. None may share a root with the term, as in `linked_words`. Where the
    wording surely says what the source means (`is_told`), attention alone tells which words render it.
    """
    places = word_places(text)
    proven = {at for at, verdict in enumerate(verdicts) if verdict == "term"}
    if standing is None or len(verdicts) != len(places) or not (proven or is_told):
        return no_words
    allowed = ("term", "nothing", "unknown") if is_told else ("term", "nothing")
    remains = {
        at for at in standing.likely if verdicts[at] != "other" and places[at][1] - places[at][0] > _SHORT
    }

    def may_go(words: Collection[int]) -> bool:
        own = set(words)
        known = all(verdicts[at] in allowed for at in own)
        agreed = proven <= own and bool(own & standing.likely) and remains <= own
        return known and agreed and not _akin([text[slice(*places[at])] for at in own], accepted)

    return may_go


def unclaimed_words(verdicts: Sequence[Verdict], *, is_told: bool) -> MayGo:
    """The words from which on a sentence may be translated again: they are known to render the term.

    Where the wording surely says what the source means (`is_told`), they need only render no other word of
    the source.
    """
    allowed = ("term", "nothing", "unknown") if is_told else ("term",)
    return lambda words: all(at < len(verdicts) and verdicts[at] in allowed for at in words)


def rendered(weights: Weights, places: Sequence[tuple[int, int]], start: int, stop: int) -> int:
    """How many words of the source outside ``[start:stop]`` have a known rendering in a text.

    `weights` are those of the word table for source and text, `places` those of the words of the source.
    """
    outside = [at for at, (begin, end) in enumerate(places) if end <= start or stop <= begin]
    return sum(any(row[at] >= RENDERS for row in weights) for at in outside)


def changed_words(text: str, changes: Collection[Change]) -> frozenset[int]:
    """The numbers of the words that the changes touch."""
    return frozenset(
        at
        for at, (begin, end) in enumerate(word_places(text))
        if any(begin < stop and start < end for start, stop, _ in changes)
    )


def shifted(changes: Collection[Change]) -> list[Change]:
    """The places of the changes in the new text."""
    moved, shift = [], 0
    for start, stop, after in sorted(changes):
        moved.append((start + shift, start + shift + len(after), after))
        shift += len(after) - (stop - start)
    return moved


def objections(source: str, text: str, languages: tuple[str, str]) -> frozenset[str]:
    """The codes of the guards that find a translation bad."""
    made = Hypothesis(text=normalise(text), tokens=(), logprob=0.0)
    return frozenset(
        check(normalise(source), made, source_language=languages[0], target_language=languages[1])
    )


def doubled(text: str) -> int:
    """How many neighbouring words, of more than three letters, are one word or of one root."""
    words = [word.text.lower() for word in cut_words(text)]
    return sum(_is_double(one, other) for one, other in pairwise(words))


def _is_double(one: str, other: str) -> bool:
    if one == other:
        return len(one) > _SHORT
    shared = next((at for at, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), 0)
    return shared >= _LONG_ROOT and 2 * shared >= min(len(one), len(other))


def breaks_off(text: str) -> bool:
    """Whether a text ends with a short word, as where a model stops behind a preposition."""
    words = cut_words(text)
    return bool(words) and words[-1].stop == len(text) and len(words[-1].text) < _SHORT


def _akin(words: Collection[str], accepted: str) -> bool:
    roots = {word.text.lower()[:_ROOT] for word in cut_words(accepted)}
    return any(word.text.lower()[:_ROOT] in roots for text in words for word in cut_words(text))
