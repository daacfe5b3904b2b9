"""Kazakh term extraction: stems and word classes are derived from the forms in the text.

No dictionary is used. The known words are those of the text and of the background list. The stem of a form is
the shortest known word of which it may be an inflected form. If there is none, a stem is accepted that two
forms of the text share. Otherwise the form itself counts as a stem. A word is a noun if the text has it with
endings of nouns, and a verb if the text has it in several forms that only verbs have. Endings of adjectives
and verbs are in `data/extraction.toml`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import product

from egiz.glossary.extract.language import (
    Profile,
    Reading,
    Variants,
    fold_counts,
    is_abbreviation,
    most_common,
)
from egiz.glossary.extract.ranking import Background
from egiz.glossary.kazakh.endings import BARE, HARMONIES, SOUNDS, Harmony, Sound, all_endings, endings, table
from egiz.glossary.kazakh.sounds import shapes
from egiz.glossary.morphology.spelling import copy_capitals
from egiz.glossary.records import Form

_CASES = ("nominative", "genitive", "dative", "accusative", "locative", "ablative", "instrumental")
_NUMBERS = ("singular", "plural")
_POSSESSORS = ("", "3", "1p", "2p")
_MANY = 1 << 18
SURNAMES = "ев"
"""The end of surnames that take endings of either harmony: Назарбаевтың, Горбачевтің."""
SHORTEST_STEM = 2
"""The fewest letters of a stem: ел, ақ."""


def splits(word: str) -> tuple[tuple[str, Form], ...]:
    """Return the possible stems of a lower-case word, shortest first, each with the form the word has of it.

    Only plain endings are considered: number, possessive (``3``, ``1p``, ``2p``) and case. The word itself is
    not returned as a stem. Some of the stems may not be words of the language.

    >>> [stem for stem, _ in splits("дәрежеге")]
    ['дәреже']
    """
    found = []
    for stop in range(SHORTEST_STEM, len(word)):
        if word[stop:] in _all_plain_endings():
            for stem in _stems(word[:stop], word[stop]):
                found += [(stem, form) for form in _forms(stem, word[:stop], word[stop:])]
    return tuple(found)


def attach(stem: str, form: Form) -> str | None:
    """Return a lower-case stem in a form; None if no ending for this form is known.

    >>> attach("дәреже", Form(case="nominative", number="singular", possessor="3"))
    'дәрежесі'
    """
    for shape in shapes(stem):
        ending = _plain_endings(shape.sound, shape.harmonies[0])[1].get(form)
        if ending is not None and shape.stands_before(ending):
            return shape.text + ending
    return None


def _stems(base: str, following: str) -> Iterator[str]:
    """Yield the stems that may be spelt `base` before the letter `following` of an ending.

    Before an ending, the last consonant of a stem may be voiced, its end shortened, or its last vowel lost.
    """
    yield base
    stems = table()["stems"]
    for voiceless, voiced in stems["voiced"].items():
        if base.endswith(voiced):
            yield base[:-1] + voiceless
    for full, short in stems["shortened"].items():
        if base.endswith(short) and len(base) > len(short) + 1:
            yield base[: -len(short)] + full
    if base[-1] in stems["doubled"]:
        yield base + base[-1]
    yield from _dropped().get(base, ())


@lru_cache(maxsize=_MANY)
def _forms(stem: str, base: str, ending: str) -> tuple[Form, ...]:
    """Return the forms that `base` and `ending` together may be of a stem; none if they do not fit."""
    found: dict[Form, None] = {}
    for shape in shapes(stem):
        if shape.text == base and shape.stands_before(ending):
            for harmony in HARMONIES if stem.endswith(SURNAMES) else shape.harmonies:
                found.update(dict.fromkeys(_plain_endings(shape.sound, harmony)[0].get(ending, ())))
    return tuple(found)


@cache
def _dropped() -> Mapping[str, tuple[str, ...]]:
    """Return the stems that lose their last vowel, by the spelling without it: мүлк → мүлік."""
    found: dict[str, tuple[str, ...]] = {}
    for stem in f"{table()['stems']['dropping']} {table()['stems']['may_drop']}".split():
        for shape in shapes(stem):
            if shape.text != stem:
                found[shape.text] = (*found.get(shape.text, ()), stem)
    return found


@cache
def _plain_endings(
    sound: Sound, harmony: Harmony
) -> tuple[Mapping[str, tuple[Form, ...]], Mapping[Form, str]]:
    """Return the plain endings after a sound and harmony: forms by ending, and the ending by form.

    Plain endings consist of number, possessive and case only.
    """
    written = endings(sound, harmony).written
    forms: dict[str, tuple[Form, ...]] = {}
    chosen: dict[Form, str] = {}
    for case, number, possessor in product(_CASES, _NUMBERS, _POSSESSORS):
        form = Form(case=case, number=number, possessor=possessor)
        if form in written:
            chosen[form] = written[form]
            if written[form]:
                forms[written[form]] = (*forms.get(written[form], ()), form)
    return forms, chosen


@cache
def _all_plain_endings() -> frozenset[str]:
    """Return the endings of `_plain_endings` for every final sound of a stem and both vowel harmonies."""
    return frozenset(
        text for sound, harmony in product(SOUNDS, HARMONIES) for text in _plain_endings(sound, harmony)[0]
    )


Built = tuple[str, Form]

KINDS = 3
"""The fewest kinds of verb forms in which a stem must occur to count as the stem of a verb. A stem with only
two of them is often a noun that looks like a verb form."""
UNKNOWN_STEM = 4
"""The fewest letters of a stem that is accepted although neither the background list nor the text has it as a
word."""
SHORT_STEM = 3
"""The fewest letters of an ordinary stem; shorter stems must meet stricter conditions."""
SEEN, SEEN_SHORT = 0.02, 0.2
"""The least frequency of an ordinary stem, and of a short one, in the text, as a share of the frequency of
the word that is its form. It excludes typing errors: Қазақс is not the stem of Қазақстан."""
LONG_ENDING = 3
"""The fewest letters of an ending that proves a stem although only one word has this stem."""


@dataclass(frozen=True, slots=True)
class Kazakh:
    """Term extraction for Kazakh."""

    profile: Profile
    background: Background

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern of roles, from `data/extraction.toml`: words without endings, then a noun."""
        return self.profile.pattern

    def read(self, forms: Mapping[str, int]) -> dict[str, Reading]:
        """Return the stem, as lemma, and the roles of each form."""
        counts = fold_counts(forms)
        verbs = verb_stems(counts, self.profile.endings["paradigm"]) | self._background_verbs()
        stems = self.stems(counts, verbs)
        nouns = self._nouns(stems)
        return {form: self._reading(form, stems, nouns, verbs) for form in forms}

    def stems(self, counts: Mapping[str, int], verbs: frozenset[str]) -> dict[str, Built]:
        """Return for each lower-case word its stem, and the form that the word is of this stem."""
        places = self.profile.endings["places"]
        built = {
            word: () if word.endswith(places) or self.is_verb(word, verbs) else splits(word)
            for word in counts
        }
        support = Counter(stem for found in built.values() for stem in {stem for stem, _ in found})
        chosen = {word: self._choose(word, found, counts, support) for word, found in built.items()}
        return {word: _stem_of_stem(chosen, word, found) for word, found in built.items()}

    def citation(self, lemmas: Sequence[str], variants: Variants) -> str:
        """Return the most frequent spelling with its last word in the nominative singular.

        The last word of a phrase keeps its third-person possessive if most occurrences have it.
        """
        words, stem = most_common(variants), lemmas[-1]
        tied = 0
        for (*_, last), count in variants.items():
            form = next((form for found, form in splits(last.lower()) if found == stem), BARE)
            tied += count if form.possessor == "3" else -count
        form = replace(BARE, possessor="3" if len(words) > 1 and tied > 0 else "")
        head = attach(stem, form) if form != BARE else stem
        return " ".join([*words[:-1], copy_capitals(words[-1], head or stem)])

    def _choose(
        self, word: str, found: Sequence[Built], counts: Mapping[str, int], support: Mapping[str, int]
    ) -> Built:
        """Return the most plausible stem of a word with the form of the word, or the word itself.

        `found` has the possible stems. `support` has for each stem the number of words of the text that it
        fits.
        """
        head, hyphen, ending = word.rpartition("-")
        if hyphen and ending in all_endings():
            return head, all_endings()[ending][0]
        if word in self.background:
            return word, BARE
        known = [item for item in found if self._is_familiar(item[0])]
        known += [item for item in found if _is_seen(item[0], word, counts)]
        for stem, form in known:
            if not self._is_doubtful(word, stem, counts):
                return stem, form
        guesses = [item for item in found if _can_be_stem(item[0], word)]
        best = max(guesses, key=lambda item: support[item[0]], default=(word, BARE))
        shared = support[best[0]] > 1 or len(word) - len(best[0]) >= LONG_ENDING
        return best if shared and support[best[0]] > support[word] else (word, BARE)

    def _is_familiar(self, stem: str) -> bool:
        """Whether a stem is a stop word, or is in the background list and not marked as a verb there.

        If it has fewer than `SHORT_STEM` letters, it must be marked as a noun there.
        """
        if stem in self.profile.stop and len(stem) >= SHORT_STEM:
            return True
        kind = self.background.kinds.get(stem, "")
        return stem in self.background and kind != "verb" and (len(stem) >= SHORT_STEM or kind == "noun")

    def _is_doubtful(self, word: str, stem: str, counts: Mapping[str, int]) -> bool:
        """Whether a word that looks like an accusative is more likely an adjective."""
        if not word.endswith(self.profile.endings["doubtful"]) or self.background.kinds.get(stem) == "noun":
            return False
        return counts[word] > 2 * counts.get(stem, 0)

    def is_verb(self, word: str, verbs: Container[str]) -> bool:
        """Whether a word is a form that only verbs have; verbal nouns in -у are not counted as verbs."""
        if word in self.background and self.background.kinds.get(word) != "verb":
            return False
        endings = self.profile.endings
        if word.endswith(endings["verbs"]) and len(word) > UNKNOWN_STEM:
            return True
        return any(
            word.endswith(ending) and word[: -len(ending)] in verbs for ending in endings["after_verbs"]
        )

    def _background_verbs(self) -> frozenset[str]:
        return frozenset(stem for stem, kind in self.background.kinds.items() if kind == "verb")

    def _nouns(self, stems: Mapping[str, Built]) -> frozenset[str]:
        """Return the stems that occur in the text with noun endings, and the nouns of the background list.

        One word with a noun ending is enough for a stem that the background list lacks. A stem that the list
        has, but does not mark as a noun, must occur in two such words.
        """
        seen = Counter(
            stem
            for word, (stem, _) in stems.items()
            if stem != word and not word.endswith(self.profile.endings["doubtful"])
        )
        own = {stem for stem, forms in seen.items() if forms > (stem in self.background)}
        return frozenset(own | {stem for stem, kind in self.background.kinds.items() if kind == "noun"})

    def _reading(
        self, form: str, stems: Mapping[str, Built], nouns: frozenset[str], verbs: frozenset[str]
    ) -> Reading:
        word = form.lower()
        stem, built = stems[word]
        stop, endings = self.profile.stop, self.profile.endings
        is_short = len(stem) <= SHORT_STEM - 1 and not is_abbreviation(form)
        if word in stop or stem in stop or (is_short and stem not in nouns):
            return Reading(stem, "")
        if self.is_verb(word, verbs) or self.is_verb(stem, verbs):
            return Reading(stem, "")
        is_noun = stem in nouns or stem.endswith(endings["nouns"])
        is_adjective = not is_noun and stem.endswith((*endings["adjectives"], *endings["doubtful"]))
        if stem == word:
            is_alone = (is_noun and not is_short) or is_abbreviation(form)
            return Reading(stem, "A" if is_adjective else "N" if is_alone else "U")
        if built.case == "nominative" and not (built.possessor or is_short or is_adjective):
            return Reading(stem, "N")
        last = "J" if is_short or is_adjective else "I"
        return Reading(stem, last + "U" if word.endswith(endings["doubtful"]) else last)


