"""The records and options of term extraction."""

from __future__ import annotations

from dataclasses import dataclass

from egiz.translate.errors import OptionError

LONGEST = 4
"""Words of the longest candidate. Of 1,537 entries of several words in four Kazakh-Russian word lists, one is
longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to extract.

    `language` is that of the passages, `target_language` that of their translations, empty where there are
    none. `least` is how often a candidate must occur: 2, since what occurs once cannot be told from chance.
    `top` is how many candidates are given: 200, about as many as a person can go through in an hour or two.
    `longest` is the most words of one candidate. `share` and `passages` say when a rendering is sure enough
    to be put into the draft: where it has this share of the candidate's passages, and so many of them. With
    the defaults, of 104 renderings put in for the best 150 candidates of 12,488 Kazakh-Russian rows of GNOME
    manuals, 94 were right, 7 rendered a part only and 3 were wrong, by reading them.

    Raises OptionError for numbers that make no sense.
    """

    language: str
    target_language: str = ""
    least: int = 2
    top: int = 200
    longest: int = LONGEST
    share: float = 0.5
    passages: int = 3

    def __post_init__(self) -> None:
        for name, low, high in (
            ("least", 1, None),
            ("top", 1, None),
            ("longest", 1, LONGEST),
            ("passages", 1, None),
        ):
            value = getattr(self, name)
            if value < low or (high is not None and value > high):
                limit = f"{low} or more" if high is None else f"{low} to {high}"
                raise OptionError(f"{name} is {value}", where="extraction", expected=limit)
        if not 0 < self.share <= 1:
            raise OptionError(f"share is {self.share}", where="extraction", expected="above 0, 1 at most")


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
