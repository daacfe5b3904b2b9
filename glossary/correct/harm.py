"""What must not get worse in a sentence when a term is put right: its wholeness, its words, its letters.

Every function compares two texts, or counts in one text what is wrong there, so that a judge can say that an
edit adds nothing wrong.
"""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from egiz.glossary.correct.links import word_places
from egiz.glossary.correct.words import RENDERS, WordTable
from egiz.glossary.morphology.spelling import cut_words
from egiz.translate.guards import check
from egiz.translate.guards.language import families, family, written_in
from egiz.translate.records import Hypothesis
from egiz.translate.text import normalise

_KEPT = 0.9
"""The share of its words that a sentence must keep as another output: a shorter one is likelier only because
it leaves something out."""
_SAME = 0.7
"""The least share of its words that a sentence keeps in an output that counts as the same sentence. On FLORES
dev and the seed, outputs that kept less were as often worse than what they replaced as better."""
_REMEMBERED = 512
"""Pairs of texts whose objections are remembered: all candidates for a sentence are compared with it."""
_LONG_ROOT = 5
_ENDING = 2
"""Letters at the end in which words of one root differ: должна, должны."""
_SHORT = 3
"""Letters of function words, which may stand twice."""


def is_as_good(
    source: str, before: str, after: str, languages: tuple[str, str], *, wordings: str = ""
) -> bool:
    """Whether another output of the model adds nothing wrong to `before`.

    It has no objection of the guards that is new, no gap, no end that breaks off, no word or root twice on
    end, no word in letters of another script, and no content word that it repeats but for those of
    `wordings`, which are the terms that it was to have.
    """
    return (
        len(word_places(after)) >= _KEPT * len(word_places(before))
        and doubled(after) <= doubled(before)
        and (breaks_off(before) or not breaks_off(after))
        and not repeated(source, before, after, wordings)
        and not foreign_words(after, languages[1]) - foreign_words(f"{source} {before}", languages[1])
        and objections(source, after, languages) <= objections(source, before, languages)
    )


@lru_cache(maxsize=_REMEMBERED)
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
    least = min(len(one), len(other))
    shared = next((at for at, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), least)
    return shared >= _LONG_ROOT and 2 * shared >= least


def breaks_off(text: str) -> bool:
    """Whether a text ends with a short word, as where a model stops behind a preposition."""
    words = cut_words(text)
    return bool(words) and words[-1].stop == len(text) and len(words[-1].text) < _SHORT


def foreign_words(text: str, language: str) -> frozenset[str]:
    """The words, in small letters, with letters of another script than the language's."""
    own = families(language)
    words = [text[slice(*place)].lower() for place in word_places(text)]
    return frozenset(
        word
        for word in words
        if own and any(family(sign) is not None and not written_in(sign, own) for sign in word)
    )


def repeated(source: str, before: str, after: str, wordings: str) -> frozenset[str]:
    """The words of more than five letters that `after` repeats, and `before` less often.

    Those of `wordings` are left out, and so are all where the source repeats a word too.
    """
    old, new = _counts(before), _counts(after)
    if max(_counts(source).values(), default=0) > 1:
        return frozenset()
    own = set(_counts(wordings))
    return frozenset(word for word, count in new.items() if count > max(1, old[word]) and word not in own)


def _counts(text: str) -> Counter[str]:
    words = (text[slice(*place)].lower() for place in word_places(text))
    return Counter(word for word in words if len(word) > _LONG_ROOT)


def says_another(before: str, after: str) -> bool:
    """Whether a change of some words puts in a term: it adds words, or words with content give way to others.

    "and" does not stand for a term; должны instead of должна is the same word in another form, and "sex of"
    instead of "sexual" takes a word for another of its root.
    """
    old, new = ([text[slice(*place)].lower() for place in word_places(text)] for text in (before, after))
    gone, put = [word for word in old if word not in new], [word for word in new if word not in old]
    if gone and max(map(len, gone)) <= _SHORT:
        return False
    return not any(_is_of_one_root(one, other) for one in gone for other in put)


def _is_of_one_root(one: str, other: str) -> bool:
    """Whether two words agree but for the last two letters of the shorter one; short ones to the end."""
    least = min(len(one), len(other))
    shared = max(_SHORT, least - _ENDING)
    return least >= _SHORT and one[:shared] == other[:shared]


def mostly_kept(before: str, after: str) -> bool:
    """Whether most words of `before` stand in `after`, in their order."""
    old, new = before.split(), after.split()
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) >= _SAME * len(old)


def rendered(table: WordTable, source: str, text: str, start: int = 0, stop: int = 0) -> frozenset[int]:
    """The words of the source outside ``[start:stop]``, by number, that have a known rendering in a text."""
    weights = table.weights(source, text)
    return frozenset(
        at
        for at, (begin, end) in enumerate(word_places(source))
        if (end <= start or stop <= begin) and any(row[at] >= RENDERS for row in weights)
    )
