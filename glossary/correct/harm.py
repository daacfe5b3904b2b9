"""Faults that a correction must not add to a sentence: gaps, repeated words, letters of another script.

Every function compares two texts, or counts the faults of one, so that a judge can tell whether an edit adds
any.
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

_KEPT = 0.9
"""The least number of words of another output, as a share of those of the present text. A shorter output is
often likelier only because it leaves something out."""
_SAME = 0.7
"""The least share of the words of a sentence that an output must keep to count as the same sentence. On
FLORES dev and the seed, outputs that kept less were as often worse than the replaced text as better."""
_REMEMBERED = 512
"""The number of pairs of texts whose objections are cached: each candidate is compared with the sentence."""
_LONG_ROOT = 5
_ENDING = 2
"""Letters at the end in which words of one root differ: должна, должны."""
_SHORT = 3
"""Letters of function words, which may stand twice."""


def is_as_good(
    source: str, before: str, after: str, languages: tuple[str, str], *, wordings: str = ""
) -> bool:
    """Whether another output of the model adds nothing wrong to `before`.

    It must add none of these: an objection of the guards, a gap, a truncated end, a word or root twice in a
    row, a word with letters of another script, a repeated content word. Words of `wordings`, the terms that
    it was asked to contain, may be repeated.
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
    """The codes of the guards that object to a translation."""
    made = Hypothesis(text=normalise(text), tokens=(), logprob=0.0)
    return frozenset(
        check(normalise(source), made, source_language=languages[0], target_language=languages[1])
    )


def doubled(text: str) -> int:
    """The number of pairs of neighbouring words that are equal (and over three letters) or share a root."""
    words = [word.text.lower() for word in cut_words(text)]
    return sum(_is_double(one, other) for one, other in pairwise(words))


def _is_double(one: str, other: str) -> bool:
    if one == other:
        return len(one) > _SHORT
    least = min(len(one), len(other))
    shared = next((at for at, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), least)
    return shared >= _LONG_ROOT and 2 * shared >= least


def breaks_off(text: str) -> bool:
    """Whether a text ends with a word of one or two letters, as when a model stops after a preposition."""
    words = cut_words(text)
    return bool(words) and words[-1].stop == len(text) and len(words[-1].text) < _SHORT


def foreign_words(text: str, language: str) -> frozenset[str]:
    """The words, in lower case, that have letters of another script than those of the language."""
    own = families(language)
    words = [text[slice(*place)].lower() for place in word_places(text)]
    return frozenset(
        word
        for word in words
        if own and any(family(sign) is not None and not written_in(sign, own) for sign in word)
    )


def repeated(source: str, before: str, after: str, wordings: str) -> frozenset[str]:
    """The words of more than five letters that `after` repeats, and `before` has less often.

    Words of `wordings` are left out. If the source repeats a word too, the result is empty.
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
    """Whether a change of some words puts in a term: it adds words, or replaces content words by others.

    Function words ("and") do not render a term. должны instead of должна is the same word in another form,
    and "sex of" instead of "sexual" only has another word of the same root.
    """
    old, new = ([text[slice(*place)].lower() for place in word_places(text)] for text in (before, after))
    gone, put = [word for word in old if word not in new], [word for word in new if word not in old]
    if gone and max(map(len, gone)) <= _SHORT:
        return False
    return not any(_is_of_one_root(one, other) for one in gone for other in put)


def _is_of_one_root(one: str, other: str) -> bool:
    """Whether two words agree except in the last two letters of the shorter one, and in three or more."""
    least = min(len(one), len(other))
    shared = max(_SHORT, least - _ENDING)
    return least >= _SHORT and one[:shared] == other[:shared]


def invents(before: str, after: str, language: str, wordings: str) -> bool:
    """Whether another text has a new word that no word table knows: "emotionable" for emotional.

    Words of `wordings`, the terms that the other text puts in, names (words with a capital) and words with
    digits do not count. False for languages without a table.
    """
    old, own = ({text[slice(*place)] for place in word_places(text)} for text in (before, wordings))
    new = {after[slice(*place)] for place in word_places(after)} - old - own
    return any(len(word) > _SHORT and word.islower() and is_known(language, word) is False for word in new)


def mostly_kept(before: str, after: str) -> bool:
    """Whether most words of `before` stand in `after`, in their order."""
    old, new = before.split(), after.split()
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) >= _SAME * len(old)


def rendered(table: WordTable, source: str, text: str, start: int = 0, stop: int = 0) -> frozenset[int]:
    """The indices of the source words outside ``[start:stop]`` that have a known rendering in a text."""
    weights = table.weights(source, text)
    return frozenset(
        at
        for at, (begin, end) in enumerate(word_places(source))
        if (end <= start or stop <= begin) and any(row[at] >= RENDERS for row in weights)
    )


def unlinked(table: WordTable, source: str, text: str) -> int:
    """The number of words, without names and short ones, that render no source word by the table."""
    rows = zip(word_places(text), table.weights(source, text), strict=True)
    return sum(
        stop - start > _SHORT and text[start].islower() and max(row, default=0.0) < RENDERS
        for (start, stop), row in rows
    )
