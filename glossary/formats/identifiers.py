"""Names for entries that have none."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence

_BETWEEN = re.compile(r"[\W_]+")


def slug(text: str) -> str:
    """Letters and digits of a wording in lower case, words joined by hyphens; ``term`` where there are none.

    >>> slug("«Қайта құру» саясаты")
    'қайта-құру-саясаты'
    """
    return _BETWEEN.sub("-", text.lower()).strip("-") or "term"


def identify(given: Sequence[str], wordings: Iterable[str]) -> Iterator[str]:
    """An id for each entry: the given one, else the slug of its first wording.

    A slug that is taken gets a number, from 2 on in the order of the file, so an entry keeps its id as long
    as no entry of the same wording is put before it.
    """
    taken = {name for name in given if name}
    last: dict[str, int] = {}
    for name, wording in zip(given, wordings, strict=True):
        if name:
            yield name
            continue
        base = slug(wording)
        made, last[base] = _numbered(base, last.get(base, 0) + 1, taken)
        taken.add(made)
        yield made


def _numbered(base: str, number: int, taken: Container[str]) -> tuple[str, int]:
    """The first free name from this number on, and its number; number 1 is not written."""
    while (made := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return made, number
