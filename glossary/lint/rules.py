"""Lint rules about a single entry: its wordings, their characters and their inflection."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache

from egiz.glossary.lint.finding import Examined, Remark
from egiz.glossary.morphology.find import find
from egiz.glossary.records import Form, Wording
from egiz.translate.guards.language import families, family
from egiz.translate.languages import alphabets
from egiz.translate.split.knowledge import know

_ODD_SPACE = re.compile(r"^\s|\s$|\s{2}|[^\S ]|[\u00ad\u200b-\u200f\u2060\ufeff]")
"""White space at the beginning or end, several spaces in a row, unusual spaces, invisible characters."""
_MARKUP = re.compile(r"</?\w[^>]*>|&#?\w+;|%\d*\$?[sd@]\b|%\(\w+\)|\$?\{[^{}]*\}|\$\w+|\[\[|\*\*|\\[nrt]")
"""Tags, character references, placeholders of programs, wiki and Markdown markup, escapes."""
_SEVERAL = re.compile(r";|\([^)]*\)|\[[^\]]*\]|(?<=[^\W\d_]{3})\s?/\s?(?=[^\W\d_]{3})")
"""The ways in which dictionaries write several wordings as one: semicolon, brackets, slash."""


def empty(examined: Examined) -> Iterator[Remark]:
    """Report an entry without wordings, and a wording without letters and digits."""
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
    """Report doubled, unusual or invisible white space, because such a wording is not found in texts."""
    for term, wording in examined.wordings():
        for text in (wording.text, wording.inflect_like, *wording.forms):
            if _ODD_SPACE.search(text):
                yield Remark(
                    severity="warning",
                    term=term,
                    message=f"{text!r} ({wording.language}) has doubled, odd or invisible white space",
                    action="Separate words by one plain space.",
                )


def markup(examined: Examined) -> Iterator[Remark]:
    """Report tags and placeholders in a wording; they are not part of a term."""
    for term, wording in examined.wordings():
        found = _MARKUP.search(wording.text)
        if found:
            yield Remark(
                severity="warning",
                term=term,
                message=f"{wording.text!r} ({wording.language}) has markup or a placeholder: {found[0]}",
                action="Write only the words of the term.",
            )


def several_in_one(examined: Examined) -> Iterator[Remark]:
    """Report brackets, a semicolon or a slash in a wording; texts seldom contain such a wording."""
    for term, wording in examined.wordings():
        found = _SEVERAL.search(wording.text)
        if found and not _MARKUP.search(wording.text):
            yield Remark(
                severity="warning",
                term=term,
                message=f"{wording.text!r} ({wording.language}) seems to be several wordings in one",
                action="Give each wording by itself, and put remarks into the note.",
            )


def one_language(examined: Examined) -> Iterator[Remark]:
    """Report an entry in one language only; no translation can be checked against it."""
    for term in examined.base.terms:
        languages = {wording.language for wording in term.wordings if wording.status != "forbidden"}
        if len(languages) == 1:
            yield Remark(
                severity="warning",
                term=term,
                message=f"all wordings to use are in {languages.pop()}",
                action="Add the term in another language.",
            )


def nothing_to_use(examined: Examined) -> Iterator[Remark]:
    """Report an entry that has only forbidden wordings in a language, so that none can be used instead."""
    for term in examined.base.terms:
        for tag in dict.fromkeys(wording.language for wording in term.wordings):
            if not term.accepted_in(tag):
                yield Remark(
                    severity="warning",
                    term=term,
                    message=f"all wordings in {tag} are forbidden",
                    action="Add the one to use instead.",
                )


def preference(examined: Examined) -> Iterator[Remark]:
    """Report a language of an entry that has no preferred wording, or more than one.

    A correction inserts the preferred wording, so there must be exactly one.
    """
    for term in examined.base.terms:
        usable = [wording for wording in term.wordings if wording.status != "forbidden"]
        preferred = [wording.tag for wording in usable if wording.status == "preferred"]
        for tag in dict.fromkeys(wording.tag for wording in usable):
            if (count := preferred.count(tag)) != 1:
                yield Remark(
                    severity="warning",
                    term=term,
                    message=f"{count or 'no'} wordings in {tag} are preferred",
                    action="Prefer one; the others are accepted.",
                )


def repeated(examined: Examined) -> Iterator[Remark]:
    """Report a wording that occurs more than once in an entry."""
    for term in examined.base.terms:
        count = Counter(
            (wording.tag, wording.text.casefold(), wording.status == "forbidden") for wording in term.wordings
        )
        for (tag, text, _), number in count.items():
            if number > 1:
                yield Remark(
                    severity="warning",
                    term=term,
                    message=f"{text!r} ({tag}) is in the entry {number} times",
                    action="Keep one.",
                )


def forbidden_and_accepted(examined: Examined) -> Iterator[Remark]:
    """Report a wording that is both accepted and forbidden in one entry."""
    for term in examined.base.terms:
        accepted = {
            (wording.tag, wording.text.casefold())
            for wording in term.wordings
            if wording.status != "forbidden"
        }
        for wording in term.wordings:
            if wording.status == "forbidden" and (wording.tag, wording.text.casefold()) in accepted:
                yield Remark(
                    severity="error",
                    term=term,
                    message=f"{wording.text!r} ({wording.language}) is both accepted and forbidden",
                    action="Keep one of the two statuses.",
                )


def exact_and_inflected(examined: Examined) -> Iterator[Remark]:
    """Report an exact wording with `inflect_like`: an exact wording is never inflected."""
    for term, wording in examined.wordings():
        if wording.exact and wording.inflect_like:
            yield Remark(
                severity="warning",
                term=term,
                message=f"{wording.text!r} ({wording.language}) is exact, and inflected like "
                f"{wording.inflect_like!r}",
                action="Keep one of the two.",
            )


_WORD = re.compile(r"[^\W\d_]+")
_ROMAN = re.compile(r"[IVXLCDM]+")


def mixed_scripts(examined: Examined) -> Iterator[Remark]:
    """Report a word with letters of two scripts, mostly because of a lookalike letter.

    A correction would copy the wrong letter.

    Languages that normally mix scripts, such as Japanese, are not checked.
    """
    for term, wording in examined.wordings():
        if wording.text.isascii():
            continue
        for word in _WORD.findall(wording.text):
            found = _scripts(word)
            if len(found) < 2 or found <= set(families(wording.language)):
                continue
            mended = _mended(word, know(wording.language).lookalikes)
            yield Remark(
                severity="error" if mended else "warning",
                term=term,
                message=f"{word!r} ({wording.language}) mixes letters of two scripts: {_by_script(word)}",
                action=f"Write {mended!r}." if mended else "Check whether all letters are right.",
            )


def other_script(examined: Examined) -> Iterator[Remark]:
    """Report a word that is entirely in another script, probably by mistake.

    Latin names and Roman numerals in a Cyrillic wording are normal; there, a Latin word is reported only if
    all of its letters look like Cyrillic ones.
    """
    for term, wording in examined.wordings():
        own = families(wording.language)
        for word in _WORD.findall(wording.text) if own and not wording.is_converted else ():
            found = _scripts(word)
            if len(found) != 1 or not found.isdisjoint(own):
                continue
            lookalikes = know(wording.language).lookalikes if own == ("CYRILLIC",) else {}
            seems = _mended(word, lookalikes) if found == {"LATIN"} and not _ROMAN.fullmatch(word) else ""
            if seems or (own == ("LATIN",) and found == {"CYRILLIC"}):
                yield Remark(
                    severity="warning",
                    term=term,
                    message=f"{word!r} ({wording.language}) is written in {min(found)} letters",
                    action=f"Write {seems!r} if that is meant." if seems else "Is it in the right column?",
                )


def foreign_letters(examined: Examined) -> Iterator[Remark]:
    """Report a Cyrillic letter that is not in the alphabet of the language."""
    known = alphabets()
    for term, wording in examined.wordings():
        alphabet = known.get(wording.language)
        if alphabet is None or wording.is_converted:
            continue
        if alphabet.issuperset(wording.text.lower()):
            continue
        others = {char for char in set(wording.text) if char.lower() not in alphabet}
        foreign = [char for char in wording.text if char in others and family(char) == "CYRILLIC"]
        if foreign:
            yield Remark(
                severity="warning",
                term=term,
                message=f"{wording.text!r} has letters that {wording.language} does not have: "
                + " ".join(dict.fromkeys(foreign)),
                action="Is it in the right column, and typed right?",
            )


@lru_cache(maxsize=1 << 16)
def _scripts(word: str) -> frozenset[str]:
    """Return the scripts of the letters of a word."""
    return frozenset(found for char in word if (found := family(char)) is not None)


def _mended(word: str, lookalikes: Mapping[str, str]) -> str:
    """Return the word with Cyrillic letters for its Latin lookalikes.

    The result is empty if a Latin letter of the word looks like no Cyrillic one.
    """
    letters = [lookalikes.get(char, "") if family(char) == "LATIN" else char for char in word]
    return "".join(letters) if all(letters) else ""


def _by_script(word: str) -> str:
    """Return a text that lists the letters of a word by script, the script of most letters first."""
    scripts: dict[str, list[str]] = {}
    for char in word:
        scripts.setdefault(family(char) or "none", []).append(char)
    ordered = sorted(scripts.items(), key=lambda item: -len(item[1]))
    return ", ".join(f"{script.title()} {' '.join(dict.fromkeys(chars))}" for script, chars in ordered)


_WITH_GENITIVE = frozenset({"ru", "kk"})
"""Languages in which every noun has a genitive. A correction can insert a wording only if its genitive is
known."""
_UNINFLECTED = frozenset({"verb", "adverb", "phrase"})


_ORDINARY = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+)*")


def never_found(examined: Examined) -> Iterator[Remark]:
    """Report a wording that is not found even in a text equal to it.

    Ordinary wordings (letters, spaces and hyphens, without attributes that restrict them) are always found,
    so they are not tried.
    """
    for term, wording in examined.wordings():
        text = wording.text.strip()
        plain = not (wording.number or wording.inflect_like or wording.part_of_speech or wording.exact)
        if not any(map(str.isalnum, text)) or (plain and _ORDINARY.fullmatch(text)):
            continue
        if not find(wording, text, examined.morphology(wording.language)):
            yield Remark(
                severity="error",
                term=term,
                message=f"{wording.text!r} ({wording.language}) is not found in its own text",
                action="Write it as texts have it; give other forms as forms.",
            )


def not_inflectable(examined: Examined) -> Iterator[Remark]:
    """Report a target wording of which the genitive is unknown, so that a correction cannot insert it."""
    known: dict[Wording, bool] = {}  # entries share wordings
    for term, wording in examined.wordings():
        if wording.language not in _WITH_GENITIVE or wording.language == examined.source:
            continue
        inflects = known.get(wording)
        if inflects is None:
            inflects = known[wording] = not _should_inflect(wording) or _inflects(wording, examined)
        if not inflects:
            model = wording.inflect_like
            yield Remark(
                severity="warning",
                term=term,
                message=f"{wording.text!r} ({wording.language}) cannot be inflected"
                + (f" like {model!r}" if model else ""),
                action="Name another word of the same paradigm."
                if model
                else "Name a word of the same paradigm (like), or say that it is exact.",
            )


def _inflects(wording: Wording, examined: Examined) -> bool:
    form = Form(case="genitive", number=wording.number)
    return examined.morphology(wording.language).inflect(wording, form) is not None


def _should_inflect(wording: Wording) -> bool:
    return (
        wording.status != "forbidden"
        and not (wording.exact or wording.is_converted)
        and wording.part_of_speech not in _UNINFLECTED
        and any(map(str.isalnum, wording.text))
    )


def like_itself(examined: Examined) -> Iterator[Remark]:
    """Report a wording whose `inflect_like` leads back to itself, directly or through other wordings."""
    models = {
        (wording.language, wording.text.casefold()): wording.inflect_like.casefold()
        for _, wording in examined.wordings()
        if wording.inflect_like
    }
    for term, wording in examined.wordings():
        if not wording.inflect_like:
            continue
        start = wording.text.casefold()
        passed = {start}
        model = models[wording.language, start]
        while model not in passed and (wording.language, model) in models:
            passed.add(model)
            model = models[wording.language, model]
        if model == start or model == start.split()[-1]:
            yield Remark(
                severity="error",
                term=term,
                message=f"{wording.text!r} ({wording.language}) is to be inflected like "
                f"{wording.inflect_like!r}, which leads back to it",
                action="Name a word whose own forms are known.",
            )
