"""English term extraction: a plural is counted with its singular if the singular is known."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from egiz.glossary.extract.language import Profile, Reading, Variants, fold_counts, is_long, most_common

_POSSESSIVE = re.compile("['’ʼ](?:s|S)?$")


@dataclass(frozen=True, slots=True)
class English:
    """Term extraction for English.

    `familiar` has singulars that are known although the text may lack them.
    """

    profile: Profile
    familiar: Container[str]

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern of roles, from `data/extraction.toml`."""
        return self.profile.pattern

    def read(self, forms: Mapping[str, int]) -> dict[str, Reading]:
        """Return the lemma and role of each form.

        The lemma is without 's, and in the singular if that is known.
        """
        counts = fold_counts(forms)
        return {form: self._read(form, counts) for form in forms}

    def citation(self, lemmas: Sequence[str], variants: Variants) -> str:
        """Return the most frequent spelling, if possible one that ends in a singular without 's."""
        known = {words[-1].lower() for words in variants}
        singular = Variants(
            {
                words: count
                for words, count in variants.items()
                if not _POSSESSIVE.search(words[-1])
                and self._singular(words[-1].lower(), known) == words[-1].lower()
            }
        )
        return " ".join(most_common(singular or variants))

    def _read(self, form: str, counts: Mapping[str, int]) -> Reading:
        word = _POSSESSIVE.sub("", form.lower())
        stop, endings = self.profile.stop, self.profile.endings
        if word in endings["links"]:
            return Reading(word, "L")
        lemma = self._singular(word, counts)
        if word in stop or form.lower() in stop or lemma in stop or not is_long(form) or "'" in word:
            return Reading(lemma, "")
        if word.endswith(endings["adverbs"]) and lemma == word:
            return Reading(lemma, "A" if word in self.familiar else "")
        return Reading(lemma, "A" if word.endswith(endings["adjectives"]) else "N")

    def _singular(self, word: str, known: Container[str]) -> str:
        """Return the singular of a word if that is in `known` or in `familiar`, else the word itself.

        The longest plural ending that gives a known singular is taken.
        """
        if word.endswith(self.profile.endings["singular"]):
            return word
        for rule in self.profile.endings["plurals"]:
            plural, _, singular = rule.partition(":")
            if word.endswith(plural) and len(word) - len(plural) > 1:
                candidate = word[: len(word) - len(plural)] + singular
                if candidate in known or candidate in self.familiar:
                    return candidate
        return word
