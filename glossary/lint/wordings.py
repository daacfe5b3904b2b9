"""Rules about one wording: what cannot be meant as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from egiz.glossary.lint.finding import Examined, Remark

_ODD_SPACE = re.compile(r"^\s|\s$|\s{2}|[^\S ]|[\u00ad\u200b-\u200f\u2060\ufeff]")
"""White space at an end, twice, or other than the plain space; and invisible characters."""
_MARKUP = re.compile(r"</?\w[^>]*>|&#?\w+;|%\d*\$?[sd@]\b|%\(\w+\)|\$?\{[^{}]*\}|\$\w+|\[\[|\*\*|\\[nrt]")
"""Tags, character references, placeholders of programs, and marks of wikis and of Markdown."""
_SEVERAL = re.compile(r";|\([^)]*\)|\[[^\]]*\]|(?<=[^\W\d_]{3})\s?/\s?(?=[^\W\d_]{3})")
"""How dictionaries put several wordings into one."""


def empty(examined: Examined) -> Iterator[Remark]:
    """Without a letter or digit there is nothing to look for."""
    for term in examined.base.terms:
        if not term.wordings:
            yield Remark(
                severity="error",
                term=term,
                message="the entry has no wording",
                action="Add one, or delete the entry.",
            )
        for wording in term.wordings:
            if not any(map(str.isalnum, wording.text)):
                yield Remark(
                    severity="error",
                    term=term,
                    message=f"{wording.text!r} ({wording.language}) has neither letter nor digit",
                    action="Write the term, or delete the entry.",
                )


def spacing(examined: Examined) -> Iterator[Remark]:
    """Spaces too many, or of an odd kind, look like nothing and keep a wording from being found."""
    for term, wording in examined.wordings():
        for text in (wording.text, wording.inflect_like, *wording.forms):
            if _ODD_SPACE.search(text):
                yield Remark(
                    severity="warning",
                    term=term,
                    message=f"{text!r} ({wording.language}) has doubled, odd or invisible white space",
                    action="Part words by one plain space.",
                )


def markup(examined: Examined) -> Iterator[Remark]:
    """Tags and placeholders are no part of a term."""
    for term, wording in examined.wordings():
        found = _MARKUP.search(wording.text)
        if found:
            yield Remark(
                severity="warning",
                term=term,
                message=f"{wording.text!r} ({wording.language}) has markup or a placeholder: {found[0]}",
                action="Keep the words alone.",
            )


def several_in_one(examined: Examined) -> Iterator[Remark]:
    """Brackets, a semicolon or a slash in a wording are looked for as they stand, and hardly ever found."""
    for term, wording in examined.wordings():
        found = _SEVERAL.search(wording.text)
        if found and not _MARKUP.search(wording.text):
            yield Remark(
                severity="warning",
                term=term,
                message=f"{wording.text!r} ({wording.language}) seems to be several wordings in one",
                action="Give each wording by itself, and put remarks into the note.",
            )
