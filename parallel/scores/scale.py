"""What a published number means."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What a score means: its name, its bounds, which end is good, and the signature of its recipe.

    Two numbers may be compared only where their signatures are equal. `meaning` is a few sentences for the
    reader of a table. `unfitted` are the target languages for which nothing was fitted, so that their numbers
    are guesses; a scale that was read from a published table does not say.
    """

    name: str
    low: float
    high: float
    direction: str
    signature: str
    meaning: str
    unfitted: tuple[str, ...] = ()
