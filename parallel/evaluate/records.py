"""The records of an evaluation."""

from __future__ import annotations

from dataclasses import dataclass

from egiz.translate.metrics import Comparison, Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of the rows under a name: a document, or a bucket of lengths; how they score.

    `length` is the characters of the outputs by those of the references.
    """

    name: str
    rows: int
    length: float
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermScore:
    """How many of the terms in the source are rendered as the term base has them.

    `right` of `occurrences` have a preferred or another accepted wording; `reference` is how many have one
    in the reference, which is what a person makes of the same terms.
    """

    base: str
    occurrences: int
    right: int
    reference: int

    @property
    def accuracy(self) -> float:
        """The share that is right, 0 to 1; 1 where no term occurs."""
        return self.right / self.occurrences if self.occurrences else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One system in one language.

    `skipped` are the rows without a reference, which nothing counts; `empty` the outputs without text, which
    count as they are. `documents` is empty where rows have no ids that name documents, `lengths` where the
    source is not known. `comparisons` are with the first system, in the order of the scores; none for the
    first, nor where there are more rows than can be compared.
    """

    system: str
    language: str
    skipped: int
    empty: int
    whole: Part
    documents: tuple[Part, ...]
    lengths: tuple[Part, ...]
    terms: TermScore | None
    comparisons: tuple[Comparison, ...]
