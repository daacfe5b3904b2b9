"""Words that look like a form of a shorter word and are none, by themselves or by what follows them.

басқа "other" is no dative of бас, nor жүзім "grape" a form of жүз. заңды is "lawful" or the accusative of
заң; as an object it mostly stands right before a verb, so only there is it taken for one. The words stand
in ``data/kk_words.tsv``.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from egiz.glossary.morphology.kazakh_endings import table
from egiz.glossary.morphology.kazakh_heads import readings

_NEXT = re.compile(r"\s+([^\W\d_]+)\s*(\w?)")
WINDOW = 64
"""Characters of the following text that are enough to see the next word."""
_MANY = 65536


@lru_cache(maxsize=_MANY)
def own_word(folded: str) -> str:
    """The longest word of its own that a running word is, with or without endings; empty if it is none."""
    own = _words()["word"]
    stems = (folded[:stop] for stop in range(len(folded), 1, -1))
    return next((stem for stem in stems if stem in own and readings(stem, folded)), "")


def adjective(folded: str) -> bool:
    """Whether a running word in -ды is an adjective rather than an accusative."""
    return folded in _words()["adjective"]


def before_verb(following: str) -> bool:
    """Whether the text that follows begins with a verb, as it does behind most objects."""
    found = _NEXT.match(following)
    if found is None:
        return False
    rules, word = table()["context"], found[1].lower()
    if word.startswith(tuple(rules["linking"].split())):
        return False
    last = not found[2]
    return word.endswith(tuple(rules["verbs"].split())) or (last and word.endswith(tuple(rules["past"].split())))


@cache
def _words() -> dict[str, frozenset[str]]:
    source = files("egiz.glossary.morphology").joinpath("data", "kk_words.tsv")
    rows = [row.split("\t") for row in source.read_text(encoding="utf-8").splitlines()[1:]]
    return {kind: frozenset(word for word, of in rows if of == kind) for kind in ("word", "adjective")}
