"""The words of linked texts linked in turn: which word of a translation stands for which of its source.

Words are runs of letters and digits, counted from 0 on each side; pairs are source word, target word, as in
the Pharaoh format. Three ways: the attention of the model while it is made to say the translation, a table of
words learned from all rows, and sil-thot.
"""

from __future__ import annotations

from typing import Literal

from egiz.glossary.correct.links import Weights, word_attention
from egiz.parallel.align.learned import LearnedTable, LearnedThot, Texts
from egiz.parallel.align.pairing import Pairs, best
from egiz.translate.forcing import Forcing
from egiz.translate.punctuation import normalise

Method = Literal["attention", "table", "thot"]


def pharaoh(pairs: Pairs) -> str:
    """Pairs as ``0-0 1-2``."""
    return " ".join(f"{source}-{target}" for source, target in pairs)


def by_attention(texts: Texts, forcing: Forcing, *, source: str, target: str) -> list[Pairs]:
    """Link words by the model's attention. Nothing for texts longer than it reads.

    A target word goes with the source word it looks at most, and so does a source word that is looked at by
    none: with the target word that looks at it most.
    """
    return [best(table) for table in attention_weights(texts, forcing, source=source, target=target)]


def attention_weights(texts: Texts, forcing: Forcing, *, source: str, target: str) -> list[Weights]:
    """How much the words of each pair of texts look at each other; empty for texts longer than is read."""
    plain = [(normalise(left), normalise(right)) for left, right in texts]
    found = forcing.align(plain, source=source, target=target)
    return [
        word_attention(attention, left, right) if attention.weights else []
        for (left, right), attention in zip(plain, found, strict=True)
    ]


def by_table(texts: Texts) -> list[Pairs]:
    """Link words by a table of stems learned from these texts themselves, both ways at once."""
    learned = LearnedTable(texts)
    return [learned.pairs(*pair) for pair in texts]


def by_thot(texts: Texts) -> list[Pairs]:
    """Link words by the hidden Markov models of sil-thot, one a direction, joined by growing diagonals.

    Raises ModuleNotFoundError where sil-thot is not installed.
    """
    learned = LearnedThot(texts)
    return [learned.pairs(*pair) for pair in texts]
