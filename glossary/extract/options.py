"""The choices of an extraction, each default with its reason."""

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
