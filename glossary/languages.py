"""Look up a language's morphology, term extraction and correction rules by its tag.

Kazakh, Russian and English have their own packages, imported on first use. Text in any other language is only
cut into words, and its terms are found in their dictionary form.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from egiz.glossary.morphology.base import (
    Accepted,
    Agreement,
    Change,
    Dependent,
    Finder,
    FormFits,
    GovernedCase,
    Morphology,
    Refusal,
    Spot,
    Swap,
    Word,
)
from egiz.glossary.morphology.spelling import cut_runs, gap_fits, gaps, with_abbreviation
from egiz.glossary.records import Form, Match, Wording
from egiz.translate.errors import LanguageError
from egiz.translate.languages import is_converted, language

if TYPE_CHECKING:
    from egiz.glossary.extract.language import ExtractionLanguage

UNSPACED = frozenset({"Hans", "Hant", "Jpan", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"})
"""Scripts that are written without spaces between words, by ISO 15924 code."""
_CACHED = 65536
"""The most wordings whose words are cached; only for languages without a package."""


def morphology(language: str) -> Morphology:
    """Return the morphology of a language by its BCP-47 tag (``kk``, ``ru-RU``).

    It is `Plain` for any language without a package. The same object is returned each time, so that its
    caches are kept.
    """
    name, _, rest = language.replace("_", "-").partition("-")
    return _known(name.lower(), rest[:4] if is_converted(language) else "")


@cache
def _known(language: str, script: str) -> Morphology:
    if language in ("kk", "kaz"):
        from egiz.glossary.kazakh.forms import Kazakh

        return Kazakh(script)
    if language in ("ru", "rus"):
        from egiz.glossary.russian.forms import Russian

        return Russian()
    if language in ("en", "eng"):
        from egiz.glossary.english.forms import English

        return English()
    return Plain()


def extraction_language(tag: str) -> ExtractionLanguage:
    """Return the term extraction of Kazakh, Russian or English, or a generic one for other languages.

    Raises LanguageError for an unknown tag, and for a language that is written without spaces between words.
    """
    from egiz.glossary.extract.language import Plain as Unknown
    from egiz.glossary.extract.language import profile
    from egiz.glossary.extract.ranking import background

    found = language(tag)
    if found.script in UNSPACED:
        raise LanguageError(
            f"{found.name} is written without spaces between words",
            where=f"extraction from {found.tag!r}",
            expected="a language that separates words by spaces",
        )
    if found.tag == "kk":
        from egiz.glossary.kazakh.extraction import Kazakh

        return Kazakh(profile("egiz.glossary.kazakh"), background("kk"))
    if found.tag == "ru":
        from egiz.glossary.russian.extraction import Russian

        return Russian(profile("egiz.glossary.russian"))
    if found.tag == "en":
        from egiz.glossary.english.extraction import English

        return English(profile("egiz.glossary.english"), background("en"))
    return Unknown(profile("egiz.glossary.extract"))


def agreement(language: str) -> Agreement:
    """Return the function that changes the words around a term so that they agree with it.

    For a language without rules it makes no changes.
    """
    if language == "ru":
        from egiz.glossary.russian.places import russian_agreement

        return russian_agreement
    if language == "en":
        from egiz.glossary.english.agreement import english_agreement

        return english_agreement
    return _nothing


def _nothing(text: str, spot: Spot, wording: Wording, form: Form) -> tuple[Change, ...]:
    return ()


def swap(language: str) -> Swap:
    """Return the function that replaces a rendering by another wording.

    For a language without rules, it replaces only renderings in their dictionary form.
    """
    if language == "ru":
        from egiz.glossary.russian.swap import russian_swap

        return russian_swap
    if language == "en":
        from egiz.glossary.english.agreement import english_swap

        return english_swap
    if language == "kk":
        from egiz.glossary.kazakh.swap import kazakh_swap

        return kazakh_swap
    return _plain_swap


def _plain_swap(
    text: str, match: Match, wording: Wording, source: tuple[Form, ...]
) -> tuple[tuple[Change, ...], ...] | Refusal:
    stands = text[match.start : match.stop].casefold() == match.wording.text.casefold()
    return (((match.start, match.stop, wording.text),),) if stands else "no form"


def form_fits(language: str) -> FormFits:
    """Return the function that tells whether a form fits its context.

    Without rules, it always returns True.
    """
    if language == "ru":
        from egiz.glossary.russian.places import stands_rightly

        return stands_rightly
    return lambda text, start, stop: True


def governed_case(language: str) -> GovernedCase:
    """Return the function that gives the case that preceding words require of the next word.

    For a language without rules, the function always gives an empty string.
    """
    if language == "ru":
        from egiz.glossary.russian.context import case_asked

        return case_asked
    return lambda text, stop: ""


def dependent(language: str) -> Dependent:
    """Return the function that tells whether words that depend on a noun follow it.

    For a language without rules it always returns False.
    """
    if language == "ru":
        from egiz.glossary.russian.context import has_dependent

        return has_dependent
    if language == "en":
        from egiz.glossary.english.agreement import has_dependent as has_of

        return has_of
    return lambda text, stop: False


def finder(language: str) -> Finder | None:
    """Return the function that finds the spots (`Spot`) of a text where a term may be put.

    Returns None for a language without such a function.
    """
    if language == "ru":
        from egiz.glossary.russian.places import russian_spots

        return russian_spots
    if language == "en":
        from egiz.glossary.english.agreement import english_spots

        return english_spots
    return None


class Plain:
    """The `Morphology` of languages without a package.

    Words are compared case-folded; the only inflected forms are the explicit ones of a wording.
    """

    heads_first = True

    def readings(self, wording: Wording) -> tuple[Wording, ...]:
        """Return the variants of a wording; see `with_abbreviation`."""
        return with_abbreviation(wording)

    def conjunctions(self) -> frozenset[str]:
        """Return nothing, because the conjunctions of the language are not known."""
        return frozenset()

    def bounds(self) -> frozenset[str]:
        """Return nothing, because the function words of the language are not known."""
        return frozenset()

    def singulars(self, word: str) -> tuple[str, ...]:
        """Return nothing, because the inflection of the language is not known."""
        return ()

    def words(self, text: str) -> list[Word]:
        """Cut a text into words; see `cut_runs`."""
        return cut_runs(text)

    def keys(self, wording: Wording) -> list[tuple[str, ...]]:
        """Return the case-folded words of the wording, and of each of its explicit forms."""
        return list(dict.fromkeys(folded for folded, _, _ in _spellings(wording) if folded))

    def lookup(self, word: str, known: Container[str]) -> tuple[str, ...]:
        """Return the case-folded word if it is in `known`."""
        folded = word.casefold()
        return (folded,) if folded in known else ()

    def accepts(
        self, wording: Wording, text: str, words: Sequence[Word], first: int, last: int
    ) -> Accepted | None:
        """Accept words that equal the wording or an explicit form; return None for other words.

        The gaps between words must match, and the capitals if the wording is case-sensitive.
        """
        span = words[first:last]
        raw = tuple(word.text for word in span)
        folded = tuple(word.casefold() for word in raw)
        between = gaps(text, span)
        for wanted, spelling, wanted_gaps in _spellings(wording):
            if wanted != folded or (wording.case_sensitive and spelling != raw):
                continue
            if all(map(gap_fits, wanted_gaps, between)):
                return Accepted(stop=span[-1].stop)
        return None

    def inflect(self, wording: Wording, form: Form) -> str | None:
        """Return the wording itself for an empty `form`, else None, because nothing can be inflected."""
        return wording.text if form == Form() else None


@lru_cache(maxsize=_CACHED)
def _spellings(wording: Wording) -> tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]:
    """Return three tuples for the wording and for each explicit form of it.

    They are the case-folded words, the words as written, and the gaps between the words.
    """
    made = []
    for text in (wording.text, *wording.forms):
        words = cut_runs(text)
        raw = tuple(word.text for word in words)
        made.append((tuple(word.casefold() for word in raw), raw, gaps(text, words)))
    return tuple(made)
