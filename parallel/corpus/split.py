"""Split data into training, development and test parts: whole documents, with no sentence in two parts.

A single document is split between its paragraphs; in this module, each of them then counts as a document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from egiz.parallel.corpus.duplicates import hash64, same
from egiz.translate.errors import OptionError, nearest
from egiz.translate.train.copies import HeldOut


class Held:
    """The texts of held-out parts; training data must not equal or resemble one of them.

    Texts of any length are equal if they have the same letters and digits. A text resembles them if it shares
    a third of its word 5-grams with them (`HeldOut`, the same rule as for test sets).
    """

    def __init__(self, texts: Iterable[str]) -> None:
        kept = list(dict.fromkeys(texts))
        self._keys = {hash64(same(text)) for text in kept}
        self._near = HeldOut(kept)

    def resembles(self, text: str) -> bool:
        """Whether a text equals or resembles a held-out one."""
        return hash64(same(text)) in self._keys or self._near.resembles(text)


TRAIN = "train"
_NAMES = ("test", "dev")
"""The held-out parts, in the order in which they take documents."""
_ROOM = 2
"""A part takes a document only if it still lacks at least half as many rows as the document has. So a part
may grow to twice its size in the worst case, but one huge document never becomes the whole test set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitOptions:
    """The sizes of the parts: a share of all rows if below 1, else a number of rows; 0 means no such part."""

    dev: float = 0
    test: float = 0

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the parts, `train` first."""
        return (TRAIN, *(name for name in ("dev", "test") if getattr(self, name)))


def parse_split(text: str) -> SplitOptions:
    """Parse options such as ``dev=0.05,test=500``; raises OptionError for anything else."""
    sizes: dict[str, float] = {}
    for item in filter(None, text.split(",")):
        name, _, size = item.partition("=")
        if name not in _NAMES or name in sizes:
            raise OptionError(
                repr(item), where="--split", expected="dev=SIZE,test=SIZE", action=nearest(name, _NAMES)
            )
        try:
            value = float(size)
        except ValueError:
            value = 0.0
        if not (0 < value < 1 or (value >= 1 and value.is_integer())):
            raise OptionError(
                f"a size of {size!r}",
                where="--split",
                expected="a share such as 0.05, or a number of rows such as 500",
            )
        sizes[name] = value
    return SplitOptions(**sizes)


def deal(documents: Mapping[int, int], options: SplitOptions) -> dict[int, str]:
    """Assign documents to the held-out parts; return the part of each, by the hash of its id.

    `documents` has the number of rows of each document, by the same hash. Documents are taken in the order of
    their hashes, which does not depend on their content: first for the test part until it has its rows, then
    for the dev part. The same documents give the same parts in any order.

    Raises OptionError if no document is small enough for a part, or if nothing would be left for training.
    """
    total = sum(documents.values())
    dealt: dict[int, str] = {}
    order = sorted(documents)
    for name in _NAMES:
        size = getattr(options, name)
        if not size:
            continue
        missing = size if size >= 1 else round(size * total) or 1
        for document in order:
            if missing > 0 and document not in dealt and documents[document] <= _ROOM * missing:
                dealt[document] = name
                missing -= documents[document]
        if name not in dealt.values():
            raise OptionError(
                f"no document is small enough for {name}={size:g}",
                where="--split",
                expected=f"documents of at most {int(_ROOM * missing):,} of the {total:,} rows",
                action="Ask for a larger part, or give more documents.",
            )
    if options.parts != (TRAIN,) and len(dealt) == len(documents):
        raise OptionError("nothing is left to train on", where="--split", expected="smaller parts")
    return dealt