def _is_seen(stem: str, word: str, counts: Mapping[str, int]) -> bool:
    """Whether a stem is frequent enough in the text to be the stem of `word`.

    The least frequency is `SEEN`, or `SEEN_SHORT` for a short stem.
    """
    share = SEEN if len(stem) >= SHORT_STEM else SEEN_SHORT
    return stem in counts and counts[stem] >= share * counts[word]


def _can_be_stem(stem: str, word: str) -> bool:
    """Whether a stem that is no known word may be the stem of a word.

    It must have at least `UNKNOWN_STEM` letters, and the word must begin with it. If the stem ends in к, қ or
    п, the word may have г, ғ or б instead of this letter. A stem that ends in г, ғ or б is rejected.
    """
    voiced: Mapping[str, str] = table()["stems"]["voiced"]
    if not UNKNOWN_STEM <= len(stem) < len(word) or stem[-1] in voiced.values():
        return False
    return word.startswith((stem, stem[:-1] + voiced.get(stem[-1], stem[-1])))


def verb_stems(counts: Mapping[str, int], kinds: Sequence[str], least: int = KINDS) -> frozenset[str]:
    """Return the stems that occur in at least `least` of the `kinds` of verb forms.

    Each kind is given by its endings, separated by commas.
    """
    found: dict[str, set[int]] = {}
    for number, kind in enumerate(kinds):
        for word in counts:
            for ending in kind.split(","):
                if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
                    found.setdefault(word[: -len(ending)], set()).add(number)
    return frozenset(stem for stem, seen in found.items() if len(seen) >= least)


def _stem_of_stem(chosen: Mapping[str, Built], word: str, found: Sequence[Built]) -> Built:
    """Return the stem of a word and the form of the word, where the stem may have a stem itself.

    `chosen` has the stem chosen for each word, `found` the possible stems of this word. If the chosen stem
    has a shorter stem in `chosen`, and `found` has the shorter stem too, the shorter stem is returned.
    """
    stem, form = chosen[word]
    deeper = chosen[stem][0] if stem in chosen else stem
    return next(((base, form) for base, form in found if base == deeper), (stem, form))
