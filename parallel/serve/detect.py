"""Which language a text is in, among those of a model."""

from __future__ import annotations

from collections.abc import Sequence

from egiz.translate.guards.case import letters
from egiz.translate.guards.language import families, identifier, written_in
from egiz.translate.languages import alphabets

_LOOKED_AT = 2_000
"""Characters that are looked at: more of a text says nothing new of its language."""
_FOREIGN = 1e-3
"""What is left of the probability of a language for each letter of the text that its alphabet lacks."""
_ABSENT = 0.84
"""What is left of it for each letter of a text that has none of the letters by which an alphabet differs from
all others: a sixth of the letters of Kazakh text is."""
_DIFFERENT, _MOST = 5, 60
"""Letters by which an alphabet must differ for that, and letters of a text that are counted so."""
_LEAST = 0.01


def detect(text: str, languages: Sequence[str]) -> list[tuple[str, float]]:
    """The likely languages of a text with their probabilities, the likeliest first; none for one without
    letters.

    py3langid says how likely each language is; of those of the model, such as are written in other scripts
    are left out, and such as lack letters of the text (Russian for ә, ғ, қ) count for next to nothing.
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
