"""The records and options of term extraction.

Frozen dataclasses, keyword-only, standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass

from egiz.translate.errors import OptionError

MAX_WORDS = 4
"""The most words of a candidate. Of 1,537 multi-word entries in four Kazakh-Russian word lists, one is
longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractOptions:
    """What to extract.

    `language` is that of the passages, `target_language` that of their translations, empty if there are none;
    `egiz.extract_terms` takes both from the files if they are empty. `least` is the least frequency of a
    candidate: 2, since a single occurrence cannot be told from chance. `top` is the number of candidates to
    return: 200, about what a person can review in an hour or two. `longest` is the most words of a candidate.
    A rendering is put into the draft if it is linked to the candidate in at least the share `share` of its
    translated passages and in at least `passages` of them. With the defaults, of 104 renderings put in for
    the best 150 candidates of 12,488 Kazakh-Russian rows of GNOME manuals, 94 were right, 7 rendered only a
    part and 3 were wrong, judged by reading.

    Raises OptionError for numbers out of range.
    """

    language: str = ""
    target_language: str = ""
    least: int = 2
    top: int = 200
    longest: int = MAX_WORDS
    share: float = 0.5
    passages: int = 3

    def __post_init__(self) -> None:
        for name, low, high in (
            ("least", 1, None),
            ("top", 1, None),
            ("longest", 1, MAX_WORDS),
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
    """One segment or row to be searched, with its translation if there is one.

    `id` is how examples refer to it; `document` names the document it belongs to. Text is NFC.
    """

    id: str
    document: str
    text: str
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A translation of a candidate, found in the aligned passages.

    `passages` is the number of passages in which this rendering was linked to the candidate; `share`, 0 to 1,
    is that number divided by the number of translated passages with the candidate outside longer ones.
    `strength` is the log-likelihood ratio of the two occurring in the same passages (`ranking`).
    """

    text: str
    passages: int
    share: float
    strength: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCandidate:
    """One proposed term.

    `text` is its dictionary form as far as it could be derived, `lemmas` are the lemmas of its words.
    `frequency` counts all occurrences, `documents` the documents with at least one. `score` is its termhood
    (`ranking`); higher is better, and scores are comparable within one extraction only. `examples` are ids of
    passages. `renderings` are best first; `translated` is the number of translated passages that their
    shares refer to.
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
    """The result of an extraction: candidates, best first, and the size of the searched text.

    `known` is the number of candidates left out because a term base has them, `cut` the number of other
    ranked candidates that are not returned.
    """

    language: str
    target_language: str
    candidates: tuple[TermCandidate, ...]
    documents: int
    passages: int
    words: int
    known: int = 0
    cut: int = 0
