"""What more can be asked of an engine than to translate: to judge, to align and to complete given text.

Correction needs it: it proposes a text, or the beginning of one, and the engine says how well that goes
with the source, and which words of it stand for which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from egiz.translate.engine import Decoding
from egiz.translate.records import Hypothesis


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """How much each piece of a target text looks at each piece of its source.

    `source` and `target` are the places of the pieces (start, stop; code points of the texts as they were
    given). ``weights[t][s]`` is between 0 and 1; what a target piece gives to the language code and the end
    of the source is left out, so a row sums to 1 at most.
    """

    source: tuple[tuple[int, int], ...]
    target: tuple[tuple[int, int], ...]
    weights: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What a model says of each piece of a text that it was made to say.

    `places` are those of the pieces (start, stop; code points of the text as it was given), `logprobs` their
    natural-log probabilities and, as the last one, that of the end.
    """

    places: tuple[tuple[int, int], ...]
    logprobs: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean log-probability per token, end token included, as in `Hypothesis.logprob`."""
        return sum(self.logprobs) / len(self.logprobs)


class Speaking(Protocol):
    """An engine that says how likely each piece of a given text is. Texts are normalised single sentences."""

    @property
    def identity(self) -> str:
        """As `Engine.identity`: equal identities give equal answers."""
        ...

    def speak(self, pairs: Sequence[tuple[str, str]], *, source: str, target: str) -> list[Spoken | None]:
        """For each pair of source and target text, how likely each piece of the target is.

        None where a text is longer than the model reads.
        """
        ...


class Forcing(Protocol):
    """An engine that can be made to say a given text. All texts are normalised single sentences."""

    @property
    def identity(self) -> str:
        """As `Engine.identity`: equal identities give equal answers."""
        ...

    def score(self, pairs: Sequence[tuple[str, str]], *, source: str, target: str) -> Sequence[float | None]:
        """For each pair of source and target text the mean natural-log probability per target token.

        The end token is counted, as in `Hypothesis.logprob`. None where a text is longer than the model
        reads.
        """
        ...

    def align(self, pairs: Sequence[tuple[str, str]], *, source: str, target: str) -> list[Attention]:
        """For each pair of source and target text, which pieces of the one look at which of the other.

        No pieces at all where a text is longer than the model reads.
        """
        ...

    def complete(
        self, items: Sequence[tuple[str, str]], *, source: str, target: str, decoding: Decoding
    ) -> list[tuple[Hypothesis, ...]]:
        """For each pair of source text and beginning of a target text, whole texts with that beginning.

        Best first by the search's own log-probability; `score` says the model's of a whole text. None where
        a text is longer than the model reads.
        """
        ...
