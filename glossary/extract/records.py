"""The records of term extraction: passages in, candidates with their renderings out.

Frozen dataclasses, keyword-only, standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One sentence or row to be searched, with its translation where there is one.

    `id` is what examples name; `document` is what candidates are counted in. Text is NFC.
    """

    id: str
    document: str
    text: str
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """How a candidate is translated, as far as the rows show.

    `passages` is the number of passages in which this rendering was linked to the candidate; `share` is that
    number over all translated passages that the candidate stands in, outside of longer candidates, 0 to 1.
    `strength` is the log-likelihood ratio of the two standing in the same passages (`measures`).
    """

    text: str
    passages: int
    share: float
    strength: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One proposed term.

    `text` is its dictionary form as far as that could be made, `lemmas` the words it is counted under.
    `frequency` counts all occurrences, `documents` the documents with at least one. `score` is its termhood
    (`ranking`); higher is better, and values compare within one extraction only. `examples` are ids of
    passages. `renderings` stand best first; `translated` is the number of translated passages that their
    shares are of.
    """

    text: str
    lemmas: tuple[str, ...]
    frequency: int
    documents: int
    score: float
    examples: tuple[str, ...] = ()
    translated: int = 0
    renderings: tuple[Rendering, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What was found: candidates, best first, and the size of what was searched.

    `known` says how many candidates were left out because a term base has them, `cut` how many more there
    were below the last one that is given.
    """

    language: str
    target_language: str
    candidates: tuple[Candidate, ...]
    documents: int
    passages: int
    words: int
    known: int = 0
    cut: int = 0
