"""Terms told to the model: a sentence that lacks some is translated once more, with their wordings as hints.

A model that has learnt hints writes the wording in the form that its place asks for, or leaves it out where
it does not fit. Nothing is put in by rule, so such an output is judged as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from egiz.glossary.check import Checker, TermUse
from egiz.glossary.correct.judge import breaks_off, doubled, objections, rendered
from egiz.glossary.correct.links import word_places
from egiz.glossary.correct.words import WordTable
from egiz.glossary.records import RIGHT_OUTCOMES
from egiz.translate.engine.protocol import Hint
from egiz.translate.text import normalise

SETTLED = RIGHT_OUTCOMES
"""The outcomes of a term that needs no correction."""
KEPT = 0.9
"""The share of its words that a sentence must keep as another output: a shorter one is likelier only because
it leaves something out."""

_SAME = 0.7
"""The least share of its words that a sentence keeps in an output that counts as the same sentence. On FLORES
dev and the seed, outputs that kept less were as often worse than what they replaced as better."""


def hints_of(source: str, uses: Sequence[TermUse], language: str) -> tuple[Hint, ...]:
    """The preferred wordings of the terms of `uses`, each at the end of the last word of its occurrence.

    Places are those of the normalised source, as the engine reads it; there are no hints where normalising
    changes the number of words, and one at most in a place.
    """
    plain = normalise(source)
    words, read = word_places(source), word_places(plain)
    if len(words) != len(read):
        return ()
    told: dict[int, str] = {}
    for use in uses:
        last = max((at for at, (start, _) in enumerate(words) if start < use.source.stop), default=None)
        wordings = use.term.accepted_in(language)
        if last is not None and wordings:
            told.setdefault(read[last][1], normalise(wordings[0].text))
    return tuple(sorted(told.items()))


def newly_right(checker: Checker, source: str, uses: Sequence[TermUse], text: str) -> list[TermUse]:
    """The uses of `text` that have become right; none if another has become wrong by it.

    `uses` are those before.
    """
    found = checker.check(source, text)
    sides = uses, found
    before, after = ({use.source.start for use in side if use.outcome not in SETTLED} for side in sides)
    banned, still = (sum(use.outcome == "forbidden" for use in side) for side in sides)
    if not after < before or still > banned:
        return []
    return [use for use in found if use.source.start in before - after]


def is_as_good(source: str, before: str, after: str, languages: tuple[str, str]) -> bool:
    """Whether another output has no objection of the guards, no doubled word and no gap that is new."""
    return (
        objections(source, after, languages) <= objections(source, before, languages)
        and doubled(after) <= doubled(before)
        and len(word_places(after)) >= KEPT * len(word_places(before))
        and (breaks_off(before) or not breaks_off(after))
    )


def mostly_kept(before: str, after: str) -> bool:
    """Whether most words of `before` stand in `after`, in their order."""
    old, new = before.split(), after.split()
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) >= _SAME * len(old)


def gained(table: WordTable, source: str, before: str, after: str) -> int:
    """How many more words of the source have a known rendering in `after` than in `before`."""
    places = word_places(source)
    old, new = (rendered(table.weights(source, text), places, 0, 0) for text in (before, after))
    return new - old
