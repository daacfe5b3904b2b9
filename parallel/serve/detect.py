"""Detects the language of a text, among the languages of a model."""

from __future__ import annotations

from collections.abc import Sequence

from egiz.translate.guards.case import letters
from egiz.translate.guards.language import families, identifier, written_in
from egiz.translate.languages import alphabets

_LOOKED_AT = 2_000
"""Only so many characters at the beginning of a text are examined; more would not change the result."""
_FOREIGN = 1e-3
"""Factor on the probability of a language for each different letter of the text that its alphabet lacks."""
_ABSENT = 0.84
"""Factor on the probability of a language for each letter of a text that has none of the letters that only
this language's alphabet has. In Kazakh text a sixth of the letters are such letters."""
_DIFFERENT, _MOST = 5, 60
"""The fewest letters that an alphabet must have for itself for that, and the most letters of a text that are
counted."""
_LEAST = 0.01


def detect(text: str, languages: Sequence[str]) -> list[tuple[str, float]]:
    """The likely languages of a text with their probabilities, the likeliest first; empty for a text without
    letters.

    py3langid gives the probability of each language. Languages that are written in another script are left
    out, and a language whose alphabet lacks letters of the text (Russian for ә, ғ, қ) gets almost none.
    """
    text = text[:_LOOKED_AT]
    if not letters(text):
        return []
    able = [tag for tag in languages if not families(tag) or written_in(text, families(tag))]
    ranking = dict(identifier().rank(text))
    odds = {tag: ranking.get(tag.split("-")[0], 0.0) + 1e-12 for tag in able or languages}
    known = {tag: alphabets()[tag] for tag in odds if tag in alphabets()}
    used = [character for character in text.lower() if character.isalpha()]
    everything = frozenset().union(*known.values())
    for tag, own in known.items():
        odds[tag] *= _FOREIGN ** len((set(used) & everything) - own)
        peculiar = own.difference(*(other for name, other in known.items() if name != tag))
        if len(peculiar) >= _DIFFERENT and len(known) > 1 and not peculiar & set(used):
            odds[tag] *= _ABSENT ** min(len(used), _MOST)
    total = sum(odds.values())
    found = sorted(((odds[tag] / total, tag) for tag in odds), key=lambda item: (-item[0], item[1]))
    return [(tag, share) for share, tag in found if share >= _LEAST] or [(found[0][1], found[0][0])]
