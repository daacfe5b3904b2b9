"""Which knowledge serves which language."""

from __future__ import annotations

from functools import cache

from egiz.glossary.morphology.base import Morphology
from egiz.glossary.morphology.plain import Plain


def morphology(language: str) -> Morphology:
    """What is known of a language (a BCP-47 tag such as ``kk`` or ``ru-RU``); of one unknown, its words.

    The same object each time, so that what it has learnt of words is kept.
    """
    return _known(language.replace("_", "-").partition("-")[0].lower())


@cache
def _known(language: str) -> Morphology:
    if language in ("kk", "kaz"):
        from egiz.glossary.morphology.kazakh import Kazakh

        return Kazakh()
    if language in ("ru", "rus"):
        from egiz.glossary.morphology.russian import Russian

        return Russian()
    if language in ("en", "eng"):
        from egiz.glossary.morphology.english import English

        return English()
    return Plain()
