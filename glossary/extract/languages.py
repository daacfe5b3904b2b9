"""Which knowledge each language is searched with."""

from __future__ import annotations

from egiz.glossary.extract.background import background
from egiz.glossary.extract.english import English
from egiz.glossary.extract.kazakh import Kazakh
from egiz.glossary.extract.plain import Plain
from egiz.glossary.extract.russian import Russian
from egiz.glossary.extract.tongue import Tongue, profile
from egiz.translate.errors import LanguageError
from egiz.translate.languages import language

UNSPACED = frozenset({"Hans", "Hant", "Jpan", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"})
"""Scripts that are written without spaces between words."""


def tongue(tag: str) -> Tongue:
    """The knowledge of a language: Kazakh, Russian and English have their own, others what is known of none.

    Raises LanguageError for a language that is not known, and for one written without spaces, whose
    words cannot be told here.
    """
    found = language(tag)
    if found.script in UNSPACED:
        raise LanguageError(
            f"{found.name} is written without spaces between words",
            where=f"extraction from {found.tag!r}",
            expected="a language that parts its words",
        )
    if found.tag == "kk":
        return Kazakh(profile("kk"), background("kk"))
    if found.tag == "ru":
        return Russian(profile("ru"))
    if found.tag == "en":
        return English(profile("en"), background("en"))
    return Plain(profile("plain"))
