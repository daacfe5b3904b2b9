"""Russian term extraction: word classes, cases and lemmas from pymorphy3's dictionary."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from egiz.glossary.extract.language import Profile, Reading, Variants, is_long, most_common
from egiz.glossary.morphology.spelling import copy_capitals
from egiz.glossary.russian.lexicon import Paradigm, Shape, readings
from egiz.glossary.russian.paradigms import paradigms

LEAST_SCORE = 0.1
"""Analyses with a lower score by pymorphy are ignored: "при" is hardly ever a form of "переть"."""
PLURAL = 0.9
"""If at least this share of the occurrences of a noun, 0..1, is plural, it is cited in the plural."""
LATIN = "LATN"
"""pymorphy's tag of a word in Latin letters. A capitalised one is taken for a name."""
_PRONOMINAL = frozenset({"Apro", "Anum"})
_PARTS = {"NOUN": "N", "ADJF": "A", "PRTF": "A"}


@dataclass(frozen=True, slots=True)
class Russian:
    """Term extraction for Russian."""

    profile: Profile

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern of roles, from `data/extraction.toml`: adjectives and nouns."""
        return self.profile.pattern

    def read(self, forms: Mapping[str, int]) -> dict[str, Reading]:
        """Return the lemma and roles of each form, by its likeliest analysis.

        A noun that may be a genitive has the roles of both.
        """
        return {form: self._read(form) for form in forms}

    def citation(self, lemmas: Sequence[str], variants: Variants) -> str:
        """Return the most frequent spelling, with its noun and the adjectives before it in the nominative."""
        words = most_common(variants)
        head = next((place for place, word in enumerate(words) if not _is_adjective(word)), len(words) - 1)
        plural = _plural_share(variants, head) >= PLURAL
        noun = _nominative(words[head], "", plural)
        if noun is None:
            return " ".join(words)
        adjectives = [_nominative(word, noun.gender, plural) for word in words[:head]]
        changed = [
            copy_capitals(word, shape.text) if shape else word
            for word, shape in zip(words[: head + 1], [*adjectives, noun], strict=True)
        ]
        return " ".join([*changed, *words[head + 1 :]])

    def _read(self, form: str) -> Reading:
        likely = _likely(form)
        part = likely[0].part if likely else ""
        lemma = _lemma(form, likely)
        if likely and LATIN in likely[0].flags:
            return Reading(form.lower(), "NG" if is_long(form) and form[0].isupper() else "")
        if part not in _PARTS or likely[0].flags & _PRONOMINAL or lemma in self.profile.stop:
            return Reading(lemma, "")
        if not is_long(form) or "Name" in likely[0].flags or "Patr" in likely[0].flags:
            return Reading(lemma, "")
        same = [shape for shape in likely if shape.part == part]
        can_follow = any(shape.case == "genitive" for shape in same)
        return Reading(lemma, "A" if part != "NOUN" else "NG" if can_follow else "N")


def _likely(form: str) -> list[Shape]:
    """Return the analyses with a score of at least `LEAST_SCORE`, best first.

    If there are none, the best one is returned.
    """
    return [shape for shape in readings(form) if shape.score >= LEAST_SCORE] or list(readings(form)[:1])


def _lemma(form: str, likely: Sequence[Shape]) -> str:
    """Return the lemma of a form; a participle has its masculine nominative as lemma, not the infinitive."""
    if not likely:
        return form.lower()
    if likely[0].part == "PRTF":
        cell = _cell(paradigms(form.lower()), "PRTF", "masculine", plural=False)
        return cell.text if cell else form.lower()
    return likely[0].lemma


def _is_adjective(word: str) -> bool:
    likely = _likely(word)
    return bool(likely) and likely[0].part in ("ADJF", "PRTF")


def _plural_share(variants: Variants, head: int) -> float:
    """Return the share of plurals, 0..1, among the occurrences of the noun with known number.

    `head` is the index of the noun in each spelling.
    """
    plural = singular = 0
    for words, count in variants.items():
        if head < len(words) and (likely := _likely(words[head])):
            plural += count * (likely[0].number == "plural")
            singular += count * (likely[0].number == "singular")
    return plural / (plural + singular) if plural + singular else 0.0


def _nominative(word: str, gender: str, plural: bool) -> Shape | None:
    """Return the nominative of a word by its likeliest analysis; None if it has none."""
    found = paradigms(word.lower())
    return _cell(found, found[0].reading.part, gender, plural=plural) if found else None


def _cell(found: Sequence[Paradigm], part: str, gender: str, *, plural: bool) -> Shape | None:
    """Return the first nominative with the part of speech `part` and the right number.

    If `gender` is not empty, a singular must also have this gender. Returns None if no form fits.
    """
    for paradigm in found:
        for cell in paradigm.cells:
            if cell.part != part or cell.case != "nominative" or cell.marked:
                continue
            if (cell.number == "plural") == plural and (plural or not gender or cell.gender in (gender, "")):
                return cell
    return None
