"""Copied-through guard: source words that stand untranslated in the output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from egiz.translate.guards.case import Case, headline, namelike, words
from egiz.translate.guards.script import families, written_in
from egiz.translate.languages import alphabets, language

_RUN = 4
"""Plain source words in unbroken order. On FLORES-200 dev, newstest2019 and 2,000 corpus rows people keep one
or two between Kazakh and Russian, and up to three of English where they quote a label; one row has five."""

_SHARE = 0.6
_LEAST_PLAIN = 4
"""Share of all plain source words that are kept, and how many there must be to speak of a share. On the same
sentences people keep under .3 between Kazakh and Russian; one row of quoted English has over .6."""

_EQUAL_PLAIN = 2
"""Plain words that make an output equal to its source a copy. One may be a loanword: футбол, президент."""


def copied(case: Case) -> bool | None:
    """Whether the source was passed through in place of a translation.

    Only plain words count: in the source's script, without capital or digit (in a line set in capitals
    every word counts). Names, numbers, addresses and lone words that both languages share are left alone.
    """
    source, output = _folded(case.source), _folded(case.output)
    plain = _plain(case)
    if source == output:
        return len(plain) >= _EQUAL_PLAIN or _impossible(case)
    if len(plain) < _EQUAL_PLAIN:
        return None
    kept = sum((Counter(plain) & Counter(output)).values())
    if len(plain) >= _LEAST_PLAIN and kept >= _SHARE * len(plain):
        return True
    return _longest_run(source, output, frozenset(plain)) >= _RUN


def _folded(text: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words(text))


def _plain(case: Case) -> tuple[str, ...]:
    """The source's words, folded, that a translation should not keep."""
    own = families(case.source_language)
    capitals = headline(case.source)
    return tuple(
        word.casefold()
        for word in words(case.source)
        if len(word) > 1 and (not own or written_in(word, own)) and (capitals or not namelike(word))
    )


def _impossible(case: Case) -> bool:
    """Whether the target cannot be spelt so: letters of another script than Latin, or not in its alphabet."""
    own, target = families(case.source_language), families(case.target_language)
    if "LATIN" not in own and not set(own) & set(target):
        return written_in(case.output, own)
    alphabet = alphabets().get(language(case.target_language).tag)
    if alphabet is None:
        return False
    return any(written_in(char, target) and char not in alphabet for char in case.output.lower())


def _longest_run(source: Sequence[str], output: Sequence[str], counted: frozenset[str]) -> int:
    """The most counted words in one stretch of words that stands in both, in the same order."""
    best, row = 0, [0] * (len(output) + 1)
    for word in source:
        above, row = row, [0] * (len(output) + 1)
        for place, other in enumerate(output, start=1):
            if word == other:
                row[place] = above[place - 1] + (word in counted)
        best = max(best, *row)
    return best
