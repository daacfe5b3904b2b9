"""The words that files use for columns, statuses, yes and no, in any spelling; the lists are in `data/`.

The data categories of TBX are those of ISO 30042:2008 (TBX-Default, TBX-Basic) and of the modules Min, Basic
and Linguist of ISO 30042:2019. The keys that are looked up when reading are in lower case, because programs
write them in different case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from egiz.glossary.records import Number, PartOfSpeech, WordingStatus

Usage = WordingStatus | Literal["usable"]
"""A status as a file gives it. ``usable`` means approved, without saying whether preferred or accepted."""
_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BETWEEN = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """Return a name in lower case with spaces between its words, so that different spellings become equal.

    >>> folded("deprecatedTerm-admn-sts")
    'deprecated term'
    """
    words = _BETWEEN.sub(" ", _BREAK.sub(" ", text)).casefold().replace("ё", "е").strip()
    return words.removesuffix(" admn sts")


def usage_of(text: str) -> Usage | None:
    """Return the status that a word of a file means; None if the word is not known.

    >>> usage_of("notRecommended"), usage_of("admittedTerm-admn-sts"), usage_of("new")
    ('forbidden', 'accepted', None)
    """
    found = _table("statuses.tsv").get(_squeezed(text))
    return found if found in ("preferred", "accepted", "forbidden", "usable") else None  # type: ignore[return-value]


def truth_of(text: str) -> bool | None:
    """Return True for a cell that means yes, False for one that means no, None for any other cell."""
    return {"yes": True, "no": False}.get(_table("statuses.tsv").get(_squeezed(text) or text.strip(), ""))


def meaning_of(name: str) -> str:
    """Return the meaning of a column by its name; an empty string if the name is unknown."""
    words = folded(name)
    table = _table("headers.tsv")
    for prefix in ("", "entry ", "concept "):
        if words.startswith(prefix) and (found := table.get(_squeezed(words.removeprefix(prefix)))):
            return found
    return "id" if name.strip() == "№" else ""


def _squeezed(text: str) -> str:
    return folded(text).replace(" ", "")


@cache
def _table(name: str) -> dict[str, str]:
    lines = files("egiz.glossary.formats").joinpath("data", name).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines[1:]]
    return {_squeezed(word) or word: meaning for meaning, words in rows for word in words.split("|")}


WRITTEN_STATUSES: Mapping[WordingStatus, str] = {
    "preferred": "preferredTerm-admn-sts",
    "accepted": "admittedTerm-admn-sts",
    "forbidden": "deprecatedTerm-admn-sts",
}

PARTS_OF_SPEECH: Mapping[str, PartOfSpeech] = {
    "noun": "noun",
    "propernoun": "proper",
    "proper noun": "proper",
    "adjective": "adjective",
    "verb": "verb",
    "adverb": "adverb",
    "phrase": "phrase",
    "other": "",
}
TERM_TYPES: Mapping[str, PartOfSpeech] = {
    "phrase": "phrase",
    "phraseologicalunit": "phrase",
    "setphrase": "phrase",
}
"""Values of the data category termType that correspond to a part of speech."""

NUMBERS: Mapping[str, Number] = {"singular": "singular", "plural": "plural"}

OWN = "x-egiz-"
"""Prefix of the notes that hold fields for which TBX has no data category."""
NO_ORIGIN = "Origin not stated."
"""The origin written for a base that has none, because the header of TBX must have one."""
