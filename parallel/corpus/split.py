"""Split data into training, development and test parts: all rows of a document go into one part.

If all rows are of one document, it is split between its paragraphs: in this module, each paragraph then
counts as a document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from egiz.parallel.corpus.duplicates import hash64, same
from egiz.translate.errors import OptionError, nearest
from egiz.translate.train.copies import HeldOut


class Held:
    """The texts of held-out parts, which must not occur in the training part.

    A text equals a held-out text if both have the same letters and digits. It resembles the held-out texts if
    they contain at least a third of its word 5-grams (`HeldOut`, the same rule as for test sets).
    """

    def __init__(self, texts: Iterable[str]) -> None:
        kept = list(dict.fromkeys(texts))
        self._keys = {hash64(same(text)) for text in kept}
        self._near = HeldOut(kept)

    def resembles(self, text: str) -> bool:
        """Whether a text is equal to a held-out text or resembles the held-out texts, as `Held` defines
        it."""
        return hash64(same(text)) in self._keys or self._near.resembles(text)


TRAIN = "train"
_NAMES = ("test", "dev")
"""The held-out parts, in the order in which they take documents."""
_ROOM = 2
"""A document is assigned to a part only if it has at most twice as many rows as the part still lacks. So a
part has at most twice its intended size, and one huge document never becomes the whole test set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitOptions:
    """The sizes of the held-out parts.

    A size below 1 is a share of all rows; a size of 1 or more is a number of rows. If the size is 0, the part
    does not exist.
    """

    dev: float = 0
    test: float = 0

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the parts: ``train``, then ``dev`` and ``test``, each only if its size is not 0."""
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
    """Assign documents to the held-out parts.

    `documents` maps the hash of the id of a document to its number of rows. The result maps the same hashes
    to names of parts; documents for training are not in it. First, documents are assigned to the test part
    until it has enough rows, then to the dev part. The documents are taken in the order of their hashes. This
    order depends neither on the content of the documents nor on the order of the input.

    Raises OptionError if no document is small enough for a part, or if no document is left for training.
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
