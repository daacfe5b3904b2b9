"""The words of the page's interface: one catalogue a language, all with the same keys."""

from __future__ import annotations

import json
from importlib.resources import files

from egiz.parallel.scores.reasons import texts
from egiz.translate.errors import OptionError, nearest

INTERFACE_LANGUAGES = ("en", "ru", "kk")

Catalogue = dict[str, str | dict[str, str]]
"""Key to text. A text that counts has a form for each plural category of its language (Unicode CLDR)."""


def catalogues() -> dict[str, Catalogue]:
    """All catalogues by language, from ``page/texts.LANGUAGE.json`` and the reasons of the scores."""
    folder = files("egiz.parallel.reader") / "page"
    return {
        tag: json.loads((folder / f"texts.{tag}.json").read_text(encoding="utf-8"))
        | {f"cause.{feature}": text for feature, text in texts(tag).items()}
        for tag in INTERFACE_LANGUAGES
    }


def check_language(tag: str) -> str:
    """Give the tag back; raises OptionError where the interface does not speak that language."""
    if tag not in INTERFACE_LANGUAGES:
        raise OptionError(
            f"{tag!r}",
            where="interface language",
            expected=f"one of {', '.join(INTERFACE_LANGUAGES)}",
            action=nearest(tag, INTERFACE_LANGUAGES),
        )
    return tag
