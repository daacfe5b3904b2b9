"""Rules about letters: those of another script that look right and are wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from egiz.glossary.lint.finding import Examined, Remark
from egiz.translate.guards.script import families, family
from egiz.translate.languages import alphabets
from egiz.translate.split.knowledge import know

_WORD = re.compile(r"[^\W\d_]+")
_ROMAN = re.compile(r"[IVXLCDM]+")


def mixed_scripts(examined: Examined) -> Iterator[Remark]:
    """A word with letters of two scripts: one that looks like it, in most cases, and is never found.

    Languages that mix scripts by nature, as Japanese does, are left alone.
    """
    for term, wording in examined.wordings():
        if wording.text.isascii():
            continue
        for word in _WORD.findall(wording.text):
            found = {family(char) for char in word} - {None}
            if len(found) < 2 or found <= set(families(wording.language)):
                continue
            mended = _mended(word, know(wording.language).lookalikes)
            yield Remark(
                severity="error" if mended else "warning",
                term=term,
                message=f"{word!r} ({wording.language}) mixes letters of two scripts: {_named(word)}",
                action=f"Write {mended!r}." if mended else "Look whether all letters are meant.",
            )


def other_script(examined: Examined) -> Iterator[Remark]:
    """A word all in another script, where that cannot be meant.

    Latin names and Roman numerals in a Cyrillic wording are usual; a Latin word is taken for a mistake only
    where each of its letters looks like a Cyrillic one.
    """
    for term, wording in examined.wordings():
        own = families(wording.language)
        for word in _WORD.findall(wording.text) if own else ():
            found = {family(char) for char in word} - {None}
            if len(found) != 1 or found & set(own):
                continue
            lookalikes = know(wording.language).lookalikes if own == ("CYRILLIC",) else {}
            seems = _mended(word, lookalikes) if found == {"LATIN"} and not _ROMAN.fullmatch(word) else ""
            if seems or (own == ("LATIN",) and found == {"CYRILLIC"}):
                yield Remark(
                    severity="warning",
                    term=term,
                    message=f"{word!r} ({wording.language}) is written in {found.pop()} letters",
                    action=f"Write {seems!r} if that is meant." if seems else "Is it in the right column?",
                )


def foreign_letters(examined: Examined) -> Iterator[Remark]:
    """A Cyrillic letter that the language's alphabet does not have."""
    known = alphabets()
    for term, wording in examined.wordings():
        alphabet = known.get(wording.language)
        if alphabet is None:
            continue
        foreign = [
            char for char in wording.text if family(char) == "CYRILLIC" and char.lower() not in alphabet
        ]
        if foreign:
            yield Remark(
                severity="warning",
                term=term,
                message=f"{wording.text!r} has letters that {wording.language} does not: "
                + " ".join(dict.fromkeys(foreign)),
                action="Is it in the right column, and typed right?",
            )


def _mended(word: str, lookalikes: Mapping[str, str]) -> str:
    """The word with Cyrillic letters for the Latin ones; nothing where one of these looks like none."""
    letters = [lookalikes.get(char, "") if family(char) == "LATIN" else char for char in word]
    return "".join(letters) if all(letters) else ""


def _named(word: str) -> str:
    """The letters of each script, the rarer script last."""
    scripts: dict[str, list[str]] = {}
    for char in word:
        scripts.setdefault(family(char) or "none", []).append(char)
    ordered = sorted(scripts.items(), key=lambda item: -len(item[1]))
    return ", ".join(f"{script.title()} {' '.join(dict.fromkeys(chars))}" for script, chars in ordered)
