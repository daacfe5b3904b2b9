"""Kazakh term extraction: the forms in the text decide stems and word classes, without a dictionary.

A form counts as a word of its own if no known word is found on which it may be built. The words of the text
and of the background list are known; if several fit, the shortest is taken. If none fits, a stem that two
forms of the text share is accepted. A word is a noun if it was seen with endings of nouns, and a verb if it
was seen in several forms that only verbs have. Endings of adjectives and verbs are data (`data/kk.toml`).
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
from egiz.glossary.kazakh.endings import HARMONIES, SOUNDS, Harmony, Sound, all_endings, endings, table
from egiz.glossary.kazakh.sounds import shapes
from egiz.glossary.morphology.spelling import copy_capitals
from egiz.glossary.records import Form

_CASES = ("nominative", "genitive", "dative", "accusative", "locative", "ablative", "instrumental")
_NUMBERS = ("singular", "plural")
_POSSESSORS = ("", "3", "1p", "2p")
_MANY = 1 << 18
SURNAMES = "ев"
"""End of surnames, which take back or front endings: Назарбаевтың, Горбачевтің."""
SHORTEST_STEM = 2
"""The fewest letters of a stem: ел, ақ."""


def splits(word: str) -> tuple[tuple[str, Form], ...]:
    """The possible stems of a lower-case word, shortest first, each with the form of it that the word is.

    Only plain endings are considered: number, possessive (``3``, ``1p``, ``2p``) and case. The word itself is
    not included, and stems need not exist.

    >>> [stem for stem, _ in splits("дәрежеге")]
    ['дәреже']
    """
    found = []
    for stop in range(SHORTEST_STEM, len(word)):
        if word[stop:] in _anywhere():
            for stem in _stems(word[:stop], word[stop]):
                found += [(stem, form) for form in _forms(stem, word[:stop], word[stop:])]
    return tuple(found)


def attach(stem: str, form: Form) -> str | None:
    """A lower-case stem in a form; None where no ending is known for it.

    >>> attach("дәреже", Form(case="nominative", number="singular", possessor="3"))
    'дәрежесі'
    """
    for shape in shapes(stem):
        ending = _plain(shape.sound, shape.harmonies[0])[1].get(form)
        if ending is not None and shape.stands_before(ending):
            return shape.text + ending
    return None


def _stems(base: str, following: str) -> Iterator[str]:
    """The possible stems of what is written `base` here: its end may have been voiced, shortened or lost."""
    yield base
    stems = table()["stems"]
    for voiceless, voiced in stems["voiced"].items():
        if base.endswith(voiced):
            yield base[:-1] + voiceless
    for whole, short in stems["shortened"].items():
        if base.endswith(short) and len(base) > len(short) + 1:
            yield base[: -len(short)] + whole
    if base[-1] in stems["doubled"]:
        yield base + base[-1]
    yield from _dropped().get(base, ())


@lru_cache(maxsize=_MANY)
def _forms(stem: str, base: str, ending: str) -> tuple[Form, ...]:
    """The forms of a stem that is written `base` before `ending`; none if the two do not fit."""
    found: dict[Form, None] = {}
    for shape in shapes(stem):
        if shape.text == base and shape.stands_before(ending):
            for harmony in HARMONIES if stem.endswith(SURNAMES) else shape.harmonies:
                found.update(dict.fromkeys(_plain(shape.sound, harmony)[0].get(ending, ())))
    return tuple(found)


@cache
def _dropped() -> Mapping[str, tuple[str, ...]]:
    """The stems that lose a vowel, by their shortened shape: мүлк → мүлік."""
    found: dict[str, tuple[str, ...]] = {}
    for stem in f"{table()['stems']['dropping']} {table()['stems']['may_drop']}".split():
        for shape in shapes(stem):
            if shape.text != stem:
                found[shape.text] = (*found.get(shape.text, ()), stem)
    return found


@cache
def _plain(sound: Sound, harmony: Harmony) -> tuple[Mapping[str, tuple[Form, ...]], Mapping[Form, str]]:
    """The plain endings after a sound and harmony: forms by ending, and ending by form."""
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
def _anywhere() -> frozenset[str]:
    """All plain endings."""
    return frozenset(
        text for sound, harmony in product(SOUNDS, HARMONIES) for text in _plain(sound, harmony)[0]
    )


Built = tuple[str, Form]

BARE = Form(case="nominative", number="singular")
KINDS = 3
"""Kinds of verb forms in which a stem must occur to count as a verb stem, in a text and in building the
background list. With two, one is often a noun that looks like a verb form."""
UNKNOWN_STEM = 4
"""The fewest letters of a stem that is accepted although it is neither listed nor in the text."""
SHORT_STEM = 3
"""The fewest letters of an ordinary stem; shorter ones must meet stricter conditions."""
SEEN, SEEN_SHORT = 0.02, 0.2
"""The least frequency of a stem in a text, as a share of the frequency of the word built on it, for ordinary
and for short stems: the typing error Қазақс is not the stem of Қазақстан."""
LONG_ENDING = 3
"""The fewest letters of an ending that is accepted on the evidence of a single word."""


@dataclass(frozen=True, slots=True)
class Kazakh:
    """Kazakh for term extraction."""

    profile: Profile
    background: Background

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern of roles: words without endings, then a noun; see `data/extraction.toml`."""
        return self.profile.pattern

    def read(self, forms: Mapping[str, int]) -> dict[str, Reading]:
        """The stem and the roles of each form."""
        counts = fold_counts(forms)
        verbs = verb_stems(counts, self.profile.endings["paradigm"]) | self._background_verbs()
        stems = self.stems(counts, verbs)
        nouns = self._nouns(stems)
        return {form: self._reading(form, stems, nouns, verbs) for form in forms}

    def stems(self, counts: Mapping[str, int], verbs: frozenset[str]) -> dict[str, Built]:
        """For each lower-case word its stem, and the form of that stem that the word is."""
        whole = self.profile.endings["places"]
        built = {
            word: () if word.endswith(whole) or self.is_verb(word, verbs) else splits(word) for word in counts
        }
        support = Counter(stem for found in built.values() for stem in {stem for stem, _ in found})
        chosen = {word: self._choose(word, found, counts, support) for word, found in built.items()}
        return {word: _further(chosen, word, found) for word, found in built.items()}

    def citation(self, lemmas: Sequence[str], variants: Variants) -> str:
        """The most frequent spelling with its last word in the nominative singular.

        The last word keeps the third-person possessive of a phrase if most occurrences have it.
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
        """The most plausible stem of a word, or the word itself."""
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
        """Whether a stem is a stop word or in the background list, except as a verb; if short, as a noun."""
        if stem in self.profile.stop and len(stem) >= SHORT_STEM:
            return True
        kind = self.background.kinds.get(stem, "")
        return stem in self.background and kind != "verb" and (len(stem) >= SHORT_STEM or kind == "noun")

    def _is_doubtful(self, word: str, stem: str, counts: Mapping[str, int]) -> bool:
        """Whether a word is more likely an adjective than the accusative that it looks like."""
        if not word.endswith(self.profile.endings["doubtful"]) or self.background.kinds.get(stem) == "noun":
            return False
        return counts[word] > 2 * counts.get(stem, 0)

    def is_verb(self, word: str, verbs: Container[str]) -> bool:
        """Whether a word is a form that only verbs have; verbal nouns in -у count as nouns."""
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
        """The stems seen with noun endings: once or, for those in the background list, at least twice.

        Stems listed there as nouns are included without evidence.
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
    """Whether a stem is frequent enough in the text to be that of `word`; more so if it is short."""
    share = SEEN if len(stem) >= SHORT_STEM else SEEN_SHORT
    return stem in counts and counts[stem] >= share * counts[word]


