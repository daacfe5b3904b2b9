"""What a published number means."""

from __future__ import annotations

from dataclasses import dataclass

UNFITTED = "unfitted"
"""The part of a signature that names the languages for which nothing was fitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What a score means: its name, its bounds, which end is good, and the signature of its recipe.

    Two numbers may be compared only where their signatures are equal. `meaning` is a few sentences for the
    reader of a table.
    """

    name: str
    low: float
    high: float
    direction: str
    signature: str
    meaning: str

    @property
    def unfitted(self) -> tuple[str, ...]:
        """The target languages whose qualities are guesses, as the signature says."""
        parts = (part.partition(":") for part in self.signature.split("|"))
        return next((tuple(tags.split(",")) for name, _, tags in parts if name == UNFITTED), ())
