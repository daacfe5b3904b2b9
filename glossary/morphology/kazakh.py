"""Kazakh terms in running text: stems with endings, checked against the order and the sounds of endings.

A running word is cut at every place where the rest is a conceivable ending, and what stands before is looked
up: the cost does not grow with the number of terms. `accepts` then checks the ending against the very stem.
Endings that make other words are no endings here, so партиялық is no form of партия, сайлаушы none of сайлау.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import replace

from egiz.glossary.morphology.base import Accepted, Word
from egiz.glossary.morphology.kazakh_comparison import compare
from egiz.glossary.morphology.kazakh_context import WINDOW, before_verb, compound, derived
from egiz.glossary.morphology.kazakh_endings import all_endings, all_verb_endings
from egiz.glossary.morphology.kazakh_heads import head_keys
from egiz.glossary.morphology.kazakh_sounds import fold, key
from egiz.glossary.morphology.kazakh_verbs import verb_keys
from egiz.glossary.morphology.kazakh_wordings import last_forms, spelled_forms
from egiz.glossary.morphology.kazakh_writing import inflected
from egiz.glossary.morphology.plain import cut, gaps, split
from egiz.glossary.records import Form, Wording

_WHOLE, _VERB = "=", "~"
"""What marks the key of a word that is not inflected, and that of a verb's stem. The latter alone is known
where there are verbs at all, so that without any their endings are never made."""
_STRESS = re.compile("[\u0300\u0301]")
_APART = re.compile(r"[»”“\"’')\]]*[-\u2010\u2011\u2013]?")
"""What may part a stem from its ending: quotes or brackets that close, then a hyphen."""


class Kazakh:
    """The Kazakh of the protocol `Morphology`: suffix chains behind stems that are looked for."""

    def words(self, text: str) -> list[Word]:
        """Cut a text into words; hyphens part them, so that КОКП-ның is a stem and an ending.

        Marks of stress are no part of a word's text.
        """
        words = cut(text)
        if not _STRESS.search(text):
            return words
        return [replace(word, text=_STRESS.sub("", word.text)) for word in words]

    def keys(self, wording: Wording) -> list[tuple[str, ...]]:
        """Whole words but for the last, whose stems are the keys; whole words for explicit forms."""
        found: dict[tuple[str, ...], None] = {}
        for form in wording.forms:
            found[tuple([_WHOLE + word for word in split(fold(form))])] = None
        words = split(fold(wording.text))
        if words:
            before = tuple([_WHOLE + word for word in words[:-1]])
            for last in _last_keys(wording, words):
                found[(*before, last)] = None
            if wording.part_of_speech == "verb":
                found[(_VERB,)] = None
        found.pop((), None)
        return list(found)

    def lookup(self, word: str, known: Container[str]) -> tuple[str, ...]:
        """The word itself, and its beginnings where a conceivable ending follows, long ones first."""
        folded = fold(word)
        found = dict.fromkeys([_WHOLE + folded] if _WHOLE + folded in known else [])
        chains = all_endings()
        of_verbs = all_verb_endings() if _VERB in known else frozenset[str]()
        for stop in range(len(folded), min(len(folded), 2) - 1, -1):
            ending = folded[stop:]
            if ending in chains:
                stem = key(folded[:stop])
                if stem in known:
                    found[stem] = None
            if ending in of_verbs:
                stem = _VERB + key(folded[:stop])
                if stem in known:
                    found[stem] = None
        return tuple(found)

    def accepts(
        self, wording: Wording, text: str, words: Sequence[Word], first: int, last: int
    ) -> Accepted | None:
        """Whether the words are the wording with its last word inflected, or one of its explicit forms.

        One word is not looked for inside a compound with hyphens: келісім-шарт is neither келісім nor шарт.
        Between names a hyphen parts (Қазақстан-Ресей), and before an ending or a particle.
        """
        one = last - first == 1
        span = (words[first],) if one else words[first:last]
        raw = (span[0].text,) if one else tuple([word.text for word in span])
        comparison = compare(wording, raw, () if one else gaps(text, span))
        if comparison is None or (one and compound(text, words, first - 1, first)):
            return None
        stop = span[-1].stop
        gap = text[stop : words[last].start] if last < len(words) else ""
        if gap and not comparison.fixed and _APART.fullmatch(gap):
            ending = words[last]
            forms = _forms_with(wording, raw[-1], ending.text)
            if forms:
                return Accepted(stop=ending.stop, forms=forms)
            if derived(gap, ending.text):
                return None
        if one and compound(text, words, last, last - 1):
            return None
        if comparison.object and not before_verb(text[stop : stop + WINDOW]):
            return None
        tail = comparison.tail
        closed = tail and text.startswith(tail, stop)
        return Accepted(stop=stop + len(tail) if closed else stop, forms=comparison.forms)

    def inflect(self, wording: Wording, form: Form) -> str | None:
        """The wording in another form, by the same tables that recognise it.

        What `form` leaves open is as in the wording: a possessive of its own is kept (халық шаруашылығы).
        None where the stem is not sure, or for an abbreviation whose reading is not known.
        """
        return inflected(wording, form)


def _last_keys(wording: Wording, words: Sequence[str]) -> tuple[str, ...]:
    if wording.exact or wording.part_of_speech == "adverb":
        return (_WHOLE + words[-1],)
    found = head_keys(words[-1], phrase=len(words) > 1)
    if wording.part_of_speech != "verb":
        return found
    return (*found, *(_VERB + stem for stem in verb_keys(words[-1])))


def _forms_with(wording: Wording, last: str, ending: str) -> tuple[Form, ...]:
    """The forms of a last word whose ending stands apart: КОКП-ның, “қайта құру”дың."""
    return spelled_forms(wording, last, ending) or last_forms(wording, last + ending)