def _can_be_stem(stem: str, word: str) -> bool:
    """Whether an unknown stem can be that of a word: long enough, and unchanged at the start of the word.

    Its final к, қ or п may be voiced in the word; a stem does not end in the voiced sound.
    """
    voiced: Mapping[str, str] = table()["stems"]["voiced"]
    if not UNKNOWN_STEM <= len(stem) < len(word) or stem[-1] in voiced.values():
        return False
    return word.startswith((stem, stem[:-1] + voiced.get(stem[-1], stem[-1])))


def verb_stems(counts: Mapping[str, int], kinds: Sequence[str], least: int = KINDS) -> frozenset[str]:
    """The stems that occur in at least `least` of the `kinds` of verb forms, each a list of endings."""
    found: dict[str, set[int]] = {}
    for number, kind in enumerate(kinds):
        for word in counts:
            for ending in kind.split(","):
                if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
                    found.setdefault(word[: -len(ending)], set()).add(number)
    return frozenset(stem for stem, seen in found.items() if len(seen) >= least)


def _further(chosen: Mapping[str, Built], word: str, found: Sequence[Built]) -> Built:
    """The chosen stem of a word, or another possible stem of the word that the chosen one is a form of."""
    stem, form = chosen[word]
    deeper = chosen[stem][0] if stem in chosen else stem
    return next(((base, form) for base, form in found if base == deeper), (stem, form))
