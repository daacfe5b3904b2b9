"""Which words of a translation may give way to a term.

A word gives way only if the word table shows that it renders the term and nothing else of the source, and if
the attention of the model, or word links, agree.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from egiz.glossary.correct.links import Standing, word_places
from egiz.glossary.correct.words import Verdict
from egiz.glossary.morphology.spelling import cut_words

MayGo = Callable[[Collection[int]], bool]
"""Whether words of a translation (indices of `word_places`) may give way to a term."""

_ROOT = 4
"""The number of first letters that words of one root share."""
_SHORT = 3
"""The most letters of a word that counts as a function word, whose attention proves little."""


def any_words(words: Collection[int]) -> bool:
    """True for any words: the score alone decides."""
    return True


def no_words(words: Collection[int]) -> bool:
    """False for any words."""
    return False


def linked_words(standing: Standing | None, text: str, accepted: str) -> MayGo:
    """Exactly the words that are linked to the term, unless they share a root with it.

    Links go by stems and would link налогоплательщик with налог, собственник with собственность.
    """
    places = word_places(text)

    def may_go(words: Collection[int]) -> bool:
        taken = [text[slice(*places[at])] for at in words]
        return standing is not None and standing.may_go(words) and not _akin(taken, accepted)

    return may_go


def known_words(verdicts: Sequence[Verdict], text: str, accepted: str, *, is_told: bool) -> MayGo:
    """The words that are known to render the term: all of them together, and none that renders another word.

    None may share a root with the term, as in `linked_words`. If the wording certainly has the meaning of the
    source (`is_told`), words that the table does not know may go as well. The attention of the model must
    also agree, see `attended_words`; this test alone tells whether it is worth computing.
    """
    places = word_places(text)
    proven = {at for at, verdict in enumerate(verdicts) if verdict == "term"}
    if len(verdicts) != len(places) or not (proven or is_told):
        return no_words
    allowed = ("term", "nothing", "unknown") if is_told else ("term", "nothing")

    def may_go(words: Collection[int]) -> bool:
        own = set(words)
        known = proven <= own and all(verdicts[at] in allowed for at in own)
        return known and not _akin([text[slice(*places[at])] for at in own], accepted)

    return may_go


def attended_words(verdicts: Sequence[Verdict], standing: Standing | None, text: str) -> MayGo:
    """Words of which at least one attends to the term, if no word that stays attends to it.

    A part of the old rendering that stayed would make nonsense. Function words, and words that are known to
    render another word of the source, may stay.
    """
    if standing is None or len(verdicts) != len(word_places(text)):
        return no_words
    places = word_places(text)
    remains = {
        at for at in standing.likely if verdicts[at] != "other" and places[at][1] - places[at][0] > _SHORT
    }
    return lambda words: bool(set(words) & standing.likely) and remains <= set(words)


def unclaimed_words(verdicts: Sequence[Verdict], *, is_told: bool) -> MayGo:
    """The words from which on a sentence may be translated again: those that are known to render the term.

    If the wording certainly has the meaning of the source (`is_told`), these are all words that are not known
    to render another word of the source.
    """
    allowed = ("term", "nothing", "unknown") if is_told else ("term",)
    return lambda words: all(at < len(verdicts) and verdicts[at] in allowed for at in words)


def _akin(words: Collection[str], accepted: str) -> bool:
    roots = {word.text.lower()[:_ROOT] for word in cut_words(accepted)}
    return any(word.text.lower()[:_ROOT] in roots for text in words for word in cut_words(text))
