"""What Egiz knows of each language, found by its tag: morphology, term extraction, and rules of correction.

Kazakh, Russian and English have packages of their own, which are imported when they are asked for. Of any
other language only its words are known.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from egiz.glossary.morphology.base import Morphology
from egiz.glossary.morphology.plain import Plain
from egiz.glossary.morphology.spots import Agreement, Asked, Change, Finder, Fit, Spot
from egiz.glossary.records import Form, Wording
from egiz.translate.errors import LanguageError
from egiz.translate.languages import language

if TYPE_CHECKING:
    from egiz.glossary.extract.language import Tongue

UNSPACED = frozenset({"Hans", "Hant", "Jpan", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"})
"""Scripts that are written without spaces between words."""


def morphology(language: str) -> Morphology:
    """What is known of a language (a BCP-47 tag such as ``kk`` or ``ru-RU``); of one unknown, its words.

    The same object each time, so that what it has learnt of words is kept.
    """
    return _known(language.replace("_", "-").partition("-")[0].lower())


@cache
def _known(language: str) -> Morphology:
    if language in ("kk", "kaz"):
        from egiz.glossary.kazakh.forms import Kazakh

        return Kazakh()
    if language in ("ru", "rus"):
        from egiz.glossary.russian.forms import Russian

        return Russian()
    if language in ("en", "eng"):
        from egiz.glossary.english.forms import English

        return English()
    return Plain()


def tongue(tag: str) -> Tongue:
    """The knowledge of a language: Kazakh, Russian and English have their own, others what is known of none.

    Raises LanguageError for a language that is not known, and for one written without spaces, whose
    words cannot be told here.
    """
    from egiz.glossary.extract.language import Plain as Unknown
    from egiz.glossary.extract.language import profile
    from egiz.glossary.extract.ranking import background

    found = language(tag)
    if found.script in UNSPACED:
        raise LanguageError(
            f"{found.name} is written without spaces between words",
            where=f"extraction from {found.tag!r}",
            expected="a language that parts its words",
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
    """The rules of agreement of a language; nothing agrees where Egiz knows of none."""
    if language == "ru":
        from egiz.glossary.russian.spots import russian_agreement

        return russian_agreement
    return _nothing


def _nothing(text: str, spot: Spot, wording: Wording, form: Form) -> tuple[Change, ...]:
    return ()


def fit(language: str) -> Fit:
    """The judge of places of a language; everything fits where Egiz knows of none."""
    if language == "ru":
        from egiz.glossary.russian.places import stands_rightly

        return stands_rightly
    return lambda text, start, stop: True


def asked(language: str) -> Asked:
    """What words ask of the next one in a language; nothing where Egiz does not know."""
    if language == "ru":
        from egiz.glossary.russian.government import case_asked

        return case_asked
    return lambda text, stop: ""


def finder(language: str) -> Finder | None:
    """The finder of a language; None where Egiz does not know how to put a term into its sentences."""
    if language == "ru":
        from egiz.glossary.russian.spots import russian_spots

        return russian_spots
    if language == "en":
        from egiz.glossary.english.spots import english_spots

        return english_spots
    return None
