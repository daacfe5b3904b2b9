"""The records and options of term extraction.

Frozen dataclasses, keyword-only, standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass

from egiz.translate.errors import OptionError

MAX_WORDS = 4
"""The most words of a candidate. Of 1,537 entries of several words in four Kazakh-Russian word lists, one is
longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractOptions:
    """The languages of an extraction, and its limits.

    `language` is the language of the passages, `target_language` that of their translations, empty if there
    are none. `egiz.extract_terms` replaces empty values by the languages of the files. `least` is the least
    frequency of a candidate: 2, since a single occurrence may be chance. `top` is the number of candidates to
    return: 200, about what a person can review in an hour or two. `longest` is the most words of a candidate.

    A rendering is put into the draft if it is linked to the candidate in at least `passages` passages, and in
    at least the share `share` (0 to 1) of the translated passages with the candidate. With the defaults, the
    draft for the best 150 candidates of 12,488 Kazakh-Russian rows of GNOME manuals had 104 renderings. 94 of
    these were right, 7 rendered only a part and 3 were wrong, judged by reading.

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

    Examples name the passage by its `id`; `document` is the name of its document. The text is in NFC.
    """

    id: str
    document: str
    text: str
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A translation of a candidate, found in the aligned passages.

    `passages` is the number of passages in which this rendering was linked to the candidate. `share`, 0 to 1,
    is that number divided by the number of translated passages that have the candidate outside longer
    candidates. `strength` is the log-likelihood ratio for candidate and rendering occurring in the same
    passage pair.
    """

    text: str
    passages: int
    share: float
    strength: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCandidate:
    """One proposed term.

    `text` is its dictionary form, as far as it could be derived; `lemmas` are the lemmas of its words.
    `frequency` counts all occurrences, `documents` the documents with at least one. `score` is its termhood
    (see `egiz.glossary.extract.ranking`): higher is better, and only scores of one extraction can be
    compared. `examples` are ids of passages. `renderings` are best first; `translated` is the number of
    translated passages by which the shares of the renderings are computed.
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
    """The result of an extraction: the candidates, best first, and the size of the searched text.

    `known` is the number of candidates left out because a term base has them, `cut` the number of other
    candidates left out.
    """

    language: str
    target_language: str
    candidates: tuple[TermCandidate, ...]
    documents: int
    passages: int
    words: int
    known: int = 0
    cut: int = 0
