"""Faults that a correction must not add to a sentence: gaps, repeated words, letters of another script.

The functions compare two texts, or count the faults of one, so that a judge can tell whether an edit adds
faults.
"""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from egiz.glossary.correct.links import word_places
from egiz.glossary.correct.words import RENDERS, WordTable, is_known
from egiz.glossary.morphology.spelling import cut_words
from egiz.translate.guards import check
from egiz.translate.guards.language import families, family, written_in
from egiz.translate.records import Hypothesis
from egiz.translate.text import normalise

_LEAST_LENGTH = 0.9
"""The least number of words of another output, as a share of the number of words of the present text. A
shorter output is often likelier only because it omits something."""
_LEAST_KEPT = 0.7
"""The least share of the words of a sentence that an output must keep to count as the same sentence. On
FLORES dev and the seed, outputs that kept less were as often worse than the replaced text as better."""
_REMEMBERED = 512
"""The number of pairs of source and text whose objections are cached. Each candidate is compared with the
same present sentence."""
_LONG_ROOT = 5
_ENDING = 2
"""The most letters at the end in which words of one root differ: должна, должны."""
_SHORT = 3
"""The most letters of a function word, which may be repeated."""


def is_as_good(
    source: str, before: str, after: str, languages: tuple[str, str], *, wordings: str = ""
) -> bool:
    """Whether another output of the model adds nothing wrong to `before`.

    The output `after` must add none of these to `before`: an objection of a guard, an omission, a truncated
    end, a word or root twice in a row, a word with letters of another script, a content word used twice.
    Words of `wordings`, the terms that the model was asked to use, may occur twice.
    """
    return (
        len(word_places(after)) >= _LEAST_LENGTH * len(word_places(before))
        and doubled(after) <= doubled(before)
        and (breaks_off(before) or not breaks_off(after))
        and not repeated(source, before, after, wordings)
        and not foreign_words(after, languages[1]) - foreign_words(f"{source} {before}", languages[1])
        and objections(source, after, languages) <= objections(source, before, languages)
    )


@lru_cache(maxsize=_REMEMBERED)
def objections(source: str, text: str, languages: tuple[str, str]) -> frozenset[str]:
    """Return the codes of the guards (checks of a translation against its source) that object."""
    made = Hypothesis(text=normalise(text), tokens=(), logprob=0.0)
    return frozenset(
        check(normalise(source), made, source_language=languages[0], target_language=languages[1])
    )


def doubled(text: str) -> int:
    """Return the number of pairs of neighbouring words that repeat each other.

    They are equal and longer than `_SHORT` letters, or share a root.
    """
    words = [word.text.lower() for word in cut_words(text)]
    return sum(_is_double(one, other) for one, other in pairwise(words))


def _is_double(one: str, other: str) -> bool:
    if one == other:
        return len(one) > _SHORT
    least = min(len(one), len(other))
    shared = next((at for at, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), least)
    return shared >= _LONG_ROOT and 2 * shared >= least


def breaks_off(text: str) -> bool:
    """Whether a text ends with a word of one or two letters, as if cut off after a preposition."""
    words = cut_words(text)
    return bool(words) and words[-1].stop == len(text) and len(words[-1].text) < _SHORT


def foreign_words(text: str, language: str) -> frozenset[str]:
    """Return the words, in lower case, with a letter of another script than that of the language."""
    own = families(language)
    words = [text[slice(*place)].lower() for place in word_places(text)]
    return frozenset(
        word
        for word in words
        if own and any(family(sign) is not None and not written_in(sign, own) for sign in word)
    )


def repeated(source: str, before: str, after: str, wordings: str) -> frozenset[str]:
    """Return the words that `after` has at least twice, and more often than `before`.

    Only words of more than `_LONG_ROOT` letters count. Words of `wordings` are left out. If any long word
    occurs twice in the source, the result is empty.
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
    """Whether a change of the words `before` into the words `after` may put a term in.

    True if the change only adds words, or if it replaces content words by other words. False if it replaces
    only function words ("and"), because these do not render a term. Also false if the new word is another
    form of the old one (должны for должна), or another word of the same root ("sex of" for "sexual").
    """
    old, new = ([text[slice(*place)].lower() for place in word_places(text)] for text in (before, after))
    gone, put = [word for word in old if word not in new], [word for word in new if word not in old]
    if gone and max(map(len, gone)) <= _SHORT:
        return False
    return not any(_is_of_one_root(one, other) for one in gone for other in put)


def _is_of_one_root(one: str, other: str) -> bool:
    """Whether two words have the same first letters, so that they may be of one root.

    The number of letters that must be equal is the length of the shorter word less `_ENDING`, but at least
    `_SHORT`. False if a word has fewer than `_SHORT` letters.
    """
    least = min(len(one), len(other))
    shared = max(_SHORT, least - _ENDING)
    return least >= _SHORT and one[:shared] == other[:shared]


def invents(before: str, after: str, language: str, wordings: str) -> bool:
    """Whether `after` has a new word that is in no word table, such as "emotionable" for emotional.

    Not considered are the words of `wordings` (the terms that `after` puts in), names (words with a capital),
    words with digits and words of at most `_SHORT` letters. False for languages without a table.
    """
    old, own = ({text[slice(*place)] for place in word_places(text)} for text in (before, wordings))
    new = {after[slice(*place)] for place in word_places(after)} - old - own
    return any(len(word) > _SHORT and word.islower() and is_known(language, word) is False for word in new)


def mostly_kept(before: str, after: str) -> bool:
    """Whether at least the share `_LEAST_KEPT` of the words of `before` is in `after`, in the same order."""
    old, new = before.split(), after.split()
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) >= _LEAST_KEPT * len(old)


def rendered(table: WordTable, source: str, text: str, start: int = 0, stop: int = 0) -> frozenset[int]:
    """Return the indices of the source words that have a known rendering in `text`.

    The words of ``source[start:stop]`` are left out.
    """
    weights = table.weights(source, text)
    return frozenset(
        at
        for at, (begin, end) in enumerate(word_places(source))
        if (end <= start or stop <= begin) and any(row[at] >= RENDERS for row in weights)
    )


def unlinked(table: WordTable, source: str, text: str) -> int:
    """Return the number of words of `text` that render no source word by the table.

    Names (words with a capital) and words of at most `_SHORT` letters are not counted.
    """
    rows = zip(word_places(text), table.weights(source, text), strict=True)
    return sum(
        stop - start > _SHORT and text[start].islower() and max(row, default=0.0) < RENDERS
        for (start, stop), row in rows
    )
